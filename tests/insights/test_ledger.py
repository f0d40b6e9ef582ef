"""What a process keeps of the ledger is the ledger."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from piste.deals import operations as ops
from piste.deals.models import LossReason, Move
from piste.insights.queries import ledger
from piste.insights.queries.ledger import moves_of
from piste.insights.queries.whole_numbers import in_days
from piste.stats.history import MoveTuple, as_moves
from tests import make
from tests.cast import NOW, make_cast


def kept_is_whole(stages: list[int]) -> bool:
    """Whether what comes from the kept ledger is what the table says, move by move."""
    rows = [
        MoveTuple(move.deal_id, move.number, move.kind, move.to_stage_id, move.to_status, in_days(move.at))
        for move in Move.objects.all()
        if move.to_stage_id in stages or move.from_stage_id in stages
    ]
    wanted, found = as_moves(rows), moves_of(stages)
    return all(np.array_equal(getattr(wanted, name), getattr(found, name)) for name in wanted.__dataclass_fields__)


def reads() -> int:
    """How many statements read moves themselves."""
    with CaptureQueriesContext(connection) as asked:
        moves_of([1])
    return sum("CASE WHEN" in statement["sql"] for statement in asked)


@pytest.mark.django_db(transaction=True)
def test_what_is_kept_grows_with_the_ledger() -> None:
    cast = make_cast()
    sales, other = make.stages(make.pipeline()), make.stages(make.pipeline("Partners"))
    here, there = [stage.pk for stage in sales], [stage.pk for stage in other]
    assert kept_is_whole(here)
    one, two = make.deal(sales[0], cast.rosa), make.deal(sales[1], cast.rosa)
    assert kept_is_whole(here)
    assert reads() == 0, "nothing was added"
    ops.move(deal=one, to=sales[2], by=cast.rosa, at=NOW + timedelta(days=1, microseconds=7))
    ops.move(deal=two, to=other[0], by=cast.rosa, at=NOW + timedelta(days=2))
    assert reads() == 1
    assert reads() == 0
    assert kept_is_whole(here)
    assert kept_is_whole(there)
    reason = LossReason.objects.create(name="Price")
    ops.lose(deal=one, reason=reason, by=cast.rosa, at=NOW + timedelta(days=3))
    ops.undo(deal=one, number=3, by=cast.rosa, at=NOW + timedelta(days=4))
    make.deal(sales[0], cast.olga)
    assert kept_is_whole(here)
    ledger._kept = None
    assert kept_is_whole(here), "what grew and what is read at once are the same"


@pytest.mark.django_db(transaction=True)
def test_what_a_transaction_wrote_and_took_back_is_not_kept() -> None:
    cast = make_cast()
    sales = make.stages(make.pipeline())
    here = [stage.pk for stage in sales]
    one = make.deal(sales[0], cast.rosa)
    assert kept_is_whole(here)
    with transaction.atomic():
        point = transaction.savepoint_create()
        ops.move(deal=one, to=sales[3], by=cast.rosa, at=NOW)
        assert kept_is_whole(here)
        transaction.savepoint_rollback(point)
    assert kept_is_whole(here)
    ops.move(deal=one, to=sales[2], by=cast.rosa, at=NOW)
    assert kept_is_whole(here)


@pytest.mark.django_db(transaction=True)
def test_a_ledger_too_long_to_keep_is_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    sales = make.stages(make.pipeline())
    monkeypatch.setattr(ledger, "MOST_KEPT", 1)
    for _ in range(2):
        make.deal(sales[0], cast.rosa)
    moves_of([1])
    assert reads() == 1
    assert kept_is_whole([stage.pk for stage in sales])
