"""What is broken from outside is found, and the first broken row is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from piste.activities import operations as activities
from piste.deals import operations as ops
from piste.deals.models import Deal, DealContact, Total
from piste.deals.operations.merging import merge
from piste.finding.models import Document
from piste.finding.operations import Document as Words
from piste.finding.operations import index
from piste.journal.operations import permit_removal
from piste.people.models import Contact
from piste.people.operations import create_company, create_contact
from piste.pipelines.models import Stage
from piste.pipelines.operations import set_norm
from piste.upkeep.queries import checks
from tests import make
from tests.cast import NOW, Cast

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def deals(cast: Cast) -> list[Deal]:
    stages = make.stages(make.pipeline())
    made = [make.deal(stages[0], cast.rosa) for _ in range(3)]
    for deal in made:
        ops.move(deal=deal, to=stages[1], by=cast.rosa, at=LATER)
        ops.move(deal=deal, to=stages[2], by=cast.rosa, at=LATER)
    set_norm(stage=stages[0], norm_days=9, by=cast.marc, at=LATER, why="faster")
    return made


def verdicts(pipeline_id: int | None = None) -> dict[str, str]:
    return {check.name: check.first_broken for check in checks(pipeline_id=pipeline_id) if not check.ok}


def tamper(statement: str, *values: object) -> None:
    """What someone with the database's own tools could do."""
    with permit_removal(reason="a test"), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_nothing_is_broken_at_first(deals: list[Deal]) -> None:
    assert verdicts() == {}
    assert {check.name: check.counted for check in checks()} == {
        "sum over stages = open deals": 3,
        "kept totals = sums": 1,
        "every open deal in a column in use": 3,
        "replay = state, ledgers chained": 9,
        "process versions without a hole": 2,
        "created = open + won + lost + held + erased": 3,
        "journal tells every move": 9,
        "next step = earliest undone activity that counts": 3,
        "what counts of a day = undone of deals in play": 0,
        "journal chained": 14,
        "everything can be found": 3,
        "no orphan": 0,
        "automations answer what happened": 0,
        "what is erased is gone": 0,
        "every deal has the variant it drew": 0,
        "what split tests vary is marked so": 0,
    }


LEDGER = "replay = state, ledgers chained"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE deals_move SET why = 'another' WHERE deal_id = %s AND number = 2", "move 2 was changed"),
        ("UPDATE deals_move SET at = recorded_at, kind = 'skipped' WHERE deal_id = %s AND number = 3", "move 3 was changed"),
        ("DELETE FROM deals_move WHERE deal_id = %s AND number = 2", "move 3 does not follow"),
        ("DELETE FROM deals_move WHERE deal_id = %s AND number = 3", "the ledger ends at move 2, the deal knows 3"),
        ("UPDATE deals_deal SET ledger_number = 2 WHERE id = %s", "the ledger ends at move 3, the deal knows 2"),
        ("UPDATE deals_deal SET entered_stage_at = created_at WHERE id = %s", "its ledger gives"),
    ],
)
def test_a_ledger_tampered_with_is_named(deals: list[Deal], statement: str, said: str) -> None:
    tamper(statement, deals[1].pk)
    found = verdicts()[LEDGER]
    assert found.startswith(f"deal {deals[1].pk}: ")
    assert said in found


def test_a_forged_chain_is_betrayed_by_the_deal_and_the_journal(deals: list[Deal]) -> None:
    """Someone who recomputes all hashes after a removed move still has the journal against them."""
    from piste.deals.models import Move
    from piste.deals.operations.ledger import move_hash

    last = Move.objects.get(deal=deals[1], number=2)
    tamper("DELETE FROM deals_move WHERE deal_id = %s AND number = 3", deals[1].pk)
    Deal.objects.filter(pk=deals[1].pk).update(
        ledger_number=2, ledger_hash=move_hash(last), stage=last.to_stage, column=last.to_stage
    )
    found = verdicts()
    assert found["journal tells every move"] == f"deal {deals[1].pk}: the journal tells 3 moves of 2"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE journal_entry SET actor_id = NULL WHERE subject_kind = 'deal' AND subject_id = %s AND number = 2", "facts"),
        ("UPDATE journal_entry SET data = '{}' WHERE subject_kind = 'deal' AND subject_id = %s AND number = 2", "data"),
        ("DELETE FROM journal_entry WHERE subject_kind = 'deal' AND subject_id = %s AND number = 2", "expected entry 2"),
    ],
)
def test_a_journal_tampered_with_is_named(deals: list[Deal], statement: str, said: str) -> None:
    tamper(statement, deals[1].pk)
    found = verdicts()["journal chained"]
    assert f"(deal {deals[1].pk} #" in found
    assert said in found


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE pipelines_processversion SET why = 'another' WHERE number = 2", "version 2 is not what the journal told"),
        ("DELETE FROM pipelines_processversion WHERE number = 1", "expected version 1, found 2"),
        ("UPDATE pipelines_stage SET norm_days = 99", "version 2 is not its present definition"),
    ],
)
def test_a_process_tampered_with_is_named(deals: list[Deal], statement: str, said: str) -> None:
    point = transaction.savepoint_create()
    tamper(statement)
    assert said in verdicts()["process versions without a hole"]
    transaction.savepoint_rollback(point)


def _lose_total(deal: Deal) -> None:
    Total.objects.filter(stage=deal.stage).update(counted=7)


def _misplace(deal: Deal) -> None:
    Deal.objects.filter(pk=deal.pk).update(pipeline=make.pipeline("Partners"))


def _retire(deal: Deal) -> None:
    Stage.objects.filter(name="Meeting").update(retired_at=NOW)


def _forget(deal: Deal) -> None:
    Document.objects.filter(object_id=deal.pk).delete()


def _remember(deal: Deal) -> None:
    Document.objects.filter(object_id=deal.pk).update(object_id=999)


@pytest.mark.parametrize(
    ("act", "name", "said"),
    [
        (_lose_total, "sum over stages = open deals", "shows 7 open deals, 3 stand in it"),
        (_lose_total, "kept totals = sums", "(7, 3750000) kept, (3, 3750000) summed"),
        (_misplace, "every open deal in a column in use", "deal {pk} stands in a stage of another pipeline"),
        (_retire, "every open deal in a column in use", "deal {first} stands in a retired stage"),
        (_forget, "everything can be found", "deal {pk} cannot be found"),
        (_remember, "everything can be found", "deal {pk} cannot be found"),
    ],
)
def test_what_does_not_add_up_is_named(deals: list[Deal], act: Callable[[Deal], None], name: str, said: str) -> None:
    act(Deal.objects.get(pk=deals[1].pk))
    assert said.format(pk=deals[1].pk, first=deals[0].pk) in verdicts()[name]


def _hide(deal: Deal) -> None:
    Deal.objects.filter(pk=deal.pk).update(column=None)


def _lock_in(deal: Deal) -> None:
    Document.objects.filter(object_id=deal.pk).update(team_id=None)


def _rename(deal: Deal) -> None:
    Document.objects.filter(object_id=deal.pk).update(label="Another")


def _reword(deal: Deal) -> None:
    Document.objects.filter(object_id=deal.pk).update(words="another")


@pytest.mark.parametrize(
    ("act", "name", "said"),
    [
        (_hide, "every open deal in a column in use", "deal {pk} is not shown where it stands"),
        (_lock_in, "everything can be found", "deal {pk} is found by those who see owner {owner}, team None"),
        (_rename, "everything can be found", "deal {pk} is found as Another, not by its present words"),
        (_reword, "everything can be found", "deal {pk} is found as Planning, not by its present words"),
    ],
)
def test_what_is_shown_or_found_wrongly_is_named(deals: list[Deal], act: Callable[[Deal], None], name: str, said: str) -> None:
    act(deals[1])
    found = verdicts()
    assert found.keys() == {name}
    assert said.format(pk=deals[1].pk, owner=deals[1].owner_id) in found[name]


def test_what_is_found_and_is_not_there_is_named(deals: list[Deal]) -> None:
    index([Words("deal", 987654, "Ghost", "ghost", None, None)])
    assert verdicts() == {"everything can be found": "deal 987654 is found and is not there"}


def test_a_deal_that_vanished_is_named(deals: list[Deal]) -> None:
    """Someone takes a deal away with all that hangs on it, and shifts the totals so that the sums agree."""
    gone = deals[1].pk
    point = transaction.savepoint_create()
    tamper("DELETE FROM deals_move WHERE deal_id = %s", gone)
    tamper("DELETE FROM finding_document WHERE kind = 'deal' AND object_id = %s", gone)
    tamper("DELETE FROM deals_deal WHERE id = %s", gone)
    tamper("UPDATE deals_total SET counted = 2, amount_minor = 2500000 WHERE counted = 3")
    assert verdicts() == {"created = open + won + lost + held + erased": f"deal {gone} was created and is gone"}
    transaction.savepoint_rollback(point)


def test_a_move_without_a_deal_is_named(deals: list[Deal]) -> None:
    point = transaction.savepoint_create()
    key = deals[1].moves.get(number=1).pk
    with connection.constraint_checks_disabled():
        tamper("UPDATE deals_move SET deal_id = 987654 WHERE id = %s", key)
        found = verdicts()
    transaction.savepoint_rollback(point)
    assert found[LEDGER].startswith(f"deal {deals[1].pk}: ")


def test_a_forged_deal_that_no_journal_tells_of_is_named(deals: list[Deal]) -> None:
    tamper("DELETE FROM journal_entry WHERE subject_kind = 'deal' AND subject_id = %s", deals[1].pk)
    found = verdicts()
    assert found["created = open + won + lost + held + erased"] == "2 deals created, 3 there"
    assert found["journal tells every move"] == f"deal {deals[1].pk}: the journal tells 0 moves of 3"


def test_a_step_that_counts_wrongly_is_named(deals: list[Deal], cast: Cast) -> None:
    wanted = activities.Wanted(title="Call", due_on=NOW.date())
    steps = [activities.plan(wanted=wanted, assignee=cast.rosa, by=cast.rosa, at=LATER, deal=deal) for deal in deals[:2]]
    ops.hold(deal=deals[1], until=LATER.date() + timedelta(days=9), by=cast.rosa, at=LATER, today=LATER.date())
    assert verdicts() == {}
    for step, said in ((steps[1], "does not count"), (steps[0], "counts")):
        tamper("UPDATE activities_activity SET in_play = NOT in_play WHERE id = %s", step.pk)
        found = verdicts()["what counts of a day = undone of deals in play"]
        assert found == f"activity {step.pk} {said}, it says the contrary"


@pytest.mark.parametrize("what", ["company", "contact", "contact's company"])
def test_what_points_at_a_folded_record_is_named(deals: list[Deal], cast: Cast, what: str) -> None:
    kept, folded = (create_company(name=name, by=cast.rosa, at=NOW) for name in ("Kept", "Folded"))
    ines, inez = (create_contact(name=name, by=cast.rosa, at=NOW) for name in ("Ines", "Inez"))
    merge(kept=kept, folded=folded, by=cast.rosa, at=NOW)
    merge(kept=ines, folded=inez, by=cast.rosa, at=NOW)
    assert verdicts() == {}
    if what == "company":
        Deal.objects.filter(pk=deals[1].pk).update(company=folded)
    elif what == "contact":
        DealContact.objects.create(deal=deals[1], contact=inez, role="other", is_main=True)
    else:
        Contact.objects.filter(pk=ines.pk).update(company=folded)
    named = f"contact {ines.pk}" if what == "contact's company" else f"deal {deals[1].pk}"
    assert verdicts()["no orphan"] == f"{named} points at a record folded into another"


def test_one_pipeline_can_be_checked_alone(deals: list[Deal], cast: Cast) -> None:
    other = make.pipeline("Partners")
    make.deal(make.stages(other)[0], cast.rosa)
    tamper("UPDATE deals_deal SET ledger_number = 2 WHERE id = %s", deals[1].pk)
    assert verdicts(other.pk) == {}
    assert LEDGER in verdicts(deals[1].pipeline_id)
