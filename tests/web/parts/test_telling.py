"""The journal in words, in both languages, with a constant number of statements."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from piste.activities import operations as activities
from piste.catalogue.operations import add_product
from piste.deals import operations
from piste.deals.models import Deal, LossReason
from piste.journal.models import Entry
from piste.journal.operations import permit_removal
from piste.people.operations import amend_company, create_company, create_contact
from piste.pipelines.models import Stage
from piste.web.parts.telling import KINDS, UNTOLD, Line, lines, quantity
from tests import make
from tests.cast import NOW


@pytest.fixture
def stages(cast) -> list[Stage]:
    return make.stages(make.pipeline(by=cast.alice))


@pytest.fixture
def deal(cast, stages) -> Deal:
    return make.deal(stages[0], cast.rosa)


def told(deal: Deal, stages: list[Stage] | None = None) -> list[Line]:
    entries = list(Entry.objects.of("deal", deal.pk).order_by("pk").select_related("actor"))
    return lines(entries, currency=deal.currency, stages=stages or [])


def last(deal: Deal, stages: list[Stage] | None = None) -> Line:
    return told(deal, stages)[-1]


def test_moves_name_both_stages_what_was_skipped_and_why(cast, deal, stages):
    assert last(deal).said == "created the deal in Prospecting"
    operations.move(deal=deal, to=stages[3], by=cast.rosa, at=NOW, why="At their wish")
    line = last(deal, stages)
    assert (line.origin, line.goal, line.said, line.detail) == (
        "Prospecting", "Proposal", "skipping Qualification, Meeting", "At their wish",
    )  # fmt: skip
    operations.move(deal=deal, to=stages[1], by=cast.remi, at=NOW)
    assert (last(deal).icon, last(deal).goal, last(deal).who) == ("undo", "Qualification", "Remi")


def test_endings_name_their_reason_and_day(cast, deal, stages):
    today = NOW.date()
    operations.hold(deal=deal, until=today + timedelta(days=7), by=cast.rosa, at=NOW, today=today, why="Budget")
    assert last(deal).said == "put the deal on hold until Tue 1\u00a0Dec"
    operations.resume(deal=deal, by=cast.rosa, at=NOW)
    assert last(deal).said == "resumed the deal in Prospecting"
    operations.lose(deal=deal, reason=LossReason.objects.create(name="Price"), by=cast.rosa, at=NOW)
    assert last(deal).said == "lost the deal (Price)"
    operations.win(deal=deal, by=cast.rosa, at=NOW)
    assert last(deal).said == "won the deal"
    with translation.override("fr"):
        assert last(deal).said == "a gagné l’affaire"


@pytest.mark.parametrize(
    ("facts", "said", "detail"),
    [
        ({"amount_minor": 4_650_000}, "changed amount", "€12,500 → €46,500"),
        ({"amount_minor": 5_000, "currency": "JPY"}, "changed amount", "€12,500 → ¥5,000"),
        ({"currency": "USD"}, "changed currency", "EUR → USD"),
        ({"expected_close_on": date(2026, 12, 18)}, "changed expected close date", "— → Fri 18\u00a0Dec"),
        ({"owner": "remi"}, "changed owner", "Rosa Rep → Remi Rep"),
        ({"title": "Stock"}, "changed title", "Planning → Stock"),
        ({"title": "Stock", "campaign": "May"}, "changed several facts", "title Planning → Stock · campaign — → May"),
    ],
)
def test_facts_before_and_after(cast, deal, facts: dict[str, Any], said, detail):
    given = {name: cast.remi if value == "remi" else value for name, value in facts.items()}
    operations.amend(deal=deal, facts=given, by=cast.rosa, at=NOW)
    deal.refresh_from_db()
    assert (last(deal).said, last(deal).detail) == (said, detail)


def test_who_takes_part_and_what_would_be_bought(cast, deal):
    anna, bo = (create_contact(name=name, by=cast.rosa, at=NOW) for name in ("Anna", "Bo"))
    operations.name_contacts(deal=deal, contacts=[(anna.pk, "decides")], by=cast.rosa, at=NOW)
    assert last(deal).detail == "+ Anna (decides)"
    operations.name_contacts(deal=deal, contacts=[(bo.pk, "other"), (anna.pk, "uses")], by=cast.rosa, at=NOW)
    assert last(deal).detail == "+ Bo, + Anna (uses), − Anna (decides) · main contact Bo"
    product = add_product(name="Planning", by=cast.alice, at=NOW)
    operations.name_products(deal=deal, products=[(product.pk, 1500, 999)], by=cast.rosa, at=NOW)
    assert last(deal).detail == "+ 1.5 × Planning at €9.99"
    operations.name_products(deal=deal, products=[], by=cast.rosa, at=NOW)
    assert last(deal).detail == "− 1.5 × Planning at €9.99"


def test_imports_say_so_and_the_product_acts_in_its_own_name(cast, stages):
    deal = operations.create(
        title="Planning", stage=stages[0], owner=cast.rosa, by=None, at=NOW, currency="EUR", cause="import"
    )  # fmt: skip
    assert (last(deal).who, last(deal).is_imported) == ("Piste", True)


def test_companies_are_told_in_the_same_words(cast):
    alba = create_company(name="Alba", by=cast.rosa, at=NOW)
    amend_company(
        company=alba, facts={"city": "Nantes", "parent": create_company(name="Group", by=cast.rosa, at=NOW)}, by=cast.rosa, at=NOW
    )
    found = lines(list(Entry.objects.of("company", alba.pk).order_by("pk").select_related("actor")))
    assert [line.said for line in found] == ["created Alba", "changed several facts"]
    assert found[1].detail == "city — → Nantes · parent company — → Group"


def test_an_erased_entry_and_an_unknown_verb_break_nothing(cast, deal):
    operations.amend(deal=deal, facts={"title": "Stock"}, by=cast.rosa, at=NOW)
    activities.attach(subject_kind="deal", subject_id=deal.pk, name="a", content=[b"1"], by=cast.rosa, at=NOW)
    activities.write(subject_kind="deal", subject_id=deal.pk, text="Words", by=cast.rosa, at=NOW)
    with permit_removal(reason="test"):
        Entry.objects.of("deal", deal.pk).update(data={})
    assert len(told(deal)) == 3
    entry = Entry(verb="deal.dreamt", subject_kind="deal", subject_id=deal.pk, at=NOW, data={})
    assert lines([entry])[0].said == "changed something (deal.dreamt)"


def test_many_entries_cost_no_more_statements_than_few(cast, deal, stages):
    counts = []
    for _round in range(3):
        company = create_company(name="Alba", by=cast.rosa, at=NOW)
        contact = create_contact(name="Anna", by=cast.rosa, at=NOW)
        operations.amend(deal=deal, facts={"company": company, "owner": cast.remi}, custom={"x": "1"}, by=cast.rosa, at=NOW)
        operations.amend(deal=deal, facts={"company": None, "owner": cast.rosa}, custom={"x": "2"}, by=cast.rosa, at=NOW)
        operations.name_contacts(deal=deal, contacts=[(contact.pk, "uses")], by=cast.rosa, at=NOW)
        activities.write(subject_kind="deal", subject_id=deal.pk, text="@Remi", by=cast.rosa, at=NOW, may_read=[cast.remi])
        with CaptureQueriesContext(connection) as spent:
            told(deal, stages)
        counts.append(len(spent))
    assert len(set(counts)) == 1


def test_every_verb_of_a_kind_is_told_once():
    verbs = [verb for found in KINDS.values() for verb in found]
    assert len(verbs) == len(set(verbs))
    assert not set(verbs) & set(UNTOLD)


@pytest.mark.parametrize(("milli", "said"), [(1000, "1"), (1500, "1.5"), (2125, "2.125"), (1, "0.001"), (12_500_000, "12,500")])
def test_quantities(milli, said):
    assert quantity(milli) == said
