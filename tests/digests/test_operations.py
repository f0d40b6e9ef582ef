"""The morning letter: what it says, and that each day is told once, whatever clocks and workers do."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piste.activities import operations as activities
from piste.activities.operations import Wanted
from piste.company.models import Member, Settings
from piste.company.operations import amend_member
from piste.deals import operations as deals
from piste.deals.models import Deal
from piste.digests.models import Digest
from piste.digests.operations import write
from piste.pipelines.models import Stage
from piste.post.models import Letter
from piste.post.operations import Carried, carry
from tests import make
from tests.cast import NOW, Cast
from tests.mail_server import mail_server

MINUTE = timedelta(minutes=1)
TUESDAY = date(2026, 11, 24)
#: Eight o'clock in Paris.
EIGHT = datetime(2026, 11, 24, 7, tzinfo=UTC)


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    for member in (cast.alice, cast.marc, cast.remi, cast.olga):
        choose(member, digest_at=None)
    return make.stages(make.pipeline(by=cast.alice))


def choose(member: Member, **facts: object) -> None:
    amend_member(member=member, facts=facts, by=member, at=NOW)


def step(deal: Deal, title: str, on: date, hour: datetime | None = None) -> None:
    wanted = Wanted(title=title, kind="call", due_on=on, due_at=hour)
    activities.plan(wanted=wanted, assignee=deal.owner, by=deal.owner, at=NOW - timedelta(days=9), deal=deal)


@pytest.fixture
def full(cast: Cast, stages: list[Stage]) -> Deal:
    """A day with something of everything, for Rosa."""
    deal = make.deal(stages[0], cast.rosa, title="Alba")
    step(deal, "Send the offer", TUESDAY - timedelta(days=2))
    step(deal, "Call at ten", TUESDAY, EIGHT + 120 * MINUTE)
    waiting = make.deal(stages[0], cast.rosa, title="Brenta", at=NOW - timedelta(days=5))
    deals.move(deal=waiting, to=stages[1], by=cast.rosa, at=EIGHT - timedelta(hours=14))
    return deal


def test_the_letter_says_what_the_day_holds(cast: Cast, full: Deal, settings) -> None:
    assert write(at=EIGHT - MINUTE) == 0
    assert [write(at=EIGHT + hours * 60 * MINUTE) for hours in range(4)] == [1, 0, 0, 0]
    with mail_server() as server:
        settings.MAILERS = server.mailer
        assert [carry(at=EIGHT), carry(at=EIGHT)] == [Carried.ONE, Carried.NONE]
        (taken,) = server.taken
    assert taken["To"] == "rosa@piste.example"
    assert taken["Subject"] == "Tuesday 24 November: 1 to contact, 1 overdue, 1 for today"
    text = taken.get_body(("plain",)).get_content()
    for words in ("Waiting for a first contact", "* Brenta", "* Send the offer", "Alba, −2", "* Call at ten", "10:00", "/day/"):
        assert words in text
    addresses = set(re.findall(r"http://127\.0\.0\.1:8000(/\S+)", text))
    assert addresses == set(re.findall(r'href="http://127\.0\.0\.1:8000([^"]+)"', taken.get_body(("html",)).get_content())) | {
        "/settings/profile/"
    }
    assert f"/deals/{full.pk}/" in addresses
    for address in addresses:
        resolve(address)


def test_in_the_language_and_hours_of_whoever_gets_it(cast: Cast, full: Deal) -> None:
    choose(cast.rosa, language="fr", time_zone="America/New_York", digest_at=time(9))
    assert write(at=EIGHT + 180 * MINUTE) == 0
    assert write(at=EIGHT + 420 * MINUTE) == 1
    letter = Letter.objects.get()
    assert letter.subject == "Mardi 24 novembre\xa0: 1 à contacter, 2 retards"
    assert "Alba, 4:00" in letter.text


def test_nothing_to_say_means_no_letter_that_day(cast: Cast, stages: list[Stage]) -> None:
    assert write(at=EIGHT) == 0
    deal = make.deal(stages[0], cast.rosa)
    step(deal, "Call", TUESDAY)
    assert write(at=EIGHT + 60 * MINUTE) == 0
    assert list(Digest.objects.values_list("member", "has_letter")) == [(cast.rosa.pk, False)]
    assert write(at=EIGHT + timedelta(days=1)) == 1


def test_only_on_working_days_and_to_those_who_want_it(cast: Cast, full: Deal) -> None:
    saturday = EIGHT + timedelta(days=4)
    christmas = datetime(2026, 12, 25, 8, tzinfo=UTC)
    assert (write(at=saturday), write(at=christmas)) == (0, 0)
    choose(cast.rosa, digest_at=None)
    assert write(at=EIGHT) == 0
    choose(cast.rosa, digest_at=time(8), weekdays="5")
    assert (write(at=EIGHT), write(at=saturday)) == (0, 1)
    Member.objects.filter(pk=cast.rosa.pk).update(is_active=False)
    assert write(at=saturday + timedelta(days=7)) == 0


def test_a_worker_that_was_down_tells_until_the_day_ends(cast: Cast, full: Deal) -> None:
    assert write(at=EIGHT + 601 * MINUTE) == 0
    assert write(at=EIGHT + 599 * MINUTE) == 1


def test_a_day_costs_the_same_however_much_it_holds(cast: Cast, full: Deal) -> None:
    spent = []
    for days in range(3):
        with CaptureQueriesContext(connection) as found:
            assert write(at=EIGHT + timedelta(days=days)) == 1
        spent.append(len(found))
        for number in range(4):
            step(full, f"More {number}", TUESDAY)
    assert len(set(spent)) == 1


class Killed(Exception):
    """The worker died before its commit."""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    night=st.sampled_from([(2027, 3, 28), (2027, 10, 31), (2027, 3, 14), (2027, 11, 7)]),
    zone=st.sampled_from(["Europe/Paris", "America/New_York"]),
    wanted=st.sampled_from([time(1), time(1, 30), time(2), time(2, 30), time(3), time(8), time(23, 30)]),
    looks=st.lists(st.tuples(st.integers(-40 * 60, 64 * 60), st.booleans()), max_size=25),
)
def test_each_day_once_over_random_clocks_and_deaths(cast, full, night, zone, wanted, looks) -> None:
    """Also at an hour that a night jumps over or shows twice; clocks jump either way, and some looks die."""
    midnight = datetime(*night, tzinfo=UTC)
    with transaction.atomic():
        choose(cast.rosa, time_zone=zone, digest_at=wanted, weekdays="0123456")
        Settings.objects.update(country="")
        days = set()
        for offset, dies in looks:
            now = midnight + offset * MINUTE
            try:
                with transaction.atomic():
                    write(at=now)
                    if dies:
                        raise Killed
            except Killed:
                continue
            local = now.astimezone(ZoneInfo(zone))
            ends = max(time(18), time(min(wanted.hour + 1, 23), 59))
            if wanted <= local.time() < ends:
                days.add(local.date())
        told = list(Digest.objects.filter(member=cast.rosa).values_list("day", flat=True))
        assert sorted(told) == sorted(days)
        assert Letter.objects.filter(purpose="day").count() == len(days)
        transaction.set_rollback(True)
