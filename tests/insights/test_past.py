"""What a past moment showed is what it shows later, whatever happened since."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from piste.company.models import FieldKind
from piste.deals.models import Tag
from piste.deals.queries.custom import CustomWanted
from piste.deals.queries.filtering import Filter
from piste.insights.queries import Scope, reading
from piste.insights.queries.figures import Within
from piste.insights.queries.told import told
from piste.pipelines.models import Pipeline
from tests.cast import Cast
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
