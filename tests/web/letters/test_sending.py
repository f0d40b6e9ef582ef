"""Schedules on the page, and what the worker sends: each reader once, with what they may see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from piste.company.models import Member
from piste.dashboards.models import Dashboard, Delivery, Reader, Schedule
from piste.dashboards.operations import change
from piste.dashboards.operations import make as make_dashboard
from piste.pipelines.models import Stage
from piste.post.models import Letter
from piste.post.operations import Carried, carry
from piste.web.letters import tasks
from tests import make
from tests.cast import NOW, Cast
from tests.mail_server import mail_server
from tests.web.letters.reading import words_of
from tests.web.scene import HTMX

type SignIn = Callable[[Any], Client]
#: Eight o'clock in Paris on the next working day.
EIGHT = NOW.replace(day=25, hour=7)


@pytest.fixture
def board(cast: Cast, stages: list[Stage]) -> Dashboard:
    make.deal(stages[0], cast.rosa, title="Rosa’s deal")
    make.deal(stages[0], cast.olga, title="Olga’s deal")
    figures = ["now-feed", "now-new"]
    return make_dashboard(name="Monday", pipeline=stages[0].pipeline, figures=figures, is_shared=True, by=cast.rosa, at=NOW)


def asked(*members: Any, **other: Any) -> dict[str, Any]:
    told = {"rhythm": "daily", "weekday": "0", "hour": "08:00", "language": "own", "members": [member.pk for member in members]}
    return told | other


def letters(board: Dashboard, *more: object) -> str:
    return f"/dashboards/{board.pk}/letters/" + "".join(f"{part}/" for part in more)


def send(at: Any) -> int:
    with time_machine.travel(at):
        return int(tasks.send.func())


def test_each_gets_their_own_figures_once(cast: Cast, board: Dashboard, sign_in: SignIn, settings: Any) -> None:
    cast.olga.language = "fr"
    cast.olga.save()
    client = sign_in(cast.marc)
    told = asked(cast.rosa, cast.olga, outside="chair@board.internal\n")
    assert client.post(letters(board, "new"), told).headers["Location"] == letters(board)
    assert [send(EIGHT - timedelta(minutes=1)), send(EIGHT), send(EIGHT + timedelta(minutes=1))] == [0, 3, 0]
    with mail_server() as server:
        settings.MAILERS = server.mailer
        assert [carry(at=EIGHT + timedelta(minutes=2)) for _ in range(4)] == [Carried.ONE] * 3 + [Carried.NONE]
        found = {letter["To"]: letter for letter in server.taken}
    said = {}
    for to, letter in found.items():
        (enclosed,) = letter.iter_attachments()
        assert enclosed.get_filename() == "monday-2026-11-25.pdf"
        said[to] = words_of(enclosed.get_content())
    assert "Rosa’s deal" in said["rosa@piste.example"]
    assert "Olga’s deal" not in said["rosa@piste.example"]
    assert "Olga’s deal" in said["olga@piste.example"]
    assert "Rosa’s deal" not in said["olga@piste.example"]
    # Outside, what Marc sees: his team's.
    assert "Rosa’s deal" in said["chair@board.internal"]
    assert "Olga’s deal" not in said["chair@board.internal"]
    assert "With what Marc Manager may see." in said["chair@board.internal"]
    assert found["olga@piste.example"]["Subject"] == "Monday, mercredi 25 novembre 2026"
    text = found["olga@piste.example"].get_body(("plain",)).get_content()
    assert f"http://127.0.0.1:8000{letters(board)}" in text
    assert "«\u202fMonday\u202f» de Sales" in text
    outside = found["chair@board.internal"].get_body(("plain",)).get_content()
    assert "http" not in outside
    assert "Marc Manager has these figures sent to you." in outside


def test_a_form_says_what_stands_in_the_way(cast: Cast, board: Dashboard, sign_in: SignIn) -> None:
    rosa, marc = sign_in(cast.rosa), sign_in(cast.marc)
    assert 'name="outside"' not in rosa.get(letters(board, "new"), headers=HTMX).content.decode()
    for told, said in (
        (asked(), "Choose who gets it."),
        (asked(cast.rosa, hour="late"), "An hour is written like 08:30."),
        (asked(cast.lea), "Select a valid choice"),
        (asked(outside="chair@"), "is no e-mail address"),
        (asked(outside=" ".join(f"a{number}@b.internal" for number in range(51))), "50 readers at most."),
    ):
        answer = marc.post(letters(board, "new"), told, headers=HTMX)
        assert answer.status_code == 422
        assert said in answer.content.decode()
    # What a rep types for outside is not read.
    assert rosa.post(letters(board, "new"), asked(cast.rosa, outside="a@b.internal")).status_code == 302
    assert list(Reader.objects.values_list("member", "address")) == [(cast.rosa.pk, "")]


def test_the_ready_made_one_becomes_ones_own_and_goes_to_oneself(cast: Cast, board: Dashboard, sign_in: SignIn) -> None:
    client = sign_in(cast.rosa)
    ready = f"/dashboards/ready-{board.pipeline_id}/letters/"
    assert "Nobody gets it by e-mail yet." in client.get(ready).content.decode()
    assert "becomes your own first" in client.get(f"{ready}new/").content.decode()
    assert client.post(f"{ready}new/", asked(cast.olga)).status_code == 422
    answer = client.post(f"{ready}new/", asked(cast.rosa), headers=HTMX)
    own = Dashboard.objects.get(name="Team")
    assert answer.headers["HX-Redirect"] == letters(own)
    assert Schedule.objects.get().dashboard == own


def test_the_acts(cast: Cast, board: Dashboard, sign_in: SignIn) -> None:
    rosa, olga, marc, remi = (sign_in(who) for who in (cast.rosa, cast.olga, cast.marc, cast.remi))
    rosa.post(letters(board, "new"), asked(cast.rosa, cast.olga, rhythm="weekly", weekday="4"))
    key = Schedule.objects.get().pk
    html = rosa.get(letters(board)).content.decode().replace("\xa0", " ")
    for words in ("Each week on Friday at 8:00", "Olga Other, Rosa Rep", "next: Fri 27 Nov 8:00", "Send now", "Pause", "Remove"):
        assert words in html
    assert "Each week" not in remi.get(letters(board)).content.decode()
    assert remi.post(letters(board, key, "leave")).status_code == 404
    html = olga.get(letters(board)).content.decode()
    assert "Do not send it to me" in html
    assert "Send now" not in html
    assert olga.get(letters(board, key)).status_code == 403
    assert olga.post(letters(board, key, "send")).status_code == 403
    assert rosa.post(letters(board, key), asked(cast.rosa, cast.olga, hour="09:30")).status_code == 302
    assert "Each working day at 9:30" in rosa.get(letters(board)).content.decode()
    assert rosa.post(letters(board, key, "send")).status_code == 302
    assert send(NOW + timedelta(seconds=20)) == 2
    assert "within this minute" in rosa.post(letters(board, key, "send"), follow=True).content.decode()
    assert "last sent: today 10:00" in rosa.get(letters(board)).content.decode()
    assert marc.post(letters(board, key, "pause")).status_code == 302
    assert marc.post(letters(board, key, "resume")).status_code == 403
    assert "paused" in rosa.get(letters(board)).content.decode()
    assert rosa.post(letters(board, key, "resume")).status_code == 302
    assert olga.post(letters(board, key, "leave")).headers["Location"] == f"/dashboards/{board.pk}/"
    assert rosa.post(letters(board, key, "remove")).status_code == 302
    assert rosa.post(letters(board, key, "remove")).status_code == 404


def test_who_may_not_see_it_any_more_gets_none(cast: Cast, board: Dashboard, sign_in: SignIn) -> None:
    sign_in(cast.rosa).post(letters(board, "new"), asked(cast.rosa, cast.olga))
    change(board=board, facts={"is_shared": False}, by=cast.rosa, at=NOW)
    assert send(EIGHT) == 1
    assert Letter.objects.get().member == cast.rosa
    assert dict(Delivery.objects.values_list("reader__member", "why_not"))[cast.olga.pk] == "may not see it"


def test_a_copy_that_fails_does_not_hold_up_the_others(
    cast: Cast, board: Dashboard, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    """Rosa’s zone is none that there is, until somebody mends it."""
    sign_in(cast.remi).post(letters(board, "new"), asked(cast.rosa, cast.remi))
    Member.objects.filter(pk=cast.rosa.pk).update(time_zone="Mars/Olympus")
    assert send(EIGHT) == 1
    assert "is tried again" in caplog.text
    Member.objects.filter(pk=cast.rosa.pk).update(time_zone="Europe/Paris")
    assert send(EIGHT + timedelta(minutes=1)) == 0
    assert send(EIGHT + timedelta(minutes=3)) == 1
    assert sorted(Letter.objects.values_list("member", flat=True)) == sorted([cast.rosa.pk, cast.remi.pk])
