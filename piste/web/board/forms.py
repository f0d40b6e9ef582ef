"""What the board reads from a form: numbers, ids, and what a move asks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from piste.deals.models import LossReason
from piste.foundations.figures import read_number
from piste.foundations.numbers import row_number
from piste.web.templatetags.piste import tongue


class NumberField(forms.Field):
    """An amount as the member's language writes it, also in short: 12.5k."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        try:
            return read_number(str(value)[:60], tongue())
        except ValueError as problem:
            raise forms.ValidationError(_("This is not an amount: write it like 12500.")) from problem


class IdsField(forms.Field):
    """Ids given several times in an address; what is no number is refused."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> tuple[int, ...]:
        given = {str(item) for item in value or ()}
        found = {number for item in given if (number := row_number(item)) is not None}
        if len(found) < len(given):
            raise forms.ValidationError(_("This filter names something unknown; choose from the list."))
        return tuple(sorted(found))


class LossForm(forms.Form):
    """Why a deal was lost."""

    reason = forms.ModelChoiceField(
        LossReason.objects.none(),
        error_messages={
            "required": _("Choose a reason: it is what the team learns from."),
            "invalid_choice": _("This reason is no longer on the list; choose another."),
        },
    )
    why = forms.CharField(required=False, max_length=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = LossReason.objects.filter(retired_at=None)


class HoldForm(forms.Form):
    """Until when a deal is set aside."""

    until = forms.DateField(
        input_formats=["%Y-%m-%d"],
        error_messages={
            "required": _("On which day should it come back?"),
            "invalid": _("This is not a day: write it like 2027-01-04."),
        },
    )
    why = forms.CharField(required=False, max_length=2000)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until <= self.today:
            raise forms.ValidationError(_("It must come back after today: choose a later day."))
        return until
