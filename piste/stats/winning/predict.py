"""What is said of all open deals at one moment, by the model and by the tables beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from piste.stats.history import Flags, Floats, Ints

from .blend import SETTLED, Blend, Judged, choose
from .features import Known, known, stage_rates
from .hazard import Hazard
from .incidence import A_HORIZON, Found, ever_won, find
from .ledger import WON, Ledger

#: The newest past by which a model is judged, in moments of prediction.
NEWEST = 8


@dataclass(frozen=True, slots=True)
class Pair:
    """The chances by one method: of being won within the horizon, and ever."""

    within: Floats
    ever: Floats


@dataclass(frozen=True, slots=True)
class Said:
    """What was said at `at` of the deals open then: by the model alone, the stage table, the base rate, and by the blend that
    stands for us. `seen` is the stage table's chance of being won ever with those still open counted. `before` is the model's
    chance of being won before the period asked of begins, which is `lead` days later; the horizon is where it ends. `facts` are
    None without a model, and of past moments without their table."""

    at: float
    horizon: float
    deal: Ints
    stage: Ints
    model: Pair
    table: Pair
    prior: Pair
    seen: Floats
    ours: Pair
    within: Blend
    ever: Blend
    facts: Known | None
    lead: float
    before: Floats

    @property
    def inside(self) -> Floats:
        """By the model, the chance of being won inside the period asked of."""
        found: Floats = np.maximum(self.model.within - self.before, 0.0)
        return found


def say(ledger: Ledger, at: float, horizon: float, hazard: Hazard | None, past: Sequence[Said], lead: float = 0.0) -> Said:
    """The chances of the deals open at a moment, from what was known then; of a period that begins `lead` days later."""
    deal = ledger.open_at(at)
    moment = np.full(len(deal), at)
    stage = ledger.stage_at(deal, moment)
    found = list(find(ledger, at, horizon))
    table, prior = tables(ledger, at, found, stage, horizon)
    seen = ever_won(ledger, at, horizon, found, stage, table.ever)
    facts, model, trust = None, table, Blend(0.0, "stage_table", 0)
    before = table.within * (lead / horizon)
    within = ever = trust
    if hazard is not None and len(deal):
        facts = known(ledger, deal, moment, hazard.shape)
        chances = hazard.chances(facts, lead)
        before = chances.before
        model = Pair(chances.within, np.maximum(chances.ever, chances.within))
        within, ever = choose(judged_within(ledger, at, past)), choose(judged_ever(ledger, at, past))
    ours = Pair(
        within.of(model.within, {"stage_table": table.within, "prior": prior.within}),
        ever.of(model.ever, {"stage_table": table.ever, "seen": seen}),
    )
    return Said(at, horizon, deal, stage, model, table, prior, seen, ours, within, ever, facts, lead, before)


def slim(said: Said) -> Said:
    """Without what was known of each deal, of which only the newest moment is asked again: many moments would fill the memory."""
    facts = said.facts
    return said if facts is None else replace(said, facts=replace(facts, table=facts.table[:0]))


def believed(said: Said, *, ever: str, within: str) -> Said:
    """What is said of single deals, of being won ever and within the horizon: by the model (`ours`), or, where that is no better,
    the rate of their stage (`stage_table`) or of all (`prior`). What all of them bring together is not touched."""
    pairs = {"ours": said.ours, "stage_table": said.table, "prior": said.prior}
    ours = Pair(pairs[within].within, pairs[ever].ever)
    return replace(said, ours=ours, ever=said.ever if ever == "ours" else Blend(0.0, ever, said.ever.judged))


def tables(ledger: Ledger, at: float, found: Sequence[Found], stage: Ints, horizon: float) -> tuple[Pair, Pair]:
    """The stage table and the base rate as they stood. Ever: won among those closed (that had visited the stage). Within the
    horizon: among deals found open (in the stage) at past moments, those won within it."""
    ever = stage_rates(ledger, stage, np.full(len(stage), at))
    closed = ledger.closed_by(at)
    rate = float(((ledger.status == WON) & closed).sum() + 1) / float(closed.sum() + 2)
    count, won = np.zeros(len(ledger.stages) + 1), np.zeros(len(ledger.stages) + 1)
    # Those of the last horizon have not had its time.
    for one in found[A_HORIZON - 1 :]:
        soon = (ledger.status[one.deal] == WON) & (ledger.closed[one.deal] <= one.at + horizon)
        count += np.bincount(one.stage + 1, minlength=len(count))
        won += np.bincount(one.stage + 1, weights=soon, minlength=len(count))
    general = float(won.sum() + rate) / float(count.sum() + 2)
    within = ((won + 2 * general) / (count + 2))[stage + 1]
    size = len(stage)
    return Pair(within, ever), Pair(np.full(size, general), np.full(size, rate))


def judged_within(ledger: Ledger, at: float, past: Sequence[Said]) -> Judged:
    """Earlier predictions whose horizon has passed."""
    rows = _newest(at, past)
    bases = {"stage_table": [said.table.within for said in rows], "prior": [said.prior.within for said in rows]}
    return _judged(ledger, at, rows, [np.ones(len(said.deal), bool) for said in rows], bases, ever=False)


def judged_ever(ledger: Ledger, at: float, past: Sequence[Said]) -> Judged:
    """Earlier predictions, a horizon old or more, of deals closed by now. There is one base to draw them to: those that closed
    first would choose the share of the closed."""
    rows = _newest(at, past)
    return _judged(
        ledger, at, rows, [ledger.closed[said.deal] <= at for said in rows], {"seen": [said.seen for said in rows]}, ever=True
    )


def _newest(at: float, past: Sequence[Said]) -> list[Said]:
    return [said for said in past if said.at + said.horizon <= at and said.facts is not None][-NEWEST:]


def _judged(
    ledger: Ledger, at: float, rows: Sequence[Said], taken: Sequence[Flags], bases: dict[str, list[Floats]], *, ever: bool
) -> Judged:
    def gathered(values: Sequence[Floats | Ints]) -> Floats:
        parts = [value[mask] for value, mask in zip(values, taken, strict=True)]
        return np.concatenate(parts).astype(float) if parts else np.zeros(0)

    deal = gathered([said.deal for said in rows]).astype(np.int64)
    until = gathered([np.full(len(said.deal), np.inf if ever else said.at + said.horizon) for said in rows])
    came = (ledger.status[deal] == WON) & (ledger.closed[deal] <= until)
    closed = [float((ledger.closed[said.deal] <= at).mean()) if len(said.deal) else 0.0 for said in rows]
    settled = gathered(
        [np.full(len(said.deal), float(ever and share >= SETTLED)) for said, share in zip(rows, closed, strict=True)]
    )
    return Judged(
        deal=deal,
        moment=gathered([np.full(len(said.deal), float(place)) for place, said in enumerate(rows)]).astype(np.int64),
        settled=settled > 0,
        model=gathered([said.model.ever if ever else said.model.within for said in rows]),
        bases={name: gathered(values) for name, values in bases.items()},
        came=came,
    )
