"""Facts changed by two people: the second is told, nothing is overwritten unseen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from piste.catalogue.operations import add_product
from piste.deals import operations
from piste.deals.models import Deal
from piste.deals.queries import fact_value, neighbours
from piste.people.operations import create_contact
from tests import make
from tests.cast import NOW


@pytest.fixture
def deal(cast) -> Deal:
    return make.deal(make.stages(make.pipeline(by=cast.alice))[0], cast.rosa, campaign="Spring")


def test_what_was_seen_may_be_changed(cast, deal):
    expecting = {"campaign": "Spring", "custom:size": None}
    changed = operations.amend(
        deal=deal, facts={"campaign": "Autumn"}, custom={"size": "12"}, by=cast.rosa, at=NOW, expecting=expecting
    )
    assert changed == {"campaign": ("Spring", "Autumn"), "custom:size": (None, "12")}


def test_what_changed_meanwhile_is_told_and_nothing_is_written(cast, deal):
    seen = fact_value(deal, "expected_close_on")
    operations.amend(deal=deal, facts={"expected_close_on": date(2027, 1, 4)}, by=cast.remi, at=NOW)
    with pytest.raises(operations.FactsChanged) as told:
        operations.amend(
            deal=deal,
            facts={"expected_close_on": date(2027, 2, 1), "campaign": "Autumn"},
            by=cast.rosa,
            at=NOW,
            expecting={"expected_close_on": seen},
        )
    assert told.value.now == {"expected_close_on": "2027-01-04"}
    deal.refresh_from_db()
    assert deal.campaign == "Spring"
    assert deal.expected_close_on == date(2027, 1, 4)


def test_another_fact_may_have_changed_meanwhile(cast, deal):
    operations.amend(deal=deal, facts={"campaign": "Autumn"}, by=cast.remi, at=NOW)
    operations.amend(deal=deal, facts={"title": "Stock"}, by=cast.rosa, at=NOW, expecting={"title": "Planning"})
    deal.refresh_from_db()
    assert (deal.title, deal.campaign) == ("Stock", "Autumn")


def test_what_stands_around_a_deal_is_held_against_too(cast, deal):
    anna = create_contact(name="Anna Berg", by=cast.rosa, at=NOW)
    product = add_product(name="Planning", by=cast.alice, at=NOW)
    nothing = {name: fact_value(deal, name) for name in ("tags", "contacts", "products")}
    assert nothing == {"tags": [], "contacts": [], "products": []}
    operations.name_tags(deal=deal, tags=["VIP"], by=cast.remi, at=NOW, expecting={"tags": []})
    operations.name_contacts(deal=deal, contacts=[(anna.pk, "signs")], by=cast.remi, at=NOW, expecting={"contacts": []})
    operations.name_products(deal=deal, products=[(product.pk, 1500, 99)], by=cast.remi, at=NOW, expecting={"products": []})
    assert fact_value(deal, "contacts") == [[anna.pk, "signs"]]
    assert fact_value(deal, "products") == [[product.pk, 1500, 99]]
    with pytest.raises(operations.FactsChanged):
        operations.name_tags(deal=deal, tags=[], by=cast.rosa, at=NOW, expecting={"tags": []})
    with pytest.raises(operations.FactsChanged):
        operations.name_contacts(deal=deal, contacts=[], by=cast.rosa, at=NOW, expecting={"contacts": []})
    with pytest.raises(operations.FactsChanged):
        operations.name_products(deal=deal, products=[], by=cast.rosa, at=NOW, expecting={"products": []})


def test_neighbours_follow_the_order_of_the_column_and_the_rights(cast):
    stage = make.stages(make.pipeline(by=cast.alice))[1]
    days = [None, date(2027, 1, 1), date(2026, 12, 1)]
    undated, january, december = (make.deal(stage, cast.rosa, expected_close_on=day) for day in days)
    mine = make.deal(stage, cast.olga, expected_close_on=date(2026, 12, 15))
    found = neighbours(january, member=cast.rosa)
    assert found is not None
    assert (found.place, found.count, found.previous, found.next) == (2, 3, december.pk, undated.pk)
    alone = neighbours(mine, member=cast.olga)
    assert alone is not None
    assert (alone.place, alone.count, alone.previous, alone.next) == (1, 1, None, None)
    operations.hold(deal=undated, until=date(2027, 3, 1), by=cast.rosa, at=NOW + timedelta(1), today=NOW.date())
    undated.refresh_from_db()
    assert neighbours(undated, member=cast.rosa) is None
