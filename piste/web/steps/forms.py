"""What is asked of a step: when, what, who; and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from piste.activities import queries
from piste.activities.models import Activity, ActivityKind, Outcome, Repeats
from piste.activities.operations import Wanted
from piste.company.models import Member
from piste.company.queries import working_time

from . import days

#: Nobody plans further, and calendars end.
FURTHEST = timedelta(days=3660)
NOT_A_DAY = _("This is not a day: write it like 2027-01-04.")
NOT_AN_HOUR = _("This is not an hour: write it like 14:30.")


def text_field(label: Any, **wishes: Any) -> forms.CharField:
    """A long text, without the characters no database keeps."""
    return forms.CharField(label=label, required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2}), **wishes)


class WhenForm(forms.Form):
    """A day, one of the usual ones or any other, and an hour if it matters. A day written down holds against a usual one."""

    when = forms.CharField(required=False, max_length=10)
    on = forms.DateField(
        label=_("Another day"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": NOT_A_DAY},
    )
    hour = forms.TimeField(
        label=_("Hour"),
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": NOT_AN_HOUR},
    )

    def __init__(self, data: Any = None, *, doer: Member, now: datetime, usual: bool = True, **wishes: Any) -> None:
        self.doer, self.now = doer, now
        self.time = working_time(doer)
        self.today = now.astimezone(self.time.zone).date()
        self.usual = days.usual(self.time, self.today)
        wishes.setdefault("initial", {})
        if usual:
            wishes["initial"] = {"when": self.usual[0].value} | wishes["initial"]
        super().__init__(data, auto_id="step_%s", **wishes)

    @property
    def chosen(self) -> str:
        """The usual day that is ticked; none when another day is written."""
        return "" if self["on"].value() else str(self["when"].value() or "")

    def clean_when(self) -> date | None:
        given = self.cleaned_data["when"]
        try:
            return date.fromisoformat(given) if given else None
        except ValueError as problem:
            raise forms.ValidationError(NOT_A_DAY) from problem

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        found["day"] = found.get("on") or found.get("when")
        if found["day"] is not None and not -FURTHEST < found["day"] - self.today < FURTHEST:
            self.add_error("on", _("This day is too far away: check its year."))
        if found.get("hour") is not None and found["day"] is None and not {"on", "when"} & set(self.errors):
            self.add_error("on", _("An hour of which day? Choose one."))
        return found

    def moment(self, zone: ZoneInfo | None = None) -> datetime | None:
        """The hour of that day in the zone of whoever does it."""
        day, hour = self.cleaned_data["day"], self.cleaned_data.get("hour")
        if day is None or hour is None:
            return None
        return datetime.combine(day, hour, zone or self.time.zone)


class SnoozeForm(WhenForm):
    """Until when."""

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if found["day"] is None and not self.errors:
            self.add_error("on", _("Until which day?"))
        elif found["day"] is not None and found["day"] < self.today:
            self.add_error("on", _("This day is over: choose today or a later one."))
        return found


class NextForm(WhenForm):
    """What comes next: nothing unless it has words."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=ActivityKind.choices)
    title = forms.CharField(label=_("What comes next"), required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if not found.get("title"):
            if found.get("on") is not None or found.get("hour") is not None:
                self.add_error("title", _("What is to be done on that day? Write it, or take the day away."))
        elif found["day"] is None and not {"on", "when"} & set(self.errors):
            self.add_error("on", _("On which day?"))
        return found

    @property
    def next(self) -> Wanted | None:
        found = self.cleaned_data
        if not found.get("title"):
            return None
        kind = found.get("kind") or ActivityKind.TASK
        return Wanted(title=found["title"], kind=kind, due_on=found["day"], due_at=self.moment())


class OutcomeForm(NextForm):
    """What came of an activity of a kind, and what comes next."""

    outcome = forms.CharField(required=False, max_length=18)
    result = text_field(_("Note"))

    def __init__(self, data: Any = None, *, of_kind: str, **wishes: Any) -> None:
        self.of_kind = of_kind
        super().__init__(data, **wishes)

    @cached_property
    def outcomes(self) -> Sequence[Outcome]:
        return queries.outcomes(self.of_kind)

    @property
    def chosen_outcome(self) -> str:
        """The outcome ticked: at first the foremost, which is the usual one."""
        if self.is_bound:
            return str(self["outcome"].value() or "")
        return str(self.outcomes[0].pk) if self.outcomes else ""

    def clean_outcome(self) -> Outcome | None:
        given = self.cleaned_data["outcome"]
        if not given and self.outcomes:
            raise forms.ValidationError(_("What came of it? Choose one."))
        if not given:
            return None
        found = next((outcome for outcome in self.outcomes if str(outcome.pk) == given), None)
        if found is None:
            raise forms.ValidationError(_("This outcome is no longer on the list; choose another."))
        return found


class StepForm(WhenForm):
    """All that a step is."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ActivityKind.choices)
    title = forms.CharField(
        label=_("What is to be done"),
        max_length=200,
        error_messages={"required": _("What is to be done? Write it in a few words.")},
    )
    minutes = forms.IntegerField(
        label=_("Minutes"),
        required=False,
        min_value=1,
        max_value=1440,
        error_messages={name: _("A length in minutes, from 1 to 1440.") for name in ("invalid", "min_value", "max_value")},
    )
    repeats = forms.ChoiceField(label=_("Comes back"), required=False, choices=[("", _("Never")), *Repeats.choices])
    assignee = forms.ChoiceField(label=_("Who"))
    detail = text_field(_("Details"))
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, people: Sequence[Member], doer: Member, **wishes: Any) -> None:
        # Who has it keeps it, even one who could not be given it today.
        self.people = {str(member.pk): member for member in ([] if doer in people else [doer]) + list(people)}
        wishes["initial"] = {"assignee": str(doer.pk)} | wishes.get("initial", {})
        super().__init__(data, doer=doer, **wishes)
        field = self.fields["assignee"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, member.name) for key, member in self.people.items()]

    @classmethod
    def of(cls, activity: Activity, data: Any, *, people: Sequence[Member], now: datetime) -> StepForm:
        """The form of a step that is there."""
        zone = ZoneInfo(activity.assignee.time_zone)
        initial = {name: getattr(activity, name) for name in ("kind", "title", "minutes", "repeats", "detail")}
        initial |= {"on": activity.due_on, "seen": activity.updated_at.isoformat()}
        initial["hour"] = activity.due_at.astimezone(zone).time() if activity.due_at else None
        return cls(data, people=people, doer=activity.assignee, now=now, usual=False, initial=initial)

    def clean_assignee(self) -> Member:
        return self.people[self.cleaned_data["assignee"]]

    @property
    def wanted(self) -> Wanted:
        found = self.cleaned_data
        return Wanted(
            title=found["title"],
            kind=found["kind"],
            detail=found["detail"],
            due_on=found["day"],
            due_at=self.moment(ZoneInfo(found["assignee"].time_zone)),
            minutes=found["minutes"],
            repeats=found["repeats"],
        )
