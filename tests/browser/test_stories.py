"""Days of the people Piste is for, from the door to the evening."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import Site

pytestmark = pytest.mark.browser

SALES = """
from datetime import timedelta
from django.utils import timezone
from piste.activities import operations as activities
rosa, remi, alice = (Member.objects.get(email=f"{name}@piste.example") for name in ("rosa", "remi", "alice"))
now, today = timezone.now(), timezone.localdate()
pipeline = Pipeline.objects.order_by("pk").first() or make.pipeline("Sales", by=alice)
stages = list(pipeline.stages.all()) or make.stages(pipeline)
def deal(title, owner, *steps, stage=2):
    made = make.deal(stages[stage], owner, title=title, at=now)
    for step in steps:
        wanted = activities.Wanted(title=step, kind="call", due_on=today)
        activities.plan(wanted=wanted, assignee=owner, by=owner, at=now, deal=made)
    return made
"""
NEW_REP = (
    SALES
    + """
made = Member.objects.create(email="nina@piste.example", name="Nina New", role="rep", sees="own", joined_at=now)
result = made.pk
"""
)
FORTY = (
    SALES
    + """
for number in range(20):
    deal(f"Works {number}", rosa, f"Call {number}a", f"Call {number}b")
result = None
"""
)
LEAVER = (
    SALES
    + """
for name in ("Roofs", "Walls"):
    deal(name, remi, f"Call about {name}")
result = remi.pk
"""
)
STREET = (
    SALES
    + """
result = deal("Stairs", rosa, "Call the site").pk
"""
)


def test_the_first_morning_of_a_new_rep(site: Site, look: Callable[..., Page]) -> None:
    site.do(NEW_REP)
    page = look("nina@piste.example", "/day/")
    expect(page.locator(".page__lede")).to_contain_text("No open deal yet")
    page.keyboard.press("Control+k")
    page.keyboard.type("+Moulins du Gard, Paul Astier, 12.5k")
    expect(page.locator("#palette [data-answer].is-active")).to_contain_text("Moulins du Gard")
    page.keyboard.press("Enter")
    expect(page.locator("[name=contact]")).to_have_value("Paul Astier")
    expect(page.locator("[name=company]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/deals/\d+/$"))
    expect(page.get_by_role("heading", name="Nothing is planned")).to_be_visible()
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog")
    dialog.locator("[name=title]").fill("Call Paul")
    dialog.get_by_role("button").last.click()
    expect(page.locator("#next-step-title")).to_have_text("Call Paul")
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="My day").click()
    page.get_by_text("The coming days").click()
    line = page.locator("[data-line]", has_text="Call Paul")
    expect(line).to_be_visible()
    expect(line).to_contain_text("Moulins du Gard")


def test_a_busy_day_of_forty_steps(site: Site, look: Callable[..., Page]) -> None:
    site.do(FORTY)
    page = look("rosa", "/day/")
    steps = page.locator("[data-due=today]")
    expect(page.locator("#due-top")).to_have_text("40 to do")
    expect(steps).to_have_count(15)
    page.get_by_role("link", name="15 of 40 shown: more").click()
    expect(steps).to_have_count(40)
    for left in (39, 38, 37):
        first = steps.first.locator("[data-line-link]")
        said = first.inner_text()
        first.focus()
        page.keyboard.press("e")
        expect(page.get_by_role("dialog").get_by_role("heading").first).to_have_text(said)
        page.get_by_role("dialog").get_by_role("button", name="Note as done").click()
        expect(steps).to_have_count(left)
        expect(page.locator("#due-top")).to_have_text(f"{left} to do")
    page.keyboard.press("z")
    expect(steps).to_have_count(38)
    expect(page.locator("#due-top")).to_have_text("38 to do")


def test_a_leavers_deals_and_steps_go_to_who_takes_over(site: Site, look: Callable[..., Page]) -> None:
    key = site.do(LEAVER)
    page = look("alice", f"/settings/members/{key}/")
    page.get_by_role("link", name="Deactivate").click()
    page.get_by_label("Who takes their deals?").select_option(label="Olga Other")
    page.get_by_role("button", name="Deactivate").click()
    page.wait_for_url(re.compile(r"/settings/members/"))
    day = look("olga", "/day/")
    for name in ("Roofs", "Walls"):
        line = day.locator("[data-due=today]", has_text=f"Call about {name}")
        expect(line).to_contain_text(name)
        line.locator("[data-line-link]").click()
        expect(day.locator("#next-step-title")).to_have_text(f"Call about {name}")
        day.go_back()


def test_a_phone_in_the_street(site: Site, look: Callable[..., Page]) -> None:
    key = site.do(STREET)
    page = look("rosa", "/day/?today=300", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.get_by_role("link", name="Call the site", exact=True).tap()
    page.wait_for_url(re.compile(rf"/deals/{key}/"))
    page.get_by_role("link", name="Done, and next…").tap()
    dialog = page.get_by_role("dialog")
    dialog.locator("[name=title]").fill("Send the drawing")
    dialog.get_by_role("button", name="Note as done").tap()
    expect(page.locator("#next-step-title")).to_have_text("Send the drawing")
    page.locator("summary[aria-label='Other actions']").tap()
    page.get_by_role("link", name="Move to…").tap()
    page.get_by_role("dialog").get_by_text("Proposal").tap()
    expect(page.locator(".track [aria-current]")).to_contain_text("Proposal")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == 390
