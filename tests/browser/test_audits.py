"""A manager has a pipeline audited, gives a finding to a rep, and the rep learns what to do from their day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser
Look = Callable[..., Page]

SCENE = """
from piste.training.operations import Text, write
pipeline = make.pipeline("Audited")
stages = make.stages(pipeline)
alice, rosa = Member.objects.get(email="alice@piste.example"), Member.objects.get(email="rosa@piste.example")
for number in range(2):
    make.deal(stages[1], rosa, title=f"Bare {number}", amount_minor=None)
write(pipeline=pipeline, stage=stages[1], text=Text("lesson", "Ask for the budget", "**Early.**"), path="", by=alice, at=NOW)
result = pipeline.pk
"""


def test_a_finding_becomes_a_task_and_a_lesson_is_read(site: Site, look: Look) -> None:
    key = site.do(SCENE)
    page = look("alice", f"/process/{key}/audits/")
    page.get_by_role("button", name="Make the first audit").click()
    finding = page.locator(".audits__row", has_text="Deals without an amount")
    expect(finding.locator(".audits__figure b")).to_have_text("2")
    finding.get_by_role("link", name="Give as a task").click()
    dialog = page.locator("#process-dialog")
    dialog.get_by_label("Who does it").select_option(label="Rosa Rep")
    dialog.get_by_label("Until when").fill("2020-01-01")
    dialog.get_by_role("button", name="Give the task").click()
    expect(dialog.locator(".field__error")).to_contain_text("This day is over")
    dialog.get_by_label("Until when").fill((timezone.localdate() + timedelta(days=1)).isoformat())
    dialog.get_by_role("button", name="Give the task").click()
    expect(page.locator(".toast")).to_contain_text("Rosa has this task")
    expect(page.locator(".audits__tasks")).to_contain_text("Have the missing amounts written down")
    page.locator(".audits__row", has_text="Deals without an amount").get_by_role("link", name="The deals").click()
    expect(page.locator("tbody tr")).to_have_count(2)

    rosa = look("rosa", "/day/")
    rosa.locator("#coming > summary").click()
    expect(rosa.locator(".task", has_text="Have the missing amounts written down")).to_be_visible()
    rosa.goto(f"{site.address}/process/{key}/training/")
    rosa.get_by_role("link", name="Ask for the budget").click()
    rosa.get_by_role("button", name="I have read it").click()
    expect(rosa.locator(".training__lesson .chip")).to_have_text("read")
