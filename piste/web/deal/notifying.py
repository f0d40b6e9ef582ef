"""What comes to one by itself: where one was named, and what one is reminded of."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from piste.activities import operations
from piste.activities.models import Activity, Reminder
from piste.activities.queries import mentions_of, names_of_subjects, place_of
from piste.activities.queries.reminders import reminders_of
from piste.company.models import Member
from piste.web.access import MemberRequest, member_view
from piste.web.board.words import name_of

from .papers import PLACES

#: Reminders shown at most: those of a day that went by with nothing done.
MOST = 50


@member_view
@require_safe
def notifications(request: MemberRequest) -> HttpResponse:
    """Reminders that still stand, and where one was named, newest first; those shown count as seen from then on."""
    shown = Paginator(mentions_of(request.user), 30).get_page(request.GET.get("page"))
    mentions = list(shown)
    names = names_of_subjects((mention.note.subject_kind, mention.note.subject_id) for mention in mentions)
    rows = [
        {
            "mention": mention,
            "name": names.get((mention.note.subject_kind, mention.note.subject_id), ""),
            "href": f"/{PLACES[mention.note.subject_kind]}/{mention.note.subject_id}/",
        }
        for mention in mentions
    ]
    reminders = [_told(reminder, request.user) for reminder in reminders_of(request.user)[:MOST]] if shown.number == 1 else []
    answer = render(request, "deal/notifications.html", {"page": shown, "rows": rows, "reminders": reminders, "section": ""})
    operations.mark_read(member=request.user, mentions=[mention.pk for mention in mentions], at=request.now)
    operations.mark_reminders_read(member=request.user, at=request.now)
    return answer


@member_view
@require_POST
def bell(request: MemberRequest) -> HttpResponse:
    """The bell as it is now, and the reminders that have come since a page of this member last asked."""
    reminders = [_told(reminder, request.user) for reminder in operations.show_reminders(member=request.user, at=request.now)]
    return render(request, "deal/bell.html", {"reminders": reminders})


def _told(reminder: Reminder, member: Member) -> dict[str, Any]:
    step = reminder.activity
    return {"reminder": reminder, "name": _about(step), "href": place_of(step, member)}


def _about(step: Activity) -> str:
    return name_of(step.deal) if step.deal is not None else str(step.contact or step.company)
