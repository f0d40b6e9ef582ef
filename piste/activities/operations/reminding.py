"""Reminding people of steps with an hour, each once."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, override

from piste.activities.models import Activity, Reminder
from piste.activities.queries import place_of
from piste.activities.queries.reminders import reminders_of, still_stands, to_be_told
from piste.activities.rules.reminding import GRACE, LONGEST, is_time
from piste.company.models import Member
from piste.foundations import typography
from piste.post.models import Letter
from piste.post.operations import write
from piste.post.writing import Page, Part, Row

from .keeping import lock

PURPOSE = "step"


def remind(*, at: datetime) -> int:
    """Reminds whoever has something to do at an hour that is near; returns how many reminders were made.

    A reminder and its letter are one transaction, under the lock of the step, and the database holds one reminder a step,
    member and moment: whoever else looks at the same time, whenever this one dies, nobody is reminded twice.
    """
    near = [step for step in to_be_told(at) if is_time(_due(step), step.assignee.remind_minutes, at)]
    return sum(_remind(step, at) for step in near)


def still_wanted(letter: Letter, at: datetime) -> bool:
    """Whether what a letter reminds of is still to be done, by them and at that moment."""
    return still_stands(letter.about["activity"], letter.member_id, datetime.fromisoformat(letter.about["due_at"]))


def mark_reminders_read(*, member: Member, at: datetime) -> int:
    """Marks all reminders of a member as seen; returns how many were not yet."""
    return Reminder.objects.filter(member=member, read_at=None).update(read_at=at)


def show_reminders(*, member: Member, at: datetime) -> list[Reminder]:
    """The reminders that no open page of the member has shown yet and still stand; from now on they have been shown."""
    found = []
    for reminder in reminders_of(member).filter(shown_at=None, at__gt=at - GRACE - LONGEST)[:5]:
        # Of two pages that ask at once, one is given it.
        if Reminder.objects.filter(pk=reminder.pk, shown_at=None).update(shown_at=at):
            found.append(reminder)
    return found


@transaction.atomic
def _remind(step: Activity, at: datetime) -> bool:
    current = lock(step)
    member = current.assignee
    if current.due_at is None or not member.is_active or not is_time(current.due_at, member.remind_minutes, at):
        return False
    if not still_stands(current.pk, member.pk, current.due_at):
        return False
    _, is_new = Reminder.objects.get_or_create(activity=current, member=member, due_at=current.due_at, defaults={"at": at})
    if is_new and member.remind_by_mail:
        due_at = current.due_at.isoformat()
        write(
            key=f"step:{current.pk}:{member.pk}:{due_at}",
            purpose=PURPOSE,
            about={"activity": current.pk, "due_at": due_at},
            to=member,
            page=_page(current, member),
            at=at,
            expires_at=current.due_at + GRACE,
        )
    return is_new


def _page(step: Activity, member: Member) -> Page:
    """What the letter says, in the language and time zone of who gets it."""
    href = f"{settings.LINKS_URL}{place_of(step, member)}"
    with override(member.language):
        due_at = _due(step)
        hour = typography.hour_said(due_at, member.language, ZoneInfo(member.time_zone))
        about = _about(step)
        names = {"hour": hour, "step": step.title, "about": about}
        return Page(
            subject=gettext("%(hour)s: %(step)s (%(about)s)") % names,
            lead=gettext("At %(hour)s: %(step)s") % names,
            parts=[Part("", [Row(about, href, _detail(step))])],
            door=href,
            door_name=gettext("Open it in Piste"),
            foot=gettext(
                "You are reminded because this step is yours and has an hour. You choose when, or never, in your profile:"
            )
            + f" {settings.LINKS_URL}/settings/profile/",
        )


def _about(step: Activity) -> str:
    if step.deal is not None:
        return step.deal.company.name if step.deal.company is not None else step.deal.title
    return str(step.contact or step.company)


def _detail(step: Activity) -> str:
    """Whom it concerns and how to reach them, and what was noted."""
    told = []
    if step.contact is not None:
        told.append(", ".join(part for part in (step.contact.name, step.contact.phone, step.contact.email) if part))
    if step.minutes:
        told.append(f"{typography.number(step.minutes, 'en')}{typography.FIRM}min")
    if step.detail:
        told.append(step.detail[:500])
    return ". ".join(told)


def _due(step: Activity) -> datetime:
    assert step.due_at is not None
    return step.due_at
