"""The toast after an edit takes it back, and says who stands in the way."""

from __future__ import annotations

import re
from typing import Any

from piste.deals import operations
from piste.deals.models import Deal
from piste.deals.queries import fact_value
from piste.journal.models import Entry
from piste.people.operations import create_contact
from tests.cast import NOW

from .conftest import HTMX
from .test_facts import change, opened


def way_back(answer: Any) -> str:
    """The address the toast's button leads to."""
    return re.findall(r'hx-post="([^"]*/undo/)"', answer.content.decode())[0]


def test_an_edit_says_what_it_changed_and_is_taken_back(cast, deal, sign_in):
    client = sign_in(cast.rosa)
    answer = change(client, deal, "amount", amount="900", currency="EUR")
    assert "Amount: €12,500 → €900" in answer.content.decode()
    back = client.post(way_back(answer), headers=HTMX)
    assert back.status_code == 200
    assert "Taken back: it is as before." in back.content.decode()
    assert "took back a change of amount" in back.content.decode()
    deal.refresh_from_db()
    assert deal.amount_minor == 1_250_000
    again = client.post(way_back(answer), headers=HTMX)
    assert again.status_code == 409
    assert "This has been taken back already." in again.content.decode()


def test_nothing_changed_offers_nothing(cast, deal, sign_in):
    answer = change(sign_in(cast.rosa), deal, "title", title="Planning")
    assert "data-undo" not in answer.content.decode()


def test_who_changed_it_since_is_named(cast, deal, sign_in):
    client = sign_in(cast.rosa)
    answer = change(client, deal, "campaign", campaign="Spring")
    change(sign_in(cast.remi), deal, "campaign", campaign="Autumn")
    refused = client.post(way_back(answer), headers=HTMX)
    assert refused.status_code == 409
    assert "Remi changed this a moment ago: Spring → Autumn. It stays so" in refused.content.decode()
    deal.refresh_from_db()
    assert deal.campaign == "Autumn"


def test_another_field_changed_since_is_no_matter(cast, deal, sign_in):
    client = sign_in(cast.rosa)
    answer = change(client, deal, "campaign", campaign="Spring")
    change(client, deal, "title", title="Stock")
    assert client.post(way_back(answer), headers=HTMX).status_code == 200
    deal.refresh_from_db()
    assert (deal.title, deal.campaign) == ("Stock", "")


def test_a_role_and_a_phone_given_at_once_are_taken_back_at_once(cast, deal, sign_in):
    anna = create_contact(name="Anna Berg", phone="+33 1 99 00 00 01", by=cast.rosa, at=NOW)
    operations.name_contacts(deal=deal, contacts=[(anna.pk, "uses")], by=cast.rosa, at=NOW)
    client, address = sign_in(cast.rosa), f"/deals/{deal.pk}/people/{anna.pk}/"
    values = {"role": "signs", "phone": "+33 1 99 00 00 02", "email": "", "is_main": "on"}
    answer = client.post(address, opened(client, address) | values, headers=HTMX)
    assert "Contacts: + Anna Berg (signs), − Anna Berg (uses)" in answer.content.decode()
    client.post(way_back(answer), headers=HTMX)
    anna.refresh_from_db()
    assert (anna.phone, fact_value(deal, "contacts")) == ("+33 1 99 00 00 01", [[anna.pk, "uses"]])


def test_a_former_owner_who_has_left_is_told(cast, deal, sign_in):
    client = sign_in(cast.marc)
    answer = change(client, deal, "owner", owner=cast.remi.pk)
    cast.rosa.is_active = False
    cast.rosa.save()
    refused = client.post(way_back(answer), headers=HTMX)
    assert "The former owner has left: choose another owner." in refused.content.decode()


def test_without_the_script_it_is_a_form(cast, deal, sign_in):
    client = sign_in(cast.rosa)
    address = f"/deals/{deal.pk}/facts/campaign/"
    page = client.post(address, opened(client, address) | {"campaign": "Spring"}, follow=True).content.decode()
    back = re.findall(r'action="([^"]*/undo/)"', page)[0]
    assert "Taken back" in client.post(back, follow=True).content.decode()
    assert Deal.objects.get().campaign == ""


def test_moves_and_others_deals_are_not_edits(cast, deal, sign_in):
    entry = Entry.objects.of("deal", deal.pk).get(verb="deal.created")
    assert sign_in(cast.rosa).post(f"/deals/{deal.pk}/edits/{entry.pk}/undo/").status_code == 404
