"""Two who edit one record: different facts both hold, the same one is told; and the page of a company gathers its deals."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from piste.company.operations import add_field
from piste.deals import operations as deals
from piste.deals.models import LossReason
from piste.people.models import Company, Contact
from piste.people.operations import create_company, create_contact
from tests import make
from tests.cast import NOW, Cast

type SignIn = Callable[[Any], Client]


@pytest.fixture
def sign_in(db: None) -> SignIn:
    def signed_in(member: Any) -> Client:
        client = Client()
        client.force_login(member)
        return client

    return signed_in


def filled(client: Client, address: str) -> dict[str, str]:
    """What the form of a page holds."""
    page = client.get(address).content.decode()
    values = {}
    for control in re.findall(r"<input[^>]*>", page):
        told = dict(re.findall(r'(name|value)="([^"]*)"', control))
        values[told.get("name", "")] = html.unescape(told.get("value", ""))
    return {name: value for name, value in values.items() if name not in ("csrfmiddlewaretoken", "q")}


def test_different_facts_both_hold(cast: Cast, sign_in: SignIn) -> None:
    add_field(subject="contact", label="Shoe size", kind="text", by=cast.alice, at=NOW)
    contact = create_contact(by=cast.rosa, at=NOW, first_name="Anna", last_name="Berg", name="Anna Berg", phone="1")
    rosa, remi = sign_in(cast.rosa), sign_in(cast.remi)
    address = f"/contacts/{contact.pk}/edit/"
    hers, his = filled(rosa, address), filled(remi, address)
    assert hers["was"]
    assert rosa.post(address, hers | {"first_name": "Anne", "job_title": "Buyer", "company": "Alba"}).status_code == 302
    assert remi.post(address, his | {"last_name": "Bergé", "phone": "2", "custom-shoe-size": "40"}).status_code == 302
    contact.refresh_from_db()
    assert (contact.name, contact.job_title, contact.phone) == ("Anne Bergé", "Buyer", "2")
    assert contact.company is not None
    assert contact.company.name == "Alba"


def test_the_same_fact_is_told_with_both_values_and_held_when_saved_again(cast: Cast, sign_in: SignIn) -> None:
    company = create_company(name="Alba", by=cast.rosa, at=NOW, city="Lyon", sector="Food")
    rosa, remi = sign_in(cast.rosa), sign_in(cast.remi)
    address = f"/companies/{company.pk}/edit/"
    hers, his = filled(rosa, address), filled(remi, address)
    assert rosa.post(address, hers | {"city": "Nice"}).status_code == 302
    answer = remi.post(address, his | {"city": "Nantes", "sector": "Drinks"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "A colleague has made this “Nice” meanwhile." in page
    assert 'value="Nantes"' in page
    company.refresh_from_db()
    assert (company.city, company.sector) == ("Nice", "Food")
    again = dict(re.findall(r'name="(was)" value="([^"]*)"', page))
    assert remi.post(address, his | {"city": "Nantes", "was": html.unescape(again["was"])}).status_code == 302
    company.refresh_from_db()
    assert (company.city, company.sector) == ("Nantes", "Food")


def test_a_conflict_makes_no_company_by_the_way(cast: Cast, sign_in: SignIn) -> None:
    contact = create_contact(by=cast.rosa, at=NOW, first_name="Anna", last_name="Berg", name="Anna Berg")
    rosa, remi = sign_in(cast.rosa), sign_in(cast.remi)
    address = f"/contacts/{contact.pk}/edit/"
    hers, his = filled(rosa, address), filled(remi, address)
    rosa.post(address, hers | {"company": "Alba"})
    answer = remi.post(address, his | {"company": "Brenta"})
    assert "A colleague has made this “Alba” meanwhile." in answer.content.decode()
    assert list(Company.objects.values_list("name", flat=True)) == ["Alba"]
    assert Contact.objects.get().company.name == "Alba"  # type: ignore[union-attr]


def test_a_form_that_does_not_say_what_it_showed_is_no_error(cast: Cast, sign_in: SignIn) -> None:
    company = create_company(name="Alba", by=cast.rosa, at=NOW)
    rosa = sign_in(cast.rosa)
    for was in ("", "[1]", "{", "null"):
        assert rosa.post(f"/companies/{company.pk}/edit/", {"name": "Alba", "was": was}).status_code == 302


def test_the_page_of_a_company_gathers_its_deals_by_state(cast: Cast, sign_in: SignIn) -> None:
    company = create_company(name="Alba", by=cast.rosa, at=NOW)
    stages = make.stages(make.pipeline(by=cast.alice))
    reason = LossReason.objects.create(name="Price")
    made = [make.deal(stages[0], cast.rosa, title=f"Deal {n}", company=company, amount_minor=100_000 * n) for n in range(1, 6)]
    deals.win(deal=made[0], by=cast.rosa, at=NOW)
    deals.lose(deal=made[1], reason=reason, by=cast.rosa, at=NOW)
    deals.hold(deal=made[2], until=date(2027, 1, 4), by=cast.rosa, at=NOW, today=NOW.date(), why="")
    make.deal(stages[0], cast.olga, title="Unseen", company=company)
    rosa = sign_in(cast.rosa)
    page = rosa.get(f"/companies/{company.pk}/").content.decode()
    said = re.sub(r"<[^>]+>|\s+", " ", page.split('aria-label="Deals by state"')[1].split("</nav>")[0])
    assert re.findall(r"(Open|On hold|Won|Lost)\s+(\d+)\s+·\s+(\S+)", said) == [
        ("Open", "2", "€9,000"), ("On hold", "1", "€3,000"), ("Won", "1", "€1,000"), ("Lost", "1", "€2,000"),
    ]  # fmt: skip
    assert re.findall(r"<b>(Deal \d)</b>", page) == ["Deal 5", "Deal 4", "Deal 3", "Deal 1", "Deal 2"]
    lost = rosa.get(f"/companies/{company.pk}/?state=lost").content.decode()
    assert re.findall(r"<b>(Deal \d)</b>", lost) == ["Deal 2"]
    assert rosa.get(f"/companies/{company.pk}/?state=nothing").status_code == 200
    with CaptureQueriesContext(connection) as few:
        rosa.get(f"/companies/{company.pk}/")
    for number in range(3):
        make.deal(stages[0], cast.rosa, title=f"More {number}", company=company)
    with CaptureQueriesContext(connection) as more:
        rosa.get(f"/companies/{company.pk}/")
    assert len(few) == len(more)


def test_a_contact_is_added_to_a_company_from_its_page(cast: Cast, sign_in: SignIn) -> None:
    """Though another company has the same name."""
    create_company(name="Alba", by=cast.rosa, at=NOW)
    alba = create_company(name="Alba", by=cast.rosa, at=NOW, city="Nantes")
    hidden = create_company(name="Hidden", by=cast.olga, at=NOW)
    client = sign_in(cast.rosa)
    address = f"/contacts/new/?company={alba.pk}"
    assert address in client.get(f"/companies/{alba.pk}/").content.decode()
    fields = filled(client, address)
    assert (fields["company"], fields["company_id"]) == ("Alba", str(alba.pk))
    assert client.post(address, fields | {"first_name": "Anna"}).status_code == 302
    assert Contact.objects.get().company == alba
    assert "Hidden" not in client.get(f"/contacts/new/?company={hidden.pk}").content.decode()
    for odd in ("x", "-1", "²", "9" * 30):
        assert filled(client, f"/contacts/new/?company={odd}")["company"] == ""


def test_a_contact_whose_company_has_a_namesake_stays_with_it(cast: Cast, sign_in: SignIn) -> None:
    first, second = (create_company(name="Alba", by=cast.rosa, at=NOW) for _ in range(2))
    client = sign_in(cast.rosa)
    for company in (first, second):
        contact = create_contact(name="Anna", by=cast.rosa, at=NOW, company=company)
        address = f"/contacts/{contact.pk}/edit/"
        client.post(address, filled(client, address) | {"job_title": "Buyer"})
        contact.refresh_from_db()
        assert (contact.company, contact.job_title) == (company, "Buyer")


def test_a_deal_begins_on_the_page_of_a_company_and_of_a_contact(cast: Cast, sign_in: SignIn) -> None:
    alba = create_company(name="Alba", by=cast.rosa, at=NOW)
    anna = create_contact(name="Anna", by=cast.rosa, at=NOW, company=alba)
    client = sign_in(cast.rosa)
    assert f'hx-get="/deals/new/?company={alba.pk}"' in client.get(f"/companies/{alba.pk}/").content.decode()
    assert f'hx-get="/deals/new/?contact={anna.pk}"' in client.get(f"/contacts/{anna.pk}/").content.decode()
