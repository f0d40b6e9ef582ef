"""Why a run came about, and what became of it, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from piste.automations.models import Run, RunState
from piste.automations.rules import Condition, decimal
from piste.foundations import typography
from piste.foundations.money import BadAmount, to_minor
from piste.web.board.words import fact_name
from piste.web.templatetags.piste import day, moment, tongue, zone

from . import words
from .naming import Names, kind_name


def _amount(text: str, currency: str) -> str:
    value = decimal(text)
    try:
        return words.figure(text) if value is None else typography.amount(to_minor(value, currency), currency, tongue())
    except BadAmount:
        # What the currency has no coin for stays a number.
        return words.figure(text)


def because(told: Mapping[str, Any], names: Names, currency: str) -> str:
    """Why it came about; an amount is one of the deal's own `currency`, in which it was compared."""
    said = {
        "stage": names.stage(told.get("stage", 0)),
        "fact": names.fact(told.get("fact", "")),
        "amount": _amount(str(told.get("amount", "")), currency),
        "kind": kind_name(told.get("activity", "")),
        "day": _day(told),
        "count": typography.number(told.get("days") or 0, tongue()),
        "percent": typography.percent((told.get("percent") or 0) / 100, tongue()),
    }
    match told.get("kind"):
        case "stage_entered":
            return _("it entered %(stage)s") % said
        case "created":
            return _("it was created")
        case "won":
            return _("it was won")
        case "lost":
            return _("it was lost")
        case "held":
            return _("it was put on hold")
        case "resumed":
            return _("it came back from hold")
        case "amount_reaches":
            return _("its amount reached %(amount)s") % said
        case "fact_changes":
            return _("%(fact)s changed") % said
        case "activity_done":
            return _("an activity was done (%(kind)s)") % said
        case "silence":
            return _("nothing was done since %(day)s") % said
        case "in_stage":
            return _("it has been in %(stage)s since %(day)s, over %(count)s days") % said
        case "date":
            return _("%(fact)s is %(day)s") % said
    return _("its chance of winning is %(percent)s") % said


def _day(told: Mapping[str, Any]) -> str:
    if told.get("on"):
        return day(date.fromisoformat(told["on"]))
    return day(datetime.fromisoformat(told["since"]).astimezone(zone()).date()) if told.get("since") else ""


def outcome(run: Run, names: Names) -> list[str]:
    """What became of it: each action, or why there was none."""
    told = run.told
    drawn = {"letter": told.get("letter", ""), "number": told.get("number", "")}
    if run.state == RunState.NOT_MET:
        if "fact" not in told:
            return [_("variant %(letter)s of split test %(number)s goes without it") % drawn]
        return [_unmet(told, names)]
    if told.get("refused"):
        return [refused(told["refused"])]
    did = [_did(one, names) for one in told.get("did", ())]
    return [*did, _("in the way of variant %(letter)s of split test %(number)s") % drawn] if told.get("letter") else did


def _unmet(told: Mapping[str, Any], names: Names) -> str:
    """The condition that did not hold, and what was found instead."""
    asked = Condition(told["fact"], told["how"], tuple(told.get("values", ())))
    found = [names.value(asked.fact, one) for one in told.get("found", ())]
    said = {"condition": words.condition(asked, names), "found": ", ".join(words.figure(one) for one in found) or _("nothing")}
    return _("“%(condition)s” did not hold (%(found)s)") % said


def refused(why: str) -> str:
    """Why an automation was not allowed to act."""
    return {
        "depth": _("too many automations answered each other"),
        "again": _("it had acted on this deal within the hour"),
        "rate": _("it paused: too many runs within an hour"),
    }.get(why, why)


def _did(told: Mapping[str, Any], names: Names) -> str:
    result, kind = told["result"], told["kind"]
    what = {
        "task": _("task"),
        "notify": _("notification"),
        "mail": _("e-mail"),
        "move": _("move"),
        "win": _("win the deal"),
        "lose": _("lose the deal"),
        "hold": _("put the deal on hold"),
        "resume": _("bring the deal back from hold"),
        "assign": _("new owner"),
        "turn": _("new owner"),
        "tag": _("tag"),
        "untag": _("tag"),
        "set": _("field"),
        "webhook": _("message"),
    }.get(kind, kind)
    if told.get("letter") and told.get("template"):
        about = {"name": told["template"], "letter": told["letter"], "number": told["number"]}
        told = {**told, "template": _("%(name)s, as variant %(letter)s of split test %(number)s") % about}
    whom = told.get("tag") or told.get("template") or told.get("stage") or told.get("reason")
    whom = whom or (names.member(told["who"]) if told.get("who") else "")
    if told.get("until"):
        whom = _("until %(day)s") % {"day": day(date.fromisoformat(told["until"]))}
    said = {"what": what, "whom": whom, "why": why_refused(told, names)}
    if told.get("consent") == "unknown":
        return _("%(what)s: %(whom)s (about their deal: no consent is noted)") % said
    match result:
        case "done":
            return (_("%(what)s: %(whom)s") if whom else _("%(what)s: done")) % said
        case "same":
            return _("%(what)s: nothing to change") % said
        case "later":
            said["when"] = moment(datetime.fromisoformat(told["due_at"]))
            return _("%(what)s: waits for working hours (%(when)s)") % said
        case "failed":
            return _("%(what)s: failed, and was left as it was") % said
    return _("%(what)s: refused, %(why)s") % said


def why_refused(told: Mapping[str, Any], names: Names) -> str:
    """What stood in the way of an action."""
    missing: Sequence[str] = told.get("facts") or ()
    labels = {row.key: row.label for row in names.fields} if missing else {}
    said = {
        "facts": ", ".join(fact_name(one, labels) for one in missing),
        "fields": ", ".join(told.get("fields") or ()),
        "fact": names.fact(told["fact"]) if told.get("fact") else "",
    }
    return {
        "missing": _("missing: %(facts)s") % said,
        "fields": _("the deal does not say: %(fields)s") % said,
        "retired": _("it is out of use"),
        "left": _("this person has left"),
        "gone": _("the deal is gone"),
        "nobody": _("nobody is in this team"),
        "unseen": _("this person may not see the deal"),
        "no_template": _("the template is gone"),
        "no_address": _("no contact with an e-mail address"),
        "no_consent": _("the contact withdrew their consent"),
        "not_running": _("no consent is noted, and their deal is lost or on hold"),
        "no_reason": _("the reason is no longer on the list"),
        "closed": _("the deal is won or lost"),
        "paused": _("the automation was paused meanwhile"),
        "no_day": _("%(fact)s is not known") % said,
        "past": _("the day to come back on has passed"),
    }.get(told.get("why", ""), _("not possible for this deal"))


def counted(count: int) -> str:
    """A number of runs."""
    return ngettext("%(count)s run", "%(count)s runs", count) % {"count": typography.number(count, tongue())}
