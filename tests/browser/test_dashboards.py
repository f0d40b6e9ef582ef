"""A dashboard that stays open: it follows a colleague's work, is put in order by keys and by hand, and hangs on a wall."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .pipeline import LONG, Scene, box_of

pytestmark = pytest.mark.browser

MOVE = """
deal = Deal.objects.get(pk=key)
from django.utils import timezone
operations.move(deal=deal, to=Stage.objects.get(pk=stage), by=Member.objects.get(email="marc@piste.example"), at=timezone.now())
result = None
"""
FIGURES = """
from piste.dashboards.models import Dashboard
result = Dashboard.objects.order_by("-pk").values_list("figures", flat=True).first()
"""


def address(scene: Scene) -> str:
    return f"/dashboards/ready-{scene.path.split('/')[2]}/"


def settles(site: Any, wanted: list[str]) -> None:
    """Waits until the server holds this order."""
    end = time.monotonic() + LONG
    while (found := site.do(FIGURES)) != wanted:
        assert time.monotonic() < end, found
        time.sleep(0.05)


def count(page: Page, tile: str, name: str) -> Any:
    row = page.locator(f"#tile-{tile} .tally li", has_text=name)
    return row.locator("b")


def test_a_colleagues_move_shows_by_itself_and_takes_no_menu_away(look: Any, scene: Scene, site: Any) -> None:
    page = look("rosa", address(scene))
    expect(count(page, "now-open", "Proposal")).to_have_text("2")
    expect(page.locator("#tile-now-moves")).to_contain_text("Nothing has moved today yet.")
    page.evaluate("document.querySelector('#tile-now-open').mark = 'same'")
    site.do(MOVE, key=scene.deals["Alba"], stage=scene.stages[3])
    expect(count(page, "now-open", "Proposal")).to_have_text("3")
    expect(count(page, "now-moves", "Proposal")).to_have_text("1")
    expect(page.locator("#tile-now-feed li").first).to_contain_text("Meeting → Proposal")
    assert page.evaluate("document.querySelector('#tile-now-open').mark") == "same", "the tile stays, its figures change"
    # A menu that is open stays; what happened meanwhile shows when it is closed.
    menu = page.locator("#tile-now-open details").first
    menu.locator("summary").click()
    site.do(MOVE, key=scene.deals["Borel"], stage=scene.stages[3])
    page.wait_for_timeout(1500)
    expect(menu).to_have_attribute("open", "")
    expect(count(page, "now-open", "Proposal")).to_have_text("3")
    page.keyboard.press("Escape")
    expect(count(page, "now-open", "Proposal")).to_have_text("4")


def test_figures_are_chosen_and_put_in_order(look: Any, scene: Scene, site: Any) -> None:
    page = look("rosa", address(scene))
    page.get_by_role("link", name="Add figures").click()
    dialog = page.locator("#board-dialog")
    dialog.get_by_role("button", name="Add").click()
    expect(dialog.locator(".field__error")).to_have_text("Choose a figure.")
    dialog.get_by_label("Win rate by source").check()
    dialog.get_by_label("Won by quarter").check()
    dialog.get_by_role("button", name="Add").click()
    page.wait_for_url(f"{site.address}/dashboards/*/#*")
    first = ["now-won", "now-open", "now-feed", "now-new", "now-moves", "now-done"]
    expect(page.locator("[data-tile]")).to_have_count(8)
    settles(site, [*first, "won", "rates"])
    grip = page.locator("#tile-rates [data-tile-grip]")
    grip.focus()
    page.keyboard.press("ArrowLeft")
    settles(site, [*first, "rates", "won"])
    expect(grip).to_be_focused()
    page.keyboard.press("ArrowUp")
    settles(site, [*first[:5], "rates", "now-done", "won"])
    box, goal = (box_of(page.locator(f"#tile-now-{key}")) for key in ("open", "won"))
    hold = box_of(page.locator("#tile-now-open [data-tile-grip]"))
    assert box is not None
    assert goal is not None
    assert hold is not None
    page.mouse.move(hold["x"] + 5, hold["y"] + 5)
    page.mouse.down()
    page.mouse.move(goal["x"] + goal["width"] / 2, goal["y"] + 30, steps=12)
    page.mouse.move(goal["x"] + 40, goal["y"] + 30, steps=4)
    page.mouse.up()
    settles(site, ["now-open", "now-won", *first[2:5], "rates", "now-done", "won"])
    page.locator("#tile-won details").last.locator("summary").click()
    page.get_by_role("button", name="Take off the dashboard").click()
    expect(page.locator("[data-tile]")).to_have_count(7)
    settles(site, ["now-open", "now-won", *first[2:5], "rates", "now-done"])


def test_the_wall_is_bare_goes_full_screen_and_says_when_it_is_cut_off(look: Any, scene: Scene, site: Any) -> None:
    page = look("rosa", address(scene))
    page.get_by_role("link", name="For the wall").click()
    expect(page.locator("[data-wall]")).to_be_visible()
    expect(page.locator(".topbar")).to_have_count(0)
    site.do(MOVE, key=scene.deals["Alba"], stage=scene.stages[3])
    expect(count(page, "now-open", "Proposal")).to_have_text("3")
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("document.fullscreenElement !== null")
    expect(page.locator(".wall__acts")).to_be_hidden()
    page.evaluate("document.exitFullscreen()")
    expect(page.get_by_role("link", name="Leave the wall")).to_be_visible()
    lost = page.locator("[data-wall-lost]")
    expect(lost).to_be_hidden()
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(lost).to_contain_text("No connection")
    page.context.set_offline(False)
    expect(lost).to_be_hidden()
    page.get_by_role("link", name="Leave the wall").click()
    expect(page.locator(".topbar")).to_be_visible()


def test_without_script_a_dashboard_is_made_and_changed(look: Any, scene: Scene, site: Any) -> None:
    page = look("rosa", address(scene), java_script_enabled=False)
    page.locator("h1 summary").click()
    page.get_by_role("link", name="New dashboard").click()
    page.get_by_label("Name").fill("By hand")
    page.get_by_role("button", name="Save").click()
    page.locator("#tile-now-open details").last.locator("summary").click()
    with page.expect_navigation():
        page.locator("#tile-now-open").get_by_role("button", name="One place earlier").click()
    assert site.do(FIGURES)[:2] == ["now-open", "now-won"]
    page.get_by_role("link", name="For the wall").click()
    expect(page.locator("#tile-now-open")).to_be_visible()
    expect(page.get_by_role("button", name="Full screen")).to_be_hidden()
