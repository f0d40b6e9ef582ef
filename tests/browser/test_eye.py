"""What a demanding eye found on the board: nothing hides what one needs, and nothing wants a second try."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .pipeline import box_of

pytestmark = pytest.mark.browser


def test_what_was_just_said_never_covers_where_a_card_is_dropped(scene, look):
    page = look("rosa", scene.path)
    scene.card(page, "Borel").locator(".deal__link").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".toast")).to_contain_text("Borel is now in Proposal.")
    scene.lift(page, "Alba")
    target = page.locator('.dock__target[data-end="lost"]')
    expect(target).to_be_visible()
    goal = box_of(target)
    middle = goal["x"] + goal["width"] / 2, goal["y"] + goal["height"] / 2
    page.mouse.move(*middle, steps=8)
    page.mouse.move(middle[0] + 4, middle[1] + 2, steps=2)
    expect(page.locator(".toast")).to_be_hidden()
    expect(target).to_have_class(re.compile("is-over"))
    page.mouse.up()
    expect(page.locator("dialog[open]")).to_contain_text("Why is Alba lost?")


def test_no_amount_leaves_the_age_its_room(scene, look, site):
    script = "Deal.objects.filter(pk=key).update(amount_minor=None, entered_stage_at=now); result = None"
    site.do("from datetime import datetime, UTC; now = datetime(2024, 1, 1, tzinfo=UTC)\n" + script, key=scene.deals["Alba"])
    page = look("rosa", scene.path)
    said = box_of(scene.card(page, "Alba").locator("header > b > i"))
    age = box_of(scene.card(page, "Alba").locator(".age"))
    assert said["x"] + said["width"] <= age["x"]


def test_several_owners_are_ticked_in_the_filter(scene, look):
    page = look("alice", scene.path)
    page.keyboard.press("f")
    owners = page.locator("dialog[open]").get_by_role("group", name="Owner").get_by_role("checkbox")
    owners.nth(0).check()
    owners.nth(1).check()
    page.get_by_role("button", name="Show the deals").click()
    expect(page.locator(".filter.is-set:visible")).to_have_count(2)
    assert page.url.count("owner=") == 2


def test_escape_leaves_the_palette_whatever_is_typed(scene, look):
    page = look("rosa", scene.path)
    page.keyboard.press("Control+k")
    palette = page.locator("#palette")
    page.keyboard.type("alba")
    expect(palette.locator("[data-answer].is-active")).to_contain_text("Alba")
    expect(palette.locator("[data-answer].is-active")).to_contain_text("Meeting")
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()


def test_a_question_opened_as_a_page_of_its_own_says_what_is_missing_and_leads_back(scene, look):
    deal = f"/deals/{scene.deals['Alba']}/"
    page = look("rosa", f"{deal}lose/")
    page.get_by_role("main").get_by_role("button", name="Mark as lost").click()
    expect(page.locator(".field__error")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Why is Alba lost?")
    page.get_by_role("main").get_by_role("radio").first.check()
    page.get_by_role("main").get_by_role("button", name="Mark as lost").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Why is Alba lost?")
    expect(page).not_to_have_url(re.compile("lose"))


@pytest.mark.parametrize("width", [1240, 1024, 1000, 800, 768])
@pytest.mark.parametrize("tongue", ["en", "fr"])
def test_the_bar_on_top_never_pushes_a_page_sideways(site, look, width, tongue):
    marc = "from piste.company.models import Member; Member.objects.filter(email='marc@piste.example')"
    site.do(f"{marc}.update(language=tongue); result = None", tongue=tongue)
    page = look("marc", "/contacts/", viewport={"width": width, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") == width
    more = page.get_by_label("Sections").locator("summary")
    expect(more).to_be_visible(visible=width < 1024)
    if width < 1024:
        more.click()
        page.get_by_label("Sections").get_by_role("link", name={"en": "Settings", "fr": "Réglages"}[tongue]).click()
        expect(page).to_have_url(re.compile("/settings/$"))
