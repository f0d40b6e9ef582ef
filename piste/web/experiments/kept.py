"""What was kept of the figures when a test was decided: numbers, said in the language of whoever reads.

A decision keeps `units`, and by the letter of a variant `gap`, `low`, `high` (against the control) and `mean`, as decimal texts.
Earlier ones keep texts in the language of whoever decided (`difference`, `interval`): they are shown as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from piste.experiments.models import SplitTest, Variant

from . import words

if TYPE_CHECKING:
    # The changelog says what was kept without loading what reckons it.
    from piste.experiments.queries.results import Result


def verdict_of(variants: Sequence[Variant], found: Result) -> dict[str, str]:
    """What a decision keeps of the figures."""
    kept = {"units": str(found.units)}
    for one in found.analysis.comparisons:
        letter, read = variants[one.arm].letter, one.plain
        kept[f"gap_{letter}"] = _text(read.difference)
        if read.low is not None and read.high is not None:
            kept |= {f"low_{letter}": _text(read.low), f"high_{letter}": _text(read.high)}
    for arm, variant in zip(found.analysis.arms, variants, strict=True):
        if arm.mean is not None:
            kept[f"mean_{variant.letter}"] = _text(arm.mean)
    return kept


def letter_of(test: SplitTest) -> str:
    """The variant that a decided test is told by: its winner, else the first it kept figures of."""
    names = [key.partition("_")[::2] for key in test.verdict]
    letters = [letter for kind, letter in names if kind in ("gap", "difference")]
    return test.winner.letter if test.winner is not None and test.winner.letter in letters else "".join(letters[:1])


def gap(test: SplitTest, letter: str) -> str:
    """« +10.8 points », « −€120 », « +1.2 days »; empty when nothing was kept."""
    value = _number(test.verdict.get(f"gap_{letter}"))
    if value is not None:
        return words.difference(test.measure, value, test.currency)
    earlier = str(test.verdict.get(f"difference_{letter}", ""))
    return _("%(count)s points") % {"count": earlier} if earlier and test.measure in ("reaches", "wins") else earlier


def interval(test: SplitTest, letter: str) -> str:
    """« +2.5 to +19.1 points »; empty when nothing was kept."""
    low, high = (_number(test.verdict.get(f"{end}_{letter}")) for end in ("low", "high"))
    if low is None or high is None:
        return str(test.verdict.get(f"interval_{letter}", ""))
    return words.between(test.measure, low, high, test.currency)


def units(test: SplitTest) -> int | None:
    """How many were drawn."""
    kept = str(test.verdict.get("units", ""))
    return int(kept) if kept.isdecimal() else None


def _text(value: float) -> str:
    return f"{value:.6g}"


def _number(kept: Any) -> float | None:
    return float(kept) if kept is not None else None
