"""What a server works out before anybody asks is what the first page asks for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from piste.insights.queries import Scope, reading, settled
from piste.insights.queries.beforehand import YEAR, work_out
from piste.insights.queries.figures import Within, stage_figures
from tests import make
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_first_page_finds_the_history_made(cast: Cast) -> None:
    pipeline = make.pipeline("Sales")
    stages = make.stages(pipeline)
    make.deal(stages[0], cast.rosa, at=NOW - timedelta(days=40))
    work_out(NOW)
    moment = settled(NOW)
    read = reading(Scope(pipeline, moment))
    made = list(read.answers)
    assert made
    assert len(stage_figures(read, Within(moment - YEAR))[0].conversion.entered) == 1
    assert set(read.answers) == set(made), "nothing was left to be made"


def test_a_company_without_a_pipeline_has_nothing_to_work_out(cast: Cast) -> None:
    work_out(NOW)
