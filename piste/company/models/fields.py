"""Facts the company itself chose to keep on deals, contacts and companies."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class FieldSubject(models.TextChoices):
    DEAL = "deal", _("Deals")
    CONTACT = "contact", _("Contacts")
    COMPANY = "company", _("Companies")


class FieldKind(models.TextChoices):
    """The usual kinds. Values are kept as JSON: text, number as a decimal string, date as ISO, lists for several choices."""

    TEXT = "text", _("Text")
    LONG_TEXT = "long_text", _("Long text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    YES_NO = "yes_no", _("Yes or no")
    CHOICE = "choice", _("One choice")
    CHOICES = "choices", _("Several choices")
    URL = "url", _("Web address")
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")


class CustomField(models.Model):
    """One such fact. Rows of the subject keep its value in their `custom` JSON under `key`."""

    subject = models.CharField(max_length=8, choices=FieldSubject)
    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=FieldKind, default=FieldKind.TEXT)
    options = models.JSONField(default=list, blank=True)
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "key"], name="company_customfield_key"),
            models.UniqueConstraint(
                "subject",
                Lower("label"),
                condition=models.Q(retired_at=None),
                name="company_customfield_label",
            ),
        ]
        ordering = ["subject", "position", "pk"]

    def __str__(self) -> str:
        return self.label
