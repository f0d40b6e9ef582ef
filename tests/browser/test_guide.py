"""The steps of the user guide on the demo company, in both languages; they also take its pictures.

`PISTE_PICTURES=docs/images pytest tests/browser/test_guide.py` writes the pictures anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import gettext as _
from django.utils.translation import override
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import CHROMIUM, Site
from tests.browser.pictures import write_small

pytestmark = pytest.mark.browser
Look = Callable[..., Page]
ADMIN = "yves.delorme@nordvik.example"
DEMO = """
from django.utils import timezone
from piste.exchange.demo.operations import fill
for _ in fill(at=timezone.now(), language={language!r}):
    pass
result = None
"""
#: What the guide's people type.
SAID = {
    "en": {"note": "They sign before Christmas.", "why": "A proposal names what is sold.", "search": "new d"},
    "fr": {"note": "Ils signent avant Noël.", "why": "Une proposition nomme ce qui est vendu.", "search": "nouvelle a"},
}
#: Pictures are at most so many bytes.
LARGEST = 150_000


@pytest.fixture(scope="module", params=["en", "fr"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """The guide's language; `_` speaks it."""
    with override(request.param):
        yield request.param


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, language: str) -> Iterator[Site]:
    """The demo company, always the same."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed here")
    found = Site(tmp_path_factory.mktemp("demo"), with_cast=False)
    found.do(DEMO.format(language=language))
    found.start()
    yield found
    found.stop()


@pytest.fixture
def visit(look: Look) -> Look:
    """Opens a page as the demo's admin, by day."""
    return lambda path, **wishes: look(ADMIN, path, color_scheme="light", **wishes)


@pytest.fixture
def picture(language: str) -> Callable[[Page, str], None]:
    """Takes a picture for the guide when it is asked for."""

    def take(page: Page, name: str) -> None:
        if folder := os.environ.get("PISTE_PICTURES"):
            page.wait_for_timeout(400)
            target = Path(folder) / (f"{name}.png" if language == "en" else f"{name}.{language}.png")
            write_small(page.screenshot(), target)
            assert target.stat().st_size <= LARGEST

    return take


def button(place: Page | Locator, words: str) -> Locator:
    return place.get_by_role("button", name=words, exact=True)


def link(place: Page | Locator, words: str) -> Locator:
    return place.get_by_role("link", name=words, exact=True)


def new_deal(page: Page, company: str, stage: str, need: str = "") -> None:
    """`N`, a name, and where it stands; the new deal's page opens."""
    page.wait_for_selector("[data-key=n][data-htmx-powered]")  # else the link is followed, as without script
    page.keyboard.press("n")
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=company]").fill(company)
    dialog.locator("[name=title]").fill(need)
    dialog.locator("[name=stage]").select_option(label=stage)
    button(dialog, _("Create the deal")).click()
    expect(page.locator("#deal-head h1")).to_contain_text(company)


def test_the_board_shows_where_everything_stands(visit, picture):
    page = visit("/")
    expect(page.locator(".demo-strip")).to_contain_text(_("Demo company: everything here is invented."))
    expect(page.locator(".column")).to_have_count(6)
    expect(page.locator("#shelf")).to_contain_text(_("On hold"))
    picture(page, "board")
    page.keyboard.press("f")
    dialog = page.locator("dialog[open]")
    dialog.get_by_label(_("Time in stage")).select_option(label=_("Twice the norm"))
    button(dialog, _("Show the deals")).click()
    expect(page.locator(".filter.is-set")).to_contain_text(_("twice the norm"))
    page.locator(".filter.is-set").click()
    expect(page.locator(".filter.is-set")).to_have_count(0)
    page.locator(".board-tools .drop summary").click()
    link(page.locator(".board-tools .drop"), _("amount")).click()
    expect(page.locator(".board-tools .drop summary")).to_contain_text(_("Sort: %(order)s") % {"order": _("amount")})


def test_a_deal_has_its_page(visit, picture, language):
    page = visit("/")
    page.locator(".column").nth(4).locator(".deal__link").first.click()
    expect(page.locator("#deal-facts")).to_be_visible()
    page.keyboard.press("m")
    page.locator("#note").fill(SAID[language]["note"])
    button(page, _("Add the note")).click()
    expect(page.locator("#timeline")).to_contain_text(SAID[language]["note"])
    picture(page, "deal")
    page.locator("#deal-head").get_by_role("link", name=re.compile("^" + _("On hold"))).click()
    expect(page.locator("dialog[open]").get_by_label(_("Day of return"))).to_be_visible()


def test_doubles_merge_and_come_apart_again(visit):
    page = visit("/companies/")
    link(page.locator("main"), _("Company")).click()
    for name in ("Atelier Brunoy", "Atelier Brunoy SARL"):
        page.goto(page.url.split("/companies/")[0] + "/companies/new/")
        page.locator("[name=name]").fill(name)
        page.locator("[name=website]").fill("https://atelier-brunoy.example")
        button(page, _("Save")).click()
    link(page.locator("aside"), _("Merge…")).first.click()
    button(page, _("Merge")).click()
    button(page, _("Undo")).click()
    expect(page.locator("main")).to_contain_text("Atelier Brunoy")


def test_the_process_changes_with_its_why(visit, picture, language):
    page = visit("/process/")
    page.locator("[data-stages]").get_by_role("link", name=_("Proposal")).click()
    before = page.locator(".versions > li").count()
    page.locator("[name=enter][value=product]").check()
    button(page, _("Save to the draft")).click()
    page.locator("#draft [name=why]").fill(SAID[language]["why"])
    picture(page, "process")
    page.locator("#draft .btn--primary").click()
    expect(page.locator(".versions")).to_contain_text(SAID[language]["why"])
    assert page.locator(".versions > li").count() == before + 1


def test_insights_say_where_deals_stop_and_lead_to_them(visit, picture):
    page = visit("/insights/")
    expect(page.locator(".finding b")).to_contain_text(_("%(stage)s is the bottleneck.") % {"stage": _("Proposal")})
    picture(page, "insights")
    number = page.locator(".insights-stages tbody td.n a").first
    count = number.inner_text()
    number.click()
    expect(page.locator("[data-behind]")).to_have_text(count)
    link(page, _("Back to the figures")).click()
    link(page.locator(".insights-head"), _("Team")).click()
    expect(page.locator("#following .forest__row")).to_have_count(2)
    page.locator("#wins [data-plot-show=table]").click()
    expect(page.locator("#wins table")).to_be_visible()
    page.locator("#wins summary").first.click()
    expect(page.locator("#wins .plot__card")).to_contain_text("Wilson")
    page.locator(".insights-period summary").click()
    link(page.locator(".insights-period"), _("Other days, comparison, past day")).click()
    page.locator("dialog[open]").get_by_label(_("As it was known on")).fill("2026-06-30")
    page.locator("dialog[open] button[type=submit], dialog[open] .btn--primary").first.click()
    expect(page.locator(".insights-filters .is-set")).to_contain_text(_("As of"))


ROWS = """Société;Besoin;Montant;Étape;Responsable;Signature prévue
Scierie Bonnal;Planning;12 500 €;Proposition;Camille Moreau;15/01/2027
Laiterie du Gave;SAV;8 400 €;Rendez-vous;Hugo Lambert;31/01/2027
Piscines Ravel;Métrologie;{about} 9000;Prospection;Camille Moreau;28/02/2027
Froid Garance;Portail client;21 000 €;Qualification;Camille Moreau;30/02/2027
"""


def test_the_plan_counts_back_from_the_target(visit, picture):
    page = visit("/forecast/")
    expect(page.locator("#course")).to_be_visible()
    link(page.locator(".insights-head"), _("Plan")).click()
    expect(page.locator("#plan-title")).to_contain_text(_("What it takes to reach"))
    expect(page.locator(".forecast-plan tbody tr")).to_have_count(6)
    picture(page, "plan")
    link(page.locator(".insights-head"), _("Targets")).click()
    expect(page.locator(".forecast-table")).to_contain_text("Lucie Martel")
    link(page.locator(".insights-head"), _("Calls")).click()
    link(page.locator("#calls"), "Lucie Martel").click()
    expect(page.locator("#record-title")).to_have_text(_("What was said, what happened"))
    expect(page.locator("#own-title")).to_contain_text("Lucie Martel")


def test_a_spreadsheet_comes_in_and_goes_out_again(visit, picture, tmp_path, language):
    rows = tmp_path / "deals-2026.csv"
    stages = ("Proposal", "Meeting", "Prospecting", "Qualification")
    text = ROWS.replace("{about}", "about" if language == "en" else "environ")
    if language == "en":
        for name in stages:
            with override("fr"):
                french = _(name)
            text = text.replace(f";{french};", f";{name};")
    rows.write_text(text, "utf-8")
    page = visit("/contacts/")
    link(page.locator("main"), _("Import")).click()
    page.locator("#file").set_input_files(rows)
    page.locator("#kind").select_option("deals")
    button(page, _("Continue")).click()
    button(page, _("Rehearse")).click()
    expect(page.locator(".dryrun")).to_be_visible()
    picture(page, "import")
    page.locator("main form .btn--primary").click()
    button(page, _("Undo this import")).click(timeout=30_000)
    expect(page.locator(".toast, .notice").first).to_be_visible()


def test_members_are_invited(visit, picture):
    page = visit("/settings/members/")
    picture(page, "members")
    link(page.locator("main"), _("Invite")).click()
    page.locator("[name=email]").fill("nina@nordvik.example")
    button(page.locator("main"), _("Invite")).click()
    expect(page.locator("#link")).to_have_value(re.compile("/join/"))
    page.goto(page.url.split("/settings/")[0] + "/settings/journal/")
    expect(page.locator("main")).to_contain_text(_("Member invited"))


def test_everything_is_found_and_every_key_is_listed(visit, language):
    page = visit("/")
    page.keyboard.press("Control+k")
    page.locator("dialog[open] input").fill(SAID[language]["search"])
    expect(page.locator("dialog[open] [data-answer]").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_contain_text(_("Single-key shortcuts"))


REQUIRED = """
from django.utils import timezone
from piste.pipelines.operations import changing
from piste.pipelines.operations.stages import put_needs
from piste.pipelines.rules import Need
stage = Stage.objects.get(name=name)
with changing(pipeline=stage.pipeline, by=None, at=timezone.now(), why="Quality"):
    put_needs(stage, [Need(fact, True, False) for fact in ("amount", "decision_maker")])
result = None
"""


def test_a_move_that_lacks_something_asks_for_it(visit, picture, site):
    site.do(REQUIRED, name=_("Proposal"))
    page = visit("/")
    new_deal(page, "Charpente Aubrac", _("Meeting"), need="Planning")
    page.goto(site.address)
    card = page.locator(".deal", has_text="Charpente Aubrac")
    card.hover()
    card.locator(".deal__more").click()
    page.locator("dialog[open]").get_by_role("button", name=_("Proposal")).click()
    dialog = page.locator("dialog[open]")
    expect(button(dialog, _("Save and move"))).to_be_visible()
    expect(dialog.get_by_text(_("Move without them"))).to_be_visible()
    picture(page, "missing")
    dialog.get_by_label(re.compile("^" + re.escape(_("Amount")))).fill("18500")
    dialog.get_by_label(_("Name")).fill("Jeanne Aubrac")
    button(dialog, _("Save and move")).click()
    expect(page.locator(".toast")).to_contain_text(
        _("%(deal)s is now in %(stage)s.") % {"deal": "Charpente Aubrac", "stage": _("Proposal")}
    )
    page.keyboard.press("z")
    expect(page.locator(".toast").last).to_contain_text("Charpente Aubrac")


def test_the_pictures_are_there_and_small() -> None:
    folder = Path(__file__).resolve().parents[2] / "docs" / "images"
    found: dict[str, Any] = {path.name: path.stat().st_size for path in folder.glob("*.png")}
    assert 2 <= len(found) <= 20
    assert max(found.values()) <= LARGEST
