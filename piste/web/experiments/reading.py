"""A result in words and drawings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from piste.deals.models import Deal
from piste.experiments.models import SplitTest, Variant
from piste.experiments.queries.results import BROKEN, KEPT, GuardResult, Result, result
from piste.foundations import typography
from piste.stats.trials.analysis import LESS, MORE, NONE_SEEN, TOO_EARLY, Comparison
from piste.stats.trials.analysis import Reading as Read
from piste.web.templatetags.piste import tongue

from . import words
from .varied import Varied, meanwhile

#: A greater chance of seeing as much without any difference says nothing to anybody.
MOST_CHANCE = 0.2
#: How far the bar must be from zero to be named, in per cent of the drawing.
ROOM = 22


@dataclass(frozen=True, slots=True)
class Track:
    """An interval on its scale, in per cent of the drawing: from `low` to `high` around `mid`; `zero` and `bar` are marks."""

    low: float
    mid: float
    high: float
    zero: float | None = None
    bar: float | None = None

    @property
    def has_room(self) -> bool:
        """Whether the bar can be named beside zero."""
        return self.bar is not None and self.zero is not None and abs(self.bar - self.zero) >= ROOM

    @property
    def vars(self) -> str:
        return f"lo {self.low:.1f}, mid {self.mid:.1f}, hi {self.high:.1f}"


@dataclass(frozen=True, slots=True)
class Row:
    """An arm, or a difference, of the drawing and of the table."""

    name: str
    note: str
    said: str
    interval: str
    track: Track | None
    is_better: bool = False
    bar: str = ""


def shown(
    test: SplitTest, variants: Sequence[Variant], goals: dict[int, str], varied: Varied, *, as_of: datetime
) -> dict[str, Any]:
    """Everything the page says of the result of a started test."""
    found = result(test, variants, as_of=as_of)
    return {
        "found": found,
        "head": head(test, variants, found, goals),
        "evidence": evidence(test, found),
        "arms": arm_rows(test, variants, found),
        "gaps": [gap_row(test, variants, one) for one in found.analysis.comparisons],
        "guards": [guard_row(test, one, goals) for one in found.guards],
        "warnings": [*warnings(test, found), *meanwhile(test, variants, varied, as_of=as_of)],
        "notes": notes(test, found),
        "weeks": _weeks(found),
        "drawn": words.units(test.unit, found.units),
        "result_share": min(100, found.units * 100 // test.planned_count),
    }


def head(test: SplitTest, variants: Sequence[Variant], found: Result, goals: dict[int, str]) -> str:
    """The sentence on top: what the test says so far."""
    clear = [one for one in found.analysis.comparisons if one.plain.verdict in (MORE, LESS)]
    measure = words.measure(test.measure, test.within_days, goals.get(test.goal_id or 0, ""))
    if clear:
        best = max(clear, key=lambda one: abs(one.plain.difference))
        said = {
            "name": variants[best.arm].name,
            "gap": words.gap(test.measure, best.plain.difference, test.currency),
            "measure": measure,
        }
        if test.measure in ("reaches", "wins"):
            return _("“%(name)s”: %(gap)s points, %(measure)s.") % said
        return _("“%(name)s”: %(gap)s, %(measure)s.") % said
    seen = {one.plain.verdict for one in found.analysis.comparisons}
    if not seen or seen == {TOO_EARLY}:
        return _("Too early to tell: each variant needs ten whose %(days)s days have passed.") % {"days": test.within_days}
    if NONE_SEEN in seen:
        return _("The sample is full, and no difference is seen.")
    return _("No difference can be told yet.")


def interval(test: SplitTest, read: Read) -> str:
    """« +2.5 to +19.1 »."""
    if read.low is None or read.high is None:
        return "—"
    low, high = (words.gap(test.measure, value, test.currency) for value in (read.low, read.high))
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def evidence(test: SplitTest, found: Result) -> list[str]:
    """The interval and how sure one is, in words."""
    told = []
    for one in found.analysis.comparisons:
        if one.plain.low is None:
            continue
        low, high = (words.difference(test.measure, value or 0.0, test.currency) for value in (one.plain.low, one.plain.high))
        said = _("Between %(low)s and %(high)s, with 95%% confidence at whatever day one looks.") % {"low": low, "high": high}
        if one.plain.p is not None and one.plain.p <= MOST_CHANCE:
            chance = max(1, round(one.plain.p * 1000))
            said += " " + _("Without any difference, at most %(count)s of 1,000 tests would show as much.") % {
                "count": words.count(chance)
            }
        told.append(said)
    return told


def arm_rows(test: SplitTest, variants: Sequence[Variant], found: Result) -> list[Row]:
    known = [arm for arm in found.analysis.arms if arm.low is not None and arm.high is not None]
    most = max((arm.high or 0.0 for arm in known), default=1.0) * 1.1 or 1.0
    rows = []
    for variant, arm in zip(variants, found.analysis.arms, strict=True):
        ripe = words.count(arm.n)
        note = _("%(ripe)s of %(drawn)s known") % {"ripe": ripe, "drawn": words.units(test.unit, arm.assigned)}
        if arm.mean is None or arm.low is None or arm.high is None:
            rows.append(Row(f"{variant.letter}, {variant.name}", note, "—", "—", None))
            continue
        track = Track(*(max(0.0, min(100.0, value * 100 / most)) for value in (arm.low, arm.mean, arm.high)))
        low, high = (words.figure(test.measure, value, test.currency) for value in (arm.low, arm.high))
        between = _("%(low)s to %(high)s") % {"low": low, "high": high}
        said = words.figure(test.measure, arm.mean, test.currency)
        rows.append(Row(f"{variant.letter}, {variant.name}", note, said, between, track))
    return rows


def gap_row(test: SplitTest, variants: Sequence[Variant], one: Comparison) -> Row:
    """The difference of a variant from the control."""
    read = one.plain
    scale = 100.0 if test.measure in ("reaches", "wins") else 1.0
    bar = float(test.bar) / scale * (-1 if test.measure == "days" else 1)
    name = _("%(letter)s minus A") % {"letter": variants[one.arm].letter}
    note = _("in points, 95%%") % {} if scale == 100.0 else "95 %" if tongue() == "fr" else "95%"
    said = words.gap(test.measure, read.difference, test.currency)
    better = read.verdict == (LESS if test.measure == "days" else MORE)
    words_of_bar = words.gap(test.measure, bar, test.currency)
    if read.low is None or read.high is None:
        return Row(name, note, said, "—", None, bar=words_of_bar)
    least, most = min(read.low, 0.0, bar), max(read.high, 0.0, bar)
    room = (most - least) * 0.08 or 1.0
    least, most = least - room, most + room

    def place(value: float) -> float:
        return (value - least) * 100 / (most - least)

    track = Track(place(read.low), place(read.difference), place(read.high), place(0.0), place(bar) if bar else None)
    return Row(name, note, said, interval(test, read), track, better, words_of_bar)


def guard_row(test: SplitTest, one: GuardResult, goals: dict[int, str]) -> tuple[str, str, str]:
    """A guard: what it holds, how it stands in words, and its tone."""
    said = words.guard(one.guard, goals.get(one.guard.goal or 0, ""), test.currency)
    found = (read.plain.difference for read in one.analysis.comparisons)
    gaps = ", ".join(words.difference(one.guard.measure, value, test.currency) for value in found)
    state, tone = {
        BROKEN: (_("broken"), "is-danger"),
        KEPT: (_("holds"), "is-success"),
    }.get(one.state, (_("cannot be told yet"), ""))
    return said, f"{state} ({gaps})" if gaps else state, tone


def warnings(test: SplitTest, found: Result) -> list[str]:
    """What makes the figures doubtful."""
    told = []
    ratio = found.analysis.sample_ratio
    if ratio is not None and ratio.flagged:
        counts = " / ".join(words.count(number) for number in ratio.counts)
        told.append(
            _(
                "The variants did not get their shares (%(counts)s, p = %(p)s): look for what loses deals on one side "
                "before you believe the figures."
            )
            % {"counts": counts, "p": typography.number(ratio.p, tongue(), places=4)}
        )
    if any(one.state == BROKEN for one in found.guards):
        told.append(_("A guard is broken: consider stopping the test."))
    doubts = found.doubts
    if test.unit == "deal" and doubts.shared:
        told.append(
            ngettext(
                "%(count)s company has deals in several variants: what one hears the other knows. Draw companies to avoid it.",
                "%(count)s companies have deals in several variants: what one hears the other knows. Draw companies to avoid it.",
                doubts.shared,
            )
            % {"count": words.count(doubts.shared)}
        )
    for title, count in doubts.overlaps:
        told.append(
            ngettext("%(count)s deal is in the test “%(title)s” too.", "%(count)s deals are in the test “%(title)s” too.", count)
            % {"count": words.count(count), "title": title}
        )
    return told


def notes(test: SplitTest, found: Result) -> list[str]:
    """What else one should know to read the figures."""
    told = []
    waiting = sum(found.analysis.not_ripe)
    if waiting:
        told.append(
            _("%(units)s not counted yet: their %(days)s days have not passed.")
            % {"units": words.units(test.unit, waiting), "days": words.count(test.within_days)}
        )
    if test.unit != "rep" and found.doubts.both:
        told.append(
            ngettext(
                "%(count)s rep works by several variants: habits pass from one to the other, and differences look smaller.",
                "%(count)s reps work by several variants: habits pass from one to the other, and differences look smaller.",
                found.doubts.both,
            )
            % {"count": words.count(found.doubts.both)}
        )
    for one in found.analysis.comparisons:
        if one.adjusted is not None and one.adjusted.low is not None:
            told.append(
                _("Adjusted for what the deals were worth as they came in: %(gap)s, %(interval)s.")
                % {
                    "gap": words.difference(test.measure, one.adjusted.difference, test.currency),
                    "interval": interval(test, one.adjusted),
                }
            )
        if one.trimmed is not None:
            told.append(
                _("Without the largest in a thousand: %(gap)s.")
                % {"gap": words.difference(test.measure, one.trimmed.difference, test.currency)}
            )
    if found.largest is not None and found.moved is not None:
        deal = Deal.objects.filter(pk=found.largest).values_list("title", flat=True).first()
        told.append(
            _("One deal moves the difference by %(gap)s: %(deal)s.")
            % {"gap": words.difference(test.measure, found.moved, test.currency), "deal": deal or "…"}
        )
    return told


def _weeks(found: Result) -> dict[str, Any]:
    """The bars of units by week: height in per cent of the highest."""
    counts = [count for _week, count in found.weeks]
    if not counts:
        return {}
    most = max(counts)
    width = 420 / max(len(counts), 12)
    bars = [
        {"x": round(place * width + 1, 1), "width": round(width - 2, 1), "y": round(74 - 60 * count / most, 1),
         "height": round(60 * count / most, 1)}
        for place, count in enumerate(counts)
    ]  # fmt: skip
    first, last = found.weeks[0][0], found.weeks[-1][0]
    days = (typography.day(one, tongue(), weekday=False) for one in (first, last))
    start, end = days
    label = _("Units by week, from %(least)s to %(most)s, total %(sum)s") % {
        "least": words.count(min(counts)),
        "most": words.count(most),
        "sum": words.count(sum(counts)),
    }
    return {"bars": bars, "first": start, "last": end, "label": label}
