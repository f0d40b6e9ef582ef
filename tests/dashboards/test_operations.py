"""Dashboards are made, changed by who may, put in order, removed; each time the journal tells."""

from __future__ import annotations

from typing import Any

import pytest

from piste.dashboards import operations, rules
from piste.dashboards.models import Dashboard
from piste.journal.models import Entry
from piste.pipelines.models import Pipeline
from tests import make
from tests.cast import NOW, Cast


@pytest.fixture
def pipeline(cast: Cast) -> Pipeline:
    return make.pipeline(by=cast.alice)


def made(cast: Cast, pipeline: Pipeline, **facts: Any) -> Dashboard:
    given: dict[str, Any] = {"name": "Monday", "figures": ["won", "now-won", "won"], "by": cast.rosa, "at": NOW} | facts
    return operations.make(pipeline=pipeline, **given)


def told() -> list[tuple[str, dict[str, Any]]]:
    return list(Entry.objects.filter(subject_kind="dashboard").order_by("pk").values_list("verb", "data"))


def test_it_names_a_figure_once_and_has_a_name_of_its_own(cast: Cast, pipeline: Pipeline) -> None:
    board = made(cast, pipeline, name=" Monday ")
    assert (board.name, board.figures) == ("Monday", ["won", "now-won"])
    with pytest.raises(operations.NameTaken):
        made(cast, pipeline, name="monday")
    assert made(cast, pipeline, find_name=True).name == "Monday 2"
    assert made(cast, pipeline, by=cast.marc).name == "Monday"
    assert told()[0] == ("dashboard.made", {"name": "Monday", "shared": False, "figures": ["won", "now-won"]})


def test_figures_are_added_placed_and_taken_off(cast: Cast, pipeline: Pipeline) -> None:
    board, by = made(cast, pipeline), {"by": cast.rosa, "at": NOW}
    operations.add(board=board, figures=["glass", "won"], **by)
    operations.place(board=board, figure="glass", place=0, **by)
    operations.place(board=board, figure="nothing", place=0, **by)
    operations.take_off(board=board, figure="won", **by)
    operations.take_off(board=board, figure="won", **by)
    board.refresh_from_db()
    assert board.figures == ["glass", "now-won"]
    assert [data.get("changes", {}).get("figures", ["", ""])[1] for _verb, data in told()[1:]] == [
        ["won", "now-won", "glass"],
        ["glass", "won", "now-won"],
        ["glass", "now-won"],
    ]


def test_it_holds_no_more_than_one_can_see(cast: Cast, pipeline: Pipeline) -> None:
    board = made(cast, pipeline, figures=[str(n) for n in range(rules.MOST)])
    with pytest.raises(operations.Full):
        operations.add(board=board, figures=["won"], by=cast.rosa, at=NOW)
    with pytest.raises(operations.Full):
        made(cast, pipeline, name="More", figures=[str(n) for n in range(rules.MOST + 1)])


def test_only_its_owner_or_a_manager_of_a_shared_one_changes_it(cast: Cast, pipeline: Pipeline) -> None:
    board = made(cast, pipeline)
    assert not Dashboard.objects.visible_to(cast.marc).exists()
    with pytest.raises(operations.NotAllowed):
        operations.change(board=board, facts={"name": "Mine"}, by=cast.marc, at=NOW)
    operations.change(board=board, facts={"is_shared": True, "name": "Monday"}, by=cast.rosa, at=NOW)
    assert Dashboard.objects.visible_to(cast.olga).get() == board
    with pytest.raises(operations.NotAllowed):
        operations.remove(board=board, by=cast.olga, at=NOW)
    operations.change(board=board, facts={"asked": "period=month"}, by=cast.marc, at=NOW)
    with pytest.raises(KeyError):
        operations.change(board=board, facts={"owner": 1}, by=cast.rosa, at=NOW)
    operations.remove(board=board, by=cast.marc, at=NOW)
    assert [verb for verb, _data in told()] == ["dashboard.made", *["dashboard.changed"] * 2, "dashboard.removed"]
    assert told()[1][1]["changes"] == {"is_shared": [False, True]}
    with pytest.raises(Dashboard.DoesNotExist):
        operations.change(board=board, facts={"name": "Late"}, by=cast.rosa, at=NOW)


def test_one_of_a_pipeline_out_of_use_is_not_shown(cast: Cast, pipeline: Pipeline) -> None:
    made(cast, pipeline)
    assert Dashboard.objects.visible_to(cast.rosa).exists()
    Pipeline.objects.filter(pk=pipeline.pk).update(retired_at=NOW)
    assert not Dashboard.objects.visible_to(cast.rosa).exists()
