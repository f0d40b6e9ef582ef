"""Imports as they were done, row by row, so that each can be undone whole."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from piste.company.models import Member


class ImportKind(models.TextChoices):
    DEALS = "deals", _("Deals")
    MOVES = "moves", _("Stage history")
    COMPANIES = "companies", _("Companies")
    CONTACTS = "contacts", _("Contacts")
    PRODUCTS = "products", _("Products")
    MEMBERS = "members", _("Members")


class ImportRunManager(models.Manager["ImportRun"]):
    """Words to speak of imports."""

    def visible_to(self, member: Member) -> models.QuerySet[ImportRun]:
        """The imports this member may see and take back: their own; all of them for who sees everything."""
        if not member.is_active:
            return self.none()
        return self.all() if member.sees_all else self.filter(by=member)


class ImportRun(models.Model):
    """One import of one file. `mapping` is how it was read; `report` what came out (see `importing.report`)."""

    kind = models.CharField(max_length=10, choices=ImportKind)
    file_name = models.CharField(max_length=240)
    mapping = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ImportRunManager] = ImportRunManager()

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"


class PendingImport(models.Model):
    """A file given in the browser, on its way through mapping and rehearsal; `token` names its place on disk.

    `state` is mapping, trying (the worker rehearses), waiting (for the worker to import), done or failed; `report` is that of the
    last rehearsal.
    """

    kind = models.CharField(max_length=10, choices=ImportKind)
    file_name = models.CharField(max_length=240)
    token = models.CharField(max_length=64, unique=True)
    mapping = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    state = models.CharField(max_length=8, default="mapping")
    by = models.ForeignKey(Member, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    run = models.ForeignKey(ImportRun, models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return self.file_name


class ImportedRow(models.Model):
    """What one row of the file did to one object. `before` holds what an update replaced."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8)
    object_kind = models.CharField(max_length=10)
    object_id = models.BigIntegerField()
    before = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["object_kind", "object_id"], name="exchange_row_object")]

    def __str__(self) -> str:
        return f"{self.line} {self.outcome}"


class SavedMapping(models.Model):
    """A mapping one has given a name, to use again."""

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10, choices=ImportKind)
    mapping = models.JSONField(default=dict)
    by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Backup(models.Model):
    """A back-up that was made and read back: where it was written, its size in bytes, how many files besides the database."""

    place = models.TextField()
    size = models.PositiveBigIntegerField()
    file_count = models.PositiveIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.place
