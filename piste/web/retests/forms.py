"""What a person makes of a re-test, as a form."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from piste.upkeep.models import Choice
from piste.web.steps.forms import NOT_A_DAY

#: Nobody plans to look again later than this.
FURTHEST = timedelta(days=731)


class VerdictForm(forms.Form):
    """The verdict, why, and when to look again."""

    choice = forms.ChoiceField(
        label=_("What follows"),
        choices=Choice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what follows."), "invalid_choice": _("Choose what follows.")},
    )
    why = forms.CharField(
        label=_("Your reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say in a few words what you base this on: it is kept with the figures.")},
    )
    again_on = forms.DateField(
        label=_("Look again on"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Only when you want to look again later."),
        error_messages={"invalid": NOT_A_DAY},
    )

    def __init__(self, data: Any, *, today: date, proposed: str) -> None:
        super().__init__(data, initial={"choice": proposed})
        self.today = today
        self.fields["again_on"].widget.attrs |= {"min": (today + timedelta(days=1)).isoformat()}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        day = found.get("again_on")
        if found.get("choice") != Choice.AGAIN:
            found["again_on"] = None
        elif "again_on" not in self.errors and (day is None or not self.today < day <= self.today + FURTHEST):
            self.add_error("again_on", _("Say on which day to come, within two years, to look again."))
        return found
