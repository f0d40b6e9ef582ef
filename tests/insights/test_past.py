"""What a past moment showed is what it shows later, whatever happened since."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from piste.company.models import FieldKind
from piste.deals.models import Tag
from piste.deals.queries.custom import CustomWanted
from piste.deals.queries.filtering import Filter
from piste.insights.queries import Scope, reading
from piste.insights.queries.figures import Within, conversions, outcomes
from piste.insights.queries.ledger import touching, whole
from piste.insights.queries.reading import earlier
from piste.insights.queries.told import told
from piste.insights.queries.whole_numbers import in_days
from piste.pipelines.models import Pipeline
from piste.stats.course import course
from tests.cast import NOW, Cast
from tests.insights.playing import STEPS, Playing

UTC = ZoneInfo("UTC")
steps = st.lists(st.sampled_from(STEPS), min_size=3, max_size=25)


def seen(pipeline: Pipeline, moment: datetime, *, past: bool, wanted: dict[str, Any]) -> dict[str, Any]:
    return told(reading(Scope(pipeline=pipeline, as_of=moment, past=past, **wanted)), Within(), UTC)


@pytest.mark.django_db
# A failing company at work is not made smaller: each try takes a second.
@settings(max_examples=20, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), first=steps, then=steps)
def test_a_past_moment_tells_what_it_told(cast: Cast, seed: int, first: list[str], then: list[str]) -> None:
    point = transaction.savepoint_create()
    try:
        team = Playing(cast, seed)
        for step in first:
            team.play(step)
        tag, _ = Tag.objects.get_or_create(name="VIP")
        wishes: list[dict[str, Any]] = [
            {},
            {"wanted": Filter(owners=(cast.rosa.pk, cast.olga.pk))},
            {"wanted": Filter(teams=(cast.north.pk,))},
            {"wanted": Filter(sources=(team.sources[0].pk,))},
            {"wanted": Filter(tags=(tag.pk,))},
            {"wanted": Filter(custom=(CustomWanted("size", FieldKind.CHOICE, ("large",)),))},
            {"wanted": Filter(products=(team.products[0].pk,))},
            {"versions": (team.pipeline.version_id,)},
        ]
        moment = team.now
        before = [seen(team.pipeline, moment, past=False, wanted=wish) for wish in wishes]
        for step in then:
            team.play(step)
        pipeline = Pipeline.objects.get(pk=team.pipeline.pk)
        for wish, printed in zip(wishes, before, strict=True):
            assert seen(pipeline, moment, past=True, wanted=wish) == printed, wish
    finally:
        transaction.savepoint_rollback(point)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_an_earlier_moment_is_told_as_if_nothing_had_come_since(cast: Cast, seed: int) -> None:
    """What is made from the history of now is what is made from the moves until then alone, whoever asks."""
    team = Playing(cast, seed)
    for _ in range(60):
        team.play(team.chance.choice(STEPS))
    pipeline, taken_up = Pipeline.objects.get(pk=team.pipeline.pk), 0
    for _ in range(12):
        moment = NOW + (team.now - NOW) * team.chance.random()
        within = Within(moment - (moment - NOW) * team.chance.random(), moment)
        for member in (None, cast.rosa, cast.marc):
            read = reading(Scope(pipeline=pipeline, as_of=team.now, member=member))
            found = earlier(read, moment)
            taken_up += found.history.later is not None
            moves = touching(whole(), found.places)
            alone = course(moves, found.places, stages=read.history.stages, selling=read.history.selling)
            history = alone.as_of(in_days(moment)).among(read.facts.id)
            plain = replace(found, history=history, answers={})
            assert np.array_equal(found.history.deals.id, found.facts.id)
            assert str(conversions(found, within)) == str(conversions(plain, within))
            assert str(outcomes(found, within)) == str(outcomes(plain, within))
    assert taken_up
