"""What a re-test says, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext, gettext_lazy, ngettext

from piste.foundations import typography
from piste.foundations.money import decimals
from piste.web.templatetags.piste import tongue, zone

#: By measure and by what the interval says.
HEADS = {
    ("conversion", "rose"): gettext_lazy("More deals go on from %(stage)s since the change: %(after)s instead of %(before)s."),
    ("conversion", "fell"): gettext_lazy("Fewer deals go on from %(stage)s since the change: %(after)s instead of %(before)s."),
    ("conversion", "unclear"): gettext_lazy("No difference shows in %(stage)s: %(after)s of the deals go on, %(before)s before."),
    ("conversion", "too_few"): gettext_lazy("Too few deals can be compared to say whether more of them go on from %(stage)s."),
    ("wins", "rose"): gettext_lazy("More deals are won since the change: %(after)s instead of %(before)s."),
    ("wins", "fell"): gettext_lazy("Fewer deals are won since the change: %(after)s instead of %(before)s."),
    ("wins", "unclear"): gettext_lazy("No difference shows in what is won: %(after)s of the deals, %(before)s before."),
    ("wins", "too_few"): gettext_lazy("Too few deals can be compared to say whether more of them are won."),
    ("days", "rose"): gettext_lazy("Deals stay longer in %(stage)s since the change: %(after)s instead of %(before)s."),
    ("days", "fell"): gettext_lazy("Deals leave %(stage)s sooner since the change: after %(after)s instead of %(before)s."),
    ("days", "unclear"): gettext_lazy("No difference shows in the time in %(stage)s: %(after)s, %(before)s before."),
    ("days", "too_few"): gettext_lazy("Too few deals can be compared to say whether they leave %(stage)s sooner."),
    ("amount", "rose"): gettext_lazy("Sales are larger since the change: %(after)s on average instead of %(before)s."),
    ("amount", "fell"): gettext_lazy("Sales are smaller since the change: %(after)s on average instead of %(before)s."),
    ("amount", "unclear"): gettext_lazy("No difference shows in the size of sales: %(after)s on average, %(before)s before."),
    ("amount", "too_few"): gettext_lazy("Too few sales can be compared to say whether they are larger."),
}
MEASURES = {
    "conversion": gettext_lazy("Deals that go on from %(stage)s"),
    "wins": gettext_lazy("Deals won"),
    "days": gettext_lazy("Days in %(stage)s"),
    "amount": gettext_lazy("Amount of a sale"),
}
BASES = {
    "conversion": gettext_lazy(
        "Deals that came into the stage; those still there count as unknown, not as failed (Aalen–Johansen)"
    ),
    "wins": gettext_lazy("Deals won or lost in these days, whenever they began; the share won"),
    "days": gettext_lazy(
        "Visits to the stage; half of them have ended after so many days, those going on included (Kaplan–Meier)"
    ),
    "amount": gettext_lazy("Deals won, with an amount in %(currency)s; the mean"),
}
PROPOSALS = {
    "keep": gettext_lazy("The figure went the right way: keep the change, unless you know of another reason for it."),
    "roll_back": gettext_lazy("The figure went the wrong way: take the change back, unless you know of another reason for it."),
    "test": gettext_lazy("The figures do not decide: half of the deals worked the old way would tell (a split test)."),
    "again": gettext_lazy("It is too early: look again when more deals have come."),
}


def name_of(kind: str, stage: str) -> str:
    """A measure as the head of a line."""
    if kind in ("conversion", "days") and not stage:
        return gettext("Deals that go on") if kind == "conversion" else gettext("Days in a stage")
    return str(MEASURES[kind]) % {"stage": stage}


def writer(kind: str, currency: str) -> Callable[[float | None], str]:
    """How values of a measure are written."""

    def write(value: float | None) -> str:
        if value is None:
            return "–"
        if kind in ("conversion", "wins"):
            return typography.percent(value, tongue())
        if kind == "amount":
            return typography.amount(round(value * 10 ** decimals(currency)), currency, tongue())
        return _days(value)

    return write


def gap(kind: str, value: float | None, currency: str) -> str:
    """A difference with its sign."""
    if value is None:
        return "–"
    if kind in ("conversion", "wins"):
        said = typography.number(value * 100, tongue(), places=1) + "\u00a0pt"
    else:
        said = writer(kind, currency)(value)
    return f"+{said}" if value > 0 else said


def _days(value: float) -> str:
    whole = abs(value) >= 10 or value == round(value)
    written = typography.number(value, tongue(), places=0 if whole else 1)
    return ngettext("%(days)s day", "%(days)s days", 1 if abs(value) <= 1 else 2) % {"days": written}


def head(row: Mapping[str, Any], currency: str) -> str:
    """What a measure says, in a sentence."""
    write = writer(row["kind"], currency)
    said = {"stage": row["stage"], "before": write(row["before"]["value"]), "after": write(row["after"]["value"])}
    return str(HEADS[row["kind"], row["verdict"]]) % said


def sure(row: Mapping[str, Any], currency: str) -> str:
    """How sure that is."""
    if row["low"] is None:
        return gettext("Comparable are %(before)s deals before the change and %(after)s since; each side needs ten.") % _counted(
            row
        )
    said = _counted(row) | {name: gap(row["kind"], row[name], currency) for name in ("difference", "low", "high")}
    return (
        gettext(
            "The difference is %(difference)s, with 95%% confidence between %(low)s and %(high)s: %(before)s comparable deals "
            "before the change, %(after)s since."
        )
        % said
    )


def _counted(row: Mapping[str, Any]) -> dict[str, str]:
    return {side: typography.number(row[side]["compared"], tongue()) for side in ("before", "after")}


def period(figures: Mapping[str, Any]) -> str:
    """The days of both sides."""
    since, changed, until = (
        typography.day(datetime.fromisoformat(figures[name]).astimezone(zone()).date(), tongue(), weekday=False)
        for name in ("since", "changed", "until")
    )
    return gettext("%(since)s to %(changed)s, and %(changed)s to %(until)s") % {
        "since": since,
        "changed": changed,
        "until": until,
    }


def others(count: int) -> str:
    """Other changes that fell into the same days."""
    return ngettext(
        "%(count)s more change of this pipeline fell into these days: what it did is in these figures too.",
        "%(count)s more changes of this pipeline fell into these days: what they did is in these figures too.",
        count,
    ) % {"count": count}


def rules(row: Mapping[str, Any]) -> list[str]:
    """How a figure is counted."""
    found = [
        gettext("Both sides are watched for as long: what came before the change is read as it stood on that day."),
        gettext("The deals before are weighted so that sources, sizes and owners are as frequent as since (raking)."),
        gettext("A deal of a source, size or owner that the other side does not have is left out."),
    ]
    if row["kind"] == "amount":
        found[1] = gettext("The deals before are weighted so that sources and owners are as frequent as since (raking).")
        found[2] = gettext("A deal of a source or owner that the other side does not have is left out.")
    if row["horizon"]:
        found.insert(0, gettext("Counted is what happened within %(days)s.") % {"days": _days(row["horizon"])})
    return found
