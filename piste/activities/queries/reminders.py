"""What one was reminded of, and what there is to remind of."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet

from piste.activities.models import Activity, ActivitySet, Reminder
from piste.activities.rules.reminding import GRACE, LONGEST
from piste.company.models import Member


def reminders_of(member: Member) -> QuerySet[Reminder]:
    """What a member was reminded of and still stands: not done, not put off, not handed on; newest first."""
    found = Reminder.objects.filter(member=member, activity__assignee=member, activity__due_at=F("due_at"))
    found = found.filter(activity__in_play=True, activity__done_at=None, activity__deleted_at=None)
    related = ("activity__deal__company", "activity__contact", "activity__company")
    return found.select_related(*related).order_by("-at", "-pk")


def to_be_told(at: datetime) -> ActivitySet:
    """Steps whose hour is so near, or so shortly past, that somebody may want to be reminded and has not been yet."""
    told = Reminder.objects.filter(activity=OuterRef("pk"), member=OuterRef("assignee"), due_at=OuterRef("due_at"))
    found = Activity.objects.in_play().filter(due_at__gt=at - GRACE, due_at__lte=at + LONGEST)
    found = found.filter(assignee__is_active=True, assignee__remind_minutes__isnull=False).exclude(Exists(told))
    return found.select_related("assignee").order_by("due_at", "pk")


def still_stands(activity: int, member: int, due_at: datetime) -> bool:
    """Whether what somebody was reminded of is still to be done, by them and at that moment."""
    return Activity.objects.in_play().filter(pk=activity, assignee=member, due_at=due_at).exists()
