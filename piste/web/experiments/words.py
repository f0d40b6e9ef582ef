"""Words for ideas and split tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from piste.company.models import Member
from piste.deals.models import Source, Tag
from piste.experiments.models import SplitTest, Unit, Variant
from piste.experiments.queries import ideas
from piste.experiments.rules import Guard, among_from_json
from piste.foundations import typography
from piste.foundations.money import to_minor
from piste.web.templatetags.piste import today, tongue, zone


def count(value: int) -> str:
    return typography.number(value, tongue())


def units(unit: str, number: int) -> str:
    """« 472 deals »."""
    said = {"count": count(number)}
    if unit == Unit.COMPANY:
        return ngettext("%(count)s company", "%(count)s companies", number) % said
    if unit == Unit.REP:
        return ngettext("%(count)s rep", "%(count)s reps", number) % said
    return ngettext("%(count)s deal", "%(count)s deals", number) % said


def weeks(number: float) -> str:
    whole = max(1, round(number))
    return ngettext("%(count)s week", "%(count)s weeks", whole) % {"count": count(whole)}


def days(number: float) -> str:
    """« 3.4 days »; the figure alone is rounded to a tenth."""
    said = typography.number(number, tongue(), places=1)
    return ngettext("%(count)s day", "%(count)s days", 1 if abs(number) == 1 else 2) % {"count": said}


def measure(kind: str, within: int, goal: str) -> str:
    """What is measured: « reaches Meeting within 30 days »."""
    said = {"days": count(within), "stage": goal}
    if kind == "reaches":
        return _("reaches %(stage)s within %(days)s days") % said
    if kind == "wins":
        return _("is won within %(days)s days") % said
    if kind == "amount":
        return _("amount won within %(days)s days") % said
    return _("days in the stage, of the first %(days)s") % said


def measure_of(test: SplitTest) -> str:
    """What a test compares its variants by."""
    return measure(test.measure, test.within_days, test.goal.name if test.goal is not None else "")


def figure(kind: str, value: float, currency: str) -> str:
    """A value of a measure: « 26.1% », « €1,200 », « 3.4 days »; shares are given as 0 to 1."""
    if kind in ("reaches", "wins"):
        return typography.percent(value, tongue(), places=1)
    if kind == "amount":
        return typography.amount(to_minor(Decimal(round(value)), currency), currency, tongue())
    return days(value)


def gap(kind: str, value: float, currency: str) -> str:
    """A difference with its sign: « +10.8 » points, « −€120 », « +1.2 days »; shares are given as −1 to 1."""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    size = abs(value)
    if kind in ("reaches", "wins"):
        return sign + typography.number(size * 100, tongue(), places=1)
    return sign + figure(kind, size, currency)


def difference(kind: str, value: float, currency: str) -> str:
    """The same with its unit: « +10.8 points »."""
    said = gap(kind, value, currency)
    return _("%(count)s points") % {"count": said} if kind in ("reaches", "wins") else said


def between(kind: str, low: float, high: float, currency: str) -> str:
    """An interval with its unit: « +2.5 to +19.1 points »."""
    return _("%(low)s to %(high)s") % {"low": gap(kind, low, currency), "high": difference(kind, high, currency)}


def bar(kind: str, value: Decimal, currency: str) -> str:
    """A smallest effect or a bar, as the form takes it: points, whole currency units, days."""
    if kind in ("reaches", "wins"):
        number = typography.number(value, tongue(), places=0 if value == value.to_integral_value() else 1)
        return _("%(count)s points") % {"count": number}
    return figure(kind, float(value), currency)


def among(said: Mapping[str, Any], unit: str, shares: Sequence[int]) -> str:
    """Who is drawn, and in which shares: « every deal that comes in, 50 / 50 by draw »."""
    wanted = among_from_json(said)
    parts = [*_named(Source, wanted.sources), *_named(Tag, wanted.tags), *_named(Member, wanted.owners)]
    if wanted.amount_from is not None:
        parts.append(_("from %(amount)s") % {"amount": typography.number(wanted.amount_from, tongue())})
    if wanted.amount_to is not None:
        parts.append(_("up to %(amount)s") % {"amount": typography.number(wanted.amount_to, tongue())})
    parts += [value for _key, values in wanted.custom for value in values]
    who = _("%(who)s that comes in for the first time") % {"who": str(Unit(unit).label)}
    if parts:
        who = f"{who} ({', '.join(parts)})"
    return _("%(who)s, %(shares)s by draw") % {"who": who, "shares": " / ".join(str(share) for share in shares)}


def _named(model: Any, keys: Sequence[int]) -> list[str]:
    return list(model._default_manager.filter(pk__in=keys).order_by("name").values_list("name", flat=True)) if keys else []


def varied(variant: Variant, facts: Mapping[str, str]) -> list[str]:
    """What a variant does otherwise than everybody."""
    found = []
    if variant.guide is not None:
        steps = len(variant.guide["activities"])
        found.append(
            ngettext("a playbook of its own, with %(count)s activity", "a playbook of its own, with %(count)s activities", steps)
            % {"count": count(steps)}
        )
    if variant.needs is not None:
        said = ", ".join(facts.get(name, name) for name in variant.needs) or _("nothing")
        found.append(_("asks to know before leaving: %(facts)s") % {"facts": said})
    if variant.clock_days is not None:
        found.append(
            ngettext(
                "first contact within %(count)s working day", "first contact within %(count)s working days", variant.clock_days
            )
            % {"count": count(variant.clock_days)}
            if variant.clock_days
            else _("no contact clock")
        )
    return found


def guard(one: Guard, goal: str, currency: str) -> str:
    return _("%(measure)s: not worse by more than %(bar)s") % {
        "measure": measure(one.measure, one.within_days, goal),
        "bar": bar(one.measure, one.bar, currency),
    }


def state(test: SplitTest) -> str:
    return {
        "design": _("in design"),
        "running": _("running"),
        "paused": _("paused"),
        "stopped": _("to decide"),
        "decided": _decision(test),
        "rolled_out": _("adopted"),
    }[test.state]


def _decision(test: SplitTest) -> str:
    return {"adopt": _("adopted"), "reject": _("rejected"), "none": _("no effect seen")}.get(test.decision, "")


def decided(test: SplitTest) -> str:
    """« Adopt: A call first »."""
    said = test.get_decision_display()
    if test.winner is None:
        return said
    return _("%(decision)s: %(variant)s") % {"decision": said, "variant": test.winner.name}


def idea_state(state: str) -> str:
    return {
        ideas.OPEN: _("open"),
        ideas.TESTED: _("being tested"),
        ideas.DECIDED: _("decided"),
        ideas.DROPPED: _("dropped"),
    }[state]


def refused(code: str) -> str:
    """Why there is no sample size."""
    return {
        "no_history": _("Too few deals have been through this stage to reckon the sample: say yourself how many to draw."),
        "effect_none": _("Say the smallest difference worth finding: more than 0."),
        "effect_impossible": _("No share can change by that much: choose a smaller difference."),
        "baseline_impossible": _("Until now all deals did, or none: this measure cannot show a difference."),
        "spread_missing": _("Until now every value is the same: this measure cannot show a difference."),
        "too_many": _("Such a small difference would take more deals than there will ever be: choose a larger one."),
    }.get(code, _("The shares must be 100 in all."))


def on_day(value: date | datetime | None) -> str:
    """« 21 Jan », without its weekday."""
    if value is None:
        return ""
    when = value.astimezone(zone()).date() if isinstance(value, datetime) else value
    return typography.day(when, tongue(), today=today(), weekday=False)
