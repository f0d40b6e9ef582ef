"""The list as one uses it: from the board, in another order, filtered, edited in place by mouse and keyboard."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .pipeline import LONG, Scene

pytestmark = pytest.mark.browser


def heads(page: Page) -> Any:
    return page.locator(".list-head")


def amount_of(scene: Scene, title: str, wanted: int) -> None:
    """Waits until the server holds an amount."""
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        held = scene.site.do("result = Deal.objects.get(pk=key).amount_minor", key=scene.deals[title])
        if held == wanted:
            return
        time.sleep(0.05)
    raise AssertionError(f"{title} holds {held}, not {wanted}")


def test_from_the_board_to_a_list_in_the_order_one_wants(look: Any, scene: Scene) -> None:
    page = look("rosa", scene.path)
    page.get_by_role("group", name="Show as").get_by_role("link", name="List").click()
    expect(page).to_have_url(re.compile(r"/list/"))
    expect(heads(page)).to_have_text(["Calan", "Alba", "Borel", "Dorel"])
    page.get_by_role("columnheader", name="Expected close").get_by_role("link").click()
    page.get_by_role("columnheader", name="Expected close").get_by_role("link").click()
    expect(page.get_by_role("columnheader", name="Expected close")).to_have_attribute("aria-sort", "descending")
    expect(heads(page)).to_have_text(["Dorel", "Borel", "Alba", "Calan"])
    page.keyboard.press("f")
    page.get_by_label("Expected close from").fill("2027-01-20")
    page.get_by_role("button", name="Show the deals").click()
    expect(heads(page)).to_have_text(["Dorel", "Borel"])
    expect(page.locator(".list-sums")).to_contain_text("2 deals")
    page.get_by_role("group", name="Show as").get_by_role("link", name="Board").click()
    expect(page.locator(".deal")).to_have_count(2)


def test_a_value_is_edited_where_it_stands_and_taken_back(look: Any, scene: Scene) -> None:
    page = look("rosa", f"{scene.path}list/?by=title")
    cell = page.locator(f"#cell-{scene.deals['Borel']}-amount")
    cell.get_by_role("link").click()
    cell.locator("[name=amount]").fill("much")
    page.keyboard.press("Enter")
    expect(cell).to_contain_text("This is not an amount")
    cell.locator("[name=amount]").fill("25000")
    page.keyboard.press("Enter")
    expect(cell.get_by_role("link")).to_contain_text("€25,000")
    expect(cell.get_by_role("link")).to_be_focused()
    expect(page.locator(".list-sums")).to_contain_text("€55,000")
    amount_of(scene, "Borel", 2_500_000)
    page.keyboard.press("z")
    amount_of(scene, "Borel", 1_000_000)
    expect(cell.get_by_role("link")).to_contain_text("€10,000")


def test_the_list_is_walked_by_arrows(look: Any, scene: Scene) -> None:
    page = look("rosa", f"{scene.path}list/?by=title")
    heads(page).first.focus()
    page.keyboard.press("ArrowDown")
    expect(heads(page).nth(1)).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    field = page.locator(f"#cell-{scene.deals['Borel']}-title").get_by_role("textbox")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(f"#cell-{scene.deals['Borel']}-title a")).to_be_focused()
    expect(field).to_have_count(0)


def test_columns_are_chosen_and_kept(look: Any, scene: Scene) -> None:
    page = look("remi", f"{scene.path}list/")
    page.locator(".board-tools").get_by_role("link", name="Columns").click()
    page.get_by_label("Tags", exact=True).check()
    page.get_by_label("Weighted", exact=True).uncheck()
    page.get_by_role("button", name="Show these columns").click()
    expect(page.get_by_role("columnheader", name="Tags")).to_be_visible()
    page.goto(page.url)
    expect(page.get_by_role("columnheader", name="Tags")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Weighted")).to_have_count(0)


def test_columns_are_put_in_order_by_hand_and_by_keyboard(look: Any, scene: Scene) -> None:
    page = look("marc", f"{scene.path}list/")
    order = page.locator("[data-columns] .choice")
    page.locator(".board-tools").get_by_role("link", name="Columns").click()
    expect(order.nth(0)).to_have_text("What they need")
    up = page.get_by_role("button", name="Stage: up", exact=True)
    up.focus()
    page.keyboard.press("Enter")
    expect(order.nth(0)).to_have_text("Stage")
    expect(up).to_be_focused()
    expect(page.locator("[data-announcer]")).to_have_text(re.compile("Stage, 1 of"))
    page.locator("[data-column-handle]").nth(3).drag_to(page.locator("[data-column-handle]").nth(0))
    expect(order.nth(0)).to_have_text("Amount")
    page.get_by_role("button", name="Show these columns").click()
    named = page.locator(".list-table thead th a")
    expect(named).to_contain_text(["Deal", "Amount", "Stage", "What they need", "Owner"])
    page.goto(page.url)
    expect(named).to_contain_text(["Deal", "Amount", "Stage", "What they need", "Owner"])


def test_the_list_on_a_phone(look: Any, scene: Scene) -> None:
    page = look("rosa", f"{scene.path}list/?by=title", viewport={"width": 390, "height": 844}, has_touch=True)
    cell = page.locator(f"#cell-{scene.deals['Alba']}-expected_close_on")
    cell.get_by_role("link").tap()
    cell.locator("[name=expected_close_on]").fill("2027-04-30")
    cell.get_by_role("button", name="Save").tap()
    expect(cell).to_contain_text("30 Apr")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_is_shown_is_taken_along_as_a_file(look: Any, scene: Scene) -> None:
    page = look("rosa", f"{scene.path}list/?by=-title&after=2027-01-10")
    page.locator(".board-tools summary").get_by_text("Export").click()
    with page.expect_download() as taken:
        page.locator(".board-tools").get_by_role("link", name="CSV").click()
    text = taken.value.path().read_text("utf-8-sig")
    assert [line.split(",")[0] for line in text.splitlines()] == ["Deal", "Dorel", "Borel", "Alba"]


def test_a_view_is_saved_shared_and_used_by_somebody_else(look: Any, scene: Scene) -> None:
    page = look("rosa", f"{scene.path}list/?by=-title&after=2027-01-10")
    page.locator("summary").get_by_text("Saved views").click()
    page.get_by_role("link", name="Save what is shown as a view").click()
    page.get_by_label("Name").fill("To close soon")
    page.get_by_label("Everybody has it").check()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    tabs = page.get_by_role("navigation", name="Views")
    expect(tabs.get_by_role("link", name="To close soon")).to_have_attribute("aria-current", "true")
    expect(heads(page)).to_have_text(["Dorel", "Borel", "Alba"])

    other = look("remi", scene.path)
    other.keyboard.press("v")
    other.get_by_role("link", name="To close soon").click()
    expect(heads(other)).to_have_text(["Dorel", "Borel", "Alba"])
    expect(other).to_have_url(re.compile(r"/list/\?.*view=\d+"))

    page.get_by_role("columnheader", name="Deal").get_by_role("link").click()
    expect(heads(page)).to_have_text(["Alba", "Borel", "Dorel"])
    page.locator("summary").get_by_text("Saved views").click()
    page.get_by_role("button", name="Save the change of").click()
    expect(page.get_by_text("now shows this")).to_be_visible()
    expect(heads(page)).to_have_text(["Alba", "Borel", "Dorel"])
    page.locator("summary").get_by_text("Saved views").click()
    page.get_by_role("link", name="Settings of").click()
    page.get_by_role("button", name="Remove the view").click()
    expect(page.get_by_text("is removed; its deals stay where they are.")).to_be_visible()
    expect(heads(page)).to_have_count(4)


def test_some_lines_are_chosen_and_changed_at_once(look: Any, scene: Scene) -> None:
    page = look("rosa", f"{scene.path}list/?by=title&least=1")
    bar = page.get_by_role("button", name="Change those chosen")
    expect(bar).to_be_hidden()
    page.get_by_role("checkbox", name="Choose all on this page").check()
    expect(bar).to_contain_text("4")
    page.get_by_role("checkbox", name="Choose Dorel").uncheck()
    expect(bar).to_contain_text("3")
    bar.click()
    dialog = page.locator("#board-dialog")
    expect(dialog.locator("h2")).to_have_text("Change 3 deals")
    dialog.locator("[name=campaign]").fill("Autumn")
    dialog.get_by_role("button", name="Change 3 deals").click()
    expect(page.locator(".toast")).to_contain_text("3 deals are changed.")
    expect(page).to_have_url(re.compile(r"/list/\?by=title&least=1$"))
    ask = (
        "own = Deal.objects.get(pk=key).pipeline_id\n"
        "result = sorted(Deal.objects.filter(pipeline=own, campaign='Autumn').values_list('title', flat=True))"
    )
    assert scene.site.do(ask, key=scene.deals["Alba"]) == ["Alba", "Borel", "Calan"]
    page.keyboard.press("z")
    page.wait_for_url(re.compile(r"/deals/bulk/\d+/$"))
    assert scene.site.do(ask, key=scene.deals["Alba"]) == []


def amend(scene: Scene, title: str, amount: int) -> None:
    """What a colleague does meanwhile."""
    script = (
        "from django.utils import timezone\n"
        "operations.amend(deal=Deal.objects.get(pk=key), facts={'amount_minor': amount},\n"
        "                 by=Member.objects.get(email='marc@piste.example'), at=timezone.now())\n"
        "result = None"
    )
    scene.site.do(script, key=scene.deals[title], amount=amount)


def test_what_colleagues_do_shows_and_takes_nothing_away(look: Any, scene: Scene) -> None:
    page = look("rosa", f"{scene.path}list/?by=title")
    alba, borel = (page.locator(f"#cell-{scene.deals[title]}-amount") for title in ("Alba", "Borel"))
    page.get_by_role("checkbox", name="Choose Dorel").check()
    heads(page).nth(2).focus()
    amend(scene, "Alba", 7_700_000)
    expect(alba).to_contain_text("€77,000")
    expect(page.get_by_role("checkbox", name="Choose Dorel")).to_be_checked()
    expect(page.get_by_role("button", name="Change those chosen")).to_contain_text("1")
    expect(heads(page).nth(2)).to_be_focused()
    # A form that is open waits for nobody, and nobody takes it away.
    borel.get_by_role("link").click()
    field = borel.locator("[name=amount]")
    field.fill("123")
    with page.expect_event("console", lambda said: said.text == "told"):
        page.evaluate("""() => {
            const told = new EventSource(document.querySelector("[data-list]").dataset.live);
            told.addEventListener("entry", () => { told.close(); console.log("told"); });
            return new Promise((done) => { told.onopen = done; });
        }""")
        amend(scene, "Alba", 8_800_000)
    # Longer than the list would wait before it looks again.
    page.wait_for_timeout(2_500)
    expect(field).to_have_value("123")
    page.keyboard.press("Escape")
    expect(alba).to_contain_text("€88,000")
    expect(borel.get_by_role("link")).to_contain_text("€10,000")
