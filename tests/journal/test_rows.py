"""Rows that go in by thousands are as if each had been saved."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from piste.company.models import Team
from piste.deals.models import Deal, Move
from piste.journal.models import Entry
from piste.journal.rows import AT_ONCE, add_at_once, add_rows, add_values, add_with_ids, unsaved
from piste.people.models import Company
from tests import make
from tests.cast import NOW, Cast


def company(name: str) -> Company:
    return Company(name=name, created_at=NOW, custom={"size": ["a", 1, None], "é": True})


def test_ids_are_those_the_database_knows(cast: Cast) -> None:
    first = company("Before")
    first.save()
    made = add_with_ids(Company, [company("One"), company("Two")])
    assert dict(Company.objects.values_list("pk", "name")) == {first.pk: "Before", made[0].pk: "One", made[1].pk: "Two"}
    made[0].name = "Renamed"
    made[0].save()
    later = company("After")
    later.save()
    assert later.pk > made[1].pk
    assert Company.objects.count() == 4
    assert Company.objects.get(pk=made[0].pk).name == "Renamed"


def test_an_id_is_never_given_twice(cast: Cast) -> None:
    made = add_with_ids(Company, [company("One")])
    Company.objects.all().delete()
    assert add_with_ids(Company, [company("Two")])[0].pk > made[0].pk
    assert add_with_ids(Company, []) == []


def test_every_kind_of_value_comes_back(cast: Cast) -> None:
    stage = make.stages(make.pipeline())[0]
    moment = datetime(2026, 3, 29, 2, 30, 0, 123456, tzinfo=UTC)
    facts = {"title": "Œuvre “é” %s", "owner": cast.rosa, "team": cast.north, "stage": stage, "pipeline": stage.pipeline}
    days = {"expected_close_on": date(2026, 12, 31), "created_at": moment, "updated_at": moment, "entered_stage_at": moment}
    (made,) = add_with_ids(Deal, [Deal(**facts, **days, currency="JPY", amount_minor=2**40, custom={"a": {"b": [1]}})])
    saved = Deal(**facts, **days, currency="JPY", amount_minor=2**40, custom={"a": {"b": [1]}})
    saved.save()
    columns = [field.attname for field in Deal._meta.concrete_fields if not field.primary_key]
    one, other = (Deal.objects.filter(pk=deal.pk).values(*columns).get() for deal in (made, saved))
    assert one == other
    assert one["amount_key"] == 2**40


def test_bytes_and_what_is_absent_come_back(cast: Cast) -> None:
    deal = make.deal(make.stages(make.pipeline())[0], cast.rosa)
    move = deal.moves.get()
    facts = {field.attname: getattr(move, field.attname) for field in Move._meta.concrete_fields if not field.primary_key}
    add_rows(Move, [Move(**{**facts, "number": 2, "hash": b"\x00\xff" * 16, "hold_until": date(2026, 1, 2)})])
    copy = deal.moves.get(number=2)
    assert (bytes(copy.hash), copy.hold_until, copy.undoes) == (b"\x00\xff" * 16, date(2026, 1, 2), None)


def test_what_is_no_value_is_refused(cast: Cast) -> None:
    with pytest.raises(TypeError, match="object is not a value"):
        add_values(Team, ["name", "created_at"], [(object(), NOW)])
    assert not Entry.objects.filter(verb="team.created").exists()


def test_an_unsaved_row_is_the_one_the_model_makes(cast: Cast) -> None:
    stage = make.stages(make.pipeline())[0]
    facts = {"title": "Stade", "owner": cast.rosa, "team_id": cast.north.pk, "stage": stage, "currency": "EUR", "created_at": NOW}
    made, usual = unsaved(Deal, facts), Deal(**facts)
    told, expected = dict(vars(made)), dict(vars(usual))
    assert told.pop("_state").fields_cache == expected.pop("_state").fields_cache
    assert told == expected
    assert made._state.adding
    made.custom["a"] = 1
    assert unsaved(Deal, facts).custom == {}
    with pytest.raises(TypeError):
        unsaved(Deal, {"titel": "Stade"})


def test_long_statements_bring_every_row(cast: Cast) -> None:
    add_at_once(Team, ["name", "created_at"], [[f"Team {number}", NOW] for number in range(2 * AT_ONCE + 1)])
    assert Team.objects.filter(name__startswith="Team ").count() == 2 * AT_ONCE + 1
    add_at_once(Team, ["name", "created_at"], [])
