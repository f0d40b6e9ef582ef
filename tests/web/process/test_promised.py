"""What was expected of a version and what its re-test found: each figure has its measure and its unit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from piste.deals.operations import reshape_stage
from piste.pipelines.models import ProcessVersion, Stage
from piste.pipelines.queries import shape_of
from piste.pipelines.rules import Promise
from piste.upkeep.models import Verdict
from piste.web.process.promised import promised, with_unit
from tests import make
from tests.cast import NOW, Cast
from tests.make import retests
from tests.web.process.test_pages import as_, of


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    return make.stages(make.pipeline(by=cast.alice))


def change(stages: list[Stage], cast: Cast, promise: Promise, days: int = 9) -> ProcessVersion:
    shape = replace(shape_of(stages[2]), norm_days=days)
    reshape_stage(
        stage=stages[2], shape=shape, by=cast.marc, at=NOW - timedelta(days=61), why="Meetings come late", promise=promise
    )
    return ProcessVersion.objects.select_related("pipeline").latest("pk")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("written", "kind", "english", "french"),
    [
        ("+5", "conversion", "+5 points", "+5 points"),
        ("-2,5", "wins", "−2.5 points", "−2,5 points"),
        ("-1", "days", "−1 day", "−1 jour"),
        ("3", "days", "3 days", "3 jours"),
        ("+500", "amount", "+€500", "+500\u00a0€"),
        ("+5 %", "wins", "+5 %", "+5 %"),
        ("half as many", "wins", "half as many", "half as many"),
        ("+5", "", "+5", "+5"),
        ("", "wins", "", ""),
    ],
)
def test_a_bare_figure_gets_the_unit_of_its_measure(written: str, kind: str, english: str, french: str) -> None:
    for language, said in (("en", english), ("fr", french)):
        with override(language):
            assert with_unit(written, kind) == said


def test_a_re_test_is_in_the_changelog_with_its_measure_its_unit_and_its_verdict(cast: Cast, stages: list[Stage]) -> None:
    version = change(stages, cast, Promise(f"conversion:{stages[2].pk}", "+10"))
    kept = retests.retest(version, others=0)
    Verdict.objects.create(retest=kept, at=NOW, by=cast.marc, choice="keep", why="It holds")
    said = "share that goes on from Meeting, 47% instead of 31%, +16.0 points (+15.0 to +17.0 points). Keep the change."
    for address in ("versions/", f"versions/{version.number}/", ""):
        told = as_(cast.marc).get(of(stages[0], address)).content.decode()
        assert said in told, address
        assert "Expected: share that goes on from Meeting, +10 points<" in told
    # Re-tests are read by those who judge them.
    assert "47%" not in as_(cast.rosa).get(of(stages[0], f"versions/{version.number}/")).content.decode()


def test_as_many_statements_however_many_versions(cast: Cast, stages: list[Stage], django_assert_num_queries: Any) -> None:
    for days in (9, 10, 11):
        retests.retest(change(stages, cast, Promise(f"days:{stages[2].pk}", "-2"), days), others=0)
    found = list(ProcessVersion.objects.exclude(expects_measure=""))
    for some in (found[:1], found):
        with django_assert_num_queries(3):  # The stages, the re-tests, what was said of them.
            assert all(one.expected == "days spent in Meeting, −2 days" for one in promised(some, retested=True).values())
