"""An edit is taken back: exactly what it changed, unless somebody has changed the same since."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from piste.activities import operations as activities
from piste.catalogue.operations import add_product
from piste.company.operations import deactivate
from piste.deals import operations
from piste.deals.models import Deal
from piste.deals.operations.merging import merge
from piste.deals.queries import fact_value
from piste.journal.models import Entry
from piste.people.operations import amend_contact, create_company, create_contact
from piste.upkeep.queries import checks
from tests import make
from tests.cast import NOW

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def deal(cast) -> Deal:
    return make.deal(make.stages(make.pipeline(by=cast.alice))[0], cast.rosa, campaign="Spring")


def last(deal: Deal) -> Entry:
    return Entry.objects.of("deal", deal.pk).latest("number")


def take_back(deal: Deal, by: Any, *entries: Entry) -> Deal:
    operations.take_back(entries=entries or [last(deal)], by=by, at=LATER)
    deal.refresh_from_db()
    return deal


def all_is_true() -> None:
    assert [check for check in checks() if not check.ok] == []


def test_facts_of_every_kind_are_as_before_and_nothing_else_is(cast, deal):
    operations.amend(deal=deal, custom={"size": "12"}, by=cast.rosa, at=NOW)
    company, source = create_company(name="Alba", by=cast.rosa, at=NOW), operations.add_source(name="Fair", by=cast.alice, at=NOW)
    facts = {
        "title": "Stock", "company": company, "amount_minor": None, "currency": "JPY", "source": source, "campaign": "",
        "expected_close_on": date(2027, 1, 4),
    }  # fmt: skip
    operations.amend(deal=deal, facts=facts, custom={"size": "13", "kind": ["a"]}, by=cast.rosa, at=NOW)
    edit = last(deal)
    operations.name_tags(deal=deal, tags=["VIP"], by=cast.remi, at=NOW)
    take_back(deal, cast.rosa, edit)
    assert (deal.title, deal.company, deal.amount_minor, deal.currency) == ("Planning", None, 1_250_000, "EUR")
    assert (deal.source, deal.campaign, deal.expected_close_on) == (None, "Spring", None)
    assert (deal.custom["size"], deal.custom["kind"]) == ("12", None)
    assert fact_value(deal, "tags") == ["VIP"]
    assert last(deal).verb == "deal.amended"
    assert last(deal).data["undoes"] == edit.number
    all_is_true()


def test_a_day_is_taken_back_to_another_day(cast, deal):
    for day in (date(2027, 1, 4), date(2027, 2, 1)):
        operations.amend(deal=deal, facts={"expected_close_on": day}, by=cast.rosa, at=NOW)
    assert take_back(deal, cast.rosa).expected_close_on == date(2027, 1, 4)


def test_what_stands_around_is_as_before_in_its_order(cast, deal):
    anna, ben = (create_contact(name=name, by=cast.rosa, at=NOW) for name in ("Anna", "Ben"))
    product = add_product(name="Planning", by=cast.alice, at=NOW)
    operations.name_contacts(deal=deal, contacts=[(anna.pk, "signs"), (ben.pk, "uses")], by=cast.rosa, at=NOW)
    operations.name_contacts(deal=deal, contacts=[(ben.pk, "decides")], by=cast.rosa, at=NOW)
    take_back(deal, cast.rosa)
    assert fact_value(deal, "contacts") == [[anna.pk, "signs"], [ben.pk, "uses"]]
    operations.name_products(deal=deal, products=[(product.pk, 1500, None)], by=cast.rosa, at=NOW)
    take_back(deal, cast.rosa)
    assert fact_value(deal, "products") == []
    operations.name_tags(deal=deal, tags=["VIP", "Fair"], by=cast.rosa, at=NOW)
    operations.name_tags(deal=deal, tags=[], by=cast.rosa, at=NOW)
    take_back(deal, cast.rosa)
    assert fact_value(deal, "tags") == ["Fair", "VIP"]


def test_one_act_is_taken_back_whole_or_not_at_all(cast, deal):
    product = add_product(name="Planning", by=cast.alice, at=NOW)
    operations.name_products(deal=deal, products=[(product.pk, 1000, 500)], by=cast.rosa, at=NOW)
    operations.amend(deal=deal, facts={"currency": "JPY"}, by=cast.rosa, at=NOW)
    first = last(deal)
    operations.name_products(deal=deal, products=[(product.pk, 1000, 5)], by=cast.rosa, at=NOW)
    act = [first, last(deal)]
    operations.name_products(deal=deal, products=[(product.pk, 2000, 5)], by=cast.remi, at=NOW)
    with pytest.raises(operations.FactsChanged):
        take_back(deal, cast.rosa, *act)
    deal.refresh_from_db()
    assert deal.currency == "JPY"
    take_back(deal, cast.remi)
    take_back(deal, cast.rosa, *act)
    assert (deal.currency, fact_value(deal, "products")) == ("EUR", [[product.pk, 1000, 500]])


def test_what_somebody_changed_since_stays(cast, deal):
    operations.amend(deal=deal, facts={"campaign": "Summer"}, by=cast.rosa, at=NOW)
    edit = last(deal)
    operations.amend(deal=deal, facts={"campaign": "Autumn"}, by=cast.remi, at=NOW)
    with pytest.raises(operations.FactsChanged) as told:
        take_back(deal, cast.rosa, edit)
    assert told.value.now == {"campaign": "Autumn"}


def test_twice_is_refused(cast, deal):
    operations.amend(deal=deal, facts={"campaign": "Summer"}, by=cast.rosa, at=NOW)
    edit = last(deal)
    take_back(deal, cast.rosa, edit)
    with pytest.raises(operations.FactsChanged):
        take_back(deal, cast.rosa, edit)


def test_an_owner_comes_back_with_what_is_to_be_done_and_the_former_team(cast, deal):
    wanted = activities.Wanted(title="Call", due_on=NOW.date())
    step = activities.plan(wanted=wanted, assignee=cast.rosa, by=cast.rosa, at=NOW, deal=deal)
    operations.amend(deal=deal, facts={"owner": cast.olga}, by=cast.marc, at=NOW)
    cast.rosa.team = cast.south
    cast.rosa.save()
    take_back(deal, cast.marc, Entry.objects.get(verb="deal.amended"))
    step.refresh_from_db()
    assert (deal.owner, deal.team, step.assignee) == (cast.rosa, cast.north, cast.rosa)
    all_is_true()


def test_a_former_owner_who_has_left_does_not_come_back(cast, deal):
    operations.amend(deal=deal, facts={"owner": cast.olga}, by=cast.marc, at=NOW)
    deactivate(member=cast.rosa, by=cast.alice, at=NOW)
    with pytest.raises(operations.NotAllowed):
        take_back(deal, cast.marc)


def test_a_company_folded_meanwhile_comes_back_as_what_it_is_now(cast, deal):
    alba, albah = (create_company(name=name, by=cast.rosa, at=NOW) for name in ("Alba", "Albah"))
    for company in (albah, None):
        operations.amend(deal=deal, facts={"company": company}, by=cast.rosa, at=NOW)
    edit = last(deal)
    merge(kept=alba, folded=albah, by=cast.rosa, at=NOW)
    assert take_back(deal, cast.rosa, edit).company == alba
    all_is_true()


def test_contacts_reached_in_the_same_act_come_back_with_it(cast, deal):
    anna = create_contact(name="Anna", email="anna@old.example", by=cast.rosa, at=NOW)
    amend_contact(contact=anna, facts={"email": "anna@new.example"}, by=cast.rosa, at=NOW)
    reached = Entry.objects.of("contact", anna.pk).latest("number")
    operations.name_contacts(deal=deal, contacts=[(anna.pk, "uses")], by=cast.rosa, at=NOW)
    take_back(deal, cast.rosa, last(deal), reached)
    anna.refresh_from_db()
    assert (anna.email, anna.email_key, fact_value(deal, "contacts")) == ("anna@old.example", "anna@old.example", [])


def test_only_edits_are_taken_back_and_not_in_the_bin(cast, deal):
    with pytest.raises(operations.CannotUndo):
        take_back(deal, cast.rosa)
    operations.amend(deal=deal, facts={"campaign": "Summer"}, by=cast.rosa, at=NOW)
    edit = last(deal)
    operations.discard(deal=deal, by=cast.rosa, at=NOW)
    with pytest.raises(operations.Discarded):
        take_back(deal, cast.rosa, edit)
