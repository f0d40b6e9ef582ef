"""The process as a manager works on it: dragging, keys, retiring, a draft published with its why or abandoned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

from .pipeline import box_of

pytestmark = pytest.mark.browser
Look = Callable[..., Page]

SETTING = """
pipeline = make.pipeline(f"Sales {turn}")
stages = make.stages(pipeline)
rosa = Member.objects.get(email="rosa@piste.example")
deals = [make.deal(stages[3], rosa) for _ in range(2)]
result = {"pipeline": pipeline.pk, "stages": [stage.pk for stage in stages]}
"""
NAMES = "from piste.pipelines.models import Stage; result = [s.name for s in Stage.objects.in_use().filter(pipeline_id=key)]"


@pytest.fixture
def process(site: Site, request: pytest.FixtureRequest) -> dict[str, Any]:
    """A pipeline of its own, with two deals in its fourth stage."""
    found: dict[str, Any] = site.do(SETTING, turn=request.node.name[:60])
    return found


def shown(page: Page) -> list[str]:
    return page.locator("[data-stages] > li b").all_inner_texts()


def drag(page: Page, name: str, onto: str) -> None:
    """Drags a stage by its grip, in steps as a hand would."""
    grip = box_of(page.locator("[data-stages] > li", has_text=name).locator("[data-grip]"))
    goal = box_of(page.locator("[data-stages] > li", has_text=onto))
    assert grip is not None
    assert goal is not None
    page.mouse.move(grip["x"] + 8, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(grip["x"] + 8, grip["y"] + 20, steps=4)
    page.mouse.move(grip["x"] + 8, goal["y"] + goal["height"] - 6, steps=12)
    page.wait_for_timeout(250)
    page.mouse.up()


def publish(page: Page, why: str) -> None:
    page.locator("#draft textarea[name=why]").fill(why)
    page.locator("#draft .btn--primary").click()
    expect(page.locator(".toast")).to_contain_text("is in force")


def test_a_stage_is_dragged_into_the_draft_and_published_with_its_why(site: Site, look: Look, process: dict[str, Any]) -> None:
    page = look("marc", f"/process/{process['pipeline']}/")
    drag(page, "Prospecting", "Meeting")
    expect(page.locator("#draft")).to_contain_text("New order: Qualification, Meeting, Prospecting")
    assert site.do(NAMES, key=process["pipeline"])[0] == "Prospecting"
    page.locator("#draft .btn--primary").click()
    expect(page.locator("#draft .field__error")).to_contain_text("Say why")
    expect(page.locator("#draft textarea[name=why]")).to_be_focused()
    publish(page, "As we work")
    assert shown(page)[:3] == ["Qualification", "Meeting", "Prospecting"]
    assert site.do(NAMES, key=process["pipeline"])[:3] == ["Qualification", "Meeting", "Prospecting"]


def test_a_draft_is_abandoned_as_a_whole(site: Site, look: Look, process: dict[str, Any]) -> None:
    page = look("marc", f"/process/{process['pipeline']}/stages/{process['stages'][3]}/")
    page.get_by_label("Norm").fill("9")
    page.get_by_label("Amount, required to leave").check()
    page.get_by_role("button", name="Save to the draft").click()
    expect(page.locator("ins", has_text="Amount")).to_be_visible()
    expect(page.locator("#draft li")).to_have_count(2)
    page.locator("#draft").get_by_role("link", name="Abandon").click()
    page.locator("#process-dialog").get_by_role("button", name="Abandon the draft").click()
    expect(page.locator(".toast")).to_contain_text("The draft is abandoned")
    expect(page.locator("#draft")).to_have_count(0)


def test_stages_move_by_keys(site: Site, look: Look, process: dict[str, Any]) -> None:
    page = look("marc", f"/process/{process['pipeline']}/")
    before = shown(page)
    grip = page.get_by_role("button", name="Move Proposal")
    grip.focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-announcer]")).to_contain_text("Proposal, lifted")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("[data-announcer]")).to_contain_text("Proposal, 2 of 6")
    page.keyboard.press("Escape")
    assert shown(page) == before
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator("#draft")).to_contain_text("New order:")
    expect(page.get_by_role("button", name="Move Proposal")).to_be_focused()
    assert shown(page)[3:5] == ["Closing", "Proposal"]


def test_the_menu_moves_a_stage_too(look: Look, process: dict[str, Any]) -> None:
    page = look("marc", f"/process/{process['pipeline']}/stages/{process['stages'][1]}/")
    page.get_by_label("More about Qualification").click()
    page.get_by_role("button", name="Move up").click()
    expect(page.locator("#draft")).to_contain_text("New order:")
    assert shown(page)[0] == "Qualification"


def test_a_stage_is_retired_with_its_deals_named(site: Site, look: Look, process: dict[str, Any]) -> None:
    page = look("marc", f"/process/{process['pipeline']}/stages/{process['stages'][3]}/")
    page.get_by_label("More about Proposal").click()
    page.get_by_role("link", name="Retire the stage…").click()
    dialog = page.locator("#process-dialog")
    expect(dialog).to_contain_text("will go: 2 open.")
    dialog.locator("select[name=destination]").select_option(label="Closing")
    dialog.locator(".btn--primary").click()
    expect(page.locator("#draft")).to_contain_text("2 deals go from Proposal to Closing")
    expect(page.locator(".stage-list del")).to_have_text("Proposal")
    page.get_by_label("Why?").fill("One step less")
    page.get_by_role("button", name="Publish v2").click()
    expect(page.locator(".toast")).to_contain_text("v2 is in force")
    assert "Proposal" not in shown(page)
    counted = "result = Deal.objects.filter(stage_id=key, status='open').count()"
    assert site.do(counted, key=process["stages"][4]) == 2


def test_a_whole_pipeline_is_retired_through_the_draft(site: Site, look: Look, process: dict[str, Any]) -> None:
    other = site.do(SETTING, turn="that stays")
    page = look("marc", f"/process/{process['pipeline']}/")
    for turn in range(2):
        page.get_by_label("Change the pipeline").click()
        page.get_by_role("link", name="Retire the pipeline").click()
        dialog = page.locator("#process-dialog")
        expect(dialog).to_contain_text("will go: 2 open.")
        dialog.locator("select[name=destination]").select_option(label="Sales that stays, Meeting")
        dialog.get_by_role("button", name="Retire it in the draft").click()
        expect(page.locator("#draft")).to_contain_text("its deals go to Sales that stays, Meeting")
        if not turn:
            page.get_by_role("button", name="Keep the pipeline").click()
            expect(page.locator("#draft")).to_have_count(0)
    page.get_by_role("button", name="Publish v2").click()
    expect(page.locator("#draft")).to_contain_text("Say why in a few words")
    page.get_by_label("Why?").fill("One is enough")
    page.get_by_role("button", name="Publish v2").click()
    expect(page.locator(".toast")).to_contain_text("is out of use; 2 deals went to Sales that stays")
    expect(page.locator(".versions")).to_contain_text("One is enough")
    assert site.do("result = Deal.objects.filter(stage_id=key, status='open').count()", key=other["stages"][2]) == 2


def test_it_works_without_the_script(site: Site, look: Look, process: dict[str, Any]) -> None:
    page = look("marc", f"/process/{process['pipeline']}/", java_script_enabled=False)
    page.get_by_role("link", name="Add a stage").click()
    page.get_by_label("Name").fill("Demo")
    page.get_by_label("Probability").fill("40")
    page.get_by_role("button", name="Add to the draft").click()
    expect(page.get_by_role("heading", name="Demo", exact=True)).to_be_visible()
    page.get_by_label("Why?").fill("They ask for it")
    page.get_by_role("button", name="Publish v2").click()
    expect(page.locator(".versions")).to_contain_text("They ask for it")
    assert "Demo" in site.do(NAMES, key=process["pipeline"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(look: Look, process: dict[str, Any], scheme: str) -> None:
    stage = f"/process/{process['pipeline']}/stages/{process['stages'][3]}/"
    page = look("marc", stage, color_scheme=scheme)
    page.get_by_label("Norm").fill("9")
    page.get_by_label("Amount, required to leave").check()
    page.get_by_role("button", name="Save to the draft").click()
    expect(page.locator("#draft")).to_be_visible()
    version = f"/process/{process['pipeline']}/versions/1/"
    for who, path in (("marc", stage), ("rosa", stage), ("rosa", version), ("marc", f"/process/{process['pipeline']}/versions/")):
        page = look(who, path, color_scheme=scheme)
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    page = look("marc", stage, color_scheme=scheme)
    page.get_by_label("More about Proposal").click()
    page.get_by_role("link", name="Retire the stage…").click()
    page.wait_for_selector("#process-dialog[open]")
    page.wait_for_timeout(300)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    page.locator("#process-dialog .btn--primary").click()
    expect(page.get_by_role("button", name="Keep the stage")).to_be_visible()
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


def test_a_phone_shows_it_whole(look: Look, process: dict[str, Any]) -> None:
    wishes = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    for path in (f"stages/{process['stages'][3]}/", "versions/1/", "versions/"):
        page = look("marc", f"/process/{process['pipeline']}/{path}", **wishes)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
