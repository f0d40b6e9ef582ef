"""Companies and contacts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from piste.company.models import Member, Sees, Team

#: What lies in the bin and can come back from it.
IN_BIN = Q(deleted_at__isnull=False, erased_at=None)


class VisibleSet[Row: models.Model](models.QuerySet[Row]):
    """Records with an owner and a team: one without owner is everybody's."""

    def visible_to(self, member: Member) -> VisibleSet[Row]:
        """The records this member may see; every door goes through here."""
        if not member.is_active:
            return self.none()
        if member.sees_all:
            return self
        seen = Q(owner=member) | Q(owner=None)
        if member.sees == Sees.TEAM and member.team_id:
            seen |= Q(team_id=member.team_id)
        return self.filter(seen)

    def current(self) -> VisibleSet[Row]:
        """Neither merged into another nor in the bin."""
        return self.filter(merged_into=None, deleted_at=None)


class Record(models.Model):
    """What companies and contacts share. `custom` holds custom field values by key. `order_key` is the name by which lists are
    sorted, without accents: É stands with E. One `erased_at` some moment stays in the bin for good, without a word."""

    owner = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+")
    phone = models.CharField(max_length=40, blank=True)
    phone_key = models.CharField(max_length=20, blank=True, db_index=True)
    name_key = models.CharField(max_length=200, blank=True, db_index=True)
    order_key = models.CharField(max_length=200, blank=True, default="", db_default="")
    custom = models.JSONField(default=dict, blank=True)
    external_id = models.CharField(max_length=120, blank=True, db_index=True)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Company(Record):
    """A client or prospect company."""

    name = models.CharField(max_length=200)
    domain = models.CharField(max_length=200, blank=True, db_index=True)
    website = models.CharField(max_length=300, blank=True)
    sector = models.CharField(max_length=120, blank=True)
    employees = models.PositiveIntegerField(null=True, blank=True)
    address = models.CharField(max_length=300, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=80, blank=True)
    registration_number = models.CharField(max_length=40, blank=True)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    objects = VisibleSet["Company"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["order_key", "id"], name="people_company_order"),
            models.Index(fields=["deleted_at"], condition=IN_BIN, name="people_company_in_bin"),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(Record):
    """A person one talks to. `name` is what is shown; first and last name are kept when known."""

    name = models.CharField(max_length=200)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    email_key = models.CharField(max_length=254, blank=True, db_index=True)
    job_title = models.CharField(max_length=120, blank=True)
    company = models.ForeignKey(Company, models.SET_NULL, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=5, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    objects = VisibleSet["Contact"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["order_key", "id"], name="people_contact_order"),
            models.Index(fields=["deleted_at"], condition=IN_BIN, name="people_contact_in_bin"),
        ]

    def __str__(self) -> str:
        return self.name


class Purpose(models.TextChoices):
    """By what one may write or speak to a contact, if they agree."""

    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")


class Agreement(models.TextChoices):
    """What a contact said of a purpose; of one that nothing is known of there is no row."""

    GIVEN = "given", _("Given")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Consent(models.Model):
    """A contact gave or withdrew their consent to a purpose on a day; `how` says how one knows. Rows are kept: the latest day
    holds, and of one day what was noted last."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="+", db_index=False)
    purpose = models.CharField(max_length=8, choices=Purpose)
    agreement = models.CharField(max_length=10, choices=Agreement)
    how = models.CharField(max_length=200)
    said_on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(how=""), name="people_consent_how")]
        indexes = [models.Index(fields=["contact", "-said_on", "-id"], name="people_consent_latest")]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.purpose} {self.agreement}"


class Merge(models.Model):
    """One record folded into another. `moved` says all that was changed, so that it can be undone to the letter."""

    kind = models.CharField(max_length=8)
    kept_id = models.BigIntegerField()
    folded_id = models.BigIntegerField()
    by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    moved = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.folded_id} → {self.kept_id}"
