"""When a dashboard is sent, and to whom, as a form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext, gettext_lazy, ngettext

from piste.company.models import Member
from piste.dashboards import rules
from piste.dashboards.models import Dashboard, Reader, Rhythm, Schedule
from piste.dashboards.operations.scheduling import Wanted
from piste.dashboards.queries import who_may_see
from piste.web.parts.several_field import SeveralField

#: The language of each reader.
OWN = "own"


class ScheduleForm(forms.Form):
    """Members as readers are those who may see the dashboard; addresses outside are asked of managers alone."""

    rhythm = forms.ChoiceField(label=gettext_lazy("How often"), choices=Rhythm.choices)
    weekday = forms.TypedChoiceField(
        label=gettext_lazy("On which day, when each week"), choices=list(WEEKDAYS.items()), coerce=int
    )
    hour = forms.TimeField(
        label=gettext_lazy("From what hour, in your time zone"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": gettext_lazy("An hour is written like 08:30.")},
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"))
    members = SeveralField(
        label=gettext_lazy("Members who get it"),
        queryset=Member.objects.none(),
        required=False,
        help_text=gettext_lazy("Each gets the figures of what they may see, as on the page."),
    )
    outside = forms.CharField(
        label=gettext_lazy("Addresses outside the company"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "One a line. Careful: whoever reads there gets the figures as you see them, and may pass them on."
        ),
    )

    def __init__(self, data: Any, *, board: Dashboard, by: Member, schedule: Schedule | None, readers: Sequence[Reader]) -> None:
        initial: dict[str, Any] = {"rhythm": "weekly", "weekday": 0, "hour": time(8), "language": OWN, "members": [by.pk]}
        if schedule is not None:
            initial = {name: getattr(schedule, name) for name in ("rhythm", "weekday", "hour", "language")}
            initial["language"] = schedule.language or OWN
            initial["members"] = [reader.member_id for reader in readers if reader.member_id]
            initial["outside"] = "\n".join(reader.address for reader in readers if reader.address)
        super().__init__(data, initial=initial)
        self.board, self.by = board, by
        fields: dict[str, Any] = self.fields
        fields["members"].queryset = who_may_see(board)
        fields["language"].choices = [(OWN, gettext("Each reader’s own")), *settings.LANGUAGES]
        if not by.may_manage:
            del self.fields["outside"]

    def clean_outside(self) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(self.cleaned_data["outside"].replace(",", " ").replace(";", " ").split()))
        for address in found:
            try:
                validate_email(address)
            except ValidationError as wrong:
                raise ValidationError(gettext("“%(address)s” is no e-mail address.") % {"address": address[:100]}) from wrong
        return found

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        count = len(found.get("members") or ()) + len(found.get("outside") or ())
        if not count and not self.errors:
            self.add_error("members", gettext("Choose who gets it."))
        if count > rules.MOST_READERS:
            most = {"most": rules.MOST_READERS}
            said = ngettext("%(most)s reader at most.", "%(most)s readers at most.", rules.MOST_READERS) % most
            self.add_error("members", said)
        return found

    @property
    def wanted(self) -> Wanted:
        found = self.cleaned_data
        return Wanted(
            rhythm=found["rhythm"],
            weekday=found["weekday"],
            hour=found["hour"].replace(second=0, microsecond=0),
            language="" if found["language"] == OWN else found["language"],
            members=tuple(found["members"]),
            outside=found.get("outside", ()),
        )
