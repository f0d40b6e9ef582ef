"""A back-test as JSON, and as lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, gettext_lazy

from piste.foundations import typography
from piste.stats.backtest import Backtest, Errors, Probabilities
from piste.stats.forecast.interval import Band
from piste.stats.history import Ints
from piste.stats.winning.guard import Leak
from piste.stats.winning.ledger import LOST, OPEN, WON
from piste.stats.winning.predict import Said
from piste.stats.winning.reasons import reasons
from piste.stats.winning.scores import Scores

from . import sentences
from .records import Taken

NAMES: dict[str, str | Promise] = {
    "ours": "Piste",
    "weighted_pipeline": gettext_lazy("weighted pipeline"),
    "run_rate": gettext_lazy("run-rate"),
    "same_season": gettext_lazy("same season"),
}
#: So many deals, those most likely to be won in time, are told, and the first of them with their reasons.
TOLD, EXPLAINED = 200, 50
SCORED: dict[str, str | Promise] = {
    "ours": "Piste",
    "stage_table": gettext_lazy("stage table"),
    "prior": gettext_lazy("base rate"),
}


def told(found: Backtest, taken: Taken, *, seed: int) -> dict[str, Any]:
    """Everything, with moments as ISO text in UTC and numbers rounded to what they are worth."""
    status = found.walk.ledger.status
    leaks = list(found.leaks) + ([Leak("stage", "only_now", 1.0)] if taken.stage_now else [])
    return {
        "from": _day(found.began),
        "until": _day(found.ended),
        "horizon_days": _round(found.horizon),
        "every_days": _round(found.every),
        "seed": seed,
        "measure": found.measure,
        "deals": {
            "total": len(status),
            **{name: int((status == code).sum()) for name, code in (("won", WON), ("lost", LOST), ("open", OPEN))},
        },
        "verdict": {
            "code": found.verdict.code,
            "by": found.verdict.by,
            "gain": _round(found.verdict.gain),
            "message": sentences.verdict(found.verdict),
        },
        "origins": [
            {
                "at": _moment(origin.at),
                "until": _moment(origin.until),
                "actual": _round(origin.actual),
                "methods": _bands(origin.methods),
            }
            for origin in found.origins
        ],
        "methods": {name: _errors(errors) for name, errors in found.methods.items()},
        "probabilities": {"ever": _probabilities(found.ever), "within": _probabilities(found.within)},
        "dropped": [
            {"field": leak.field, "reason": leak.reason, "measure": _round(leak.measure), "message": sentences.leak(leak)}
            for leak in leaks
        ],
        "next": _next(found),
        "warnings": list(_warnings(found, taken)),
    }


def _warnings(found: Backtest, taken: Taken) -> Iterator[dict[str, Any]]:
    if not found.origins:
        yield {"code": "short", "message": str(sentences.SHORT)}
    if found.verdict.code != "reliable":
        yield {"code": found.verdict.code, "message": sentences.verdict(found.verdict)}
    for drift in found.drifts:
        facts = {"at": _moment(drift.at), "what": drift.what, "change": _round(drift.change)}
        yield {"code": "drift", "message": sentences.drift(drift)} | facts
    yield from sentences.left_out(taken)
    if taken.unused:
        yield {"code": "unused", "message": str(sentences.UNUSED) % {"columns": ", ".join(taken.unused)}}


def _next(found: Backtest) -> dict[str, Any]:
    """The forecast of the period after the end of the records."""
    step = found.next
    return {
        "at": _moment(step.at),
        "until": _moment(step.until),
        "methods": _bands(step.bands),
        "open_deals": len(step.said.deal),
        "from_open_deals": _round(step.open_value),
        "from_deals_to_come": _round(step.coming_value),
        "deals": _deals(found, step.said),
        "shares": dict(zip(("deals", "run_rate", "same_season"), (_round(share) for share in step.shares), strict=True)),
    }


def _deals(found: Backtest, said: Said) -> list[dict[str, Any]]:
    """The open deals most likely to be won in time, with their range, the deals they are like, and their reasons."""
    chosen = np.argsort(-said.ours.within, kind="stable")[:TOLD]
    near = found.near(chosen)
    why = reasons(_some(said, chosen[:EXPLAINED]), found.walk.hazard, rng=np.random.default_rng(0))
    return [
        {
            "id": found.walk.ledger.id[said.deal[place]],
            "ever": _round(said.ours.ever[place]),
            "low": _round(near.low[row]),
            "high": _round(near.high[row]),
            "within": _round(said.ours.within[place]),
            "like": int(near.n[row]),
            "reasons": [
                {"theme": one.theme, "points": round(one.points * 100, 1)} for one in (why[row] if row < len(why) else [])
            ],
        }
        for row, place in enumerate(chosen)
    ]


def _some(said: Said, chosen: Ints) -> Said:
    """What was said of some deals, as far as their reasons need it."""
    facts = said.facts
    if facts is None:
        return said
    fewer = replace(
        facts,
        deal=facts.deal[chosen],
        at=facts.at[chosen],
        table=facts.table[chosen],
        stage=facts.stage[chosen],
        expected=facts.expected[chosen],
    )
    return replace(said, deal=said.deal[chosen], facts=fewer)


def _bands(bands: dict[str, Band]) -> dict[str, Any]:
    return {
        name: {"median": _round(band.median), "low": _round(band.low80), "high": _round(band.high80)}
        for name, band in bands.items()
    }


def _errors(errors: Errors) -> dict[str, Any]:
    return {
        "n": errors.n,
        "wape": _round(errors.wape),
        "bias": _round(errors.bias),
        "coverage": _round(errors.coverage),
        "width": _round(errors.width),
    }


def _probabilities(found: Probabilities) -> dict[str, Any]:
    scored = {"ours": found.ours, "stage_table": found.stage_table, "prior": found.prior}
    return {
        "n": found.n,
        "deals": found.deals,
        "left_out": found.left_out,
        **{name: _scores(scores) for name, scores in scored.items()},
    }


def _scores(scores: Scores | None) -> dict[str, Any] | None:
    if scores is None:
        return None
    return {
        "brier": _round(scores.brier),
        "log_loss": _round(scores.log_loss),
        "auc": _round(scores.auc),
        "ece": _round(scores.ece),
        "reliability": [
            {"low": _round(one.low), "high": _round(one.high), "n": one.n, "said": _round(one.said), "came": _round(one.came)}
            for one in scores.reliability
        ],
    }


def _round(value: float | None) -> float | None:
    if value is None or not np.isfinite(value):
        return None
    return float(f"{value:.6g}")


def _moment(at: float) -> str:
    return datetime.fromtimestamp(round(at * 86400), UTC).isoformat()


def _day(at: float) -> str:
    return _moment(at)[:10]


def lines(said: dict[str, Any]) -> Iterator[str]:
    """For people: the verdict, the forecasts, the errors, the probabilities, what was refused, warnings."""
    first = gettext(
        "%(total)s deals (%(won)s won, %(lost)s lost, %(open)s open), %(from)s to %(until)s; %(horizon_days)s days ahead, every "
        "%(every_days)s days."
    )
    yield first % (said | said["deals"] | {name: f"{said[name]:g}" for name in ("horizon_days", "every_days")})
    yield from ("", said["verdict"]["message"], "")
    yield from _told_origins(said)
    heads = f"{gettext('method'):<20}{'n':>4}{'WAPE':>9}{gettext('bias'):>9}{gettext('80% held'):>13}{gettext('width'):>9}"
    yield from ("", heads)
    for name, errors in said["methods"].items():
        shares = [_percent(errors[key]) for key in ("wape", "bias", "coverage", "width")]
        yield f"{NAMES[name]!s:<20}{errors['n']:>4}{shares[0]:>9}{shares[1]:>9}{shares[2]:>13}{shares[3]:>9}"
    for what, title in (("ever", gettext("won ever")), ("within", gettext("won within the horizon"))):
        yield from _told_probabilities(title, said["probabilities"][what])
    notes = [*(one["message"] for one in said["dropped"]), *(one["message"] for one in said["warnings"])]
    if notes:
        yield ""
        yield from dict.fromkeys(note for note in notes if note != said["verdict"]["message"])


def _told_origins(said: dict[str, Any]) -> Iterator[str]:
    head = f"{gettext('from'):<12}{gettext('until'):<12}{gettext('came'):>14}  {'Piste':>14}  {'80 %':<30}"
    yield head + "".join(f"{NAMES[name]!s:>19}" for name in list(NAMES)[1:])
    for row in [*said["origins"], said["next"]]:
        ours = row["methods"].get("ours", {"median": None, "low": None, "high": None})
        others = [row["methods"].get(name, {}).get("median") for name in list(NAMES)[1:]]
        interval = f"{_amount(ours['low'])}–{_amount(ours['high'])}"
        came = _amount(row["actual"]) if "actual" in row else "?"
        yield f"{row['at'][:10]:<12}{row['until'][:10]:<12}{came:>14}  {_amount(ours['median']):>14}  {interval:<30}" + "".join(
            f"{_amount(value):>19}" for value in others
        )


def _told_probabilities(title: str, found: dict[str, Any]) -> Iterator[str]:
    yield ""
    predictions = gettext("%(count)s predictions") % {"count": found["n"]}
    yield f"{title:<24}{'Brier':>9}{gettext('log loss'):>10}{'AUC':>8}{'ECE':>8}   ({predictions})"
    for name, words in SCORED.items():
        if found[name]:
            numbers = [found[name][key] for key in ("brier", "log_loss", "auc", "ece")]
            shown = ["–" if number is None else typography.number(number, _tongue(), places=3) for number in numbers]
            yield f"  {words!s:<22}{shown[0]:>9}{shown[1]:>10}{shown[2]:>8}{shown[3]:>8}"


def _amount(value: float | None) -> str:
    return "–" if value is None else typography.number(value, _tongue())


def _percent(value: float | None) -> str:
    return "–" if value is None else typography.percent(value, _tongue())


def _tongue() -> str:
    return get_language() or "en"
