"""A move brings its missing facts along: both are written, or neither."""

from __future__ import annotations

from datetime import date

import pytest

from piste.catalogue.models import Product
from piste.deals import operations
from piste.deals.models import Deal, Source
from piste.deals.operations import Supplied, SuppliedContact
from piste.people.models import Company, Contact
from piste.people.operations import create_contact
from piste.pipelines.operations import require
from tests import make
from tests.cast import NOW

ALL = (
    "amount", "expected_close_on", "company", "contact", "contact_email", "contact_phone", "decision_maker", "source",
    "product", "custom:region",
)  # fmt: skip


@pytest.fixture
def stages(cast):
    stages = make.stages(make.pipeline(by=cast.alice))
    for fact in ALL:
        require(stage=stages[1], fact=fact, to_enter=True, to_leave=False, by=None, at=NOW, why="Quality")
    return stages


def everything() -> Supplied:
    product = Product.objects.create(name="Planner", price_minor=100, created_at=NOW)
    return Supplied(
        facts={
            "amount_minor": 5_000,
            "expected_close_on": date(2027, 1, 4),
            "source": Source.objects.create(name="Fair"),
        },
        custom={"region": "Loire"},
        new_company="Nettoyage Alba",
        contact=SuppliedContact(facts={"name": "Anne", "email": "anne@alba.example", "phone": "0465710001"}, role="decides"),
        products=[(product.pk, 1000, 100)],
    )


def test_all_facts_and_the_move_are_written_together(cast, stages):
    deal = make.deal(stages[0], cast.rosa, amount_minor=None)
    with pytest.raises(operations.DataMissing) as lack:
        operations.move(deal=deal, to=stages[1], by=cast.rosa, at=NOW)
    assert lack.value.facts == list(ALL)
    operations.move(deal=deal, to=stages[1], by=cast.rosa, at=NOW, seen=1, supplied=everything())
    deal = Deal.objects.get(pk=deal.pk)
    assert deal.stage == stages[1]
    assert deal.amount_minor == 5_000
    assert deal.company.name == "Nettoyage Alba"
    assert deal.people.get().contact.company == deal.company
    assert deal.products.get().product.name == "Planner"
    assert deal.custom == {"region": "Loire"}


def test_facts_are_not_kept_when_the_move_is_refused(cast, stages):
    deal = make.deal(stages[0], cast.rosa, amount_minor=None)
    supplied = everything()
    lacking = Supplied(facts=supplied.facts, new_company="Nettoyage Alba")
    with pytest.raises(operations.DataMissing):
        operations.move(deal=deal, to=stages[1], by=cast.rosa, at=NOW, supplied=lacking)
    with pytest.raises(operations.Overtaken):
        operations.move(deal=deal, to=stages[1], by=cast.rosa, at=NOW, seen=4, supplied=supplied)
    deal = Deal.objects.get(pk=deal.pk)
    assert deal.amount_minor is None
    assert not Company.objects.exists()
    assert not Contact.objects.exists()


def test_those_who_take_part_already_stay(cast, stages):
    anne = create_contact(name="Anne", by=None, at=NOW)
    bruno = create_contact(name="Bruno", by=None, at=NOW)
    deal = make.deal(stages[0], cast.rosa, contacts=[(anne.pk, "champion")])
    for given in (
        SuppliedContact(contact=bruno, role="decides"),
        SuppliedContact(contact=anne, facts={"email": "anne@alba.example"}),
    ):
        operations.move(deal=deal, to=stages[2], by=cast.alice, at=NOW, supplied=Supplied(contact=given), override="Test")
        operations.move(deal=deal, to=stages[0], by=cast.alice, at=NOW)
    rows = deal.people.values_list("contact__name", "role", "contact__email", "is_main")
    assert list(rows) == [("Anne", "champion", "anne@alba.example", True), ("Bruno", "decides", "", False)]


def test_a_win_takes_facts_too(cast, stages):
    require(stage=stages[0], fact="amount", to_enter=False, to_leave=True, by=None, at=NOW, why="Quality")
    deal = make.deal(stages[0], cast.rosa, amount_minor=None)
    with pytest.raises(operations.DataMissing):
        operations.win(deal=deal, by=cast.rosa, at=NOW)
    operations.win(deal=deal, by=cast.rosa, at=NOW, supplied=Supplied(facts={"amount_minor": 1}))
    assert Deal.objects.get(pk=deal.pk).status == "won"
