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
    page.get_by_role("button", name="Add a change to B").click()
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


#: A stage with an e-mail, and somebody who calls whoever enters it.
GROUND = """
from django.utils import timezone
from piste.automations.operations import Wanted, create
from piste.automations.rules import Action, Recipe, When
from piste.pipelines.operations import create_pipeline
from piste.playbooks.operations import set_guide
from piste.playbooks.rules import Guide, Text
alice = Member.objects.get(email="alice@piste.example")
pipeline = create_pipeline(name="Tools", by=alice, at=timezone.now(), why="The beginning")
stages = make.stages(pipeline)
words = (Text("email", "First letter", "Dear {contact}, our brochure.", subject="Our brochure"),)
set_guide(stage=stages[1], guide=Guide(templates=words, script="Present us."), by=alice, at=timezone.now(), why="Words")
call = Recipe(When("stage_entered", stage=stages[1].pk), (), (Action("task", text="Call", who="owner", days=0, fact="call"),))
create(pipeline=pipeline, wanted=Wanted("Watch", call), by=alice, at=timezone.now(), why="Nobody is forgotten")
result = {"pipeline": pipeline.pk, "stage": stages[1].pk}
"""
#: What the winner is for everybody by now.
EVERYBODYS = """
from piste.automations.models import Automation
from piste.playbooks.queries import guide
from piste.qualification.queries import clock_rule
now = guide(stage)
result = [now.script, now.templates[0].subject, clock_rule().working_days,
          Automation.objects.get(pipeline_id=pipeline).paused_at is None]
"""


def test_a_variant_of_several_changes(site: Site, look: Callable[..., Page]) -> None:
    keys = site.do(GROUND)
    page = look("alice", f"/process/{keys['pipeline']}/tests/new/?stage={keys['stage']}")
    page.get_by_label("Name of the test").fill("Ask first")
    page.get_by_label("Name of variant B").fill("Questions")
    page.get_by_text("Contact clock and required information").first.click()
    page.get_by_label("Working days to the first contact").first.fill("3")
    page.get_by_label("Main measure").select_option("wins")
    page.get_by_label("How many to draw").fill("60")
    page.get_by_role("button", name="Save the design").last.click()
    expect(page.locator(".experiments-doings li")).to_have_text(["first contact within 3 working days"])
    more, add = page.get_by_label("What else B does otherwise"), page.get_by_role("button", name="Add a change to B")
    add.click()
    page.get_by_role("textbox", name="Script").fill("Ask what it is for.")
    page.get_by_role("button", name="Save the playbook of B").last.click()
    more.select_option("Template “First letter” (Qualification)")
    add.click()
    page.get_by_label("Subject").fill("A question")
    page.get_by_role("button", name="Save the text").last.click()
    more.select_option("Automation “Watch”")
    add.click()
    page.get_by_role("radio", name="does not run it").check()
    page.get_by_role("button", name="Save what it does").last.click()
    said = page.locator(".experiments-doings li")
    expect(said).to_have_count(6)  # two that everybody does today, four of B
    # What is taken out is offered again.
    said.filter(has_text="does not run").get_by_role("button", name="Take out").click()
    expect(said).to_have_count(4)
    more.select_option("Automation “Watch”")
    add.click()
    page.get_by_role("radio", name="does not run it").check()
    page.get_by_role("button", name="Save what it does").last.click()
    page.get_by_role("button", name="Start the test").click()
    expect(page.locator(".chip--accent")).to_have_text("running")
    expect(page.get_by_text("writes by “First letter”: “A question”")).to_be_visible()
    page.get_by_role("button", name="Stop the test").click()
    page.get_by_role("link", name="Decide…").click()
    page.get_by_role("radio", name="Adopt").check()
    page.get_by_label("Why", exact=True).fill("We want it.")
    page.get_by_role("button", name="Decide", exact=True).click()
    page.get_by_role("link", name="Roll it out…").click()
    expect(page.locator("form .experiments-doings li")).to_have_count(4)
    page.get_by_role("button", name="Roll it out").click()
    expect(page.get_by_text("is everybody’s from now on")).to_be_visible()
    page.locator(".changes .chip--accent").click()
    expect(page.get_by_role("link", name="Ask first")).to_be_visible()
    assert site.do(EVERYBODYS, **keys) == ["Ask what it is for.", "A question", 3, False]
