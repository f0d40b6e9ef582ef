"""Companies and contacts in a real browser: nobody is written down twice, and who was is made one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SCENE = """
from django.utils import timezone
from piste.people.models import Company
from piste.people.operations import create_company, create_contact
now = timezone.now()
rosa = Member.objects.get(email="rosa@piste.example")
number = Company.objects.count()
pipeline = make.pipeline(f"Sales {number}")
name = f"Helvetia{number}"
company = create_company(name=name, by=rosa, at=now, website=f"{name}.example".lower(), city="Lyon")
contact = create_contact(name=f"Anna Berg{number}", by=rosa, at=now, company=company, email=f"anna@{name}.example".lower())
deal = make.deal(make.stages(pipeline)[1], rosa, title=f"Stock {number}", company=company)
operations.name_contacts(deal=deal, contacts=[(contact.pk, "decides")], by=rosa, at=now)
result = {"company": company.pk, "name": name, "contact": contact.pk, "anna": contact.name, "deal": deal.title}
"""


@pytest.fixture
def known(site: Any) -> dict[str, Any]:
    """A company with a contact and a deal."""
    found: dict[str, Any] = site.do(SCENE)
    return found


def test_a_company_known_already_is_shown_while_typing(look, known):
    page = look("rosa", "/companies/")
    page.locator(".page__actions").get_by_role("link", name="Company").click()
    page.get_by_label("Name").press_sequentially(known["name"].lower() + " sa")
    alike = page.locator("[data-alike-answer]")
    expect(alike).to_contain_text(known["name"])
    expect(alike).to_contain_text("name")
    alike.get_by_role("link", name="Use this one").click()
    expect(page.locator("h1")).to_have_text(known["name"])


def test_a_contact_joins_a_company_found_while_typing(look, known):
    page = look("rosa", "/contacts/new/")
    page.get_by_label("First name").fill("Bo")
    page.get_by_label("Last name").fill("Dahl")
    page.get_by_label("Company").press_sequentially(known["name"][:5])
    page.locator(".listbox [role=option]", has_text=re.compile(rf"{known['name']}\b")).click()
    expect(page.get_by_label("Company")).to_have_value(known["name"])
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_have_text("Bo Dahl")
    page.locator("header").get_by_role("link", name=known["name"]).click()
    expect(page.locator("[aria-labelledby=people]")).to_contain_text("Bo Dahl")
    expect(page.locator("[aria-labelledby=people]")).to_contain_text(known["anna"])


def test_the_page_of_a_company_begins_a_deal_and_a_contact_of_it(look, known):
    page = look("rosa", f"/companies/{known['company']}/")
    page.locator("[aria-labelledby=deals]").get_by_role("link", name="New deal").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Company")).to_have_value(known["name"])
    dialog.get_by_label("What they need").fill("Rounds")
    dialog.get_by_role("button", name="Create the deal").click()
    expect(page.locator("h1")).to_have_text(known["name"])
    expect(page.locator("[aria-labelledby=facts], .deal-facts").first).to_contain_text("Rounds")
    page.goto(f"{page.url.split('/deals/')[0]}/companies/{known['company']}/")
    page.get_by_role("link", name="Add a contact").click()
    page.get_by_label("First name").fill("Caro")
    page.get_by_label("Last name").fill("Lind")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("header.deal-head")).to_contain_text(known["name"])
    page.locator("[aria-labelledby=deals]").get_by_role("link", name="New deal").click()
    expect(page.get_by_role("dialog").get_by_label("Contact")).to_have_value("Caro Lind")


def test_an_address_known_already_is_shown_while_typing(look, known):
    page = look("rosa", "/contacts/new/")
    page.get_by_label("E-mail").press_sequentially(f"anna@{known['name'].lower()}.example")
    expect(page.locator("[data-alike-answer]")).to_contain_text(known["anna"])
    expect(page.locator("[data-alike-answer]")).to_contain_text("same e-mail")


def test_a_contact_s_page_shows_facts_deals_and_takes_notes(look, known):
    page = look("rosa", f"/contacts/{known['contact']}/")
    expect(page.locator("[aria-labelledby=deals]")).to_contain_text(known["deal"])
    expect(page.locator("[aria-labelledby=facts]")).to_contain_text(f"anna@{known['name'].lower()}.example")
    page.locator("#note").fill("Prefers the morning")
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator(".timeline")).to_contain_text("Prefers the morning")
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Job title").fill("Director")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("header.deal-head")).to_contain_text("Director")
    page.locator("[aria-labelledby=deals]").get_by_role("link", name=known["deal"]).click()
    expect(page.locator("#deal-people")).to_contain_text(known["anna"])


@pytest.mark.parametrize("kind", ["companies", "contacts"])
def test_on_a_phone_the_head_of_a_list_is_one_row(look, known, kind):
    page = look("alice", f"/{kind}/", viewport={"width": 390, "height": 844}, has_touch=True)
    row = [page.locator("#q"), *(page.locator(".page__actions").get_by_role("link").nth(place) for place in range(3))]
    boxes = [part.bounding_box() for part in row]
    assert len({box["y"] + box["height"] / 2 for box in boxes}) == 1
    assert boxes[0]["width"] > 150
    assert boxes[-1]["x"] + boxes[-1]["width"] <= 390 - 14
    names = ["Doubles", "Import", "Company" if kind == "companies" else "Contact"]
    for part, name in zip(row[1:], names, strict=True):
        expect(part).to_have_accessible_name(name)
    page.locator("#q").fill(known["name"] if kind == "companies" else known["anna"])
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)


LONG = """
from django.utils import timezone
from piste.people.operations import create_company, create_contact
now = timezone.now()
rosa = Member.objects.get(email="rosa@piste.example")
stages = make.stages(make.pipeline(f"Long {Member.objects.count()}"))
name = "International society for the transformation and trade of agricultural products of the south-west"
company = create_company(name=name, by=rosa, at=now, sector="Food and agriculture", website="https://international-society-for-it.example")
contact = create_contact(name="Marie-Antoinette de La Rochefoucauld-Montbel", by=rosa, at=now, company=company)
for currency in ("EUR", "GBP", "JPY"):
    deal = make.deal(stages[0], rosa, company=company, currency=currency, amount_minor=98_765_432_100)
    operations.name_contacts(deal=deal, contacts=[(contact.pk, "decides")], by=rosa, at=now)
result = {"company": company.pk, "contact": contact.pk}
"""


def test_long_names_and_sums_keep_to_a_phone(look, site):
    made = site.do(LONG)
    page = look("rosa", "/contacts/?q=rochefoucauld", viewport={"width": 390, "height": 844}, has_touch=True)
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)
    assert row.locator("td").first.bounding_box()["width"] > 120
    assert row.locator("td").nth(1).bounding_box()["width"] > 120
    for address in (f"/companies/{made['company']}/", f"/contacts/{made['contact']}/"):
        page.goto(f"{site.address}{address}")
        expect(page.locator(".people-states .filter")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_lists_are_searched_and_say_when_nobody_is_found(look, known):
    page = look("rosa", "/companies/")
    page.get_by_label("Find a company").fill(known["name"].upper())
    page.get_by_role("button", name="Find", exact=True).click()
    expect(page.locator("tbody")).to_contain_text(known["name"])
    expect(page.locator("tbody")).to_contain_text("€12,500")
    page.get_by_label("Find a company").fill("zzzz")
    page.keyboard.press("Enter")
    expect(page.locator(".empty")).to_contain_text("Nobody of this name")
    page.locator(".empty").get_by_role("link", name="Show all").click()
    expect(page.locator("tbody")).to_contain_text(known["name"])


def test_two_records_of_one_company_become_one_and_two_again(site, look, known):
    script = """
from django.utils import timezone
from piste.people.operations import create_company, create_contact
now = timezone.now()
rosa = Member.objects.get(email="rosa@piste.example")
twin = create_company(name=name + " France", by=rosa, at=now, website="www." + name.lower() + ".example", sector="Packaging")
create_contact(name="Cleo Twin", by=rosa, at=now, company=twin)
result = twin.pk
"""
    twin = site.do(script, name=known["name"])
    page = look("rosa", f"/companies/{known['company']}/")
    same = page.locator("[aria-labelledby=alike]")
    expect(same).to_contain_text("same domain")
    same.get_by_role("link", name="Merge…").first.click()
    expect(page.locator("h1")).to_have_text(f"Merge {known['name']} France into {known['name']}")
    page.locator("[name=name][value=other]").check()
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.locator("#main h1")).to_have_text(f"{known['name']} France holds both now")
    page.get_by_role("link", name=f"See {known['name']} France").click()
    expect(page.locator("h1")).to_have_text(f"{known['name']} France")
    expect(page.locator("[aria-labelledby=people]")).to_contain_text("Cleo Twin")
    expect(page.locator("[aria-labelledby=people]")).to_contain_text(known["anna"])
    expect(page.locator("[aria-labelledby=facts]")).to_contain_text("Packaging")
    page.go_back()
    page.locator("#main").get_by_role("button", name="Undo").click()
    page.wait_for_url(f"**/companies/{twin}/")
    page.goto(f"{site.address}/companies/{known['company']}/")
    expect(page.locator("h1")).to_have_text(known["name"])
    expect(page.locator("[aria-labelledby=people]")).not_to_contain_text("Cleo Twin")
    page.goto(f"{site.address}/companies/{twin}/")
    expect(page.locator("[aria-labelledby=people]")).to_contain_text("Cleo Twin")
    expect(page.locator("[aria-labelledby=facts]")).to_contain_text("Packaging")


def test_an_edit_and_a_trip_to_the_bin_are_taken_back_by_a_key(look, known):
    page = look("rosa", f"/companies/{known['company']}/edit/")
    page.locator("[name=city]").fill("Nantes")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text(f"{known['name']} is saved.")
    expect(page.locator("[aria-labelledby=facts]")).to_contain_text("Nantes")
    page.keyboard.press("z")
    expect(page.locator(".toast")).to_contain_text("Taken back: it is as before.")
    expect(page.locator("[aria-labelledby=facts]")).to_contain_text("Lyon")
    page.get_by_role("button", name="Put in the bin").click()
    page.wait_for_url("**/companies/")
    page.keyboard.press("z")
    page.wait_for_url(f"**/companies/{known['company']}/")
    expect(page.locator(".toast")).to_contain_text(f"{known['name']} is back.")


def test_who_may_not_see_a_company_does_not_find_it(site, look, known):
    page = look("olga", f"/companies/?q={known['name']}")
    expect(page.locator(".empty")).to_contain_text("Nobody of this name")
    answer = page.goto(f"{site.address}/companies/{known['company']}/")
    assert answer.status == 404
