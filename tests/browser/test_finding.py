"""Getting anywhere by the keyboard: the palette, the list of keys, single keys, and slips forgiven."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SCENE = """
from django.utils import timezone
from piste.people.operations import create_company, create_contact
now = timezone.now()
rosa = Member.objects.get(email="rosa@piste.example")
pipeline = make.pipeline("Sales")
stages = make.stages(pipeline)
helvetia = create_company(name="Helvétia Emballages", by=rosa, at=now)
alba = create_company(name="Alba", by=rosa, at=now)
contact = create_contact(name="Margaux Delacroix", by=rosa, at=now, company=helvetia)
deal = make.deal(stages[2], rosa, at=now, title="Palettes du Nord", company=helvetia)
result = {"pipeline": pipeline.pk, "deal": deal.pk, "helvetia": helvetia.pk, "alba": alba.pk, "contact": contact.pk}
"""


@pytest.fixture(scope="module")
def keys(site: Any) -> dict[str, Any]:
    """A deal, two companies, a contact."""
    found: dict[str, Any] = site.do(SCENE)
    return found


def test_the_palette_finds_by_a_beginning_and_opens_with_enter(site, look, keys):
    page = look("rosa", f"/pipelines/{keys['pipeline']}/")
    page.keyboard.press("Control+k")
    palette = page.locator("#palette")
    expect(palette.locator("input")).to_be_focused()
    page.keyboard.type("helv")
    first = palette.locator("[data-answer]").first
    expect(first).to_contain_text("Helvétia")
    expect(first).to_have_class(re.compile("is-active"))
    page.keyboard.press("ArrowDown")
    expect(first).not_to_have_class(re.compile("is-active"))
    page.keyboard.press("ArrowUp")
    expect(first).to_have_class(re.compile("is-active"))
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("alba")
    expect(first).to_contain_text("Alba")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/companies/{keys['alba']}/"))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("helvetai", "Helvétia Emballages"),
        ("emblalages", "Helvétia Emballages"),
        ("delacrox", "Margaux Delacroix"),
        ("MARGAUX", "Margaux Delacroix"),
        ("palet nord", "Palettes du Nord"),
    ],
)
def test_slips_accents_and_pieces_are_forgiven(look, keys, typed, found):
    page = look("rosa", "/contacts/")
    page.keyboard.press("Control+k")
    page.keyboard.type(typed)
    expect(page.locator("#palette [data-answer]", has_text=found).first).to_be_visible()


def test_what_nobody_has_is_said(look, keys):
    page = look("rosa", "/contacts/")
    page.locator("[data-palette]").click()
    page.keyboard.type("zzzzzz")
    expect(page.locator("#palette .palette__none")).to_contain_text("Nothing of this name")


def test_a_palette_without_an_answer_says_so(look, keys):
    page = look("rosa", "/contacts/")
    page.context.set_offline(True)
    page.keyboard.press("Control+k")
    page.locator("dialog[open] input").fill("Alba")
    expect(page.locator("dialog[open]")).to_contain_text("Piste does not answer. What you typed is still here")


def test_the_palette_also_acts(look, keys):
    page = look("rosa", "/contacts/")
    page.keyboard.press("Control+k")
    page.keyboard.type("new comp")
    expect(page.locator("#palette [data-answer]", has_text="New company")).to_have_class(re.compile("is-active"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/companies/new/"))


def test_a_deal_is_added_in_one_line(look, keys):
    page = look("rosa", "/contacts/")
    page.keyboard.press("Control+k")
    page.keyboard.type("+Moulins du Gard, Paul Astier, 12.5k, qualification")
    offered = page.locator("#palette [data-answer].is-active")
    expect(offered).to_contain_text("Moulins du Gard, Paul Astier, 12.5k, qualification")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/deals/new/\?line="))
    expect(page.locator("[name=contact]")).to_have_value("Paul Astier")
    expect(page.locator("[name=company]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/deals/\d+/$"))
    expect(page.locator("h1")).to_have_text("Moulins du Gard")
    expect(page.locator(".deal-head__figures")).to_contain_text("€12,500")
    expect(page.locator(".track [aria-current]")).to_contain_text("Qualification")
    expect(page.locator("#deal-people")).to_contain_text("Paul Astier")


def test_enter_takes_what_was_typed_however_fast(look, keys):
    page = look("rosa", "/day/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [data-answer]").first).to_be_visible()
    page.keyboard.type("+Moulins du Nord, Paul Astier, 9k")
    page.keyboard.press("Enter")
    expect(page.locator("[name=contact]")).to_have_value("Paul Astier")
    expect(page.locator("[name=company]")).to_have_value("Moulins du Nord")


def test_the_list_of_keys_opens_over_the_page_and_single_keys_rest_when_told(site, look, keys):
    page = look("rosa", "/companies/")
    page.keyboard.press("?")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("Take back the last act")
    switch = dialog.locator("[name=single_keys]")
    with page.expect_response(re.compile("/keyboard/")):
        switch.uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("n")
    page.keyboard.press("?")
    # The list is answered after the key before it would have been: that one did nothing.
    expect(dialog).to_have_count(1)
    expect(page.locator("#new-deal")).to_have_count(0)
    with page.expect_response(re.compile("/keyboard/")):
        switch.check()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("n")
    expect(page.locator("#new-deal [name=company]")).to_be_focused()


def test_g_then_a_letter_goes_there(look, keys):
    page = look("rosa", "/companies/")
    for letter, address in (("b", r"/pipelines/\d+/"), ("c", "/contacts/"), ("o", "/companies/"), ("p", r"/process/")):
        page.keyboard.press("g")
        page.keyboard.press(letter)
        page.wait_for_url(re.compile(address))
    page.locator("#main").focus()
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url(re.compile("/settings/"))


def test_keys_rest_while_one_types(look, keys):
    page = look("rosa", "/companies/")
    page.locator("#q").fill("")
    page.locator("#q").press_sequentially("gbn?")
    expect(page.locator("#q")).to_have_value("gbn?")
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert page.url.endswith("/companies/")


def test_without_the_script_search_is_a_page(look, keys):
    page = look("rosa", "/companies/", java_script_enabled=False)
    page.locator("[data-palette]").click()
    page.locator("#search").fill("delacroix")
    page.get_by_role("button", name="Find").click()
    page.locator("[data-answer]", has_text="Margaux").click()
    expect(page.locator("h1")).to_have_text("Margaux Delacroix")
