"""What a contact agreed to: shown on their page, noted by whoever heard it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from piste.people.models import Agreement, Consent, Contact, Purpose
from piste.people.queries import consents_of


class ConsentForm(forms.Form):
    """What somebody said of one purpose."""

    purpose = forms.ChoiceField(label=gettext_lazy("Consent to"), choices=Purpose.choices)
    agreement = forms.ChoiceField(label=gettext_lazy("It was"), choices=Agreement.choices)
    how = forms.CharField(
        label=gettext_lazy("How you know"), max_length=200, help_text=gettext_lazy("By phone, on a form, in a mail of theirs…")
    )
    said_on = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="consent_%s")
        self.fields["said_on"].initial = timezone.localdate()

    def clean_said_on(self) -> Any:
        day = self.cleaned_data["said_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come: write the day on which it was said."))
        if day.year < 1950:
            raise forms.ValidationError(_("This day is too long ago: write the day on which it was said."))
        return day


@dataclass(frozen=True, slots=True)
class Standing:
    """One purpose: what holds (None: nothing is known), and what was noted before."""

    label: str
    holds: Consent | None
    before: Sequence[Consent]


def context(contact: Contact, form: ConsentForm | None = None) -> dict[str, Any]:
    """What the panel shows; one statement."""
    noted = consents_of(contact)
    found = []
    for purpose in Purpose:
        rows = [row for row in noted if row.purpose == purpose]
        found.append(Standing(str(purpose.label), rows[0] if rows else None, rows[1:]))
    return {"consents": found, "consent_form": form or ConsentForm()}
