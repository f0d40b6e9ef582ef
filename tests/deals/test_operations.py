"""Each verb: what it does, what it refuses, and that a refusal writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from piste.company.models import Member
from piste.deals import operations as ops
from piste.deals import queries
from piste.deals.models import Deal, LossReason, Move
from piste.finding.models import Document
from piste.pipelines.models import Pipeline, Stage
from piste.pipelines.operations import require
from piste.upkeep.queries import checks
from tests import make
from tests.cast import NOW, Cast

LATER = NOW + timedelta(hours=2)
TODAY = NOW.date()


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    return make.stages(make.pipeline())


@pytest.fixture
def deal(cast: Cast, stages: list[Stage]) -> Deal:
    return make.deal(stages[1], cast.rosa)


def now(deal: Deal) -> Deal:
    return Deal.objects.get(pk=deal.pk)


def reason() -> LossReason:
    return LossReason.objects.create(name="Price")


def sound() -> None:
    assert [check for check in checks() if not check.ok] == []


def test_moves_are_called_by_what_they_do(cast: Cast, stages: list[Stage], deal: Deal) -> None:
    other = make.stages(make.pipeline("Partners"))
    for to, kind in ((2, "advanced"), (4, "skipped"), (1, "returned"), (5, "skipped")):
        assert ops.move(deal=deal, to=stages[to], by=cast.rosa, at=LATER).kind == kind
    assert ops.move(deal=deal, to=other[0], by=cast.rosa, at=LATER).kind == "changed_pipeline"
    assert now(deal).pipeline_id == other[0].pipeline_id
    sound()


def test_a_move_names_the_process_version_in_force(cast: Cast, stages: list[Stage], deal: Deal) -> None:
    require(stage=stages[4], fact="amount", to_enter=True, to_leave=False, by=cast.marc, at=NOW, why="honest sums")
    moved = ops.move(deal=deal, to=stages[2], by=cast.rosa, at=LATER)
    assert moved.process_version is not None
    assert moved.process_version.number == 2


def test_a_move_writes_of_its_deal_what_it_changes_alone(cast: Cast, stages: list[Stage], deal: Deal) -> None:
    """SQLite writes each index anew of which a column is named, be it as it was."""
    with CaptureQueriesContext(connection) as asked:
        ops.move(deal=deal, to=stages[2], by=cast.rosa, at=NOW)
    (written,) = [one["sql"] for one in asked if one["sql"].startswith('UPDATE "deals_deal"')]
    assert '"stage_id"' in written
    assert '"ledger_hash"' in written
    assert not [name for name in ("pipeline_id", "status", "hold_until", "loss_reason_id") if f'"{name}"' in written]


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "column"), [("deals_move", "by_id"), ("journal_entry", "actor_id")])
def test_what_a_person_did_stands_in_one_index(table: str, column: str) -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table).values()
    assert len([one for one in found if one["index"] and one["columns"][:1] == [column]]) == 1


def test_winning_goes_on_in_retention_and_stays_won_there(cast: Cast, stages: list[Stage], deal: Deal) -> None:
    assert ops.win(deal=deal, by=cast.rosa, at=LATER).to_stage == stages[5]
    with pytest.raises(ops.AlreadyThere):
        ops.win(deal=deal, by=cast.rosa, at=LATER)
    reopened = ops.move(deal=deal, to=stages[3], by=cast.rosa, at=LATER)
    assert (reopened.kind, now(deal).status, now(deal).closed_at) == ("reopened", "open", None)
    sound()


def test_winning_where_no_stage_keeps_customers(cast: Cast, stages: list[Stage], deal: Deal) -> None:
    ops.retire_stage(stage=stages[5], destination=stages[4], by=cast.marc, at=NOW, why="elsewhere")
    assert ops.win(deal=deal, by=cast.rosa, at=LATER).to_stage == stages[1]
    assert now(deal).column is None
    sound()


def test_losing_keeps_the_reason_until_it_is_reopened(cast: Cast, stages: list[Stage], deal: Deal) -> None:
    ops.lose(deal=deal, reason=reason(), by=cast.rosa, at=LATER, why=" too dear ")
    assert (now(deal).loss_note, now(deal).column) == ("too dear", None)
    ops.move(deal=deal, to=stages[1], by=cast.rosa, at=LATER)
    assert (now(deal).loss_note, now(deal).loss_reason) == ("", None)
    sound()


def test_holding_refuses_a_day_that_has_come(cast: Cast, deal: Deal) -> None:
    for until in (TODAY, TODAY - timedelta(days=1)):
        with pytest.raises(ops.WrongDate):
            ops.hold(deal=deal, until=until, by=cast.rosa, at=LATER, today=TODAY)
    assert now(deal).ledger_number == 1


def test_holding_again_changes_the_day(cast: Cast, deal: Deal) -> None:
    first, second = TODAY + timedelta(days=3), TODAY + timedelta(days=9)
    ops.hold(deal=deal, until=first, by=cast.rosa, at=LATER, today=TODAY)
    with pytest.raises(ops.AlreadyThere):
        ops.hold(deal=deal, until=first, by=cast.rosa, at=LATER, today=TODAY)
    ops.hold(deal=deal, until=second, by=cast.rosa, at=LATER, today=TODAY)
    assert now(deal).hold_until == second
    ops.win(deal=deal, by=cast.rosa, at=LATER)
    with pytest.raises(ops.AlreadyThere):
        ops.hold(deal=deal, until=second, by=cast.rosa, at=LATER, today=TODAY)
    sound()


def test_days_nobody_woke_deals_are_made_up_for(cast: Cast, stages: list[Stage]) -> None:
    due = make.deal(stages[0], cast.rosa)
    missed = make.deal(stages[0], cast.rosa)
    later = make.deal(stages[0], cast.rosa)
    binned = make.deal(stages[0], cast.rosa)
    for held, days in ((due, 3), (missed, 1), (later, 4), (binned, 1)):
        ops.hold(deal=held, until=TODAY + timedelta(days=days), by=cast.rosa, at=NOW, today=TODAY)
    ops.discard(deal=binned, by=cast.rosa, at=NOW)
    at = NOW + timedelta(days=3)
    assert ops.wake_due(today=at.date(), at=at) == 2
    assert [now(row).status for row in (due, missed, later, binned)] == ["open", "open", "held", "held"]
    assert ops.wake_due(today=at.date(), at=at) == 0
    ops.restore(deal=binned, by=cast.rosa, at=at)
    assert ops.wake_due(today=at.date(), at=at) == 1
    assert Move.objects.filter(deal=due, kind="resumed", by=None, cause="clock").exists()
    sound()


def test_the_second_of_two_movers_is_told(cast: Cast, stages: list[Stage], deal: Deal) -> None:
    until = TODAY + timedelta(days=5)
    price = reason()
    ops.move(deal=deal, to=stages[2], by=cast.remi, at=LATER, seen=1)
    attempts: list[Callable[[], object]] = [
        lambda: ops.move(deal=deal, to=stages[3], by=cast.rosa, at=LATER, seen=1),
        lambda: ops.win(deal=deal, by=cast.rosa, at=LATER, seen=1),
        lambda: ops.lose(deal=deal, reason=price, by=cast.rosa, at=LATER, seen=1),
        lambda: ops.hold(deal=deal, until=until, by=cast.rosa, at=LATER, today=TODAY, seen=1),
        lambda: ops.resume(deal=deal, by=cast.rosa, at=LATER, seen=1),
    ]
    for attempt in attempts:
        with pytest.raises(ops.Overtaken) as told:
            attempt()
        assert (told.value.last.by, told.value.last.to_stage) == (cast.remi, stages[2])
    assert now(deal).ledger_number == 2


@pytest.fixture
def asking(cast: Cast, stages: list[Stage]) -> None:
    """To leave the second stage one must know the amount, to enter the fourth who decides, to enter the last the source."""
    for stage, fact, enter in ((stages[1], "amount", False), (stages[3], "decision_maker", True), (stages[5], "source", True)):
        require(stage=stage, fact=fact, to_enter=enter, to_leave=not enter, by=cast.marc, at=NOW, why="to be sure")


@pytest.mark.usefixtures("asking")
def test_every_way_forward_asks_the_same(cast: Cast, stages: list[Stage]) -> None:
    def fresh() -> Deal:
        return make.deal(stages[1], cast.rosa, amount_minor=None)

    def held() -> Deal:
        deal = fresh()
        ops.hold(deal=deal, until=TODAY + timedelta(days=5), by=cast.rosa, at=NOW, today=TODAY)
        return deal

    price = reason()

    def lost() -> Deal:
        deal = fresh()
        ops.lose(deal=deal, reason=price, by=cast.rosa, at=NOW)
        return deal

    ways: list[tuple[Callable[[Deal], object], Deal, list[str]]] = [
        (lambda deal: ops.move(deal=deal, to=stages[2], by=cast.rosa, at=LATER), fresh(), ["amount"]),
        (lambda deal: ops.move(deal=deal, to=stages[3], by=cast.rosa, at=LATER), fresh(), ["amount", "decision_maker"]),
        (lambda deal: ops.win(deal=deal, by=cast.rosa, at=LATER), fresh(), ["amount", "source"]),
        (lambda deal: ops.win(deal=deal, by=cast.rosa, at=LATER), held(), ["amount", "source"]),
        (lambda deal: ops.move(deal=deal, to=stages[3], by=cast.rosa, at=LATER), held(), ["amount", "decision_maker"]),
        (lambda deal: ops.move(deal=deal, to=stages[3], by=cast.rosa, at=LATER), lost(), ["amount", "decision_maker"]),
    ]
    for go, deal, absent in ways:
        before = now(deal).ledger_number
        with pytest.raises(ops.DataMissing) as refused:
            go(deal)
        assert sorted(refused.value.facts) == absent
        assert now(deal).ledger_number == before
    free: list[tuple[Callable[[Deal], object], Deal]] = [
        (lambda deal: ops.move(deal=deal, to=stages[0], by=cast.rosa, at=LATER), fresh()),
        (lambda deal: ops.move(deal=deal, to=stages[0], by=cast.rosa, at=LATER), held()),
        (lambda deal: ops.move(deal=deal, to=stages[1], by=cast.rosa, at=LATER), held()),
        (lambda deal: ops.resume(deal=deal, by=cast.rosa, at=LATER), held()),
        (lambda deal: ops.move(deal=deal, to=stages[1], by=cast.rosa, at=LATER), lost()),
    ]
    for go, deal in free:
        go(deal)
        assert now(deal).status == "open"
    sound()


@pytest.mark.usefixtures("asking")
def test_creating_and_changing_pipeline_ask_what_the_stage_asks(cast: Cast, stages: list[Stage]) -> None:
    with pytest.raises(ops.DataMissing), transaction.atomic():
        make.deal(stages[3], cast.rosa)
    assert not Deal.objects.exists()
    elsewhere = make.deal(make.stages(make.pipeline("Partners"))[0], cast.rosa)
    with pytest.raises(ops.DataMissing) as refused:
        ops.move(deal=elsewhere, to=stages[3], by=cast.rosa, at=LATER)
    assert refused.value.facts == ["decision_maker"]


@pytest.mark.usefixtures("asking")
def test_what_is_said_before_a_move_is_what_the_move_says(cast: Cast, stages: list[Stage]) -> None:
    price = reason()
    for status in ("open", "held", "lost", "won"):
        for origin in stages:
            deal = make.deal(origin, cast.marc, amount_minor=None, override="a start")
            if status == "held":
                ops.hold(deal=deal, until=TODAY + timedelta(days=5), by=cast.rosa, at=NOW, today=TODAY)
            elif status == "lost":
                ops.lose(deal=deal, reason=price, by=cast.rosa, at=NOW)
            elif status == "won":
                ops.win(deal=deal, by=cast.marc, at=NOW, override="signed")
            said = queries.lacking(now(deal), stages=stages)
            for to in stages:
                told: list[str] = []
                try:
                    with transaction.atomic():
                        ops.move(deal=deal, to=to, by=cast.rosa, at=LATER)
                        transaction.set_rollback(True)
                except ops.DataMissing as lack:
                    told = lack.facts
                except ops.AlreadyThere:
                    pass
                assert said[to.pk] == told, (status, origin.name, to.name)


@pytest.mark.usefixtures("asking")
@pytest.mark.parametrize(("name", "may"), [("alice", True), ("marc", True), ("rosa", False)])
def test_only_those_who_manage_may_override(cast: Cast, stages: list[Stage], name: str, may: bool) -> None:
    deal = make.deal(stages[1], cast.rosa, amount_minor=None)
    who: Member = getattr(cast, name)
    if may:
        moved = ops.move(deal=deal, to=stages[3], by=who, at=LATER, override=" a signed order ")
        assert moved.override == "a signed order"
        return
    with pytest.raises(ops.NotAllowed):
        ops.move(deal=deal, to=stages[3], by=who, at=LATER, override="please")
    with pytest.raises(ops.DataMissing):
        ops.move(deal=deal, to=stages[3], by=who, at=LATER, override="  ")
    assert now(deal).ledger_number == 1


def test_undo_takes_back_the_last_move_alone(cast: Cast, stages: list[Stage], deal: Deal) -> None:
    ops.move(deal=deal, to=stages[2], by=cast.rosa, at=LATER)
    ops.move(deal=deal, to=stages[4], by=cast.rosa, at=LATER)
    for number in (1, 2, 4):
        with pytest.raises(ops.CannotUndo):
            ops.undo(deal=deal, number=number, by=cast.rosa, at=LATER)
    ops.undo(deal=deal, number=3, by=cast.rosa, at=LATER)
    assert now(deal).stage == stages[2]
    with pytest.raises(ops.CannotUndo):
        ops.undo(deal=deal, number=3, by=cast.rosa, at=LATER)
    ops.undo(deal=deal, number=2, by=cast.rosa, at=LATER)
    assert (now(deal).stage, now(deal).entered_stage_at, now(deal).ledger_number) == (stages[1], NOW, 5)
    with pytest.raises(ops.CannotUndo):
        ops.undo(deal=deal, number=1, by=cast.rosa, at=LATER)
    sound()


def test_undo_brings_back_reason_and_day(cast: Cast, deal: Deal) -> None:
    price = reason()
    until = TODAY + timedelta(days=5)
    ops.hold(deal=deal, until=until, by=cast.rosa, at=LATER, today=TODAY)
    ops.lose(deal=deal, reason=price, by=cast.rosa, at=LATER, why="silence")
    ops.undo(deal=deal, number=3, by=cast.rosa, at=LATER)
    assert (now(deal).status, now(deal).hold_until, now(deal).loss_note) == ("held", until, "")
    ops.lose(deal=deal, reason=price, by=cast.rosa, at=LATER, why="silence")
    ops.win(deal=deal, by=cast.rosa, at=LATER)
    ops.undo(deal=deal, number=6, by=cast.rosa, at=LATER)
    assert (now(deal).status, now(deal).loss_reason, now(deal).loss_note) == ("lost", price, "silence")
    sound()


def test_undo_into_a_stage_out_of_use_is_refused(cast: Cast, stages: list[Stage], deal: Deal) -> None:
    ops.move(deal=deal, to=stages[2], by=cast.rosa, at=LATER)
    ops.retire_stage(stage=stages[1], destination=stages[0], by=cast.marc, at=LATER, why="fewer steps")
    with pytest.raises(ops.CannotUndo):
        ops.undo(deal=deal, number=2, by=cast.rosa, at=LATER)
    sound()


def test_customers_do_not_go_back_into_a_column_that_is_gone(cast: Cast, stages: list[Stage], deal: Deal) -> None:
    ops.win(deal=deal, by=cast.rosa, at=LATER)
    ops.retire_stage(stage=stages[5], destination=stages[4], by=cast.marc, at=LATER, why="elsewhere")
    assert (now(deal).status, now(deal).stage) == ("won", stages[4])
    with pytest.raises(ops.CannotUndo):
        ops.undo(deal=deal, number=3, by=cast.rosa, at=LATER)
    sound()


def test_a_deal_in_the_bin_does_not_move(cast: Cast, stages: list[Stage], deal: Deal) -> None:
    ops.discard(deal=deal, by=cast.rosa, at=LATER)
    with pytest.raises(ops.Discarded):
        ops.move(deal=deal, to=stages[2], by=cast.rosa, at=LATER)
    with pytest.raises(ops.AlreadyThere):
        ops.discard(deal=deal, by=cast.rosa, at=LATER)
    ops.amend(deal=deal, facts={"title": "Renamed"}, by=cast.rosa, at=LATER)
    assert not Document.objects.filter(kind="deal").exists()
    ops.restore(deal=deal, by=cast.rosa, at=LATER)
    with pytest.raises(ops.AlreadyThere):
        ops.restore(deal=deal, by=cast.rosa, at=LATER)
    assert Document.objects.get(kind="deal").label == "Renamed"
    sound()


def test_handing_over_leaves_nothing_behind(cast: Cast, stages: list[Stage], deal: Deal) -> None:
    binned, won = make.deal(stages[0], cast.rosa), make.deal(stages[0], cast.rosa)
    ops.discard(deal=binned, by=cast.rosa, at=LATER)
    ops.win(deal=won, by=cast.rosa, at=LATER)
    assert ops.hand_over(leaver=cast.rosa, successor=cast.olga, by=cast.alice, at=LATER) == 3
    assert {row.team_id for row in Deal.objects.all()} == {cast.south.pk}
    ops.restore(deal=binned, by=cast.marc, at=LATER)
    sound()


def test_nobody_who_has_left_gets_a_deal(cast: Cast, stages: list[Stage], deal: Deal) -> None:
    with pytest.raises(ops.NotAllowed):
        make.deal(stages[0], cast.lea)
    with pytest.raises(ops.NotAllowed):
        ops.amend(deal=deal, facts={"owner": cast.lea}, by=cast.marc, at=LATER)


def test_clocks_that_differ_do_not_turn_time_back(cast: Cast, stages: list[Stage], deal: Deal) -> None:
    ops.move(deal=deal, to=stages[2], by=cast.rosa, at=LATER)
    behind = ops.move(deal=deal, to=stages[3], by=cast.remi, at=LATER - timedelta(seconds=2))
    assert behind.at == LATER
    with pytest.raises(ops.WrongDate):
        ops.move(deal=deal, to=stages[4], by=cast.rosa, at=NOW - timedelta(days=1))


def test_history_brought_in_must_be_in_order_and_end_in_use(cast: Cast, stages: list[Stage]) -> None:
    facts = {"title": "Old", "owner": cast.rosa, "currency": "EUR"}

    def bring(*past: ops.PastMove) -> list[Deal]:
        return ops.bring_in(arrivals=[ops.Arrival(facts=facts, past=past)], by=cast.marc, at=NOW)

    began = NOW - timedelta(days=90)
    with pytest.raises(ops.WrongDate):
        bring(ops.PastMove(stages[0], "open", NOW), ops.PastMove(stages[1], "open", began))
    ops.retire_stage(stage=stages[1], destination=stages[0], by=cast.marc, at=NOW, why="fewer")
    gone = Stage.objects.get(pk=stages[1].pk)
    with pytest.raises(ops.StageRetired):
        bring(ops.PastMove(gone, "open", began))
    assert not Deal.objects.exists()
    found = bring(ops.PastMove(gone, "open", began), ops.PastMove(stages[3], "won", NOW))
    assert found[0].created_at == began
    held = date(2026, 12, 24)
    bring(ops.PastMove(stages[0], "open", began), ops.PastMove(stages[0], "held", NOW, hold_until=held))
    sound()


def test_history_names_the_process_of_its_time(cast: Cast, stages: list[Stage]) -> None:
    require(stage=stages[4], fact="amount", to_enter=True, to_leave=False, by=cast.marc, at=LATER, why="honest sums")
    moments = (NOW - timedelta(days=9), NOW + timedelta(hours=1), NOW + timedelta(hours=3))
    past = [ops.PastMove(stages[place], "open", at) for place, at in enumerate(moments)]
    facts = {"title": "Old", "owner": cast.rosa, "currency": "EUR"}
    ops.bring_in(arrivals=[ops.Arrival(facts=facts, past=past)], by=cast.marc, at=NOW + timedelta(days=1))
    numbers = Move.objects.order_by("number").values_list("process_version__number", flat=True)
    assert list(numbers) == [None, 1, 2]
    sound()


def test_a_stage_retired_since_the_page_was_shown_takes_no_deal(cast: Cast, stages: list[Stage], deal: Deal) -> None:
    seen = Stage.objects.get(pk=stages[2].pk)
    ops.retire_stage(stage=stages[2], destination=stages[3], by=cast.marc, at=LATER, why="fewer steps")
    with pytest.raises(ops.StageRetired):
        ops.move(deal=deal, to=seen, by=cast.rosa, at=LATER)
    with pytest.raises(ops.StageRetired):
        make.deal(seen, cast.rosa)
    assert Pipeline.objects.count() == 1
    sound()
