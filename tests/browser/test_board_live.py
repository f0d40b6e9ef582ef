"""The board kept true in a real browser: by what others do meanwhile, by one's own undo, and without network."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from .pipeline import Scene, box_of

pytestmark = pytest.mark.browser


def test_a_colleague_sees_a_move_within_a_second(scene, look):
    rosa, remi = look("rosa", scene.path), look("remi", scene.path)
    scene.card(remi, "Borel").locator(".deal__link").focus()
    waits = []
    # The quickest of a few: what else the machine does at the moment is not what is promised.
    for place in (3, 2, 3, 2, 3):
        scene.drag(rosa, "Alba", scene.column(rosa, place))
        since = time.monotonic()
        expect(scene.in_column(remi, place, "Alba")).to_be_visible()
        waits.append(time.monotonic() - since)
    assert min(waits) < 1, waits
    expect(scene.column(remi, 3).locator(".n")).to_have_text("3")
    expect(scene.card(remi, "Borel").locator(".deal__link")).to_be_focused()


MOVE = """
from django.utils import timezone
operations.move(deal=Deal.objects.get(pk=key), to=Stage.objects.get(pk=to), by=None, at=timezone.now())
result = None
"""


def test_what_happened_while_the_page_was_on_its_way_is_not_lost(scene, look, site):
    page = look("rosa", "/settings/")
    waiting = []
    page.route("**/live?*", lambda route: waiting.append(route))
    page.goto(site.address + scene.path)
    page.wait_for_timeout(300)
    site.do(MOVE, key=scene.deals["Alba"], to=scene.stages[3])
    expect(scene.in_column(page, 2, "Alba")).to_be_visible()
    waiting[0].continue_()
    expect(scene.in_column(page, 3, "Alba")).to_be_visible()


def test_a_deal_that_leaves_for_another_pipeline_leaves_the_board(scene, look, site):
    other = Scene(site)
    page = look("rosa", scene.path)
    page.wait_for_timeout(400)
    site.do(MOVE, key=scene.deals["Alba"], to=other.stages[0])
    expect(scene.card(page, "Alba")).to_have_count(0)
    expect(scene.column(page, 2).locator(".n")).to_have_text("1")


def test_a_change_of_the_process_shows_at_once(scene, look, site):
    page = look("rosa", scene.path)
    page.wait_for_timeout(400)
    script = """
from django.utils import timezone
from piste.pipelines.operations import changing
stage = Stage.objects.get(pk=key)
with changing(pipeline=stage.pipeline, by=None, at=timezone.now(), why="Words"):
    stage.name = "First talk"
    stage.save()
result = None
"""
    site.do(script, key=scene.stages[2])
    expect(scene.column(page, 2).locator("h2")).to_contain_text("First talk")
    scene.drag(page, "Alba", scene.column(page, 3))
    expect(scene.in_column(page, 3, "Alba")).to_be_visible()


def test_the_second_of_two_movers_is_told_who_did_what(scene, look):
    rosa = look("rosa", scene.path)
    remi = look("remi", scene.path)
    remi.evaluate("() => { window.dispatchEvent(new Event('pagehide')) }")
    scene.drag(rosa, "Alba", scene.column(rosa, 3))
    expect(rosa.locator(".toast")).to_be_visible()
    scene.drag(remi, "Alba", scene.column(remi, 4))
    expect(remi.locator(".toast")).to_contain_text("Rosa moved Alba to Proposal a moment ago.")
    expect(scene.in_column(remi, 3, "Alba")).to_be_visible()
    assert scene.status("Alba")[1:] == [scene.stages[3], 2]


def test_what_comes_at_once_after_an_undo_waits_for_it(scene, look):
    """The undo has not reached the server when the next move is asked for."""
    page, waiting = look("rosa", scene.path), []
    scene.drag(page, "Alba", scene.column(page, 3))
    expect(page.locator(".toast")).to_contain_text("Alba is now in Proposal.")
    page.route("**/undo/*", lambda route: waiting.append(route))
    page.keyboard.press("z")
    scene.card(page, "Alba").locator(".deal__link").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_timeout(300)
    waiting[0].continue_()
    expect(page.locator(".toast").last).to_contain_text("Alba is now in Closing.")
    expect(scene.in_column(page, 4, "Alba")).to_be_visible()
    expect(page.locator(".toast--error")).to_have_count(0)
    assert scene.status("Alba") == ["open", scene.stages[4], 4]


def test_a_card_lifted_while_its_undo_is_answered_goes_where_it_is_dropped(scene, look):
    """The answer comes while the card is in the air, where no column is shown anew: nobody else has moved it."""
    page, waiting = look("rosa", scene.path), []
    scene.drag(page, "Alba", scene.column(page, 3))
    expect(page.locator(".toast")).to_contain_text("Alba is now in Proposal.")
    page.route("**/undo/*", lambda route: waiting.append((route, route.fetch())))
    page.evaluate("() => { window.dispatchEvent(new Event('pagehide')) }")  # no news from elsewhere
    scene.card(page, "Alba").hover()
    page.keyboard.press("z")
    scene.lift(page, "Alba")
    expect(page.locator("#dock")).to_be_visible()
    scene.settles("Alba", "open", 2)
    with page.expect_response(re.compile("/undo/")):
        waiting[0][0].fulfill(response=waiting[0][1])
    expect(page.locator(".toast").last).to_contain_text("Undone: Alba is back in Meeting.")
    goal = box_of(scene.column(page, 4))
    page.mouse.move(goal["x"] + 60, goal["y"] + 150, steps=8)
    page.mouse.move(goal["x"] + 63, goal["y"] + 150, steps=2)
    page.mouse.up()
    expect(page.locator(".toast").last).to_contain_text("Alba is now in Closing.")
    expect(page.locator(".toast--error")).to_have_count(0)
    assert scene.status("Alba") == ["open", scene.stages[4], 4]


def test_without_network_the_card_returns_and_says_why(scene, look):
    page = look("rosa", scene.path)
    page.context.set_offline(True)
    scene.drag(page, "Alba", scene.column(page, 3))
    # What the page asks by itself meanwhile may fail too, and say so beside it.
    expect(page.locator(".toast--error", has_text="No network")).to_be_visible()
    expect(scene.in_column(page, 2, "Alba")).to_be_visible()
    for _ in range(2):
        with page.expect_event("requestfailed"):
            page.locator("header").get_by_role("link", name="New N").click()
    expect(page.locator(".toast--error", has_text="does not answer")).to_have_count(1)
