"""A finding as a task, and when audits are made by themselves, as forms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from piste.activities.operations import Wanted
from piste.audits.models import Rhythm, Schedule
from piste.company.models import Member, Role, Sees
from piste.web.parts.several_field import SeveralField
from piste.web.steps.forms import NOT_A_DAY, text_field

WEEK = timedelta(days=7)
#: Nobody gives a task for later than this.
FURTHEST = timedelta(days=366)


class TaskForm(forms.Form):
    """What, who, until when."""

    title = forms.CharField(label=_("What is to be done"), max_length=200)
    assignee = forms.ModelChoiceField(Member.objects.none(), label=_("Who does it"), empty_label=None)
    due_on = forms.DateField(
        label=_("Until when"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": NOT_A_DAY},
    )
    detail = text_field(_("What else to know"))

    def __init__(self, data: Any, *, by: Member, today: date, title: str, detail: str) -> None:
        self.today = today
        super().__init__(data, initial={"title": title, "assignee": by.pk, "due_on": today + WEEK, "detail": detail})
        self.fields["assignee"].queryset = Member.objects.active().order_by("name", "pk")  # type: ignore[attr-defined]
        self.fields["title"].widget.attrs["autofocus"] = True

    def clean_due_on(self) -> date:
        found: date = self.cleaned_data["due_on"]
        if found < self.today:
            raise forms.ValidationError(_("This day is over: choose today or a later one."))
        if found - self.today > FURTHEST:
            raise forms.ValidationError(_("This day is too far away: check its year."))
        return found

    @property
    def wanted(self) -> Wanted:
        found = self.cleaned_data
        return Wanted(title=found["title"], detail=found["detail"], due_on=found["due_on"])


class ScheduleForm(forms.Form):
    """How often, when, and who is sent it: those who may read these audits."""

    rhythm = forms.ChoiceField(label=_("How often"), choices=Rhythm.choices)
    weekday = forms.TypedChoiceField(label=_("On which day, when each week"), choices=list(WEEKDAYS.items()), coerce=int)
    hour = forms.TimeField(
        label=_("From what hour, in your time zone"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("An hour is written like 08:30.")},
    )
    readers = SeveralField(
        Member.objects.none(),
        label=_("Who is sent it by e-mail"),
        required=False,
        help_text=_("As a PDF, in the language of each. Those who may read these audits are named here."),
    )

    def __init__(self, data: Any, *, by: Member, schedule: Schedule | None, readers: Sequence[Member]) -> None:
        initial: dict[str, Any] = {"rhythm": Rhythm.WEEKLY, "weekday": 0, "hour": time(7), "readers": [by.pk]}
        if schedule is not None:
            initial = {name: getattr(schedule, name) for name in ("rhythm", "weekday", "hour")}
            initial["readers"] = [reader.pk for reader in readers]
        super().__init__(data, initial=initial)
        here = Member.objects.active().filter(role__in=(Role.MANAGER, Role.ADMIN)).order_by("name", "pk")
        whole = here.filter(role=Role.ADMIN) | here.filter(sees=Sees.ALL)
        self.fields["readers"].queryset = whole if by.sees_all else here.filter(pk=by.pk)  # type: ignore[attr-defined]
