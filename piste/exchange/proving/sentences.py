"""What a trial of the forecast has to say, in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import get_language, gettext_lazy

from piste.exchange.importing.sentences import SENTENCES as READING
from piste.forecasting.sentences import worth
from piste.foundations import typography
from piste.stats.backtest import Verdict
from piste.stats.forecast.drift import Drift
from piste.stats.winning.guard import Leak

from .records import BadFile, Taken

REFUSALS = {
    "file_missing": gettext_lazy("There is no file %(file)s."),
    "file_closed": gettext_lazy("%(file)s cannot be opened: %(why)s."),
    "columns_missing": gettext_lazy("%(file)s lacks the columns: %(missing)s. It has: %(found)s."),
    "dates_unsure": gettext_lazy("In %(file)s nothing tells whether 03/04 is in March or in April: write days like 2026-03-31."),
    "no_deal": gettext_lazy("No row of %(file)s is a deal that can be read. The first one: %(why)s."),
    "no_move": gettext_lazy("No row of %(file)s is a move that can be read."),
}
LEFT_OUT = {
    "id_missing": gettext_lazy("rows without an id were left out"),
    "id_twice": gettext_lazy("rows repeat the id of an earlier one and were left out"),
    "status_unknown": gettext_lazy("rows have a status other than open, won or lost and were left out"),
    "date_unread": gettext_lazy("rows have a date that cannot be read and were left out"),
    "amount_unread": gettext_lazy("rows have an amount that cannot be read and were left out"),
    "created_missing": gettext_lazy("rows do not say when they were created and were left out"),
    "closed_missing": gettext_lazy("rows are won or lost without saying when and were left out"),
    "closed_before": gettext_lazy("rows were closed before they were created and were left out"),
    "move_incomplete": gettext_lazy("moves lack their deal or their moment and were left out"),
    "move_unread": gettext_lazy("moves have a value that cannot be read and were left out"),
    "moves_of_unknown": gettext_lazy("deals have moves but are not among the deals"),
}
LEAKS = {
    "filled_after": gettext_lazy("%(field)s is not used: its values are dated at or after the outcome."),
    "filled_at_outcome": gettext_lazy("%(field)s is not used: it is filled when a deal closes, and empty or nothing before."),
    "missing_tells": gettext_lazy("%(field)s is not used: whether it is filled tells the outcome."),
    "predicts": gettext_lazy(
        "%(field)s is not used: by itself it all but knows the outcome, so it was probably written after it."
    ),
    "is_the_close": gettext_lazy("%(field)s is not used: it is the day of the close, written when it was known."),
    "only_now": gettext_lazy("%(field)s is not used: it only tells where each deal stands today. The moves tell the past."),
}
DRIFTS = {
    "forecast": gettext_lazy(
        "Break: by %(day)s periods brought %(change)s against the forecast, unlike all before. Read forecasts with caution."
    ),
    "arrivals": gettext_lazy(
        "Break: by %(day)s deals were created at another pace than in the months before (%(change)s). "
        "Read forecasts with caution."
    ),
}
SHORT = gettext_lazy("The history is too short for this horizon: no past forecast can be judged. A shorter horizon may help.")
UNUSED = gettext_lazy("Columns with one value only, or with another one for nearly every deal, are not used: %(columns)s.")


def refusal(problem: BadFile) -> str:
    """Why a file cannot be used."""
    facts = dict(problem.facts)
    if problem.code == "no_deal":
        facts["why"] = str(LEFT_OUT[str(facts["why"])]) if facts["why"] else "–"
    if problem.code in REFUSALS:
        return str(REFUSALS[problem.code]) % facts
    return f"{facts.get('file', '')}: {str(READING[problem.code]) % ({'line': '?', 'limit': '?'} | facts)}"


def leak(found: Leak) -> str:
    return str(LEAKS[found.reason]) % {"field": found.field}


def verdict(found: Verdict) -> str:
    return worth(
        found.code, by=found.by, gain=typography.percent(found.gain or 0, get_language() or "en"), closed=str(found.closed)
    )


def drift(found: Drift) -> str:
    day = datetime.fromtimestamp(found.at * 86400, UTC).date().isoformat()
    return str(DRIFTS[found.what]) % {"day": day, "change": f"{found.change:+.0%}"}


def left_out(taken: Taken) -> list[dict[str, Any]]:
    """What was not read, by reason, with the first lines."""
    found = []
    for code, count in taken.left_out.items():
        shown = taken.lines.get(code, [])[:5]
        where = f" ({', '.join(str(line) for line, _value in shown)}{', …' if count > len(shown) else ''})" if shown else ""
        found.append({"code": code, "count": count, "message": f"{count} {LEFT_OUT[code]}{where}."})
    return found
