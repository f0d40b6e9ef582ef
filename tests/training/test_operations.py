"""Lessons are written and changed by managers, read by members; versions of the process are news to whom they concern."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from piste.deals import operations as deals
from piste.pipelines.models import Pipeline, ProcessVersion, Stage
from piste.pipelines.operations import rename_pipeline
from piste.pipelines.queries import shape_of
from piste.pipelines.rules import Shape
from piste.training import operations, queries, rules
from piste.training.models import Lesson, LessonReceipt
from tests import make
from tests.cast import NOW, Cast

DAY = timedelta(days=1)


@pytest.fixture
def pipeline(cast: Cast) -> Pipeline:
    return make.pipeline(by=cast.alice)


def text(**facts: Any) -> operations.Text:
    return operations.Text(**({"kind": "lesson", "title": "Ask for the budget", "body": "**How** to ask."} | facts))


def write(pipeline: Pipeline, cast: Cast, *, path: str = "", **facts: Any) -> Lesson:
    return operations.write(pipeline=pipeline, stage=None, text=text(**facts), path=path, by=cast.alice, at=NOW)


def publish(stage: Stage, cast: Cast, *, norm: int) -> ProcessVersion:
    now = shape_of(stage)
    shape = Shape(now.name, now.role, now.probability, norm, now.needs)
    deals.reshape_stage(stage=stage, shape=shape, by=cast.alice, at=NOW + DAY, why="Too long")
    return ProcessVersion.objects.filter(pipeline=stage.pipeline).latest("number")


def test_a_change_is_a_version_that_is_to_be_read_again(cast: Cast, pipeline: Pipeline) -> None:
    lesson = write(pipeline, cast)
    assert lesson.version is not None
    operations.note_lesson_read(version=lesson.version, by=cast.rosa, at=NOW)
    operations.note_lesson_read(version=lesson.version, by=cast.rosa, at=NOW + DAY)
    assert LessonReceipt.objects.get().at == NOW
    change: dict[str, Any] = {"lesson": lesson, "stage": None, "path": "rep", "by": cast.alice, "at": NOW + DAY}
    with pytest.raises(ValueError, match="without a why"):
        operations.rewrite(text=text(body="Otherwise."), why=" ", seen=1, **change)
    second = operations.rewrite(text=text(body="Otherwise."), why="Shorter", seen=1, **change)
    with pytest.raises(operations.LessonOvertaken):
        operations.rewrite(text=text(body="Once more."), why="Longer", seen=1, **change)
    now, ever = queries.read_by(cast.rosa, pipeline)
    assert (second.number, second.pk in now, lesson.pk in ever) == (2, False, True)
    same = operations.rewrite(text=text(body="Otherwise."), why="", seen=2, **change | {"path": "all"})
    assert (same.number, Lesson.objects.get().path) == (2, "all")


def test_reps_write_nothing_and_what_was_said_stays(cast: Cast, pipeline: Pipeline) -> None:
    with pytest.raises(operations.NotAllowed):
        operations.write(pipeline=pipeline, stage=None, text=text(), path="", by=cast.rosa, at=NOW)
    lesson = write(pipeline, cast)
    with pytest.raises(DatabaseError), transaction.atomic():
        lesson.version.delete()  # type: ignore[union-attr]
    operations.retire(lesson=lesson, by=cast.alice, at=NOW)
    assert not queries.lessons(pipeline).exists()
    operations.restore(lesson=lesson, by=cast.alice, at=NOW)
    assert queries.lessons(pipeline).exists()


def test_a_version_is_news_to_those_whose_deals_it_touches(cast: Cast, pipeline: Pipeline) -> None:
    stages = make.stages(pipeline)
    make.deal(stages[0], cast.rosa)
    make.deal(stages[3], cast.remi)
    version = publish(stages[1], cast, norm=9)
    assert queries.notices(cast.rosa, pipeline, NOW + 2 * DAY) == [version]
    # Remi's deal is past this stage, Olga has none, Alice published it herself.
    for member in (cast.remi, cast.olga, cast.alice):
        assert queries.notices(member, pipeline, NOW + 2 * DAY) == []
    (told,) = queries.receipts(pipeline, NOW + 2 * DAY)
    assert (told.read, told.unread) == ([], [cast.rosa])
    operations.note_process_read(version=version, by=cast.rosa, at=NOW + 2 * DAY)
    assert queries.notices(cast.rosa, pipeline, NOW + 2 * DAY) == []
    (told,) = queries.receipts(pipeline, NOW + 2 * DAY)
    assert (told.read, told.unread) == ([(cast.rosa, NOW + 2 * DAY)], [])
    assert queries.receipts(pipeline, NOW + 2 * DAY + rules.NEWS) == []


def test_what_is_about_the_whole_pipeline_concerns_everybody_in_it(cast: Cast, pipeline: Pipeline) -> None:
    make.deal(make.stages(pipeline)[3], cast.remi)
    rename_pipeline(pipeline=pipeline, name="New business", by=cast.alice, at=NOW + DAY, why="Clearer")
    assert len(queries.notices(cast.remi, pipeline, NOW + 2 * DAY)) == 1


def test_a_new_member_has_a_path_and_is_led_along_it(cast: Cast, pipeline: Pipeline) -> None:
    first, second = (write(pipeline, cast, path="rep", title=title) for title in ("First", "Second"))
    write(pipeline, cast, path="manager", title="Third")
    at = NOW + DAY
    found = queries.waiting(cast.rosa, [pipeline], at)
    assert (found.next, found.left, found.pipeline) == (first, 2, pipeline)
    assert first.version is not None
    operations.note_lesson_read(version=first.version, by=cast.rosa, at=at)
    assert queries.waiting(cast.rosa, [pipeline], at).next == second
    told = {one.member.pk: (one.done, one.all) for one in queries.progress(pipeline, at)}
    assert (told[cast.rosa.pk], told[cast.marc.pk]) == ((1, 2), (0, 1))
    assert queries.waiting(cast.rosa, [pipeline], at + rules.NEW).is_empty
    # Who has begun stays on the manager's list until the end.
    assert {one.member for one in queries.progress(pipeline, at + rules.NEW)} == {cast.rosa}
    operations.place(lesson=second, earlier=True, by=cast.alice, at=at)
    assert list(Lesson.objects.on_path_of(cast.rosa)) == [second, first]


def test_keys_of_figures_are_read_back() -> None:
    assert rules.read_key(rules.trait_key(4, "custom:size", "a|b")) == ("trait", "4", "custom:size", "a|b")
    assert rules.read_key(rules.test_key(7)) == ("test", "7")
