"""The first start in a real browser: an empty installation, a person, and a first deal a minute later."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import CHROMIUM, Site

pytestmark = pytest.mark.browser


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that nobody has set up."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed here")
    found = Site(tmp_path_factory.mktemp("site"), with_cast=False)
    found.start()
    yield found
    found.stop()


def test_a_company_begins_and_creates_its_first_deal(site, look):
    page = look("", "/", locale="en-GB", timezone_id="Europe/Lisbon")
    expect(page.locator("h1")).to_have_text("Welcome to Piste")
    page.locator("[name=company]").fill("Nordvik")
    page.get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    # What was typed stays, whichever language one reads.
    expect(page.locator("[name=company]")).to_have_value("Nordvik")
    expect(page.locator("[name=time_zone]")).to_have_value("Europe/Lisbon")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        # Colours pass from one theme to the other; on the way they are neither.
        page.wait_for_timeout(600)
        found = [row["id"] for row in Axe().run(page).response["violations"] if row["impact"] in ("serious", "critical")]
        assert found == [], scheme
    page.locator("[name=country]").select_option("FR")
    page.locator("[name=currency]").select_option("EUR")
    page.locator("[name=name]").fill("Camille Roux")
    page.locator("[name=email]").fill("camille@nordvik.example")
    page.locator("[name=password]").fill("court")
    page.keyboard.press("Enter")
    expect(page.locator(".is-invalid [name=password]")).to_have_count(1)
    expect(page.locator("[name=name]")).to_have_value("Camille Roux")
    page.locator("[name=password]").fill("une longue descente dans la neige")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/pipelines/\d+/"))
    expect(page.locator(".column h2")).to_have_count(6)
    expect(page.locator("#board-empty")).to_contain_text("Une première affaire")
    page.goto(f"{site.address}/day/")
    first, second = page.locator(".notice").all()
    acts = [act.bounding_box() for act in first.locator(".btn").all()]
    assert len(acts) == 2
    assert len({act["y"] for act in acts}) == 1
    expect(second.get_by_role("link", name="Inviter")).to_have_attribute("href", "/settings/members/invite/")
    page.go_back()
    page.locator("#board-empty .btn--primary").click()
    page.locator("#new-deal [name=company]").fill("Alba")
    page.locator("#new-deal [name=amount]").fill("12 500")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/deals/\d+/"))
    expect(page.locator("#main h1")).to_have_text("Alba")
    expect(page.locator(".deal-head__figures")).to_contain_text("12\u202f500\xa0€")
    said = (
        "m = Member.objects.get(); result = [m.role, m.language, Settings.objects.get().name, Settings.objects.get().time_zone]"
    )
    assert site.do(said) == ["admin", "fr", "Nordvik", "Europe/Lisbon"]
    page.goto(f"{site.address}/start/")
    page.wait_for_url(re.compile(r"/pipelines/\d+/"))
