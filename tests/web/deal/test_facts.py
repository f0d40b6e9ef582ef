"""Facts edited in place: what is read, what is refused with the field, and two people at once."""

from __future__ import annotations

import html
import json
import re
from datetime import date
from typing import Any

import pytest

from piste.catalogue.operations import add_product
from piste.company.models import CustomField
from piste.deals import operations
from piste.deals.models import Deal, DealContact, DealProduct, Source
from piste.deals.queries import fact_value
from piste.journal.models import Entry
from piste.people.models import Company, Contact
from piste.people.operations import create_company, create_contact
from tests.cast import NOW

from .conftest import HTMX


def opened(client: Any, address: str) -> dict[str, str]:
    """What the form in place would send back untouched."""
    text = client.get(address, headers=HTMX).content.decode()
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text)
    return {name: html.unescape(value) for name, value in hidden if name != "csrfmiddlewaretoken"}


def change(client: Any, deal: Deal, name: str, **values: Any) -> Any:
    """Opens a fact's form and saves it with other values."""
    address = f"/deals/{deal.pk}/facts/{name}/"
    answer = client.post(address, opened(client, address) | values, headers=HTMX)
    deal.refresh_from_db()
    return answer


@pytest.mark.parametrize(
    ("language", "typed", "currency", "minor"),
    [
        ("fr", "12 500,50", "EUR", 1_250_050),
        ("fr", "12,5k", "EUR", 1_250_000),
        ("en", "12.5k", "EUR", 1_250_000),
        ("en", "12,500", "GBP", 1_250_000),
        ("fr", "12,500", "TND", 12_500),
        ("en", "1,000,000", "JPY", 1_000_000),
        ("en", "", "EUR", None),
        ("en", "0", "EUR", 0),
    ],
)
def test_an_amount_is_read_by_the_members_language(cast, deal, sign_in, language, typed, currency, minor):
    cast.rosa.language = language
    cast.rosa.save()
    answer = change(sign_in(cast.rosa), deal, "amount", amount=typed, currency=currency)
    assert answer.status_code == 200
    assert (deal.amount_minor, deal.currency) == (minor, currency)


@pytest.mark.parametrize(
    ("typed", "currency", "said"),
    [
        ("a lot", "EUR", "This is not an amount"),
        ("12.505", "EUR", "EUR has 2 decimals at most"),
        ("12.5", "JPY", "JPY has no decimals"),
        ("99999999999999", "EUR", "too large"),
        ("12", "XXX", "not one of the available choices"),
    ],
)
def test_an_amount_that_cannot_be_kept_stays_in_its_field(cast, deal, sign_in, typed, currency, said):
    answer = change(sign_in(cast.rosa), deal, "amount", amount=typed, currency=currency)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert said in text
    assert f'value="{typed}"' in text
    assert 'hx-target="#fact-amount"' in text
    assert deal.amount_minor == 1_250_000


def test_every_fact_is_changed_and_told(cast, deal, sign_in):
    client = sign_in(cast.rosa)
    fair = Source.objects.create(name="Fair")
    assert change(client, deal, "title", title="Stock").status_code == 200
    change(client, deal, "expected_close_on", expected_close_on="2027-01-04")
    change(client, deal, "source", source=fair.pk)
    change(client, deal, "campaign", campaign="Spring")
    change(client, deal, "owner", owner=cast.remi.pk)
    change(client, deal, "tags", tags="VIP, north , vip")
    change(client, deal, "team", team=cast.north.pk)
    assert (deal.title, deal.expected_close_on, deal.source, deal.campaign) == ("Stock", date(2027, 1, 4), fair, "Spring")
    assert (deal.owner, fact_value(deal, "tags")) == (cast.remi, ["north", "vip"])
    history = client.get(f"/deals/{deal.pk}/history/?only=facts", headers=HTMX).content.decode()
    for told in ("Planning → Stock", "— → Mon 4\u00a0Jan 2027", "— → Fair", "Rosa Rep → Remi Rep", "+ north, + vip"):
        assert told in history, told


def test_a_company_is_found_or_created_with_the_fact(cast, deal, sign_in):
    client = sign_in(cast.rosa)
    alba = create_company(name="Alba SAS", by=cast.rosa, at=NOW)
    hidden = create_company(name="Hidden", by=cast.olga, at=NOW)
    change(client, deal, "company", company="ALBA")
    assert deal.company == alba
    change(client, deal, "company", company="Hidden", company_id=hidden.pk)
    assert deal.company not in (None, hidden)
    change(client, deal, "company", company="Borel", company_id=alba.pk)
    assert deal.company is not None
    assert deal.company.name == "Borel"
    change(client, deal, "company", company="")
    assert deal.company is None
    assert Company.objects.count() == 4


@pytest.mark.parametrize(
    ("kind", "options", "typed", "kept"),
    [
        ("text", [], "words", "words"),
        ("long_text", [], "two\r\nlines", "two\nlines"),
        ("number", [], "1,200.5", "1200.5"),
        ("date", [], "2027-01-04", "2027-01-04"),
        ("yes_no", [], "no", False),
        ("choice", ["Here", "There"], "There", "There"),
        ("choices", ["Here", "There"], ["Here", "There"], ["Here", "There"]),
        ("url", [], "piste.example", "https://piste.example"),
        ("email", [], "anna@berg.example", "anna@berg.example"),
        ("phone", [], "+33 1 99 00 12 34", "+33 1 99 00 12 34"),
    ],
)
def test_custom_fields_of_every_kind(cast, deal, sign_in, kind, options, typed, kept):
    CustomField.objects.create(subject="deal", key="own", label="Own", kind=kind, options=options)
    client = sign_in(cast.rosa)
    assert change(client, deal, "custom:own", custom_own=typed).status_code == 200
    value = deal.custom["own"]
    assert (value.replace("\r\n", "\n") if isinstance(value, str) else value) == kept
    assert client.get(f"/deals/{deal.pk}/").status_code == 200


@pytest.mark.parametrize(("kind", "typed"), [("number", "many"), ("date", "tomorrow"), ("url", "no address"), ("email", "anna")])
def test_what_a_custom_field_cannot_hold_is_refused(cast, deal, sign_in, kind, typed):
    CustomField.objects.create(subject="deal", key="own", label="Own", kind=kind)
    answer = change(sign_in(cast.rosa), deal, "custom:own", custom_own=typed)
    assert answer.status_code == 422
    assert typed in answer.content.decode()
    assert deal.custom == {}


def test_two_edit_the_same_fact_and_the_second_is_told_who_and_what(cast, deal, sign_in):
    rosa, remi = sign_in(cast.rosa), sign_in(cast.remi)
    address = f"/deals/{deal.pk}/facts/amount/"
    seen = opened(rosa, address)
    change(remi, deal, "amount", amount="20000", currency="EUR")
    answer = rosa.post(address, seen | {"amount": "30000", "currency": "EUR"}, headers=HTMX)
    deal.refresh_from_db()
    assert answer.status_code == 409
    assert deal.amount_minor == 2_000_000
    text = answer.content.decode()
    assert "Remi changed this a moment ago: €12,500 → €20,000" in text
    assert 'value="30000"' in text
    again = re.search(r'name="was" value="([^"]*)"', text)
    assert again is not None
    values = seen | {"was": html.unescape(again.group(1)), "amount": "30000", "currency": "EUR"}
    assert rosa.post(address, values, headers=HTMX).status_code == 200
    deal.refresh_from_db()
    assert deal.amount_minor == 3_000_000


def test_two_edit_different_facts_and_both_hold(cast, deal, sign_in):
    rosa, remi = sign_in(cast.rosa), sign_in(cast.remi)
    address = f"/deals/{deal.pk}/facts/title/"
    seen = opened(rosa, address)
    change(remi, deal, "campaign", campaign="Spring")
    assert rosa.post(address, seen | {"title": "Stock"}, headers=HTMX).status_code == 200
    deal.refresh_from_db()
    assert (deal.title, deal.campaign) == ("Stock", "Spring")


@pytest.mark.parametrize("was", ["", "nonsense", "[]", '"x"', "{}", '{"title": 7}', "\x00"])
def test_a_page_that_cannot_say_what_it_showed_overwrites_nothing(cast, deal, sign_in, was):
    answer = sign_in(cast.rosa).post(f"/deals/{deal.pk}/facts/title/", {"title": "Stock", "was": was}, headers=HTMX)
    assert answer.status_code in (409, 422)
    deal.refresh_from_db()
    assert deal.title == "Planning"


def test_without_the_script_a_fact_has_a_page_of_its_own(cast, deal, sign_in):
    client = sign_in(cast.rosa)
    address = f"/deals/{deal.pk}/facts/title/"
    assert "<html" in client.get(address).content.decode()
    assert "<html" in client.post(address, opened(client, address) | {"title": ""}).content.decode()
    assert client.post(address, opened(client, address) | {"title": "Stock"}).url == f"/deals/{deal.pk}/"


@pytest.mark.parametrize("name", ["nothing", "custom:nothing", "was", "deleted_at", "stage"])
def test_what_is_no_fact_is_not_found(cast, deal, sign_in, name):
    assert sign_in(cast.rosa).get(f"/deals/{deal.pk}/facts/{name}/").status_code == 404


def test_a_form_cannot_be_made_to_answer_anywhere(cast, deal, sign_in):
    values = {"title": "", "place": '"><script>alert(1)</script>'}
    answer = sign_in(cast.rosa).post(f"/deals/{deal.pk}/facts/title/", values, headers=HTMX)
    assert answer.status_code == 422
    assert "<script>" not in answer.content.decode()


def test_a_deal_keeps_an_owner_who_has_left_until_another_is_chosen(cast, deal, sign_in):
    Deal.objects.filter(pk=deal.pk).update(owner=cast.lea)
    text = sign_in(cast.remi).get(f"/deals/{deal.pk}/facts/owner/", headers=HTMX).content.decode()
    assert f'value="{cast.lea.pk}" selected' in text


# ---- products


def lines_of(deal: Deal) -> list[tuple[int, int, int | None]]:
    return list(DealProduct.objects.filter(deal=deal).order_by("pk").values_list("product_id", "quantity_milli", "price_minor"))


def test_products_are_written_with_quantity_price_and_sum(cast, deal, sign_in):
    client = sign_in(cast.rosa)
    planning = add_product(name="Planning", by=cast.alice, at=NOW, price_minor=4950)
    stock = add_product(name="Stock", by=cast.alice, at=NOW)
    address = f"/deals/{deal.pk}/products/"
    values = {
        "good0-product": planning.pk, "good0-quantity": "2.5", "good0-price": "",
        "good1-product": stock.pk, "good1-quantity": "", "good1-price": "1,000",
    }  # fmt: skip
    answer = client.post(address, opened(client, address) | values, headers=HTMX)
    assert answer.status_code == 200
    assert lines_of(deal) == [(planning.pk, 2500, 4950), (stock.pk, 1000, 100_000)]
    text = answer.content.decode()
    assert "€1,123.75" in text
    assert "Make the sum the amount" in text
    client.post(f"{address}sum/", {"sum": "112375"}, headers=HTMX)
    deal.refresh_from_db()
    assert deal.amount_minor == 112_375
    assert client.post(f"{address}sum/", {"sum": "1"}, headers=HTMX).status_code == 409
    history = client.get(f"/deals/{deal.pk}/history/", headers=HTMX).content.decode()
    assert "+ 2.5 × Planning at €49.50, + 1 × Stock at €1,000" in history


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"good0-product": "{a}", "good0-quantity": "0"}, "above 0"),
        ({"good0-product": "{a}", "good0-quantity": "1.2345"}, "above 0"),
        ({"good0-product": "{a}", "good0-price": "1.234"}, "decimals at most"),
        ({"good0-product": "{a}", "good1-product": "{a}"}, "twice"),
        ({"good0-product": "{a}", "good0-quantity": "1000000", "good0-price": "80000000000"}, "too large"),
        ({"good0-product": "99999"}, "not one of the available choices"),
    ],
)
def test_lines_that_cannot_be_kept(cast, deal, sign_in, values, said):
    product = add_product(name="Planning", by=cast.alice, at=NOW)
    client = sign_in(cast.rosa)
    address = f"/deals/{deal.pk}/products/"
    typed = {name: value.replace("{a}", str(product.pk)) for name, value in values.items()}
    answer = client.post(address, opened(client, address) | typed, headers=HTMX)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert lines_of(deal) == []


def test_two_edit_the_products(cast, deal, sign_in):
    product = add_product(name="Planning", by=cast.alice, at=NOW)
    client = sign_in(cast.rosa)
    address = f"/deals/{deal.pk}/products/"
    seen = opened(client, address)
    operations.name_products(deal=deal, products=[(product.pk, 1000, None)], by=cast.remi, at=NOW)
    answer = client.post(address, seen | {"good0-product": product.pk, "good0-quantity": "7"}, headers=HTMX)
    assert answer.status_code == 409
    assert "Remi changed this" in answer.content.decode()
    assert lines_of(deal) == [(product.pk, 1000, None)]


def test_prices_keep_their_figures_in_another_currency(cast, deal, sign_in):
    product = add_product(name="Planning", by=cast.alice, at=NOW)
    other = add_product(name="Stock", by=cast.alice, at=NOW)
    operations.name_products(deal=deal, products=[(product.pk, 1000, 5000), (other.pk, 1000, 50)], by=cast.rosa, at=NOW)
    change(sign_in(cast.rosa), deal, "amount", amount="12500", currency="JPY")
    assert lines_of(deal) == [(product.pk, 1000, 50), (other.pk, 1000, None)]


# ---- contacts


def part_of(deal: Deal) -> list[tuple[str, str, bool]]:
    rows = DealContact.objects.filter(deal=deal).order_by("-is_main", "pk")
    return list(rows.values_list("contact__name", "role", "is_main"))


def test_contacts_come_take_a_role_and_go(cast, deal, sign_in):
    client = sign_in(cast.rosa)
    address = f"/deals/{deal.pk}/people/"
    anna = create_contact(name="Anna Berg", by=cast.rosa, at=NOW)
    form = opened(client, address)
    answer = client.post(
        address, form | {"name": "Anna Berg", "person": anna.pk, "email": "anna@berg.example", "role": "uses"}, headers=HTMX
    )
    assert answer.status_code == 200
    anna.refresh_from_db()
    assert anna.email == "anna@berg.example"
    form = opened(client, address) | {"name": "Bo Dahl", "phone": "+33 1 99 00 12 34", "role": "decides", "is_main": "on"}
    assert client.post(address, form, headers=HTMX).status_code == 200
    assert part_of(deal) == [("Bo Dahl", "decides", True), ("Anna Berg", "uses", False)]
    bo = Contact.objects.get(name="Bo Dahl")
    one = f"{address}{bo.pk}/"
    client.post(one, opened(client, one) | {"role": "signs", "email": "bo@dahl.example", "phone": ""}, headers=HTMX)
    bo.refresh_from_db()
    assert (bo.email, bo.phone) == ("bo@dahl.example", "")
    assert part_of(deal) == [("Anna Berg", "uses", True), ("Bo Dahl", "signs", False)]
    client.post(one, {"off": "1"}, headers=HTMX)
    assert part_of(deal) == [("Anna Berg", "uses", True)]
    assert Contact.objects.count() == 2
    history = client.get(f"/deals/{deal.pk}/history/?only=facts", headers=HTMX).content.decode()
    assert "+ Anna Berg (uses)" in history
    assert "− Bo Dahl (signs)" in history


@pytest.mark.parametrize(("values", "said"), [({"name": ""}, "Write a name"), ({"name": "A", "email": "no"}, "valid email")])
def test_a_contact_without_name_or_with_a_wrong_address(cast, deal, sign_in, values, said):
    client = sign_in(cast.rosa)
    address = f"/deals/{deal.pk}/people/"
    answer = client.post(address, opened(client, address) | {"role": "other"} | values, headers=HTMX)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert part_of(deal) == []


def test_who_one_may_not_see_cannot_be_named(cast, deal, sign_in):
    secret = create_contact(name="Secret Person", by=cast.olga, at=NOW)
    client = sign_in(cast.rosa)
    address = f"/deals/{deal.pk}/people/"
    client.post(address, opened(client, address) | {"name": "Secret Person", "person": secret.pk, "role": "other"}, headers=HTMX)
    assert DealContact.objects.get(deal=deal).contact != secret


def test_what_is_known_is_offered_while_typing(cast, sign_in):
    create_company(name="Nettoyage Alba SARL", by=cast.rosa, at=NOW, city="Nantes", website="https://alba.example")
    create_company(name="Alba Secret", by=cast.olga, at=NOW)
    create_contact(name="Anna Berg", by=cast.rosa, at=NOW, email="anna@berg.example")
    client = sign_in(cast.rosa)
    for typed in ("alba", "nettoyage al", "alba.ex", "Nettoyage ALBA"):
        text = client.get("/suggest/companies/", {"q": typed}).content.decode()
        assert "Nettoyage Alba SARL" in text, typed
        assert "Secret" not in text
    for typed in ("ann", "berg anna", "anna@berg"):
        assert "Anna Berg" in client.get("/suggest/contacts/", {"q": typed}).content.decode(), typed
    for typed in ("", "a", "%", "\x00", "x" * 500):
        assert client.get("/suggest/companies/", {"q": typed}).status_code == 200
        assert client.get("/suggest/contacts/", {"q": typed}).status_code == 200


def test_the_journal_holds_what_was_changed(cast, deal, sign_in):
    change(sign_in(cast.rosa), deal, "campaign", campaign="Spring")
    entry = Entry.objects.of("deal", deal.pk).get(verb="deal.amended")
    assert json.loads(json.dumps(entry.data)) == {"changes": {"campaign": ["", "Spring"]}}


@pytest.mark.parametrize("place", ["%", "%s", "a b", "é" * 90, '"><i>'])
def test_a_place_that_is_none_breaks_nothing(cast, deal, sign_in, place):
    client = sign_in(cast.rosa)
    assert client.post(f"/deals/{deal.pk}/facts/title/", {"title": "Roof", "place": place}, headers=HTMX).status_code == 422
    answer = client.get(f"/deals/{deal.pk}/people/", {"place": place}, headers=HTMX)
    assert answer.status_code == 200
    assert 'id="new-contact_name"' in answer.content.decode()
