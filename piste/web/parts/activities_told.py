"""What people planned and did, in the words of a timeline."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from piste.foundations import typography
from piste.journal.models import Entry
from piste.web.templatetags.piste import day, tongue, zone

ICONS = {"task": "check-circle", "call": "phone", "meeting": "calendar", "email": "mail"}
#: What was done, or planned, or no longer is; and that the contact clock was met.
VERBS = (
    "activity.planned",
    "activity.amended",
    "activity.snoozed",
    "activity.reassigned",
    "activity.done",
    "activity.logged",
    "activity.taken_back",
    "activity.discarded",
    "activity.restored",
    "deal.clock_met",
)


def said(entry: Entry) -> tuple[str, str, str]:
    """Icon, what was done (after the name of who did it), and what came of it."""
    data = entry.data
    icon = ICONS.get(data.get("kind", ""), "clock")
    told = {"title": data.get("title", ""), "when": due_of(entry)}
    match entry.verb:
        case "activity.planned":
            return icon, (_("planned “%(title)s” for %(when)s") if told["when"] else _("noted “%(title)s” to be done")) % told, ""
        case "activity.amended":
            return icon, _("changed “%(title)s”") % told, ""
        case "activity.snoozed":
            return icon, _("put “%(title)s” off to %(when)s") % told, ""
        case "activity.reassigned":
            return icon, _("gave “%(title)s” to somebody else") % told, ""
        case "activity.done":
            return icon, _("did “%(title)s”") % told, _outcome(entry)
        case "activity.logged":
            return icon, _("noted “%(title)s”") % told, _outcome(entry)
        case "activity.taken_back":
            return "undo", _("took back that “%(title)s” was done") % told, ""
        case "activity.discarded":
            return "trash", _("put “%(title)s” in the bin") % told, ""
        case "activity.restored":
            return icon, _("brought “%(title)s” back from the bin") % told, ""
    late = data.get("missed")
    return "clock", _("stopped the contact clock, late") if late else _("stopped the contact clock in time"), ""


def due_of(entry: Entry) -> str:
    """When an activity was due as its entry tells it; empty without a day."""
    data = entry.data
    if data.get("due_at"):
        return _moment(data["due_at"])
    return day(date.fromisoformat(data["due_on"])) if data.get("due_on") else ""


def _moment(text: str) -> str:
    return typography.moment(datetime.fromisoformat(text), tongue(), zone=zone(), today=timezone.localdate())


def _outcome(entry: Entry) -> str:
    return " · ".join(part for part in (entry.data.get("outcome", ""), entry.data.get("result", "")) if part)
