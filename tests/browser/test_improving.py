"""A manager's story: the bottleneck, an idea, a test of half and half, a decision, the roll-out, the re-test a quarter later."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

#: A pipeline of a year ago: half of the deals go on from the second stage.
BEFORE = """
from datetime import timedelta
from django.utils import timezone
from piste.pipelines.operations import create_pipeline
now = timezone.now()
alice = Member.objects.get(email="alice@piste.example")
reason = LossReason.objects.create(name="Too dear")
pipeline = create_pipeline(name="Machines", by=alice, at=now - timedelta(days=400), why="The beginning")
stages = make.stages(pipeline)
for n in range(40):
    came = now - timedelta(days=300 - n)
    deal = make.deal(stages[0], alice, title=f"Press {n}", at=came)
    operations.move(deal=deal, to=stages[1], by=alice, at=came + timedelta(days=1))
    if n % 3 == 0:
        operations.move(deal=deal, to=stages[2], by=alice, at=came + timedelta(days=3))
        operations.win(deal=deal, by=alice, at=came + timedelta(days=9))
    else:
        operations.lose(deal=deal, reason=reason, by=alice, at=came + timedelta(days=9))
result = {"pipeline": pipeline.pk, "stage": stages[1].pk}
"""
#: The months of the test: whoever has B goes on, and one in four of the others.
DURING = """
from datetime import timedelta
from django.utils import timezone
from piste.experiments.models import Assignment
now = timezone.now()
alice = Member.objects.get(email="alice@piste.example")
stages = make.stages(Pipeline.objects.get(pk=pipeline))
for n in range(60):
    came = now - timedelta(days=240 - n)
    deal = make.deal(stages[0], alice, title=f"Lathe {n}", at=came)
    operations.move(deal=deal, to=stages[1], by=alice, at=came + timedelta(days=1))
    if Assignment.objects.get(deal=deal).variant.position or n % 4 == 0:
        operations.move(deal=deal, to=stages[2], by=alice, at=came + timedelta(days=3))
result = Assignment.objects.count()
"""
#: The quarter after: a roll-out a hundred days ago, and what came since.
AFTER = """
from datetime import timedelta
from django.utils import timezone
from piste.experiments.models import SplitTest
from piste.experiments.operations import roll_out
now = timezone.now()
alice = Member.objects.get(email="alice@piste.example")
stages = make.stages(Pipeline.objects.get(pk=pipeline))
out = now - timedelta(days=100)
again = (out + timedelta(days=91)).date()
version = roll_out(test=SplitTest.objects.get(), by=alice, at=out, why="Test 1 won", retest_on=again, change="+40 points")
for n in range(30):
    came = now - timedelta(days=95 - n)
    deal = make.deal(stages[0], alice, title=f"Drill {n}", at=came)
    operations.move(deal=deal, to=stages[1], by=alice, at=came + timedelta(days=1))
    if n % 5:
        operations.move(deal=deal, to=stages[2], by=alice, at=came + timedelta(days=3))
result = version.number
"""


def test_from_the_bottleneck_to_the_re_test(site: Site, look: Callable[..., Page]) -> None:
    keys = site.do(BEFORE)
    process = f"/process/{keys['pipeline']}"
    page = look("alice", f"/insights/{keys['pipeline']}/")
    page.locator(".finding").get_by_role("link", name="Write an idea").click()
    expect(page.get_by_label("Stage")).to_have_value(str(keys["stage"]))
    for label, said in (("In a few words", "A call first"), ("If", "we call at once"), ("Then", "more meet us")):
        page.get_by_label(label, exact=True).fill(said)
    page.get_by_label("Because", exact=True).fill("they still think of us")
    page.get_by_role("button", name="Save the idea").click()
    page.locator("main article").get_by_role("link", name="Design a test").click()
    page.get_by_label("Smallest difference worth finding").fill("40")
    expect(page.locator("#size")).to_contain_text("deals")
    page.get_by_label("How many to draw").fill("60")
    page.get_by_role("button", name="Save the design").last.click()
    page.get_by_role("link", name="Write its playbook").click()
    page.get_by_role("button", name="Add an activity").click()
    page.get_by_label("What is to be done").fill("Call within the hour")
    page.get_by_role("button", name="Save the playbook of B").last.click()
    page.get_by_role("button", name="Start the test").click()
    expect(page.locator(".chip--accent")).to_have_text("running")
    assert site.do(DURING, pipeline=keys["pipeline"]) == 60
    page.reload()
    expect(page.locator("#result-title")).to_contain_text("“A call first”: +")
    page.get_by_role("button", name="Stop the test").click()
    page.get_by_role("link", name="Decide…").click()
    page.get_by_role("radio", name="Adopt").check()
    page.get_by_label("Why", exact=True).fill("Far above the bar.")
    page.get_by_role("button", name="Decide", exact=True).click()
    page.get_by_role("link", name="Roll it out…").click()
    expect(page.get_by_label("Why?")).to_contain_text("Test 1")
    number = site.do(AFTER, pipeline=keys["pipeline"])
    page.goto(f"{site.address}{process}/tests/1/")
    page.get_by_role("link", name="Re-test on").click()
    page.get_by_role("button", name="Measure now").click()
    expect(page.locator(".finding")).to_be_visible()
    expect(page.get_by_text("Before and after is no proof")).to_be_visible()
    page.goto(f"{site.address}{process}/versions/{number}/")
    expect(page.get_by_role("link", name="A call first")).to_be_visible()
