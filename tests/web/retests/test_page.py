"""A manager reads what a change brought, is warned that it is no proof, and says what follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from piste.deals.operations import reshape_stage
from piste.pipelines.models import ProcessVersion
from piste.pipelines.queries import shape_of
from piste.pipelines.rules import Promise
from piste.upkeep.models import Retest, Verdict
from piste.web.retests import words
from tests.cast import NOW, Cast
from tests.make import retests

type SignIn = Callable[[Any], Client]
DAY = timedelta(days=1)


@pytest.fixture
def version(cast: Cast, stages: Any) -> ProcessVersion:
    """A change of two months ago, to be looked at next week."""
    stage = stages[2]
    promise = Promise(f"conversion:{stage.pk}", "+10 points", (NOW + 7 * DAY).date())
    shape = replace(shape_of(stage), norm_days=9)
    reshape_stage(stage=stage, shape=shape, by=cast.marc, at=NOW - 61 * DAY, why="Meetings come too late", promise=promise)
    return ProcessVersion.objects.select_related("pipeline").latest("pk")


def address(version: ProcessVersion, name: str = "process_retest") -> str:
    return reverse(name, args=[version.pipeline_id, version.number])


def test_what_was_expected_stands_there_before_anything_is_measured(sign_in: SignIn, cast: Cast, version: ProcessVersion) -> None:
    client = sign_in(cast.marc)
    page = client.get(address(version)).content.decode()
    assert "Not measured yet" in page
    assert "Meetings come too late" in page
    assert f"Expected: share that goes on from {version.definition['stages'][2]['name']}, +10 points" in page
    # Judging what is not there is refused in words; measuring it is possible at once, once a day.
    told = client.post(address(version), {"choice": "keep", "why": "So"}, follow=True)
    assert "there is nothing to judge" in told.content.decode()
    page = client.post(address(version, "process_retest_now"), follow=True).content.decode()
    assert "Too few deals can be compared" in page
    assert "look again when more deals have come" in page
    assert "measured today already" in client.post(address(version, "process_retest_now"), follow=True).content.decode()
    assert Retest.objects.count() == 1


def test_the_figures_their_warning_and_the_verdict(sign_in: SignIn, cast: Cast, version: ProcessVersion) -> None:
    retests.retest(version, others=2)
    client = sign_in(cast.marc)
    assert "has been measured: what is made of it?" in client.get("/day/").content.decode()
    page = client.get(address(version)).content.decode()
    assert "More deals go on from Meeting since the change: 47% instead of 31%." in page
    assert "The difference is +16.0\u00a0pt, with 95% confidence between +15.0\u00a0pt and +17.0\u00a0pt" in page
    assert "Before and after is no proof" in page
    assert "2 more changes of this pipeline fell into these days" in page
    assert "keep the change, unless" in page
    assert "No difference shows in what is won" in page
    for sent, words_ in (
        ({}, "Choose what follows."),
        ({"choice": "burn", "why": "So"}, "Choose what follows."),
        ({"choice": "keep", "why": " "}, "Say in a few words"),
        ({"choice": "again", "why": "Too early"}, "within two years"),
        ({"choice": "again", "why": "Too early", "again_on": "2026-11-24"}, "within two years"),
        ({"choice": "again", "why": "Too early", "again_on": "tomorrow"}, "field__error"),
    ):
        refused = client.post(address(version), sent)
        assert refused.status_code == 422
        assert words_ in refused.content.decode()
    assert not Verdict.objects.exists()
    page = client.post(address(version), {"choice": "roll_back", "why": "Reps hate it"}, follow=True).content.decode()
    assert "Take the change back" in page
    assert "Reps hate it" in page
    assert f"Open v{version.number - 1}, as it was before" in page
    assert "what is made of it?" not in client.get("/day/").content.decode()
    page = client.post(address(version), {"choice": "test", "why": "Who knows"}, follow=True).content.decode()
    way = reverse("test_new", args=[version.pipeline_id])
    assert f'href="{way}?stage={version.definition["stages"][2]["id"]}"' in page
    assert client.get(f"{way}?stage={version.definition['stages'][2]['id']}").status_code == 200


def test_it_is_for_those_who_change_the_process(sign_in: SignIn, cast: Cast, version: ProcessVersion) -> None:
    retests.retest(version)
    client = sign_in(cast.rosa)
    assert client.get(address(version)).status_code == 403
    assert client.post(address(version, "process_retest_now")).status_code == 403
    assert "has been measured" not in client.get("/day/").content.decode()
    assert "Re-test" not in client.get(reverse("process_version", args=[version.pipeline_id, version.number])).content.decode()


def test_the_first_version_changed_nothing(sign_in: SignIn, cast: Cast, version: ProcessVersion) -> None:
    first = reverse("process_retest", args=[version.pipeline_id, 1])
    assert sign_in(cast.marc).get(first).status_code == 404


@pytest.mark.parametrize("kind", ["conversion", "wins", "days", "amount"])
@pytest.mark.parametrize("verdict", ["rose", "fell", "unclear", "too_few"])
def test_every_figure_has_its_sentence(kind: str, verdict: str) -> None:
    few = verdict == "too_few"
    row = retests.row(kind, verdict, None if few else 12.0, None if few else 15.5)
    said = words.head(row, "EUR") + words.sure(row, "EUR")
    assert "%(" not in said
    assert ("€15.50" in said or "€16" in said) if kind == "amount" and not few else True
    assert "15.5 days" in said or "16 days" in said if kind == "days" and not few else True
