"""Schedules are set, changed and stopped by who may; each copy leaves once, whatever clocks and workers do."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piste.company.models import Member
from piste.dashboards.models import Dashboard, Delivery, Reader, Schedule
from piste.dashboards.operations import NotAllowed, change, delivering, make, scheduling
from piste.dashboards.operations.delivering import Copy, fall_due, hand_over, put_off, take
from piste.dashboards.operations.scheduling import Wanted
from piste.journal.models import Entry
from piste.post.models import Enclosure, Letter
from piste.post.operations import Carried, carry
from piste.post.writing import File, Page
from tests import make as scene
from tests.cast import NOW, Cast
from tests.mail_server import mail_server

MINUTE = timedelta(minutes=1)
#: Eight o'clock in Paris, the day after NOW.
EIGHT = datetime(2026, 11, 25, 7, tzinfo=UTC)


@pytest.fixture
def board(cast: Cast) -> Dashboard:
    """Rosa's, for everybody."""
    pipeline = scene.pipeline(by=cast.alice)
    return make(name="Monday", pipeline=pipeline, figures=["now-won"], is_shared=True, by=cast.rosa, at=NOW)


def wanted(*members: Member, **other: Any) -> Wanted:
    facts: dict[str, Any] = {"rhythm": "daily", "weekday": 0, "hour": time(8), "language": "", "members": members}
    return Wanted(**facts | other)


def begin(board: Dashboard, by: Member, *members: Member, **other: Any) -> Schedule:
    return scheduling.begin(board=board, wanted=wanted(*members, **other), by=by, at=NOW)


def copy(delivery: Delivery) -> Copy:
    who = str(delivery.reader)
    page = Page(subject=f"For {who}", lead="Figures", parts=[], door="http://x/", door_name="Open", foot="Why")
    return Copy(page, File("figures.pdf", "application/pdf", b"%PDF " + who.encode()), "en")


def deliver(at: datetime) -> int:
    """What the worker does, without the figures."""
    fall_due(at=at)
    made = 0
    while (delivery := take(at=at)) is not None:
        made += hand_over(delivery=delivery, copy=copy(delivery), at=at)
    return made


def test_each_reader_gets_one_copy_a_day(cast: Cast, board: Dashboard, settings: Any) -> None:
    begin(board, cast.marc, cast.rosa, cast.marc, outside=("Chair@board.internal",))
    assert [deliver(EIGHT + MINUTE * minutes) for minutes in (-1, 0, 1, 60, 24 * 60)] == [0, 3, 0, 0, 3]
    with mail_server() as server:
        settings.MAILERS = server.mailer
        assert [carry(at=EIGHT + MINUTE) for _ in range(4)] == [Carried.ONE] * 3 + [Carried.NONE]
    assert sorted({letter["To"] for letter in server.taken}) == [
        "chair@board.internal", "marc@piste.example", "rosa@piste.example",
    ]  # fmt: skip
    (enclosed,) = server.taken[0].iter_attachments()
    assert (enclosed.get_filename(), enclosed.get_content_type()) == ("figures.pdf", "application/pdf")
    assert enclosed.get_content() == b"%PDF " + str(cast.rosa.pk).encode()
    # What has left is not kept; what waits is.
    assert Enclosure.objects.count() == Letter.objects.waiting().count() == 3


def test_who_may_set_what(cast: Cast, board: Dashboard) -> None:
    with pytest.raises(scheduling.NobodyToSendTo):
        begin(board, cast.rosa)
    with pytest.raises(scheduling.OutsideRefused):
        begin(board, cast.rosa, outside=("a@b.internal",))
    with pytest.raises(scheduling.MayNotSee):
        begin(board, cast.rosa, cast.lea)
    with pytest.raises(scheduling.TooMany):
        begin(board, cast.marc, outside=tuple(f"a{number}@b.internal" for number in range(51)))
    private = make(name="Mine", pipeline=board.pipeline, figures=[], by=cast.rosa, at=NOW)
    with pytest.raises(scheduling.MayNotSee):
        begin(private, cast.rosa, cast.rosa, cast.remi)
    with pytest.raises(scheduling.MayNotSee):
        begin(private, cast.alice, cast.rosa)
    assert not Schedule.objects.exists()
    found = begin(board, cast.rosa, cast.rosa, cast.olga)
    for other in (cast.remi, cast.marc):
        with pytest.raises(NotAllowed):
            scheduling.amend(schedule=found, wanted=wanted(other), by=other, at=NOW)
        with pytest.raises(NotAllowed):
            scheduling.ask(schedule=found, by=other, at=NOW)
        with pytest.raises(NotAllowed):
            scheduling.leave(schedule=found, by=other, at=NOW)
    with pytest.raises(NotAllowed):
        scheduling.end(schedule=found, by=cast.remi, at=NOW)
    assert set(Schedule.objects.visible_to(cast.olga)) == set(Schedule.objects.visible_to(cast.marc)) == {found}
    assert not Schedule.objects.visible_to(cast.remi).exists()
    scheduling.pause(schedule=found, by=cast.marc, at=NOW)
    scheduling.leave(schedule=found, by=cast.olga, at=NOW)
    scheduling.leave(schedule=found, by=cast.rosa, at=NOW)
    assert not Schedule.objects.exists()
    verbs = Entry.objects.filter(subject_kind="dashboard", subject_id=board.pk).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == [
        "dashboard.made", "dashboard.scheduled", "dashboard.paused", "dashboard.left", "dashboard.left",
    ]  # fmt: skip


def test_the_journal_knows_no_address_outside(cast: Cast, board: Dashboard) -> None:
    begin(board, cast.marc, outside=("chair@board.internal",))
    assert "chair" not in str(list(Entry.objects.values_list("data", flat=True)))


def test_nobody_gets_what_they_may_not_see(cast: Cast, board: Dashboard) -> None:
    begin(board, cast.rosa, cast.rosa, cast.olga, cast.remi)
    fall_due(at=EIGHT)
    change(board=board, facts={"is_shared": False}, by=cast.rosa, at=EIGHT)
    assert deliver(EIGHT) == 1
    assert dict(Delivery.objects.values_list("reader__member", "why_not")) == {
        cast.rosa.pk: "", cast.olga.pk: "may not see it", cast.remi.pk: "may not see it",
    }  # fmt: skip


def test_a_letter_that_waits_is_dropped_when_its_reader_loses_the_right(cast: Cast, board: Dashboard, settings: Any) -> None:
    found = begin(board, cast.marc, cast.olga, outside=("chair@board.internal",))
    assert deliver(EIGHT) == 2
    change(board=board, facts={"is_shared": False}, by=cast.rosa, at=EIGHT)
    with mail_server() as server:
        settings.MAILERS = server.mailer
        assert [carry(at=EIGHT) for _ in range(3)] == [Carried.ONE, Carried.ONE, Carried.NONE]
        assert server.taken == []
    assert not Enclosure.objects.exists()
    assert Schedule.objects.filter(pk=found.pk).exists()


def test_nothing_goes_outside_for_who_is_no_manager_any_more(cast: Cast, board: Dashboard) -> None:
    begin(board, cast.marc, cast.marc, outside=("chair@board.internal",))
    Member.objects.filter(pk=cast.marc.pk).update(role="rep")
    assert deliver(EIGHT) == 1
    assert Letter.objects.get().address == ""
    Member.objects.filter(pk=cast.marc.pk).update(is_active=False)
    assert deliver(EIGHT + timedelta(days=1)) == 0


def test_a_pause_is_not_made_up_for(cast: Cast, board: Dashboard) -> None:
    found = begin(board, cast.rosa, cast.rosa)
    scheduling.pause(schedule=found, by=cast.rosa, at=NOW)
    assert deliver(EIGHT) == 0
    scheduling.resume(schedule=found, by=cast.rosa, at=EIGHT + 60 * MINUTE)
    assert deliver(EIGHT + 61 * MINUTE) == 0
    assert deliver(EIGHT + timedelta(days=1)) == 1


def test_another_hour_counts_from_now_and_a_reader_put_back_gets_no_second_copy(cast: Cast, board: Dashboard) -> None:
    found = begin(board, cast.rosa, cast.rosa)
    assert deliver(EIGHT) == 1
    for members in ((cast.remi,), (cast.remi, cast.rosa)):
        scheduling.amend(schedule=found, wanted=wanted(*members), by=cast.rosa, at=EIGHT + MINUTE)
    assert deliver(EIGHT + 2 * MINUTE) == 1
    assert sorted(Letter.objects.values_list("member", flat=True)) == sorted([cast.rosa.pk, cast.remi.pk])
    scheduling.amend(schedule=found, wanted=wanted(cast.rosa, hour=time(7)), by=cast.rosa, at=EIGHT + 3 * MINUTE)
    assert deliver(EIGHT + 4 * MINUTE) == 0


def test_asked_for_now_it_leaves_now_once_even_while_paused(cast: Cast, board: Dashboard, settings: Any) -> None:
    found = begin(board, cast.rosa, cast.rosa, cast.remi)
    scheduling.pause(schedule=found, by=cast.rosa, at=NOW)
    assert scheduling.ask(schedule=found, by=cast.rosa, at=NOW) == 2
    with pytest.raises(scheduling.AskedAlready):
        scheduling.ask(schedule=found, by=cast.rosa, at=NOW + timedelta(seconds=30))
    assert deliver(NOW + MINUTE) == 2
    with mail_server() as server:
        settings.MAILERS = server.mailer
        assert [carry(at=NOW + MINUTE) for _ in range(3)] == [Carried.ONE, Carried.ONE, Carried.NONE]
        assert len(server.taken) == 2


def test_a_copy_that_cannot_be_made_is_tried_again_and_then_given_up(cast: Cast, board: Dashboard) -> None:
    begin(board, cast.rosa, cast.rosa)
    fall_due(at=EIGHT)
    at, tries = EIGHT, 0
    while (delivery := take(at=at)) is not None:
        put_off(delivery=delivery, at=at)
        tries, at = tries + 1, at + 40 * MINUTE
    assert tries == 4
    assert Delivery.objects.get().why_not == "could not be made"
    assert delivering.clear_away(at=EIGHT + timedelta(days=70)) == 1


class Killed(Exception):
    """The worker died before its commit."""


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    looks=st.lists(
        st.tuples(st.integers(-30, 50 * 60), st.sampled_from(["lives", "dies due", "dies taken", "dies handing"])), max_size=12
    )
)
def test_each_copy_once_over_random_clocks_and_deaths(cast: Cast, board: Dashboard, looks: list[tuple[int, str]]) -> None:
    """Clocks jump either way; a worker dies before its commit, between taking and making, or while handing over."""
    with transaction.atomic():
        begin(board, cast.rosa, cast.rosa, cast.remi)
        for minutes, fate in [*looks, (0, "lives"), (3, "lives"), (24 * 60, "lives"), (60 * 60, "lives")]:
            at = EIGHT + MINUTE * minutes
            try:
                with transaction.atomic():
                    fall_due(at=at)
                    if fate == "dies due":
                        raise Killed
                if fate == "dies taken":
                    take(at=at)
                    continue
                while (delivery := take(at=at)) is not None:
                    with transaction.atomic():
                        hand_over(delivery=delivery, copy=copy(delivery), at=at)
                        if fate == "dies handing":
                            raise Killed
            except Killed:
                continue
        letters = list(Letter.objects.values_list("member", "key"))
        assert len(letters) == len(set(letters))
        for day in ("2026-11-25", "2026-11-26"):
            got = [member for member, key in letters if key.endswith(day)]
            given_up = Delivery.objects.filter(occasion=day).exclude(why_not="").count()
            assert len(got) == len(set(got))
            assert len(got) + given_up == 2
        assert Reader.objects.count() == 2
        transaction.set_rollback(True)
