"""What a history marks as taken back: of moves, edits and things done, those that somebody undid, and no other."""

from __future__ import annotations

import pytest

from piste.activities import operations as activities
from piste.activities.operations import Wanted
from piste.deals import operations as deals
from piste.deals.models import Deal
from piste.journal.models import Entry
from piste.web.parts.taken_back import taken_back
from tests import make
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages(cast):
    return make.stages(make.pipeline(by=cast.alice))


@pytest.fixture
def deal(cast, stages) -> Deal:
    return make.deal(stages[0], cast.rosa, amount_minor=100)


def entries(deal: Deal) -> list[Entry]:
    return list(Entry.objects.of("deal", deal.pk).newest_first())


def marked(deal: Deal) -> list[tuple[str, int]]:
    found = taken_back(entries(deal))
    return [(entry.verb, entry.number) for entry in entries(deal) if entry.pk in found]


def test_nothing_is_marked_that_stands(cast, deal, stages):
    deals.move(deal=deal, to=stages[1], by=cast.rosa, at=NOW)
    activities.log(kind="call", title="Call", by=cast.rosa, at=NOW, deal=deal)
    assert marked(deal) == []
    assert taken_back([]) == set()


def test_a_move_and_no_other(cast, deal, stages):
    deals.move(deal=deal, to=stages[1], by=cast.rosa, at=NOW)
    deals.move(deal=deal, to=stages[2], by=cast.rosa, at=NOW)
    last = entries(deal)[0]
    deals.undo(deal=deal, number=Deal.objects.get(pk=deal.pk).ledger_number, by=cast.rosa, at=NOW)
    assert marked(deal) == [("deal.advanced", last.number)]


def test_an_edit_and_no_other(cast, deal):
    deals.amend(deal=deal, facts={"amount_minor": 200}, by=cast.rosa, at=NOW)
    deals.amend(deal=deal, facts={"amount_minor": 300}, by=cast.rosa, at=NOW)
    last = entries(deal)[0]
    deals.take_back(entries=[last], by=cast.rosa, at=NOW)
    assert marked(deal) == [("deal.amended", last.number)]


def test_a_call_noted_by_mistake_but_not_the_same_step_done_anew(cast, deal):
    call = activities.log(kind="call", title="Call", by=cast.rosa, at=NOW, deal=deal)
    activities.unlog(activity=call, by=cast.rosa, at=NOW)
    assert [verb for verb, _number in marked(deal)] == ["activity.logged"]
    step = activities.plan(wanted=Wanted(title="Show"), assignee=cast.rosa, by=cast.rosa, at=NOW, deal=deal)
    activities.do(activity=step, by=cast.rosa, at=NOW)
    first = entries(deal)[0]
    activities.take_back(activity=step, by=cast.rosa, at=NOW)
    activities.do(activity=step, by=cast.rosa, at=NOW)
    assert marked(deal) == [("activity.done", first.number), *marked(deal)[1:]]
    assert [verb for verb, _number in marked(deal)] == ["activity.done", "activity.logged"]
