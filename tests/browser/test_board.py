"""The board in a real browser: by mouse, by keys, by touch; what others do meanwhile is told by `test_board_live`."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .pipeline import box_of

pytestmark = pytest.mark.browser


def test_a_drag_moves_the_card_and_can_be_undone(scene, look):
    page = look("rosa", scene.path)
    scene.drag(page, "Alba", scene.column(page, 3))
    expect(scene.in_column(page, 3, "Alba")).to_be_visible()
    expect(page.locator(".toast")).to_contain_text("Alba is now in Proposal.")
    expect(scene.column(page, 3).locator(".n")).to_have_text("3")
    expect(scene.column(page, 3).locator(".column__sums b")).to_have_text("€30,000")
    titles = scene.column(page, 3).locator(".deal__link").all_inner_texts()
    assert titles == ["Calan", "Alba", "Dorel"]
    assert page.url.endswith(scene.path)
    page.keyboard.press("z")
    expect(scene.in_column(page, 2, "Alba")).to_be_visible()
    expect(page.locator(".toast").last).to_contain_text("Undone: Alba is back in Meeting.")
    assert scene.status("Alba")[1:] == [scene.stages[2], 3]


def test_the_deals_shown_are_changed_at_once_and_taken_back(scene, look):
    page = look("rosa", scene.path)
    page.locator(".board-tools").get_by_role("link", name="Change all").click()
    dialog = page.locator("#board-dialog")
    expect(dialog.locator("h2")).to_have_text("Change 4 deals")
    dialog.get_by_role("button", name="Change 4 deals").click()
    expect(dialog.locator(".field__error")).to_contain_text("Nothing would change")
    dialog.locator("[name=add_tags]").fill("Autumn")
    dialog.locator("[name=stage]").select_option(label="Closing")
    dialog.get_by_role("button", name="Change 4 deals").click()
    expect(page.locator(".toast")).to_contain_text("4 deals are changed.")
    expect(scene.in_column(page, 4, "Alba")).to_be_visible()
    page.keyboard.press("z")
    page.wait_for_url(re.compile(r"/deals/bulk/\d+/$"))
    expect(page.locator("#bulk-state h2")).to_have_text("4 deals are as before")
    page.get_by_role("link", name="Open the board").click()
    assert scene.status("Alba")[1] == scene.stages[2]


def test_a_drop_on_its_own_column_changes_nothing(scene, look):
    page = look("rosa", scene.path)
    scene.drag(page, "Alba", scene.column(page, 2))
    page.wait_for_timeout(300)
    assert scene.status("Alba")[2] == 1
    assert page.url.endswith(scene.path)


def test_escape_cancels_a_drag(scene, look):
    page = look("rosa", scene.path)
    box = box_of(scene.card(page, "Alba"))
    goal = box_of(scene.column(page, 3))
    page.mouse.move(box["x"] + 60, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(goal["x"] + 60, goal["y"] + 150, steps=8)
    expect(page.locator("#dock")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#dock")).to_be_hidden()
    page.mouse.up()
    expect(scene.in_column(page, 2, "Alba")).to_be_visible()
    assert scene.status("Alba")[2] == 1


def test_the_ring_of_the_first_card_is_whole(scene, look):
    page = look("rosa", scene.path)
    expect(scene.card(page, "Alba")).to_be_visible()
    page.keyboard.press("ArrowDown")
    card = scene.card(page, "Alba")
    assert card.evaluate("one => [getComputedStyle(one).outlineStyle, getComputedStyle(one).outlineWidth]") == ["solid", "2px"]
    room = "one => { const [a, b] = [one, one.closest('.column__cards')].map(part => part.getBoundingClientRect());"
    assert card.evaluate(room + " return Math.min(a.top - b.top, a.left - b.left, b.right - a.right) }") >= 4


def test_the_keyboard_lifts_moves_and_tells(scene, look):
    page = look("rosa", scene.path)
    expect(scene.card(page, "Alba")).to_be_visible()
    page.keyboard.press("ArrowDown")  # from nowhere: the first card
    expect(scene.card(page, "Alba").locator(".deal__link")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(scene.card(page, "Borel").locator(".deal__link")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(scene.card(page, "Dorel").locator(".deal__link")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    expect(scene.card(page, "Alba").locator(".deal__link")).to_be_focused()
    said = page.locator("[data-announcer]")
    with page.expect_response(re.compile("/needs/")):
        page.keyboard.press("Space")
    expect(said).to_contain_text("Alba, lifted. Meeting, 1 of 2.")
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text("Alba, Meeting, then Proposal, 2 of 3")
    page.keyboard.press("Space")
    expect(scene.in_column(page, 3, "Alba")).to_be_visible()
    expect(page.locator(".toast")).to_contain_text("Alba is now in Proposal.")
    expect(scene.card(page, "Alba").locator(".deal__link")).to_be_focused()
    page.keyboard.press("Shift+ArrowLeft")
    expect(scene.in_column(page, 2, "Alba")).to_be_visible()
    expect(scene.card(page, "Alba").locator(".deal__link")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(said).to_have_text("Alba stays in Meeting.")
    scene.settles("Alba", "open", 2)


def test_the_menu_of_a_card_is_the_twin_of_a_drag(scene, look):
    page = look("rosa", scene.path)
    scene.card(page, "Alba").hover()
    scene.card(page, "Alba").locator(".deal__more").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("Move Alba")
    dialog.get_by_role("button", name="Closing").click()
    expect(scene.in_column(page, 4, "Alba")).to_be_visible()
    expect(dialog).to_have_count(0)


def test_moves_work_without_the_script(scene, look):
    page = look("rosa", f"/deals/{scene.deals['Alba']}/move/", java_script_enabled=False)
    page.get_by_role("button", name="Closing").click()
    expect(scene.in_column(page, 4, "Alba")).to_be_visible()
    expect(page.locator(".toast")).to_contain_text("Alba is now in Closing.")
    page.goto(page.url.replace(scene.path, f"/deals/{scene.deals['Alba']}/lose/"))
    page.get_by_role("button", name="Mark as lost").click()
    expect(page.locator(".field__error")).to_contain_text("Choose a reason")
    page.get_by_label("Too dear").check()
    page.get_by_role("button", name="Mark as lost").click()
    expect(page.locator(".toast")).to_contain_text("Alba lost.")
    assert scene.status("Alba")[0] == "lost"


REQUIRED = """
from django.utils import timezone
from piste.pipelines.operations import require
stage = Stage.objects.get(pk=key)
for fact in ("source", "decision_maker"):
    require(stage=stage, fact=fact, to_enter=True, to_leave=False, by=None, at=timezone.now(), why="Quality")
Source.objects.get_or_create(name="Fair")
result = None
"""


def test_a_refused_move_is_completed_in_place(scene, look, site):
    site.do(REQUIRED, key=scene.stages[3])
    page = look("rosa", scene.path)
    scene.drag(page, "Alba", scene.column(page, 3))
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("Missing: source, decision maker.")
    expect(scene.in_column(page, 2, "Alba")).to_be_visible()
    dialog.get_by_role("button", name="Save and move").click()
    expect(dialog.locator(".field__error").first).to_be_visible()
    assert scene.status("Alba")[2] == 1
    dialog.get_by_label("Source").select_option(label="Fair")
    dialog.get_by_label("Name").fill("Anne Mercier")
    dialog.get_by_role("button", name="Save and move").click()
    expect(scene.in_column(page, 3, "Alba")).to_be_visible()
    expect(dialog).to_have_count(0)
    script = "d = Deal.objects.get(pk=key); result = [d.source.name, d.people.get().contact.name, d.people.get().role]"
    assert site.do(script, key=scene.deals["Alba"]) == ["Fair", "Anne Mercier", "decides"]


def test_a_manager_may_move_in_spite_of_missing_facts(scene, look, site):
    site.do(REQUIRED, key=scene.stages[3])
    page = look("marc", scene.path)
    scene.drag(page, "Alba", scene.column(page, 3))
    dialog = page.locator("dialog[open]")
    dialog.get_by_text("Move without them").click()
    dialog.get_by_label("Reason, kept").fill("The director asked for it")
    dialog.get_by_role("button", name="Save and move").click()
    expect(scene.in_column(page, 3, "Alba")).to_be_visible()
    script = "result = Move.objects.filter(deal_id=key).latest('number').override"
    assert site.do(script, key=scene.deals["Alba"]) == "The director asked for it"


def test_lost_asks_why(scene, look):
    page = look("rosa", scene.path)
    box = box_of(scene.card(page, "Alba"))
    page.mouse.move(box["x"] + 60, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 90, box["y"] + 60, steps=5)
    target = page.locator('.dock__target[data-end="lost"]')
    expect(target).to_contain_text("asks for a reason")
    goal = box_of(target)
    page.mouse.move(goal["x"] + 80, goal["y"] + 20, steps=8)
    page.mouse.move(goal["x"] + 84, goal["y"] + 22, steps=2)
    expect(target).to_have_class(re.compile("is-over"))
    page.mouse.up()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("Why is Alba lost?")
    expect(scene.in_column(page, 2, "Alba")).to_be_visible()
    dialog.get_by_label("Too dear").check()
    dialog.get_by_label("In your words").fill("A third dearer than the other")
    dialog.get_by_role("button", name="Mark as lost").click()
    expect(scene.card(page, "Alba")).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("Alba lost.")
    page.keyboard.press("z")
    expect(scene.in_column(page, 2, "Alba")).to_be_visible()


def test_hold_asks_the_day_and_the_shelf_shows_it(scene, look):
    page = look("rosa", scene.path)
    scene.card(page, "Alba").locator(".deal__link").focus()
    page.keyboard.press("h")
    dialog = page.locator("dialog[open]")
    dialog.get_by_role("button", name="Put on hold").click()
    expect(dialog.locator(".field__error")).to_contain_text("On which day")
    dialog.get_by_label("Day of return").fill("2099-01-04")
    dialog.get_by_role("button", name="Put on hold").click()
    held = page.locator(f"#shelf #deal-{scene.deals['Alba']}")
    expect(held).to_contain_text("back 4 Jan")
    assert scene.status("Alba")[0] == "held"
    scene.drag(page, "Alba", scene.column(page, 3))
    expect(scene.in_column(page, 3, "Alba")).to_be_visible()
    scene.settles("Alba", "open", 3)


def test_won_goes_on_with_the_customers(scene, look):
    page = look("rosa", scene.path)
    scene.card(page, "Alba").locator(".deal__link").focus()
    page.keyboard.press("w")
    expect(scene.in_column(page, 5, "Alba")).to_be_visible()
    expect(page.locator(".toast")).to_contain_text("Alba won, €10,000.")


def test_on_a_phone_the_strip_leads_to_a_column(scene, look):
    page = look("rosa", scene.path, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    strip = page.locator("#stage-strip")
    expect(strip.locator("[aria-current]")).to_contain_text("Prospecting")
    strip.get_by_text("Proposal").tap()
    expect(strip.locator("[aria-current]")).to_contain_text("Proposal")
    expect(scene.card(page, "Calan")).to_be_in_viewport()
    scene.card(page, "Calan").locator(".deal__more").tap()
    page.locator("dialog[open]").get_by_role("button", name="Closing").tap()
    expect(scene.in_column(page, 4, "Calan")).to_have_count(1)


MANY = """
rosa = Member.objects.get(email="rosa@piste.example")
stage = Stage.objects.get(pk=key)
for number in range(60):
    make.deal(stage, rosa, title=f"Deal {number}")
result = None
"""


def test_more_cards_come_as_one_scrolls(scene, look, site):
    site.do(MANY, key=scene.stages[0])
    page = look("rosa", scene.path)
    column = scene.column(page, 0)
    expect(column.locator(".quick-add")).to_contain_text("35 others, €437,500")
    for count in (50, 60):
        column.locator(".quick-add").scroll_into_view_if_needed()
        expect(column.locator(".deal")).to_have_count(count)
    expect(column.locator(".quick-add")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_stands_in_the_way_of_anybody(scene, look, theme, width):
    from axe_playwright_python.sync_playwright import Axe

    page = look("rosa", scene.path, viewport={"width": width, "height": 850}, color_scheme=theme)
    page.wait_for_timeout(300)
    serious = [
        (found["id"], node["target"])
        for found in Axe().run(page).response["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]
    assert serious == []
    scene.card(page, "Calan" if width > 400 else "Alba").locator(".deal__link").focus()
    for opens in (lambda: page.keyboard.press("l"), page.locator(".board-body a[data-ask]:visible").first.click):
        opens()
        expect(page.locator("dialog[open]")).to_be_visible()
        page.wait_for_timeout(300)
        told = Axe().run(page).response["violations"]
        assert [found["id"] for found in told if found["impact"] in ("serious", "critical")] == []
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)


def test_a_long_press_lifts_and_a_swipe_scrolls(scene, look, site):
    site.do(MANY, key=scene.stages[0])
    page = look("rosa", scene.path, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *point: float) -> None:
        points = [{"x": point[0], "y": point[1]}] if point else []
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(20)

    cards = scene.column(page, 0).locator(".column__cards")
    expect(cards.locator(".deal").first).to_be_visible()
    page.wait_for_timeout(300)
    touch("touchStart", 100, 600)
    for step in range(8):
        touch("touchMove", 100, 600 - step * 30)
    touch("touchEnd")
    page.wait_for_timeout(1000)
    assert cards.evaluate("list => list.scrollTop") > 50
    expect(page.locator("#dock")).to_be_hidden()
    in_view = "list => [...list.querySelectorAll('.deal')].map(c => c.getBoundingClientRect().top).find(top => top > 350)"
    top = cards.evaluate(in_view)
    touch("touchStart", 90, top + 30)
    page.wait_for_timeout(700)
    touch("touchMove", 100, top + 40)
    touch("touchMove", 110, top + 60)
    expect(page.locator("#dock")).to_be_visible()
    goal = box_of(page.locator('.dock__target[data-end="held"]'))
    for step in range(1, 9):
        touch("touchMove", 110 + (goal["x"] + 40 - 110) * step / 8, top + 60 + (goal["y"] - 40 - top) * step / 8)
    expect(page.locator('.dock__target[data-end="held"]')).to_have_class(re.compile("is-over"))
    touch("touchEnd")
    expect(page.locator("dialog[open]")).to_contain_text("on hold until when?")
