"""How long visits last, the shortest first, at one moment after another."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from piste.insights.queries.figures import _stays
from piste.stats.course import course
from piste.stats.history import as_moves
from tests.stats.ledgers import DAY, PLACES, RETENTION, START, Told, grown, ledgers


@given(ledgers, st.floats(0, 60), st.floats(0, 60))
def test_stays_ascend_and_are_those_of_all_visits(told: Told, then: float, more: float) -> None:
    rows = course(as_moves(grown(told)), PLACES, stages=len(PLACES), selling=PLACES[RETENTION[0]])
    first = START.timestamp() / DAY
    for moment in (first + then, first + then + more):
        history = rows.as_of(moment)
        for stage in range(history.stages):
            visits = history.visits.where(history.visits.stage == stage)
            ended = ~np.isnan(visits.left)
            days = np.where(ended, visits.left, moment) - visits.entered
            found = _stays(history, stage)
            assert (found.days[1:] >= found.days[:-1]).all()
            assert sorted(zip(*(column.tolist() for column in found), strict=True)) == sorted(
                zip(visits.entered.tolist(), days.tolist(), ended.tolist(), strict=True)
            )
