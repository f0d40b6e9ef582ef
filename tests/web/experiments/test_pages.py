"""From an idea to a roll-out, on the pages."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from piste.company.models import Member
from piste.deals import operations as deals
from piste.experiments.models import Assignment, Idea, SplitTest
from piste.experiments.queries import planning
from piste.experiments.queries.results import result
from piste.experiments.rules import Among
from piste.pipelines.models import Pipeline, ProcessVersion
from piste.playbooks.operations import set_guide
from piste.playbooks.queries import guide
from piste.playbooks.rules import Guide, Standard
from tests import make
from tests.cast import NOW, Cast

DAY = timedelta(days=1)
LONG_AGO = NOW - 200 * DAY


@pytest.fixture
def pipeline(cast: Cast) -> Pipeline:
    found = make.pipeline(by=cast.alice)
    set_guide(stage=make.stages(found)[1], guide=Guide((Standard("email", "Brochure"),)), by=cast.alice, at=NOW, why="Start")
    return found


def signed_in(member: Any) -> Client:
    client = Client()
    client.force_login(member)
    return client


def history(pipeline: Pipeline, cast: Cast, count: int, *, at: Any = LONG_AGO) -> None:
    """Deals that entered the second stage; every other one reached the third within a week."""
    stages = make.stages(pipeline)
    for n in range(count):
        deal = make.deal(stages[0], cast.rosa, title=f"Deal {n}", at=at)
        deals.move(deal=deal, to=stages[1], by=cast.rosa, at=at + DAY)
        if n % 2:
            deals.move(deal=deal, to=stages[2], by=cast.rosa, at=at + 3 * DAY)


def filled(pipeline: Pipeline, **more: Any) -> dict[str, Any]:
    stages = make.stages(pipeline)
    return {
        "title": "A call first", "stage": stages[1].pk, "unit": "deal", "measure": "reaches", "goal": stages[2].pk,
        "within_days": 14, "smallest": "30", "bar": "10", "name_0": "As today", "share_0": 50, "name_1": "A call", "share_1": 50,
    } | more  # fmt: skip


def test_an_idea_is_written_voted_for_and_dropped(pipeline: Pipeline, cast: Cast) -> None:
    rosa, marc = signed_in(cast.rosa), signed_in(cast.marc)
    said = {"title": "Call first", "if_text": "we call", "then_text": "more meet us", "because_text": "they said so"}
    answer = rosa.post(f"/process/{pipeline.pk}/ideas/new/", said | {"effort": "small", "stage": make.stages(pipeline)[1].pk})
    idea = Idea.objects.get()
    at = f"/process/{pipeline.pk}/ideas/{idea.pk}/"
    assert answer.url == at  # type: ignore[attr-defined]
    assert "<b>If</b> we call" in rosa.get(at).content.decode()
    marc.post(f"{at}vote/")
    assert idea.votes.count() == 2
    marc.post(f"{at}vote/", {"no": "1"})
    assert list(idea.votes.values_list("member", flat=True)) == [cast.rosa.pk]
    assert marc.post(f"{at}drop/", {"why": ""}).status_code == 422
    assert rosa.post(f"{at}drop/", {"why": "no"}).status_code == 403
    marc.post(f"{at}drop/", {"why": "Tried before"})
    assert "Tried before" in rosa.get(at).content.decode()


def test_the_sample_is_said_before_anything_starts(pipeline: Pipeline, cast: Cast) -> None:
    stages = make.stages(pipeline)
    history(pipeline, cast, 40, at=NOW - 30 * DAY)
    asked: dict[str, Any] = {"measure": "reaches", "within_days": 14, "goal_id": stages[2].pk, "unit": "deal", "among": Among()}
    known = planning.present(stage=stages[1], as_of=NOW, **asked)
    assert (known.n, known.mean, round(known.per_week, 2)) == (40, 0.5, 3.33)
    size = planning.size(known, measure="reaches", unit="deal", smallest=30, shares=(50, 50), within_days=14)
    # 0.5 against 0.8 with 80 % power: Chow et al. 2017, ch. 4: (0.25 + 0.16) (1.96 + 0.84)² / 0.3² = 35.8.
    assert size.arm == 36
    page = signed_in(cast.marc).get(f"/process/{pipeline.pk}/tests/size/", filled(pipeline))
    assert page.status_code == 200
    assert planning.size(known, measure="reaches", unit="deal", smallest=90, shares=(50, 50), within_days=14).refused


def test_from_design_to_roll_out(pipeline: Pipeline, cast: Cast) -> None:
    marc, rosa = signed_in(cast.marc), signed_in(cast.rosa)
    at = f"/process/{pipeline.pk}/tests/"
    assert marc.post(f"{at}new/", filled(pipeline)).status_code == 422  # Nothing is known: somebody must say how many.
    assert marc.post(f"{at}new/", filled(pipeline, planned_count=60)).status_code == 302
    test = SplitTest.objects.get()
    at = f"{at}{test.number}/"
    marc.post(f"{at}act/", {"do": "start"})
    assert SplitTest.objects.get().state == "design"  # Nothing is varied.
    rows = {"row": ["an1"], "an1-kind": "call", "an1-title": "Call at once", "an1-offset_days": "0", "an1-assigns": "owner"}
    assert marc.post(f"{at}variants/1/", rows | {"script": "Hello"}).status_code == 302
    written = marc.get(f"{at}variants/1/")
    assert written.status_code == 200
    # Rows are moved and taken out on the variant, never on the playbook that everybody follows.
    assert set(re.findall('hx-post="([^"]+)"', written.content.decode())) == {f"{at}variants/1/"}
    assert rosa.post(f"{at}act/", {"do": "start"}).status_code == 403
    marc.post(f"{at}act/", {"do": "start"})
    assert SplitTest.objects.get().state == "running"
    _run(pipeline, cast, test)
    assert "minus A" not in rosa.get(at).content.decode()  # Who works by the variants does not read the figures meanwhile.
    running = marc.get(at).content.decode()
    assert "B minus A" in running
    # From the test to the playbook of its variant, which is read now, and from the stage's playbook to both.
    assert f"{at}variants/1/" in running
    assert "Call at once" in marc.get(f"{at}variants/1/").content.decode()
    stage = f"/process/{pipeline.pk}/stages/{test.stage_id}/"
    for shown, sees in ((marc.get(stage), True), (marc.get(f"{stage}playbook/"), True), (rosa.get(stage), False)):
        html = shown.content.decode()
        assert (f'href="{at}"' in html, f'href="{at}variants/1/"' in html) == (True, sees)
    assert f'href="/process/{pipeline.pk}/ideas/new/?stage={test.stage_id}"' in rosa.get(stage).content.decode()
    assert marc.get(f"{at}decide/").status_code == 302  # It must be stopped first.
    marc.post(f"{at}act/", {"do": "stop"})
    assert marc.get(f"{at}decide/").status_code == 200
    assert marc.post(f"{at}decide/", {"decision": "adopt", "winner": "", "words": "x"}).status_code == 422
    winner = test.variants.get(position=1)
    marc.post(f"{at}decide/", {"decision": "adopt", "winner": winner.pk, "words": "Far above the bar."})
    decided = SplitTest.objects.get()
    assert (decided.state, decided.winner) == ("decided", winner)
    told = rosa.get(at).content.decode()
    assert "Far above the bar." in told
    assert "Bar: 10 points." in told
    # What was kept are numbers: each reads them in their own language.
    works = f"/process/{pipeline.pk}/training/works/"
    assert re.search(r"\+\d+\.\d points, \+\d+\.\d to \+\d+\.\d", rosa.get(works).content.decode())
    Member.objects.filter(pk=cast.rosa.pk).update(language="fr")
    assert re.search(r"\+\d+,\d points, [^<]*\+\d+,\d à \+\d+,\d", rosa.get(works).content.decode())
    Member.objects.filter(pk=cast.rosa.pk).update(language="en")
    offered = marc.get(f"{at}rollout/").content.decode()
    difference = r"reaches Meeting within 14 days, \+\d+\.\d points \(\+\d+\.\d to \+\d+\.\d points\)"
    assert re.search(rf"“A call first”: {difference}\.", offered)
    marc.post(f"{at}rollout/", {"why": "Test 1", "retest_on": "2027-03-01"})
    version = ProcessVersion.objects.latest("number")
    assert version.evidence == {"split_test": test.pk}
    assert [row.title for row in guide(make.stages(pipeline)[1].pk).activities] == ["Call at once"]
    assert f"v{version.number}" in rosa.get(at).content.decode()
    assert at in rosa.get(f"/process/{pipeline.pk}/versions/{version.number}/").content.decode()
    # Every figure of the changelog has its measure and its unit, in the language of whoever reads.
    whole = f"/process/{pipeline.pk}/versions/{version.number}/"
    for address in (whole, f"/process/{pipeline.pk}/versions/"):
        assert re.search(r"Expected: share that goes on from \w+, \+\d+\.\d points<", rosa.get(address).content.decode())
    assert re.search(difference, rosa.get(whole).content.decode())
    Member.objects.filter(pk=cast.rosa.pk).update(language="fr")
    told = rosa.get(whole).content.decode()
    assert re.search(r"Attendu\s: part qui avance depuis \w+, \+\d+,\d points<", told)
    assert re.search(r"\+\d+,\d points \(\+\d+,\d à \+\d+,\d points\)", told)


def _run(pipeline: Pipeline, cast: Cast, test: SplitTest) -> None:
    """Sixty deals long ago, of which those with B go on, and one in five of the others."""
    stages = make.stages(pipeline)
    SplitTest.objects.filter(pk=test.pk).update(started_at=LONG_AGO)
    for n in range(60):
        deal = make.deal(stages[0], cast.rosa, title=f"Deal {n}", at=LONG_AGO)
        deals.move(deal=deal, to=stages[1], by=cast.rosa, at=LONG_AGO + n * DAY)
        drawn = Assignment.objects.get(deal=deal)
        if drawn.variant.position or n % 5 == 0:
            deals.move(deal=deal, to=stages[2], by=cast.rosa, at=LONG_AGO + (n + 2) * DAY)


def test_what_the_figures_say(pipeline: Pipeline, cast: Cast) -> None:
    marc = signed_in(cast.marc)
    data = filled(pipeline, planned_count=60, clock_1=3, guard_0="days", guard_days_0=14, guard_bar_0=2)
    marc.post(f"/process/{pipeline.pk}/tests/new/", data)
    test = SplitTest.objects.get()
    marc.post(f"/process/{pipeline.pk}/tests/{test.number}/act/", {"do": "start"})
    _run(pipeline, cast, test)
    found = result(SplitTest.objects.get(), list(test.variants.all()), as_of=NOW)
    (one,) = found.analysis.comparisons
    rates = [arm.mean for arm in found.analysis.arms]
    assert rates[1] == 1
    assert one.plain.difference == pytest.approx(1 - (rates[0] or 0))
    assert one.plain.verdict == "more"
    assert found.guards[0].state == "kept"  # Those who go on stay for a shorter time.
    assert sum(count for _week, count in found.weeks) == found.units == 60
    assert found.doubts.both == 1  # Rosa works by both.
    # Halfway, the young ones are not counted whatever came of them.
    half = result(SplitTest.objects.get(), list(test.variants.all()), as_of=LONG_AGO + 30 * DAY)
    assert sum(half.analysis.not_ripe) == 14


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"share_1": 60}, "The shares are 110 in all: make them 100."),
        ({"goal": ""}, "Choose a stage further on than the one the deals enter."),
        ({"smallest": "0"}, "Say the smallest difference worth finding: more than 0."),
        ({"within_days": "x"}, "A whole number from 1 to 730."),
        ({"guard_0": "wins"}, "A guard needs both."),
    ],
)
def test_what_is_wrong_is_said(pipeline: Pipeline, cast: Cast, wrong: dict[str, Any], said: str) -> None:
    answer = signed_in(cast.marc).post(f"/process/{pipeline.pk}/tests/new/", filled(pipeline, **wrong))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not SplitTest.objects.exists()
