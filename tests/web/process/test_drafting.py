"""The draft on the process screen: shared, published with its why and what one expects of it, or abandoned."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from piste.activities.models import Activity
from piste.deals.models import Deal
from piste.journal.models import Entry
from piste.pipelines import operations as pipelines
from piste.pipelines.models import Draft, ProcessVersion, Stage
from piste.qualification.queries import clock_rule
from tests import make
from tests.cast import Cast
from tests.web.process.test_pages import FORM, HTMX, LATER, as_, at, of, publish
from tests.web.process.test_playbook import activity, form


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    return make.stages(make.pipeline(by=cast.alice))


def test_nothing_different_is_no_draft(cast: Cast, stages: list[Stage]) -> None:
    answer = as_(cast.marc).post(at(stages[3]), FORM, follow=True)
    assert "there is no draft" in answer.content.decode()
    assert "nothing to publish" in publish(as_(cast.marc), stages[3]).content.decode()
    assert (Draft.objects.count(), ProcessVersion.objects.count()) == (0, 1)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"why": "  "}, "Say why in a few words"),
        ({"retest_on": "2020-01-01", "measure": "wins"}, "Choose a day to come"),
        ({"retest_on": "soon"}, "Choose a day."),
        ({"change": "+5 points"}, "Say on what"),
        ({"measure": "luck"}, "Select a valid choice."),
        ({"seen": ""}, "has published v1 meanwhile"),
    ],
)
def test_what_cannot_be_published_is_said_in_the_panel(cast: Cast, stages: list[Stage], wrong: dict[str, str], said: str) -> None:
    client = as_(cast.marc)
    client.post(at(stages[3]), FORM | {"probability": "44"})
    answer = publish(client, stages[3], **wrong)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert (Draft.objects.count(), ProcessVersion.objects.count()) == (1, 1)


def test_a_version_says_what_one_expects_of_it(cast: Cast, stages: list[Stage]) -> None:
    client = as_(cast.marc)
    client.post(at(stages[3]), FORM | {"probability": "44"})
    day = timezone.localdate() + timedelta(days=90)
    publish(client, stages[3], measure=f"conversion:{stages[3].pk}", change="+5 points", retest_on=day.isoformat())
    version = ProcessVersion.objects.latest("number")
    assert (version.expects_measure, version.expects_change) == (f"conversion:{stages[3].pk}", "+5 points")
    assert version.retest_on == day
    html = client.get(of(stages[3], "versions/")).content.decode()
    assert "Expected: share that goes on from Proposal, +5 points" in html


def test_the_deals_that_will_have_to_say_more_are_named(cast: Cast, stages: list[Stage]) -> None:
    for _each in range(2):
        make.deal(stages[3], cast.rosa)
    html = as_(cast.marc).post(at(stages[3]), FORM | {"leave": ["source"]}, follow=True).content.decode()
    assert "2 deals in Proposal will have to say: Source" in html
    old = make.deal(stages[3], cast.rosa)
    Deal.objects.filter(pk=old.pk).update(entered_stage_at=timezone.now() - timedelta(days=9))
    as_(cast.marc).post(at(stages[3]), FORM | {"norm_days": "5"})
    html = (
        as_(cast.marc)
        .post(at(stages[3], "playbook/"), form({"cn1-text": "Who signs?", "row": ["cn1"]}), follow=True)
        .content.decode()
    )
    assert "1 deal in Proposal will be past its norm" in html
    assert "3 deals in Proposal get a new question before going on: “Who signs?”" in html
    assert re.search(rf'past its norm</p><p class="tiny muted"><a class="link" href="/deals/{old.pk}/">', html)


def test_two_managers_share_the_draft(cast: Cast, stages: list[Stage]) -> None:
    client, other = as_(cast.marc), as_(cast.alice)
    shown = re.search(r'name="seen" value="([^"]*)"', client.get(at(stages[3])).content.decode())
    assert shown
    seen = unescape(shown[1])
    client.post(at(stages[3]), FORM | {"probability": "44", "seen": seen})
    answer = other.post(at(stages[3]), FORM | {"probability": "45", "seen": seen})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Marc has changed this in the draft meanwhile" in html
    again = re.search(r'name="seen" value="([^"]*)"', html)
    assert again
    assert other.post(at(stages[3]), FORM | {"probability": "45", "seen": unescape(again[1])}).status_code == 302
    # Something published meanwhile is told before the draft goes over it.
    pipelines.set_norm(stage=stages[0], norm_days=3, by=cast.marc, at=LATER, why="Quicker")
    html = other.get(at(stages[3])).content.decode()
    assert "Begun on v1; v2 is in force since." in html
    answer = publish(other, stages[3], seen="1")
    assert answer.status_code == 422
    assert "Marc has published v2 meanwhile (“Quicker”)" in answer.content.decode()
    assert publish(other, stages[3]).status_code == 200
    assert [(stage.norm_days, stage.probability) for stage in make.stages(stages[0].pipeline)][::3][:2] == [(3, 5), (21, 45)]


def test_a_draft_is_abandoned_once_one_has_said_so(cast: Cast, stages: list[Stage]) -> None:
    client = as_(cast.marc)
    client.post(at(stages[3]), FORM | {"probability": "44"})
    html = client.get(of(stages[3], "abandon/"), headers=HTMX).content.decode()
    assert "Probability of Proposal: 50%, then 44%" in html
    assert Draft.objects.count() == 1
    assert "The draft is abandoned" in client.post(of(stages[3], "abandon/"), follow=True).content.decode()
    assert Draft.objects.count() == 0
    assert Entry.objects.filter(verb="process.draft_abandoned").count() == 1


def test_a_colleague_who_writes_in_the_draft_is_named(cast: Cast, stages: list[Stage]) -> None:
    assert as_(cast.alice).post(at(stages[3], "playbook/"), form(activity("an1", "Ring"))).status_code == 302
    html = as_(cast.marc).post(at(stages[3], "playbook/"), form(activity("an1", "Write"))).content.decode()
    assert "Alice has changed this playbook in the draft meanwhile" in html
    both = as_(cast.marc).post(at(stages[3], "playbook/"), form(activity("an1", "Write"), do="both")).content.decode()
    assert ('value="Ring"' in both, 'value="Write"' in both) == (True, True)


def test_running_deals_keep_or_adopt(cast: Cast, stages: list[Stage]) -> None:
    deal = make.deal(stages[3], cast.rosa)
    html = as_(cast.marc).post(at(stages[3], "playbook/"), form(activity("an1", "Ring")), follow=True).content.decode()
    assert "1 open deal stands where the playbook changes." in html
    given = {"why": "Now", "seen": "1", "adopt": "1"}
    as_(cast.marc).post(of(stages[3], "publish/"), given)
    assert [activity.title for activity in Activity.objects.filter(deal=deal)] == ["Ring"]


def test_the_contact_clock_is_changed_for_every_pipeline(cast: Cast, stages: list[Stage]) -> None:
    other = make.pipeline("Partners", by=cast.alice)
    client, path = as_(cast.marc), of(stages[0], "clock/")
    for wrong in ({"working_days": "31"}, {"role": "lunch"}, {"working_days": ""}):
        assert client.post(path, {"role": "meeting", "working_days": "2"} | wrong).status_code == 422
    html = client.post(path, {"role": "meeting", "working_days": "2"}, follow=True).content.decode()
    assert "<del>within 1 working day of Qualification</del> <ins>within 2 working days of Meeting</ins>" in html
    assert clock_rule().working_days == 1
    publish(client, stages[0])
    assert (clock_rule().role, clock_rule().working_days) == ("meeting", 2)
    told = [row.changes for row in ProcessVersion.objects.filter(number=2).order_by("pipeline_id")]
    assert told == [[{"code": "clock.changed", "stage": "", "before": "qualification:1", "after": "meeting:2"}]] * 2
    html = client.get(f"/process/{other.pk}/versions/").content.decode()
    assert "The contact clock changed with the process of Sales." in html
    html = client.get(of(stages[0], "")).content.decode()
    assert "within 2 working days of Meeting" in html
    # Brought back with the first version, it is for all of them again.
    assert client.post(of(stages[0], "versions/1/restore/"), {"why": "Too slow", "seen": "2"}).status_code == 302
    assert clock_rule().working_days == 1
    assert ProcessVersion.objects.filter(pipeline=other).count() == 3
