"""A manager writes a lesson with the figure that supports it; a rep finds it on their path and their day, reads it, and is seen
to have read it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from piste.deals import operations as deals
from piste.pipelines.operations import rename_pipeline
from piste.training.models import Lesson, LessonReceipt, LessonVersion, ProcessReceipt
from piste.training.rules import trait_key
from tests import make
from tests.cast import NOW, Cast

type SignIn = Callable[[Any], Client]


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def place(stages: Any) -> str:
    return f"/process/{stages[0].pipeline_id}/training/"


@pytest.fixture
def decided(cast: Cast, stages: Any) -> None:
    """Sixty deals that entered the second stage: nearly all of those with two people went on, few of the others."""
    from piste.people.operations import create_contact

    people = [(create_contact(name=f"Person {n}", by=cast.alice, at=NOW).pk, "uses") for n in range(2)]
    for number in range(60):
        both, when = number % 2 == 0, NOW - timedelta(days=60 - number // 2)
        made = make.deal(stages[1], cast.rosa, at=when, contacts=people if both else [])
        if both == (number % 10 not in (0, 1)):
            deals.move(deal=made, to=stages[2], by=cast.rosa, at=when + timedelta(days=2))


def write(client: Client, place: str, **facts: Any) -> Lesson:
    form = {"title": "Ask who decides", "kind": "technique", "path": "rep", "body": "Ask **early**.", "stage": ""} | facts
    assert client.post(f"{place}lessons/new/", form).status_code == 302
    return Lesson.objects.latest("pk")


def test_a_lesson_stands_with_the_figure_that_supports_it(
    cast: Cast, stages: Any, place: str, decided: None, sign_in: SignIn
) -> None:
    client, key = sign_in(cast.alice), trait_key(stages[1].pk, "contacts", "yes")
    offered = client.get(f"{place}lessons/new/").content.decode()
    assert f'value="{key}"' in offered
    lesson = write(client, place, stage=stages[1].pk, supports=[key])
    page = client.get(f"{place}lessons/{lesson.pk}/")
    assert "<strong>early</strong>" in page.content.decode()
    assert "Two people or more" in words(page)
    assert f"go on from {stages[1].name}" in words(page)
    assert "30 deals with it, 30 without" in words(page)
    works = words(client.get(f"{place}works/"))
    assert "Two people or more" in works
    assert "Ask who decides" in works
    # Olga sees none of these deals: she reads the company's figure, without the way to the deals behind it.
    olga = sign_in(cast.olga).get(f"{place}lessons/{lesson.pk}/")
    assert "30 deals with it, 30 without" in words(olga)
    assert f'href="/insights/{stages[1].pipeline_id}/stages/{stages[1].pk}/' not in olga.content.decode()


def test_a_new_rep_is_led_along_the_path_and_seen_to_have_read(cast: Cast, place: str, sign_in: SignIn) -> None:
    alice, rosa = sign_in(cast.alice), sign_in(cast.rosa)
    lesson = write(alice, place)
    day = words(rosa.get("/day/"))
    assert "Ask who decides" in day
    assert "1 step of your path left" in day
    assert "0 of 1 read" in words(rosa.get(place))
    assert rosa.post(f"{place}lessons/{lesson.pk}/read/").status_code == 302
    assert LessonReceipt.objects.get().member == cast.rosa
    assert "1 step of your path left" not in words(rosa.get("/day/"))
    assert "Rosa Rep" in words(alice.get(f"{place}lessons/{lesson.pk}/"))
    assert "Rosa Rep 1 of 1" in words(alice.get(place))


def test_a_new_version_says_why_and_is_to_be_read_again(cast: Cast, place: str, sign_in: SignIn) -> None:
    alice, rosa = sign_in(cast.alice), sign_in(cast.rosa)
    lesson = write(alice, place)
    rosa.post(f"{place}lessons/{lesson.pk}/read/")
    form = {"title": "Ask who decides", "kind": "technique", "path": "rep", "body": "Ask **late**.", "stage": "", "seen": 1}
    refused = alice.post(f"{place}lessons/{lesson.pk}/edit/", form)
    assert refused.status_code == 422
    assert "Say in a few words what changed" in words(refused)
    assert alice.post(f"{place}lessons/{lesson.pk}/edit/", form | {"why": "Early was too early"}).status_code == 302
    late = alice.post(f"{place}lessons/{lesson.pk}/edit/", form | {"body": "Never.", "why": "No"})
    assert "has published version 2 meanwhile" in words(late)
    assert LessonVersion.objects.count() == 2
    assert "new version" in words(rosa.get(place))
    assert "Ask early ." in words(rosa.get(f"{place}lessons/{lesson.pk}/?version=1"))
    assert rosa.get(f"{place}lessons/{lesson.pk}/?version=9").status_code == 404
    alice.post(f"{place}lessons/{lesson.pk}/retire/")
    assert rosa.get(f"{place}lessons/{lesson.pk}/").status_code == 404


def test_a_change_of_the_process_is_news_until_read(cast: Cast, stages: Any, deal: Any, place: str, sign_in: SignIn) -> None:
    rename_pipeline(pipeline=stages[0].pipeline, name="New business", by=cast.alice, at=NOW, why="Clearer for everybody")
    rosa, alice = sign_in(cast.rosa), sign_in(cast.alice)
    assert "1 change of the process to read" in words(rosa.get("/day/"))
    assert "Clearer for everybody" in words(rosa.get(place))
    assert "0 read, 1 not yet" in words(alice.get(place))
    assert rosa.post(f"{place}read/2/").status_code == 302
    assert ProcessReceipt.objects.get().member == cast.rosa
    assert "1 change of the process to read" not in words(rosa.get("/day/"))
    assert "1 read, 0 not yet" in words(alice.get(place))
