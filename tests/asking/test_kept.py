"""Statements kept as the ORM wrote them: the same rows as the ORM's own for any values, and never those of somebody else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from piste.activities import operations as activities
from piste.activities.operations import Wanted
from piste.activities.queries import day
from piste.asking import Kept, KeptCounts, KeptRecords
from piste.asking import kept as asking
from piste.asking.kept import NotKept
from piste.company.models import Member
from piste.company.queries import stand_in
from piste.deals.models import Deal, Move
from tests import make
from tests.cast import NOW, Cast

DAY = timedelta(days=1)
FIELDS = ("pk", "title", "created_at", "expected_close_on", "custom")


@pytest.fixture
def deals(cast: Cast) -> list[Deal]:
    stages = make.stages(make.pipeline(by=cast.alice))
    owners = (cast.rosa, cast.remi, cast.olga)
    return [
        make.deal(
            stages[0], owner, at=NOW + number * DAY, title=f"100 % of {number}", expected_close_on=date(2027, 1, 1 + number)
        )
        for number, owner in enumerate(owners)
    ]


@Kept
def since(order: str, *, at: datetime, until: date) -> Any:
    return Deal.objects.filter(created_at__gte=at, expected_close_on__lte=until).order_by(order).values_list(*FIELDS)


def test_rows_are_those_of_the_orm_for_whatever_values(deals: list[Deal]) -> None:
    for at, until, order in (
        (NOW, date(2027, 1, 2), "pk"),
        (NOW + DAY, date(2027, 1, 9), "-pk"),
        (NOW + DAY, date(2027, 1, 2), "-pk"),
        (NOW + 9 * DAY, date(2027, 1, 9), "pk"),
    ):
        own = Deal.objects.filter(created_at__gte=at, expected_close_on__lte=until).order_by(order).values_list(*FIELDS)
        assert since(order, at=at, until=until) == list(own)


def test_a_number_of_a_narrow_column_is_compared(deals: list[Deal]) -> None:
    @Kept
    def moves(*, deal: int, before: int) -> Any:
        return Move.objects.filter(deal_id=deal, number__lt=before).values_list("number")

    assert moves(deal=deals[0].pk, before=1) == []
    assert moves(deal=deals[0].pk, before=2) == [(1,)]


def test_the_orm_writes_it_once(deals: list[Deal]) -> None:
    written: list[str] = []

    @Kept
    def titled(name: str, *, owner: int) -> Any:
        written.append(name)
        return Deal.objects.filter(owner_id=owner, title__contains="%").values_list(name)

    assert titled("title", owner=deals[0].owner_id) == [("100 % of 0",)]
    assert titled("title", owner=deals[1].owner_id) == [("100 % of 1",)]
    assert titled("pk", owner=deals[1].owner_id) == [(deals[1].pk,)]
    # Twice each, to tell values from what is always the same.
    assert written == ["title", "title", "pk", "pk"]


def test_several_values_in_one_place(deals: list[Deal]) -> None:
    @Kept
    def owned(*, owners: list[int], least: int) -> Any:
        return Deal.objects.filter(owner_id__in=owners, pk__gte=least).order_by("pk").values_list("title")

    everybody = [deal.owner_id for deal in deals]
    assert owned(owners=everybody[:1], least=0) == [("100 % of 0",)]
    assert len(owned(owners=everybody, least=0)) == 3
    assert owned(owners=everybody, least=deals[2].pk) == [("100 % of 2",)]
    assert owned(owners=[], least=0) == []


def test_words_are_values(deals: list[Deal]) -> None:
    @Kept
    def called(*, title: str) -> Any:
        return Deal.objects.filter(title=title).values_list("pk")

    for deal in deals:
        assert called(title=deal.title) == [(deal.pk,)]
    assert called(title="\x020\x03 %s '") == []


def test_what_follows_from_a_value_is_refused(db: None) -> None:
    @Kept
    def later(*, on: date) -> Any:
        return Deal.objects.filter(expected_close_on__gt=on + DAY).values_list("pk")

    @Kept
    def one_or_many(*, owner: int) -> Any:
        return Deal.objects.filter(owner_id=owner).order_by("pk" if owner % 2 else "title").values_list("pk")

    with pytest.raises(NotKept, match="computed"):
        later(on=NOW.date())
    with pytest.raises(NotKept, match="text"):
        one_or_many(owner=3)
    for value in (None, True, 3.5):
        with pytest.raises(NotKept):
            one_or_many(owner=value)


def test_nobody_is_asked_for_nothing(cast: Cast, deals: list[Deal]) -> None:
    @Kept
    def seen(sight: str, *, member: int, team: int) -> Any:
        return Deal.objects.visible_to(stand_in(sight, member, team)).values_list("pk")

    with CaptureQueriesContext(connection) as asked:
        assert seen(cast.lea.sight, member=cast.lea.pk, team=0) == []
    assert len(asked) == 0


def test_one_sees_as_far_as_one_does_and_no_further(cast: Cast, deals: list[Deal]) -> None:
    """Statements are kept for all who see as far: each must get their own rows."""

    @Kept
    def seen(sight: str, *, member: int, team: int) -> Any:
        return Deal.objects.visible_to(stand_in(sight, member, team)).order_by("pk").values_list("pk")

    for member in [*cast.everybody(), cast.lea, *reversed(cast.everybody())]:
        own = [(deal.pk,) for deal in Deal.objects.visible_to(member).order_by("pk")]
        assert seen(member.sight, member=member.pk, team=member.team_id or 0) == own
    for member in cast.everybody():
        Member.objects.filter(pk=member.pk).update(team=cast.south, sees="team")
        member.refresh_from_db()
        own = [(deal.pk,) for deal in Deal.objects.visible_to(member).order_by("pk")]
        assert seen(member.sight, member=member.pk, team=member.team_id or 0) == own


def test_the_days_of_several_are_not_mixed(cast: Cast, deals: list[Deal]) -> None:
    for deal in deals:
        wanted = Wanted(title=f"Call {deal.owner.first_name}", kind="call", due_on=NOW.date() - DAY)
        activities.plan(wanted=wanted, assignee=deal.owner, by=deal.owner, at=NOW, deal=deal)

    def titles(member: Member, *, whole: bool) -> set[str]:
        scope = day.Scope(member=member, whole=whole, today=NOW.date(), now=NOW)
        found = day.overdue(scope, 15)
        assert day.counts(scope).overdue == len(found)
        return {step.title for step in found}

    assert titles(cast.rosa, whole=False) == {"Call Rosa"}
    assert titles(cast.remi, whole=False) == {"Call Remi"}
    assert titles(cast.rosa, whole=True) == titles(cast.marc, whole=True) == {"Call Rosa", "Call Remi"}
    assert titles(cast.olga, whole=True) == {"Call Olga"}
    assert titles(cast.alice, whole=True) == {"Call Rosa", "Call Remi", "Call Olga"}
    assert titles(cast.lea, whole=True) == set()


def test_counts_count_each_set_apart(cast: Cast, deals: list[Deal]) -> None:
    @KeptCounts
    def counted(*, owner: int) -> Any:
        own = Deal.objects.filter(owner_id=owner)
        # The ledger's usual order would make each of its rows distinct.
        return own, Deal.objects.none(), Move.objects.values("to_stage_id").distinct(), own.order_by("pk")[:5]

    assert counted.counts(owner=deals[0].owner_id) == (1, 0, 1, 1)
    assert counted.counts(owner=0) == (0, 0, 1, 0)


def test_records_are_those_of_the_table(cast: Cast) -> None:
    @KeptRecords
    def member(*, key: int) -> Any:
        return Member.objects.filter(pk=key)

    for found in (cast.rosa, cast.alice):
        [read] = member.records(key=found.pk)
        assert read == found
        assert (read.joined_at, read.digest_at, read.team) == (found.joined_at, found.digest_at, found.team)
    assert member.records(key=0) == []


def test_shapes_do_not_pile_up(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "SHAPES", 3)

    @Kept
    def first(limit: int) -> Any:
        return Deal.objects.order_by("pk").values_list("pk")[:limit]

    for limit in range(1, 10):
        assert first(limit) == []
    assert len(first._known) <= 3


@KeptRecords
def with_others(owner: bool, *, key: int) -> Any:
    found = Deal.objects.filter(pk=key).select_related("stage__pipeline", "owner", "company")
    return found.filter(owner__is_active=True) if owner else found


def test_records_bring_those_they_refer_to(deals: list[Deal], django_assert_num_queries: Any) -> None:
    known = Deal.objects.get(pk=deals[1].pk)
    for shape in (True, False, True):
        with django_assert_num_queries(1):
            found = with_others.record(shape, key=deals[1].pk)
            assert (found.owner.name, found.stage.pipeline.name, found.company) == ("Remi Rep", "Sales", None)
        for field in Deal._meta.concrete_fields:
            assert getattr(found, field.attname) == getattr(known, field.attname), field
        assert [vars(record._state)["adding"] for record in (found, found.stage, found.owner)] == [False] * 3
        assert found._state.db == found.stage._state.db == known._state.db
    assert with_others.record(True, key=-1) is None
