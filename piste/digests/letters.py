"""The words of the morning letter."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, override

from piste.activities.queries.day import DayStep
from piste.company.models import Member
from piste.foundations import typography
from piste.post.writing import Page, Part, Row

from .queries import Day


def page(day: Day, *, member: Member, today: date, now: datetime) -> Page:
    """What the letter says, in the language and time zone of who gets it."""
    zone = ZoneInfo(member.time_zone)
    with override(member.language):
        tongue = typography.tongue(member.language)

        def said(step: DayStep) -> Row:
            return _step(step, tongue, zone, today)

        waiting = [
            Row(clock.name, _href(f"/deals/{clock.deal_id}/"), _until(clock.due_at, tongue, zone, today, late=clock.due_at < now))
            for clock in day.waiting
        ]
        stepless = [Row(deal.name, _href(f"/deals/{deal.id}/"), deal.title if deal.company else "") for deal in day.stepless]
        parts = [
            _part(gettext("Waiting for a first contact"), waiting, day.waiting_count),
            _part(gettext("Overdue"), [said(step) for step in day.overdue], day.overdue_count),
            _part(gettext("Today"), [said(step) for step in day.today], day.today_count),
            _part(gettext("Without a next step"), stepless, day.stepless_count),
        ]
        date_said = _date(today, tongue)
        return Page(
            subject=gettext("%(day)s: %(sum)s") % {"day": date_said, "sum": _sum(day)},
            lead=date_said,
            parts=[part for part in parts if part.rows],
            door=f"{settings.LINKS_URL}/day/",
            door_name=gettext("Open My day"),
            foot=gettext("This letter comes on your working days. You choose its hour, or none, in your profile:")
            + f" {settings.LINKS_URL}/settings/profile/",
        )


def _part(heading: str, rows: list[Row], count: int) -> Part:
    left = count - len(rows)
    more = ngettext("and %(count)s more", "and %(count)s more", left) % {"count": left} if left > 0 else ""
    return Part(heading, rows, more)


def _sum(day: Day) -> str:
    """What matters most, in a few words."""
    found = []
    if count := day.waiting_count:
        found.append(ngettext("%(count)s to contact", "%(count)s to contact", count) % {"count": count})
    if count := day.overdue_count:
        found.append(ngettext("%(count)s overdue", "%(count)s overdue", count) % {"count": count})
    if count := day.today_count:
        found.append(ngettext("%(count)s for today", "%(count)s for today", count) % {"count": count})
    if not found:
        count = day.stepless_count
        found.append(
            ngettext("%(count)s deal without a next step", "%(count)s deals without a next step", count) % {"count": count}
        )
    return ", ".join(found)


def _step(step: DayStep, tongue: str, zone: ZoneInfo, today: date) -> Row:
    hour = typography.hour(step.due_at, zone) if step.due_at is not None else ""
    day = "" if step.due_on == today else typography.day_near(step.due_on, tongue, today=today)
    detail = ", ".join(part for part in (step.about, f"{day} {hour}".strip()) if part)
    return Row(step.title, _href(step.place), detail)


def _until(due_at: datetime, tongue: str, zone: ZoneInfo, today: date, *, late: bool) -> str:
    when = {"when": typography.moment(due_at, tongue, zone=zone, today=today)}
    return (gettext("was due %(when)s") if late else gettext("before %(when)s")) % when


def _date(day: date, tongue: str) -> str:
    written = date_format(day, "l j F" if tongue == "en" or day.day > 1 else "l jS F")
    return written[:1].upper() + written[1:]


def _href(place: str) -> str:
    return f"{settings.LINKS_URL}{place}"
