"""A manager tests another text of a template, and another way with an automation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from piste.automations import operations as automations
from piste.automations.operations import follow
from piste.automations.rules import When
from piste.experiments.models import SplitTest
from piste.playbooks.operations import set_guide
from piste.playbooks.queries import guide
from tests.automations.scene import automation
from tests.cast import NOW, Cast
from tests.experiments.scene import ASKING, DAY, Ground


@pytest.fixture
def ground(cast: Cast) -> Ground:
    return Ground(cast)


def signed_in(member: Any) -> Client:
    client = Client()
    client.force_login(member)
    return client


def filled(ground: Ground) -> dict[str, Any]:
    return {
        "title": "Ask first", "stage": ground.stage.pk, "unit": "deal", "measure": "wins", "within_days": 14, "smallest": "30",
        "bar": "10", "name_0": "As today", "share_0": 50, "name_1": "Otherwise", "share_1": 50, "planned_count": 60,
    }  # fmt: skip


def test_another_text_of_a_template(ground: Ground) -> None:
    marc, rosa = signed_in(ground.cast.marc), signed_in(ground.cast.rosa)
    at = f"/process/{ground.pipeline.pk}/tests/"
    marc.post(f"{at}new/", filled(ground))
    test = SplitTest.objects.get()
    at = f"{at}{test.number}/"
    # A design is changed as it is made, whatever stage it is to reach.
    reaches = {"measure": "reaches", "goal": ground.stages[3].pk}
    assert marc.post(f"{at}design/", filled(ground) | reaches).status_code == 302
    assert SplitTest.objects.get().goal == ground.stages[3]
    written = {"subject": ASKING.subject, "body": ASKING.body}
    assert f'value="template:{ground.template.pk}"' in marc.get(f"{at}design/").content.decode()
    own = f"{at}variants/1/?of=template:{ground.template.pk}"
    assert "out of use by now" in marc.get(f"{at}variants/1/?of=template:999", follow=True).content.decode()
    assert [marc.get(f"{at}variants/1/?of={wrong}").status_code for wrong in ("template:x", "needs:1")] == [404, 404]
    assert rosa.post(own, written).status_code == 403
    assert "What everybody writes" in marc.get(own).content.decode()
    plain = {"subject": ground.template.subject, "body": ground.template.body}
    for wrong in (plain, written | {"body": ""}, written | {"body": "Dear {nobody}"}):
        assert marc.post(own, wrong).status_code == 422
    marc.post(f"{at}act/", {"do": "start"})
    assert SplitTest.objects.get().state == "design"  # Nothing is varied yet.
    assert marc.post(own, written).status_code == 302
    marc.post(f"{at}act/", {"do": "start"})
    got = ground.enter(SplitTest.objects.get())
    pages = {letter: rosa.get(f"/deals/{deal.pk}/").content.decode() for letter, deal in got.items()}
    assert [("what is it for?" in pages[letter], "our brochure." in pages[letter]) for letter in "AB"] == [
        (False, True),
        (True, False),
    ]
    assert "in the words of variant B" in pages["B"]
    assert "what is it for?" in marc.get(own).content.decode()
    now = guide(ground.stage.pk)
    texts = tuple(replace(text, body="Hello") for text in now.templates)
    set_guide(stage=ground.stage, guide=replace(now, templates=texts), by=ground.cast.marc, at=NOW, why="Shorter")
    SplitTest.objects.update(started_at=NOW - DAY)
    shown = marc.get(at).content.decode()
    assert "writes by “First e-mail”: “A question, {contact}”" in shown
    assert "changed “First e-mail” while the test ran" in shown
    ground.conclude(test)
    rolling = marc.get(f"{at}rollout/").content.decode()
    assert "What goes for everybody" in rolling
    assert "writes by “First e-mail”: “A question, {contact}”" in rolling
    assert "Test 1, “Ask first”.</textarea>" in rolling  # Nothing was known yet as it was decided.
    marc.post(f"{at}rollout/", {"why": "Test 1", "retest_on": "2027-03-01"})
    assert guide(ground.stage.pk).templates[0].body == ASKING.body


def test_another_way_with_an_automation(ground: Ground) -> None:
    marc, rosa = signed_in(ground.cast.marc), signed_in(ground.cast.rosa)
    at = f"/process/{ground.pipeline.pk}/tests/"
    marc.post(f"{at}new/", filled(ground))
    at = f"{at}1/"
    own = f"{at}variants/1/?of=automation:{ground.watch.pk}"
    assert "does not run it" in marc.get(own).content.decode()
    rows = {"row": ["a1"], "a1-kind": "task", "a1-text": "Call", "a1-activity": "call", "a1-who": "owner", "a1-days": "0"}
    same = marc.post(own, rows | {"how": "other"})
    assert (same.status_code, "These are everybody’s actions" in same.content.decode()) == (422, True)
    assert marc.post(own, rows | {"how": "other", "a1-text": ""}).status_code == 422
    arranged = marc.post(own, rows | {"how": "other", "do": "add:a"}).content.decode()
    assert 'value="a2"' in arranged
    assert marc.post(own, rows | {"how": "other", "a1-text": "Write a card"}).status_code == 302
    assert "with other actions: plan “Write a card”" in marc.get(f"{at}design/").content.decode()
    assert marc.post(own, {"how": "off"}).status_code == 302
    marc.post(f"{at}act/", {"do": "start"})
    got = ground.enter(SplitTest.objects.get())
    follow(at=NOW + DAY)
    runs = rosa.get(f"/process/{ground.pipeline.pk}/automations/{ground.watch.pk}/runs/").content.decode()
    assert "variant B of split test 1 goes without it" in runs
    assert got["B"].title in runs
    assert "varied in a split test" in rosa.get(f"/process/{ground.pipeline.pk}/automations/").content.decode()
    switch = marc.get(f"/process/{ground.pipeline.pk}/automations/{ground.watch.pk}/switch/").content.decode()
    assert "A split test varies it" in switch
    automations.pause(automation=ground.watch, by=ground.cast.marc, at=NOW + DAY, why="Too many")
    shown = marc.get(at).content.decode()
    assert "does not run “Watch”" in shown
    other = automation(ground.pipeline, When("won"), name="Thank")
    # One that is out of use while its test is designed is said to be so, and taken out.
    marc.post(f"/process/{ground.pipeline.pk}/tests/new/", filled(ground))
    at = f"/process/{ground.pipeline.pk}/tests/2/"
    own = f"{at}variants/1/?of=automation:{other.pk}"
    assert marc.post(own, {"how": "off"}).status_code == 302
    other.retired_at = NOW
    other.save()
    assert "out of use by now" in marc.get(own, follow=True).content.decode()
    assert "is out of use by now: take it out" in marc.post(f"{at}act/", {"do": "start"}, follow=True).content.decode()
    assert marc.post(own, {"do": "everybody"}).status_code == 302
    assert "nothing otherwise yet" in marc.get(f"{at}design/").content.decode()
