"""A split test as JSON, and as lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from piste.stats.trials.analysis import Analysis, Arm, Comparison, Reading, Units, analyse

from . import sentences
from .records import Columns, Tried

#: A unit that makes this part of a difference is named.
TOO_MUCH = 0.25


def told(tried: Tried, asked: Columns, *, planned: int | None = None) -> dict[str, Any]:
    """Everything; shares are between 0 and 1 (`points` are hundredths), numbers rounded to what they are worth."""
    found = {name: _analysed(tried, name, planned) for name in asked.measures}
    first = next(iter(found.values()))
    ratio = first.sample_ratio
    return {
        "units": len(tried.units),
        "control": tried.arms[0],
        "arms": [{"name": name, "units": arm.assigned} for name, arm in zip(tried.arms, first.arms, strict=True)],
        "sample_ratio": None
        if ratio is None
        else {
            "expected": [_round(value) for value in ratio.expected],
            "chi2": _round(ratio.chi2),
            "p": _round(ratio.p),
            "watched_p": _round(ratio.watched_p),
            "flagged": ratio.flagged,
        },
        "method": first.method,
        "planned": planned,
        "measures": [_measure(tried, name, analysis) for name, analysis in found.items()],
        "warnings": list(_warnings(tried, found, planned)),
    }


def _analysed(tried: Tried, name: str, planned: int | None) -> Analysis:
    units = Units(tried.arm, tried.values[name], group=tried.group, covariates=tried.covariates)
    return analyse(units, is_share=tried.are_shares[name], arms=len(tried.arms), planned=planned, shares=tried.shares)


def _measure(tried: Tried, name: str, found: Analysis) -> dict[str, Any]:
    is_share = tried.are_shares[name]
    return {
        "measure": name,
        "kind": "share" if is_share else "mean",
        "arms": [_arm(label, arm, is_share) for label, arm in zip(tried.arms, found.arms, strict=True)],
        "not_known": sum(found.not_ripe),
        "share_of_plan": _round(found.share),
        "comparisons": [_comparison(tried, one, found.method, is_share) for one in found.comparisons],
    }


def _arm(name: str, arm: Arm, is_share: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": name, "units": arm.assigned, "n": arm.n, "rate" if is_share else "mean": _round(arm.mean)}
    if not is_share:
        facts["sd"] = _round(arm.deviation)
    return facts | {"low": _round(arm.low), "high": _round(arm.high)}


def _comparison(tried: Tried, found: Comparison, method: str, is_share: bool) -> dict[str, Any]:
    facts = {"variant": tried.arms[found.arm], "control": tried.arms[0]} | _reading(found.plain, is_share)
    facts |= {"method": method, "anytime": _reading(found.anytime, is_share)}
    facts["adjusted"] = _reading(found.adjusted, is_share) if found.adjusted else None
    extreme = found.outliers
    facts["outliers"] = (
        None
        if extreme is None
        else {
            "limit": _round(extreme.limit),
            "count": extreme.count,
            "without": _reading(found.trimmed, False) if found.trimmed else None,
            "capped": _reading(found.capped, False) if found.capped else None,
            "largest": {
                "unit": tried.units[extreme.largest],
                "value": _round(extreme.largest_value),
                "moves": _round(extreme.moved),
            },
        }
    )
    return facts


def _reading(found: Reading, is_share: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {"difference": _round(found.difference)}
    if is_share:
        facts["points"] = round(found.difference * 100, 2)
    return facts | {"low": _round(found.low), "high": _round(found.high), "p": _round(found.p), "verdict": found.verdict}


def _warnings(tried: Tried, found: dict[str, Analysis], planned: int | None) -> Iterator[dict[str, Any]]:
    ratio = next(iter(found.values())).sample_ratio
    if ratio is not None and ratio.flagged:
        yield {"code": "sample_ratio", "message": str(sentences.RATIO) % {"p": f"{ratio.p:.2g}"}}
    yield from sentences.left_out(tried)
    if tried.unused:
        yield {"code": "unused", "message": str(sentences.UNUSED) % {"columns": ", ".join(tried.unused)}}
    if tried.groups_in_both:
        count = tried.groups_in_both
        yield {"code": "groups_in_both", "count": count, "message": str(sentences.IN_BOTH) % {"count": count}}
    for name, analysis in found.items():
        yield from _doubts(tried, name, analysis)
    if planned is not None and any((analysis.share or 0) > 1 for analysis in found.values()):
        yield {"code": "over", "message": str(sentences.OVER)}


def _doubts(tried: Tried, name: str, analysis: Analysis) -> Iterator[dict[str, Any]]:
    if count := sum(analysis.not_ripe):
        said = str(sentences.NOT_RIPE) % {"count": count, "measure": name}
        yield {"code": "not_known", "measure": name, "count": count, "message": said}
    for found in analysis.comparisons:
        facts = {"measure": name, "variant": tried.arms[found.arm], "control": tried.arms[0]}
        if found.plain.low is None:
            yield {"code": "few", "message": str(sentences.FEW) % facts} | facts
        extreme = found.outliers
        if extreme is not None and abs(extreme.moved) > TOO_MUCH * abs(found.plain.difference) > 0:
            facts |= {"unit": tried.units[extreme.largest], "value": f"{extreme.largest_value:g}"}
            facts |= {"moved": f"{extreme.moved:+.3g}", "difference": f"{found.plain.difference:+.3g}"}
            yield {"code": "one_unit", "message": str(sentences.ONE_UNIT) % facts} | facts


def _round(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")


def lines(said: dict[str, Any]) -> Iterator[str]:
    """For people: who was where, what was measured, what differs, what to doubt."""
    arms = ", ".join(f"{arm['name']} {arm['units']}" for arm in said["arms"])
    yield gettext("%(units)s units: %(arms)s. Control: %(control)s.") % {**said, "arms": arms}
    if ratio := said["sample_ratio"]:
        yield gettext("Sample ratio: chi2 %(chi2)s, p %(p)s.") % {"chi2": f"{ratio['chi2']:.3g}", "p": _p(ratio["p"])}
    if said["warnings"]:
        yield ""
        yield from (one["message"] for one in said["warnings"])
    for measure in said["measures"]:
        yield from _told_measure(measure)
    yield ""
    yield (
        str(sentences.METHODS[said["method"]]) % {"planned": said["planned"]}
        if said["planned"]
        else str(sentences.METHODS[said["method"]])
    )


def _told_measure(measure: dict[str, Any]) -> Iterator[str]:
    is_share = measure["kind"] == "share"
    how = _percent if is_share else _number
    yield ""
    yield f"{measure['measure']:<24}{'n':>9}{gettext('rate') if is_share else gettext('mean'):>12}  {'95 %':<24}"
    for arm in measure["arms"]:
        yield f"  {arm['name']:<22}{arm['n']:>9}{how(arm.get('rate', arm.get('mean'))):>12}  {_between(arm, how):<24}"
    gap = _points if is_share else _signed
    title = gettext("difference (points)") if is_share else gettext("difference")
    yield f"  {title:<31}{'':>12}  {'95 %':<24}{'p':>9}  {gettext('at any moment'):<24}"
    for one in measure["comparisons"]:
        name = f"{one['variant']} − {one['control']}"
        head = f"  {name:<31}{gap(one['difference']):>12}  {_between(one, gap):<24}{_p(one['p']):>9}"
        yield f"{head}  {_between(one['anytime'], gap)}"
        extreme = one["outliers"] or {}
        others = (
            (gettext("adjusted"), one["adjusted"]),
            (gettext("without extremes"), extreme.get("without")),
            (gettext("capped"), extreme.get("capped")),
        )
        for label, other in others:
            if other:
                yield f"    {label:<29}{gap(other['difference']):>12}  {_between(other, gap):<24}{_p(other['p']):>9}"
        yield f"    → {str(sentences.VERDICTS[one['verdict']]) % one}"


def _between(found: dict[str, Any], how: Any) -> str:
    return "–" if found["low"] is None else f"{how(found['low'])} … {how(found['high'])}"


def _p(value: float | None) -> str:
    return "–" if value is None else "< 0.0001" if value < 0.0001 else f"{value:.4f}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.2f} %"


def _points(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:+.2f}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.6g}"


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+,.4g}"
