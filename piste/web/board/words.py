"""Sentences of the board: what is announced, what a move did, and what stood in its way."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext

from piste.deals.models import Deal, Move
from piste.foundations import typography
from piste.web.templatetags.piste import amount, tongue, zone

FACTS = {
    "amount": gettext_lazy("amount"),
    "expected_close_on": gettext_lazy("expected close date"),
    "company": gettext_lazy("company"),
    "contact": gettext_lazy("contact"),
    "contact_email": gettext_lazy("a contact’s e-mail"),
    "contact_phone": gettext_lazy("a contact’s phone"),
    "decision_maker": gettext_lazy("decision maker"),
    "source": gettext_lazy("source"),
    "product": gettext_lazy("product"),
}


def for_script() -> dict[str, str]:
    """What the script says to those who listen; names in braces are filled in by it."""
    return {
        "lifted": gettext("{deal}, lifted. {stage}, {place} of {count}. Arrows to choose, Space to put down."),
        "over": gettext("{deal}, {from}, then {stage}, {place} of {count}"),
        "at-end": gettext("{deal}, {from}, then {stage}"),
        "put-back": gettext("{deal} stays in {stage}."),
        "moving": gettext("{deal}: {stage}."),
        "same": gettext("{deal} is already in {stage}."),
        "needs": gettext("To fill in when dropped:"),
        "menu": gettext("Move to…"),
        "age": gettext("{days} in the stage, norm {norm}"),
        "age-alone": gettext("{days} in the stage"),
        "offline": gettext("No network: the card is back in its place, nothing was changed. Try again in a moment."),
        "gone": gettext("This deal is no longer yours to see, or is gone. The board shows what is there now."),
        "broken": gettext("The server could not do it: the card is back in its place, nothing was changed. Try again."),
    }


def name_of(deal: Deal) -> str:
    """How the board calls a deal: its company, else its title."""
    return deal.company.name if deal.company is not None else deal.title


def fact_name(code: str, labels: dict[str, str]) -> str:
    """A required fact in words; `labels` are those of custom fields by key."""
    if code.startswith("custom:"):
        key = code.removeprefix("custom:")
        return labels.get(key, key)
    return str(FACTS.get(code, code))


def done(deal: Deal, move: Move) -> str:
    """What a move did, for the toast."""
    said = {"deal": name_of(deal), "stage": move.to_stage.name}
    match move.kind:
        case "won":
            money = amount(deal.amount_minor, deal.currency)
            if money:
                return gettext("%(deal)s won, %(amount)s.") % (said | {"amount": money})
            return gettext("%(deal)s won.") % said
        case "lost":
            return gettext("%(deal)s lost.") % said
        case "held":
            return gettext("%(deal)s on hold until %(day)s.") % (said | {"day": _day(move.hold_until)})
        case "undone":
            return gettext("Undone: %(deal)s is back in %(stage)s.") % said
    return gettext("%(deal)s is now in %(stage)s.") % said


def overtaken(deal: Deal, last: Move, at: datetime) -> str:
    """Who did what and when, to someone who came second."""
    said = {
        "deal": name_of(deal),
        "who": last.by.first_name if last.by is not None else "Piste",
        "stage": last.to_stage.name,
        "when": ago(last.at, at),
    }
    sentences = {
        "won": gettext("Your change was not saved: %(who)s won %(deal)s %(when)s."),
        "lost": gettext("Your change was not saved: %(who)s marked %(deal)s as lost %(when)s."),
        "held": gettext("Your change was not saved: %(who)s put %(deal)s on hold %(when)s."),
        "undone": gettext("Your change was not saved: %(who)s undid the last move of %(deal)s %(when)s."),
    }
    usual = gettext("Your change was not saved: %(who)s moved %(deal)s to %(stage)s %(when)s.")
    return typography.sentence(sentences.get(last.kind, usual) % said, tongue())


def ago(then: datetime, now: datetime) -> str:
    """How long ago, as one says it."""
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 1:
        return gettext("a moment ago")
    if minutes < 60:
        return ngettext("%(count)s minute ago", "%(count)s minutes ago", minutes) % {"count": minutes}
    hours = minutes // 60
    if hours < 24:
        return ngettext("%(count)s hour ago", "%(count)s hours ago", hours) % {"count": hours}
    day = typography.moment(then, tongue(), zone=zone(), today=timezone.localdate())
    return gettext("on %(day)s") % {"day": day}


def _day(value: date | None) -> str:
    if value is None:
        return ""
    return typography.day(value, tongue(), today=timezone.localdate(), weekday=False)
