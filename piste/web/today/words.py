"""Sentences of the day: where to begin, how much time is left, what comes after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from piste.foundations import typography
from piste.web.templatetags.piste import number, today, tongue, zone


def title(day: date) -> str:
    """The day in full, as a title: Monday 23 November."""
    written = date_format(day, "l j F" if tongue() == "en" or day.day > 1 else "l jS F")
    return written[:1].upper() + written[1:]


def before(due_at: datetime, *, missed: bool) -> str:
    """Until when the first contact is wanted: before 14:40, before Tue 9:10."""
    local = due_at.astimezone(zone())
    hour = typography.hour(due_at, zone())
    if local.date() == today():
        said = {"when": hour}
    else:
        said = {"when": f"{typography.day_near(local.date(), tongue(), today=today())} {hour}"}
        if local.date() < today():
            said = {"when": typography.moment(due_at, tongue(), zone=zone(), today=today())}
    return (gettext("was due %(when)s") if missed else gettext("before %(when)s")) % said


def start(name: str, *, left: str = "", missed: bool = False, step: str = "") -> SafeString:
    """Where to begin."""
    if missed:
        sentence = gettext("Begin with {deal}: the first contact is late.")
    elif left:
        sentence = gettext("Begin with {deal}: {left} left for the first contact.")
    else:
        sentence = gettext("Begin with {deal}: {step}.")
    return format_html(typography.sentence(sentence, tongue()), deal=format_html("<b>{}</b>", name), left=left, step=step)


def then(overdue: int, today: int, meetings: int) -> str:
    """What comes after, in one sentence; empty when nothing does."""
    parts = []
    if overdue:
        parts.append(ngettext("%(count)s overdue", "%(count)s overdue", overdue) % {"count": number(overdue)})
    if today:
        parts.append(ngettext("%(count)s for today", "%(count)s for today", today) % {"count": number(today)})
    if meetings:
        parts.append(ngettext("%(count)s at a fixed hour", "%(count)s at a fixed hour", meetings) % {"count": number(meetings)})
    return gettext("In all: %(list)s.") % {"list": listed(parts)} if parts else ""


def listed(parts: Sequence[str]) -> str:
    """A, B and C."""
    if len(parts) < 2:
        return "".join(parts)
    return gettext("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}
