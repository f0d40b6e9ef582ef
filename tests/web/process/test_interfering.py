"""The draft says which split tests it would blur, and which automations name a stage that leaves."""

from __future__ import annotations

import pytest

from piste.automations.rules import Action, Condition, When
from piste.experiments.rules import Way
from piste.pipelines.operations import draft_addition, draft_leaving, draft_part
from piste.pipelines.queries import wanted
from piste.playbooks.queries import told
from tests.automations.scene import automation
from tests.cast import NOW, Cast
from tests.experiments.scene import Ground
from tests.web.experiments.test_varied import signed_in


@pytest.fixture
def ground(cast: Cast) -> Ground:
    return Ground(cast)


def drafted(ground: Ground) -> str:
    return signed_in(ground.cast.marc).get(f"/process/{ground.pipeline.pk}/").content.decode()


def test_what_a_test_compares_with_is_changed_in_the_draft(ground: Ground) -> None:
    test = ground.words()
    by = {"by": ground.cast.marc, "at": NOW}
    said = told([ground.stage.pk])[ground.stage.pk]
    draft_addition(pipeline=ground.pipeline, key=ground.stage.pk, name="playbook", said=said | {"script": "Hello"}, **by)
    assert "will be blurred" not in drafted(ground)  # The script is not what varies.
    text = said["templates"][0] | {"body": "Hello"}
    draft_addition(pipeline=ground.pipeline, key=ground.stage.pk, name="playbook", said={"templates": [text]}, **by)
    page = drafted(ground)
    assert "will be blurred" in page
    assert f'href="/process/{ground.pipeline.pk}/tests/{test.number}/"' in page


def test_an_automation_that_a_test_varies_is_changed_in_the_draft(ground: Ground) -> None:
    ground.ways(Way(on=False))
    rows = [row | {"most_per_hour": 7} for row in wanted(ground.pipeline).definition["automations"]]
    draft_part(pipeline=ground.pipeline, name="automations", said=rows, by=ground.cast.marc, at=NOW)
    assert "will be blurred" in drafted(ground)


def test_automations_that_name_a_stage_about_to_leave(ground: Ground) -> None:
    away = ground.stages[2]
    moves = automation(ground.pipeline, When("held"), Action("move", stage=away.pk), name="Move on")
    asks = automation(ground.pipeline, When("won"), conditions=(Condition("stage", "is", (str(away.pk),)),), name="Thank")
    draft_leaving(pipeline=ground.pipeline, key=away.pk, to=ground.stage.pk, merged=False, by=ground.cast.marc, at=NOW)
    page = drafted(ground)
    assert f"2 automations name {away.name}" in page
    for one in (moves, asks):
        assert f'href="/process/{ground.pipeline.pk}/automations/{one.pk}/"' in page
    assert f'href="/process/{ground.pipeline.pk}/automations/{ground.watch.pk}/"' not in page
