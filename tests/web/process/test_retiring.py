"""A whole pipeline is retired through the draft, with what ends with it named before."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from piste.audits.models import Schedule
from piste.automations.models import Automation
from piste.automations.rules import When
from piste.dashboards.models import Dashboard
from piste.dashboards.models import Schedule as Letter
from piste.deals import operations as deals
from piste.deals.models import Deal
from piste.pipelines import operations as pipelines
from piste.pipelines.models import Draft, Pipeline, Stage
from piste.upkeep.queries import checks
from tests import make
from tests.automations.scene import automation
from tests.cast import NOW, Cast
from tests.web.process.test_pages import LATER, as_, of, publish


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    return make.stages(make.pipeline(by=cast.alice))


def test_a_pipeline_goes_through_the_draft_with_its_deals_named(cast: Cast, stages: list[Stage]) -> None:
    client = as_(cast.marc)
    deal = make.deal(stages[1], cast.rosa)
    alone = client.post(of(stages[0], "leaving/"))
    assert "make another first" in alone.content.decode()
    other = make.stages(make.pipeline("Partners"))
    html = client.get(of(stages[0], "leaving/")).content.decode()
    assert "will go: 1 open." in html
    assert "nothing moves before that is published" in html
    assert "Partners, Prospecting" in html
    for wrong in ("", stages[2].pk, 10**9):
        assert client.post(of(stages[0], "leaving/"), {"destination": wrong}).status_code == 422
    html = client.post(of(stages[0], "leaving/"), {"destination": other[2].pk}, follow=True).content.decode()
    assert "Pipeline “Sales” retired, its deals go to Partners, Meeting" in html
    assert "1 deal goes from Sales to Partners, Meeting" in html
    assert "its deals go to Partners, Meeting." in html
    assert 'name="measure"' not in html  # Nothing is measured where no deal comes.
    assert (Deal.objects.get(pk=deal.pk).stage, Pipeline.objects.in_use().count()) == (stages[1], 2)
    assert "Out of use" not in as_(cast.rosa).get(of(stages[0], "")).content.decode()
    # Taken back, it is as if nothing had been said; what else the draft held is still there.
    pipelines.draft_name(pipeline=stages[0].pipeline, name="Direct", by=cast.marc, at=NOW)
    assert "it is lost with the pipeline" in client.get(of(stages[0], "")).content.decode()
    html = client.post(of(stages[0], "keep/"), follow=True).content.decode()
    assert ("renamed “Direct”" in html, "retired" in html) == (True, False)
    client.post(of(stages[0], "leaving/"), {"destination": other[2].pk})
    answer = publish(client, stages[0], why=" ")
    assert (answer.status_code, "Say why" in answer.content.decode()) == (422, True)
    make.deal(stages[2], cast.rosa)  # One more by then.
    html = publish(client, stages[0]).content.decode()
    assert "“Sales” is out of use; 2 deals went to Partners." in html
    assert Deal.objects.get(pk=deal.pk).stage == other[2]
    assert not Draft.objects.exists()
    assert client.get(of(stages[0], ""), follow=True).redirect_chain[-1][0] == of(stages[0], "versions/")
    html = client.get(of(stages[0], "versions/")).content.decode()
    assert "out of use since" in html
    assert "Pipeline “Sales” retired, its deals go to Partners, Meeting" in html
    assert "No stage" in client.get(of(stages[0], "versions/2/")).content.decode()
    assert [check for check in checks() if not check.ok] == []
    for path in ("leaving/", "keep/"):
        assert client.post(of(stages[0], path)).status_code == 404


def test_a_pipeline_is_not_published_out_of_use_when_its_deals_have_nowhere_to_go(cast: Cast, stages: list[Stage]) -> None:
    client, other = as_(cast.marc), make.stages(make.pipeline("Partners"))
    assert "No deal stands here." in client.get(of(stages[0], "leaving/")).content.decode()
    html = client.post(of(stages[0], "leaving/"), {"destination": ""}, follow=True).content.decode()
    assert "Pipeline “Sales” retired<" in html
    make.deal(stages[1], cast.rosa)
    assert "Deals stand there by now: say where they go." in client.get(of(stages[0], "")).content.decode()
    answer = publish(client, stages[0])
    assert (answer.status_code, "Deals stand there by now" in answer.content.decode()) == (422, True)
    client.post(of(stages[0], "leaving/"), {"destination": other[3].pk})
    deals.retire_stage(stage=other[3], destination=other[2], by=cast.alice, at=LATER, why="Fewer")
    assert "has gone: say where else they go" in client.get(of(stages[0], "")).content.decode()
    assert publish(client, stages[0]).status_code == 422
    # Nor is the last one, when the other has gone meanwhile.
    deals.retire_pipeline(pipeline=other[0].pipeline, destination=None, by=cast.alice, at=LATER, why="Fewer")
    answer = publish(client, stages[0])
    assert (answer.status_code, "make another first" in answer.content.decode()) == (422, True)
    assert Pipeline.objects.in_use().get() == stages[0].pipeline


def test_what_ends_with_a_pipeline_is_named(cast: Cast, stages: list[Stage]) -> None:
    pipeline, other = stages[0].pipeline, make.stages(make.pipeline("Partners"))
    acts = automation(pipeline, When("won"), name="Thank them")
    Schedule.objects.create(pipeline=pipeline, by=cast.marc, hour=time(8), since=NOW)
    board = Dashboard.objects.create(owner=cast.marc, pipeline=pipeline, name="On the wall", created_at=NOW, changed_at=NOW)
    facts: dict[str, Any] = {"hour": time(8), "since": NOW, "created_at": NOW, "changed_at": NOW}
    Letter.objects.create(dashboard=board, by=cast.marc, **facts)
    client = as_(cast.marc)
    asked = client.get(of(stages[0], "leaving/")).content.decode()
    drafted = client.post(of(stages[0], "leaving/"), {"destination": other[2].pk}, follow=True).content.decode()
    for html in (asked, drafted):
        for said in (
            "1 automation acts no more.",
            "1 audit is no longer made by itself",
            "1 dashboard is sent by e-mail no more",
        ):
            assert said in html
        assert all(name in html for name in ("Thank them", "Marc", "On the wall"))
    publish(client, stages[0])
    assert not Automation.objects.running().filter(pk=acts.pk).exists()


def test_a_version_is_read_whole(cast: Cast, stages: list[Stage]) -> None:
    pipelines.require(stage=stages[3], fact="source", to_enter=True, to_leave=False, by=cast.marc, at=NOW, why="For the fair")
    pipelines.rename_stage(stage=stages[3], name="Offer", by=cast.marc, at=NOW, why="Our word")
    client = as_(cast.olga)
    html = client.get(of(stages[0], "versions/2/")).content.decode()
    assert "Proposal" in html
    assert "Offer" not in html
    assert "For the fair" in html
    assert "(to enter)" in html
    assert "In force" not in html
    assert "In force" in client.get(of(stages[0], "versions/3/")).content.decode()
    assert client.get(of(stages[0], "versions/9/")).status_code == 404
