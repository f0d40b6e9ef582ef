"""What a process keeps of the deals is what the database holds, whatever happened since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from piste.activities import operations as activities
from piste.company.operations import amend_member, deactivate
from piste.deals import operations as ops
from piste.deals.models import Deal, LossReason, PurchaseRole
from piste.deals.operations.merging import merge
from piste.insights.queries import Reading, Scope, keeping, reading, settled
from piste.people.operations import create_company, create_contact
from tests import make
from tests.activities.asking import asking_stages, enter
from tests.cast import NOW, make_cast

from .playing import STEPS, Playing

LATER = NOW + timedelta(days=400)


def told(known: keeping.Known, name: str) -> object:
    """A part as values that can be held against another's."""
    part: Any = getattr(known, name) if name in ("facts", "changes") else known.rows(name)
    if name == "facts":
        return [part[deal] for deal in part], part.is_present.tolist(), part.pipeline.tolist()
    if name == "changes":
        said = [(part.texts[fact], part.texts[before]) for fact, before in zip(part.name, part.before, strict=True)]
        return part.deal.tolist(), part.at.tolist(), said
    return part.columns.T.tolist()


def differing() -> list[str]:
    """The parts of what is kept that are not what is read anew."""
    kept, new = keeping.known(), keeping.Known()
    return [name for name in keeping.LOADERS if told(kept, name) != told(new, name)]


def reads() -> int:
    """How many statements about deals it takes to bring what is kept up to date."""
    with CaptureQueriesContext(connection) as asked:
        keeping.known()
    return sum("deals_deal" in statement["sql"] for statement in asked)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [3, 8])
def test_what_is_kept_follows_all_that_happens(seed: int) -> None:
    played = Playing(make_cast(), seed)
    assert differing() == []
    for number in range(30):
        played.play(played.chance.choice(STEPS))
        if number % 3 == 0:
            assert differing() == []
    assert differing() == []


@pytest.mark.django_db(transaction=True)
def test_it_follows_people_and_what_is_done() -> None:
    cast = make_cast()
    deal = make.deal(make.stages(make.pipeline())[0], cast.rosa)
    assert differing() == []
    companies = [create_company(name=name, by=cast.rosa, at=NOW) for name in ("Vauban", "Vauban SA")]
    people = [create_contact(first_name="Ada", last_name=name, by=cast.rosa, at=NOW) for name in ("Roux", "Blanc")]
    ops.amend(deal=deal, facts={"company": companies[1]}, by=cast.rosa, at=NOW)
    ops.name_contacts(
        deal=deal, contacts=[(one.pk, PurchaseRole.DECIDES) for one in people], by=cast.rosa, at=NOW + timedelta(hours=1)
    )
    activities.log(kind="call", title="Call", deal=Deal.objects.get(), by=cast.rosa, at=NOW + timedelta(hours=2))
    assert differing() == []
    merge(kept=companies[0], folded=companies[1], by=cast.alice, at=NOW + timedelta(hours=3))
    merge(kept=people[0], folded=people[1], by=cast.alice, at=NOW + timedelta(hours=4))
    assert keeping.known().facts[deal.pk].company_id == companies[0].pk
    assert differing() == []


@pytest.mark.django_db(transaction=True)
def test_it_follows_what_playbooks_ask() -> None:
    cast = make_cast()
    stages = asking_stages(cast)
    (one, (call, letter)), (two, _steps) = enter(stages[2], cast.rosa), enter(stages[2], cast.rosa)
    at, day = NOW + timedelta(days=1), NOW.date()
    steps: list[Callable[[], object]] = [
        lambda: activities.do(activity=call, by=cast.rosa, at=at),
        lambda: activities.snooze(activity=letter, until=day + timedelta(days=9), by=cast.rosa, at=at),
        lambda: activities.reassign(activity=letter, to=cast.marc, by=cast.rosa, at=at),
        lambda: activities.take_back(activity=call, by=cast.rosa, at=at),
        lambda: activities.discard(activity=call, by=cast.rosa, at=at),
        lambda: activities.restore(activity=call, by=cast.rosa, at=at),
        lambda: activities.do(activity=call, by=cast.rosa, at=datetime(2026, 11, 24, 23, 30, tzinfo=UTC)),
        lambda: amend_member(member=cast.rosa, facts={"time_zone": "Pacific/Kiritimati"}, by=cast.rosa, at=at),
        lambda: ops.hold(deal=one, until=day + timedelta(days=60), by=cast.rosa, at=at, today=day),
        lambda: ops.discard(deal=two, by=cast.rosa, at=at),
        lambda: ops.restore(deal=two, by=cast.rosa, at=at),
        lambda: ops.lose(deal=two, reason=LossReason.objects.create(name="Price"), by=cast.rosa, at=at),
        lambda: ops.resume(deal=one, by=cast.rosa, at=at),
        lambda: ops.move(deal=one, to=stages[3], by=cast.rosa, at=at),
        lambda: ops.undo(deal=one, number=Deal.objects.get(pk=one.pk).ledger_number, by=cast.rosa, at=at),
        lambda: deactivate(member=cast.rosa, by=cast.alice, at=at, successor=cast.remi),
    ]
    said = [told(keeping.known(), "asked")]
    for step in steps:
        step()
        assert differing() == []
        said.append(told(keeping.known(), "asked"))
    assert len({str(one) for one in said}) > 8, "most of it changes what counts"


@pytest.mark.django_db(transaction=True)
def test_it_follows_the_contact_clock() -> None:
    cast = make_cast()
    stages = make.stages(make.pipeline(by=cast.alice))
    one, two = make.deal(stages[0], cast.rosa), make.deal(stages[0], cast.olga)

    def call(deal: Deal, days: int) -> Any:
        return activities.log(kind="call", title="Called", deal=deal, by=cast.rosa, at=NOW + timedelta(days=days))

    calls: list[Any] = []
    steps: list[Callable[[], object]] = [
        lambda: ops.move(deal=one, to=stages[1], by=cast.rosa, at=NOW),
        lambda: ops.move(deal=two, to=stages[1], by=cast.olga, at=NOW),
        lambda: calls.append(call(one, 1)),
        lambda: activities.take_back(activity=calls[0], by=cast.rosa, at=NOW + timedelta(days=2)),
        lambda: call(one, 9),
        lambda: ops.hold(deal=two, until=(NOW + timedelta(days=60)).date(), by=cast.olga, at=NOW, today=NOW.date()),
        lambda: ops.resume(deal=two, by=cast.olga, at=NOW + timedelta(days=3)),
        lambda: ops.discard(deal=two, by=cast.olga, at=NOW + timedelta(days=4)),
    ]
    assert differing() == []
    said = [told(keeping.known(), "clocks")]
    for step in steps:
        step()
        assert differing() == []
        said.append(told(keeping.known(), "clocks"))
    changed = [before != after for before, after in pairwise(said)]
    assert changed == [True, True, True, True, False, True, True, False], "a clock that was missed stays so"


@pytest.mark.django_db(transaction=True)
def test_only_what_the_journal_tells_of_is_read_again() -> None:
    cast = make_cast()
    stages = make.stages(make.pipeline())
    deal = make.deal(stages[0], cast.rosa)
    assert differing() == []
    first = keeping.known().facts
    assert reads() == 0, "the end of the journal alone"
    create_company(name="Vauban", by=cast.rosa, at=NOW)
    # On PostgreSQL somebody else of the same server may be writing: then all is read again, to be sure.
    if connection.vendor == "sqlite":
        assert reads() == 0, "no deal was touched"
        assert keeping.known().facts is first
    ops.amend(deal=deal, facts={"amount_minor": 700}, by=cast.rosa, at=NOW)
    if connection.vendor == "sqlite":
        assert reads() > 0
    assert keeping.known().facts[deal.pk].amount_minor == 700
    with transaction.atomic():
        point = transaction.savepoint_create()
        ops.amend(deal=deal, facts={"amount_minor": 900}, by=cast.rosa, at=NOW)
        assert keeping.known().facts[deal.pk].amount_minor == 900
        transaction.savepoint_rollback(point)
    assert keeping.known().facts[deal.pk].amount_minor == 700


@pytest.mark.django_db(transaction=True)
def test_a_reading_is_kept_until_something_happens_and_for_those_who_see_the_same() -> None:
    cast = make_cast()
    sales = make.pipeline()
    stages = make.stages(sales)
    deal = make.deal(stages[0], cast.rosa)
    make.deal(stages[0], cast.olga)

    def read(member: Any) -> Reading:
        return reading(Scope(pipeline=sales, as_of=LATER, member=member))

    of_alice = read(cast.alice)
    assert read(cast.alice) is of_alice
    assert read(None) is of_alice, "both see all"
    assert list(read(cast.rosa).facts) == [deal.pk]
    assert len(read(cast.olga).facts) == 1
    assert read(cast.olga) is not read(cast.rosa)
    ops.move(deal=deal, to=stages[1], by=cast.rosa, at=NOW + timedelta(days=1))
    after = read(cast.alice)
    assert after is not of_alice
    assert after.history.deals.stage.tolist() == [1, 0]


@pytest.mark.django_db(transaction=True)
def test_a_page_is_drawn_anew_when_something_happened(client: Client) -> None:
    cast = make_cast()
    sales = make.pipeline()
    stages = make.stages(sales)
    deal = make.deal(stages[0], cast.rosa, at=datetime.now(UTC) - timedelta(days=3))
    address = f"/insights/{sales.pk}/"

    def page(member: Any) -> str:
        client.force_login(member)
        return client.get(address).content.decode().partition("<main")[2]

    mine = page(cast.alice)
    assert page(cast.alice) == mine
    # Olga sees none of these deals, whoever asked before her.
    assert "insights-split" in mine
    assert "insights-split" not in page(cast.olga)
    ops.move(deal=deal, to=stages[1], by=cast.rosa, at=datetime.now(UTC) - timedelta(days=1))
    assert page(cast.alice) != mine


def test_figures_of_now_hold_all_that_has_happened_and_end_within_the_day() -> None:
    for minute in range(0, 60, 7):
        now = datetime(2026, 3, 2, 23, minute, 5, tzinfo=UTC)
        assert now <= settled(now) < now + timedelta(minutes=5)
        assert settled(settled(now)) == settled(now)
    assert settled(datetime(2026, 3, 2, 23, 59, 59, 999_999, tzinfo=UTC)).day == 2
