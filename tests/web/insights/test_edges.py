"""Figures of companies with little to tell: every page answers, says what there is not, and compares with nothing in secret."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from piste.company.models import Member
from piste.pipelines.models import Pipeline
from tests.cast import Cast

from .scene import Scene, make_scene

PAGES = ("", "team/", "sources/", "losses/", "deals/?figure=glass.created")
PERIODS = ("", "period=ever", "period=month", "period=quarter&back=40", "period=free&last=2026-06-30", "as_of=2026-05-01")


@pytest.fixture
def scene(cast: Cast) -> Scene:
    return make_scene(cast)


def read(member: Member, address: str) -> str:
    client = Client()
    client.force_login(member)
    answer = client.get(address)
    assert answer.status_code == 200, address
    said = html.unescape(re.sub(r"<[^>]+>", "", answer.content.decode()))
    return said.replace("\u00a0", " ").replace("\u2060", "")


def at(pipeline: Pipeline, page: str = "", asked: str = "") -> str:
    return f"/insights/{pipeline.pk}/{page}{'&' if '?' in page else '?'}{asked}"


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_every_page_answers_whoever_looks_and_whatever_there_is(cast: Cast, scene: Scene, page: str) -> None:
    for pipeline in (scene.empty, scene.single, scene.selling, scene.usual):
        for asked in PERIODS:
            read(cast.alice, at(pipeline, page, asked))
    for pipeline in (scene.empty, scene.single, scene.usual):
        read(cast.olga, at(pipeline, page))


@pytest.mark.django_db
def test_without_deals_it_says_so_and_draws_nothing(cast: Cast, scene: Scene) -> None:
    for member, pipeline in ((cast.alice, scene.empty), (cast.olga, scene.usual)):
        said = read(member, at(pipeline))
        assert "There is no deal to count yet" in said
        assert "The glass" not in said


@pytest.mark.django_db
def test_a_period_before_the_first_deal_is_not_compared_with(cast: Cast, scene: Scene) -> None:
    said = read(cast.alice, at(scene.usual, "", "period=free&first=2026-03-01&last=2026-05-31"))
    assert "history begins on 2 Mar" in said
    assert "against" not in said
    partly = read(cast.alice, at(scene.usual, "", "period=free&first=2026-05-01&last=2026-07-31"))
    assert re.search(r"against 29 Jan – 30 Apr( 2026)? \(history begins on 2 Mar", partly)
    wholly = read(cast.alice, at(scene.usual, "", "period=free&first=2026-07-01&last=2026-08-31"))
    assert "history begins" not in wholly
    assert "against" in wholly


@pytest.mark.django_db
@pytest.mark.parametrize("days", ["first=0001-01-01&last=9999-12-31", "last=9999-12-31", "first=0001-01-02", "as_of=0001-01-01"])
def test_days_at_the_ends_of_time_are_refused_in_words(cast: Cast, scene: Scene, days: str) -> None:
    client = Client()
    client.force_login(cast.alice)
    for page in ("", "team/", "sources/", "losses/"):
        answer = client.get(at(scene.usual, page, f"period=free&{days}"))
        assert answer.status_code == 422
        assert "There are only the years from 1990 to 2100" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("first", ["0001-01-01", "9999-12-31"])
def test_no_number_is_of_sales_at_the_ends_of_time(cast: Cast, scene: Scene, first: str) -> None:
    client = Client()
    client.force_login(cast.alice)
    assert client.get(f"/insights/{scene.usual.pk}/deals/?figure=won.3.{first}").status_code == 404
