"""A playbook in a real browser: written by keyboard, followed on a deal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

WRITTEN = """
from django.utils import timezone
from piste.playbooks.operations import set_guide
from piste.playbooks.rules import Criterion, Guide, Standard, Text
rosa = Member.objects.get(email="rosa@piste.example")
pipeline = make.pipeline(f"Followed {Pipeline.objects.count()}", by=Member.objects.get(email="alice@piste.example"))
stage = make.stages(pipeline)[3]
guide = Guide(
    activities=(Standard("task", "Go through the needs"), Standard("call", "Call after reading", offset_days=2)),
    criteria=(Criterion("The signatory is known"), Criterion("The budget is written")),
    templates=(Text("email", "First letter", "Dear {contact}, about {title}"),),
    script="Begin with **their** words.",
)
set_guide(stage=stage, guide=guide, by=Member.objects.get(email="marc@piste.example"), at=timezone.now(), why="Few follow up")
deal = make.deal(stage, rosa, at=timezone.now(), title="Planning")
result = [pipeline.pk, stage.pk, deal.pk]
"""


@pytest.fixture
def keys(site: Any) -> list[int]:
    """A pipeline, its stage with a playbook, a deal of Rosa's in it."""
    found: list[int] = site.do(WRITTEN)
    return found


def test_rows_by_keyboard(look: Callable[..., Page], keys: list[int]) -> None:
    page = look("marc", f"/process/{keys[0]}/stages/{keys[1]}/playbook/")
    rows = page.locator(".playbook-row--activity")
    expect(rows).to_have_count(2)
    up = page.get_by_role("button", name="Move “Call after reading” up")
    up.focus()
    page.keyboard.press("Enter")
    expect(rows.first.get_by_label("What is to be done")).to_have_value("Call after reading")
    expect(page.get_by_role("button", name="Move “Call after reading” down")).to_be_focused()
    page.get_by_role("button", name="Add an activity").focus()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(3)
    expect(rows.last.get_by_label("What is to be done")).to_be_focused()
    page.keyboard.type("Have the signatory confirmed")
    page.keyboard.press("Enter")
    expect(page.locator("#playbook ins", has_text="Have the signatory confirmed")).to_be_visible()
    page.get_by_label("Why?").fill("Nobody asked who signs")
    page.get_by_role("button", name="Publish v3").click()
    expect(page.locator(".toast")).to_contain_text("v3 is in force")
    expect(page.locator("#playbook")).to_contain_text("Have the signatory confirmed")
    expect(page.locator("#playbook li").first).to_contain_text("Call after reading")


def test_a_rep_follows_it(look: Callable[..., Page], keys: list[int]) -> None:
    page = look("rosa", f"/deals/{keys[2]}/")
    guide = page.locator("#deal-guide")
    expect(guide).to_contain_text("0 of 2")
    guide.get_by_text("Script").click()
    guide.get_by_text("First letter").click()
    expect(guide.get_by_label("Text")).to_have_value("Dear {contact}, about Planning")
    guide.get_by_role("button", name="The signatory is known").press("Enter")
    ticked = guide.get_by_role("button", name="The signatory is known", pressed=True)
    expect(ticked).to_be_focused()
    expect(guide.get_by_text("Begin with their words.")).to_be_visible()
    expect(page.locator("#timeline")).to_contain_text("met an exit criterion")
    guide.get_by_role("link", name="“Go through the needs” is done").press("Enter")
    page.locator("#step-dialog").get_by_role("button", name="Done").first.click()
    expect(guide).to_contain_text("1 of 2")
