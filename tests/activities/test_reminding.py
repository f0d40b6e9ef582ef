"""Reminders of steps with an hour: each once, whatever clocks, workers and people do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piste.activities import operations, queries
from piste.activities.models import Activity, Reminder
from piste.activities.operations import Wanted, remind, show_reminders
from piste.activities.queries.reminders import reminders_of
from piste.activities.rules.reminding import GRACE, is_time
from piste.company.models import Member
from piste.company.operations import amend_member
from piste.deals import operations as deals
from piste.deals.models import Deal, LossReason
from piste.post.models import Letter
from piste.post.operations import Carried, carry
from tests import make
from tests.cast import NOW, Cast
from tests.mail_server import mail_server

MINUTE = timedelta(minutes=1)
DUE = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)


@pytest.fixture
def deal(cast: Cast) -> Deal:
    return make.deal(make.stages(make.pipeline(by=cast.alice))[0], cast.rosa)


def step(deal: Deal, member: Member, due_at: datetime = DUE, title: str = "Call back") -> Activity:
    wanted = Wanted(title=title, kind="call", due_on=due_at.date(), due_at=due_at, detail="Ask for Zita", minutes=20)
    return operations.plan(wanted=wanted, assignee=member, by=member, at=NOW, deal=deal)


def choose(member: Member, **facts: object) -> None:
    amend_member(member=member, facts=facts, by=member, at=NOW)


@pytest.mark.parametrize(
    ("minutes", "first", "past"), [(10, -10, 30), (0, 0, 30), (60, -60, 30), (30, -30, 30), (None, None, None)]
)
def test_when_it_is_time(minutes: int | None, first: int | None, past: int | None) -> None:
    told = [minute for minute in range(-90, 90) if is_time(DUE, minutes, DUE + minute * MINUTE)]
    assert told == ([] if first is None or past is None else list(range(first, past)))


def test_a_step_is_told_once_in_product_and_by_mail(cast: Cast, deal: Deal, settings) -> None:
    choose(cast.rosa, language="fr", time_zone="America/New_York")
    step(deal, cast.rosa)
    assert remind(at=DUE - 11 * MINUTE) == 0
    assert [remind(at=DUE + minute * MINUTE) for minute in (-10, -9, 0, 5)] == [1, 0, 0, 0]
    assert queries.waiting_for(cast.rosa, DUE.date()).unread == 1
    assert queries.waiting_for(cast.remi, DUE.date()).unread == 0
    with mail_server() as server:
        settings.MAILERS = server.mailer
        assert [carry(at=DUE), carry(at=DUE)] == [Carried.ONE, Carried.NONE]
        (taken,) = server.taken
    assert " ".join(taken["Subject"].split()) == "8 h 30 : Call back (Planning)"
    assert f"/deals/{deal.pk}/" in taken.get_body(("plain",)).get_content()
    assert "Ask for Zita" in taken.get_body(("html",)).get_content()


def test_each_member_chooses(cast: Cast, deal: Deal) -> None:
    choose(cast.rosa, remind_minutes=None)
    choose(cast.remi, remind_minutes=60, remind_by_mail=False)
    step(deal, cast.rosa)
    step(deal, cast.remi)
    assert remind(at=DUE - 60 * MINUTE) == 1
    assert remind(at=DUE) == 0
    assert list(Reminder.objects.values_list("member", flat=True)) == [cast.remi.pk]
    assert not Letter.objects.exists()


def test_what_no_longer_stands_is_neither_told_nor_sent(cast: Cast, deal: Deal, settings) -> None:
    reason = LossReason.objects.create(name="Price")
    soon = DUE - 5 * MINUTE
    before, after = {}, {}
    for name in ("done", "put off", "handed on", "in the bin"):
        before[name], after[name] = step(deal, cast.rosa, title=name), step(deal, cast.rosa, title=name)

    def change(steps: dict[str, Activity]) -> None:
        operations.do(activity=steps["done"], by=cast.rosa, at=soon)
        operations.snooze(activity=steps["put off"], until=DUE.date(), moment=DUE + 120 * MINUTE, by=cast.rosa, at=soon)
        operations.reassign(activity=steps["handed on"], to=cast.marc, by=cast.rosa, at=soon)
        operations.discard(activity=steps["in the bin"], by=cast.rosa, at=soon)

    choose(cast.marc, remind_minutes=None)
    change(before)
    lost = make.deal(deal.stage, cast.rosa)
    step(lost, cast.rosa)
    deals.lose(deal=lost, reason=reason, by=cast.rosa, at=soon)
    assert remind(at=soon) == 4
    assert reminders_of(cast.rosa).count() == 4
    change(after)
    assert reminders_of(cast.rosa).count() == 0
    assert queries.waiting_for(cast.rosa, DUE.date()).unread == 0
    with mail_server() as server:
        settings.MAILERS = server.mailer
        while carry(at=soon) is Carried.ONE:
            pass
        assert server.taken == []
    # What was put off is told again at its new moment; whoever was handed it is told on their own account.
    choose(cast.marc, remind_minutes=10)
    assert remind(at=DUE) == 2
    assert remind(at=DUE + 110 * MINUTE) == 2


def test_a_reminder_is_shown_on_one_open_page(cast: Cast, deal: Deal) -> None:
    step(deal, cast.rosa)
    remind(at=DUE - 10 * MINUTE)
    assert show_reminders(member=cast.remi, at=DUE) == []
    assert [found.activity.title for found in show_reminders(member=cast.rosa, at=DUE)] == ["Call back"]
    assert show_reminders(member=cast.rosa, at=DUE) == []


#: The nights when clocks change in 2027, in Paris and in New York.
NIGHTS = [
    datetime(2027, 3, 28, 1, tzinfo=UTC),
    datetime(2027, 10, 31, 1, tzinfo=UTC),
    datetime(2027, 3, 14, 7, tzinfo=UTC),
    datetime(2027, 11, 7, 6, tzinfo=UTC),
]


class Killed(Exception):
    """The worker died before its commit."""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    night=st.sampled_from(NIGHTS),
    zone=st.sampled_from(["Europe/Paris", "America/New_York"]),
    minutes=st.sampled_from([0, 10, 30, 60, None]),
    dues=st.lists(st.integers(-180, 180), min_size=1, max_size=4),
    looks=st.lists(st.tuples(st.integers(-260, 260), st.booleans()), max_size=25),
)
def test_each_once_over_random_clocks_and_deaths(cast, deal, night, zone, minutes, dues, looks) -> None:
    """Clocks jump either way between two looks, and some looks die before they commit."""
    with transaction.atomic():
        choose(cast.rosa, time_zone=zone, remind_minutes=minutes)
        steps = [step(deal, cast.rosa, night + due * MINUTE) for due in dues]
        lived = []
        for offset, dies in looks:
            now = night + offset * MINUTE
            try:
                with transaction.atomic():
                    remind(at=now)
                    if dies:
                        raise Killed
                lived.append(now)
            except Killed:
                pass
        for planned in steps:
            assert planned.due_at is not None
            wanted = minutes is not None and any(
                planned.due_at - minutes * MINUTE <= now < planned.due_at + GRACE for now in lived
            )
            assert Reminder.objects.filter(activity=planned).count() == int(wanted)
            assert Letter.objects.filter(about__activity=planned.pk).count() == int(wanted)
        transaction.set_rollback(True)
