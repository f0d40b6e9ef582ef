"""A manager writes an automation, tries it on the past, publishes it, and sees in its log what it did and why."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser
Look = Callable[..., Page]

SCENE = """
from datetime import timedelta
from django.utils import timezone
pipeline = make.pipeline("By itself")
stages = make.stages(pipeline)
rosa = Member.objects.get(email="rosa@piste.example")
now = timezone.now()
past = make.deal(stages[0], rosa, title="Large once", amount_minor=3_000_000, at=now - timedelta(days=9))
operations.move(deal=past, to=stages[1], by=rosa, at=now - timedelta(days=8))
operations.amend(deal=past, facts={"amount_minor": 100}, by=rosa, at=now - timedelta(days=7))
result = pipeline.pk
"""
#: Two deals enter the stage, and the worker takes its turn.
WORK = """
from django.utils import timezone
from piste.automations.operations import follow
stages = make.stages(Pipeline.objects.get(pk=pipeline))
rosa, now = Member.objects.get(email="rosa@piste.example"), timezone.now()
for title, worth in (("Large now", 3_000_000), ("Small now", 100)):
    deal = make.deal(stages[0], rosa, title=title, amount_minor=worth, at=now)
    operations.move(deal=deal, to=stages[1], by=rosa, at=now)
result = follow(at=timezone.now())
"""


def test_written_tried_published_and_read(site: Site, look: Look) -> None:
    key = site.do(SCENE)
    page = look("alice", f"/process/{key}/automations/new/")
    page.get_by_label("Name").fill("Large ones")
    page.get_by_label("Stage", exact=True).select_option(label="Qualification")
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label("Fact", exact=True).select_option(label="The amount")
    page.get_by_label("How", exact=True).select_option(label="is at least")
    page.get_by_label("Value", exact=True).fill("20000")
    page.get_by_label("Action", exact=True).select_option(label="add a tag")
    page.get_by_label("Tag", exact=True).fill("large")
    page.get_by_role("button", name="Try on the last 30 days").click()
    # By what it was worth on that day, not by what it is worth now.
    expect(page.locator("#attempted-title")).to_contain_text("it would have run 1 time.")
    expect(page.locator(".automation-runs tbody")).to_contain_text("Large once")
    page.get_by_role("button", name="Save to the draft").last.click()
    line = page.locator(".automation-list > li", has_text="Large ones")
    expect(line).to_contain_text("new in the draft")
    page.get_by_label("Why?").fill("Large deals wait for nobody")
    page.get_by_role("button", name="Publish v2").click()
    expect(line.get_by_role("switch")).to_have_attribute("aria-checked", "true")

    assert site.do(WORK, pipeline=key) == 2
    line.get_by_role("link", name="No run yet").click()
    done = page.locator("tr", has_text="Large now")
    expect(done).to_contain_text("it entered Qualification")
    expect(done).to_contain_text("tag: large")
    expect(page.locator("tr", has_text="Small now")).to_contain_text("“the amount is at least 20,000” did not hold (1)")
