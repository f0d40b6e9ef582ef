"""Letters, over a real connection to a mail server: each sent, dropped or waiting, and always the same message."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from config import env
from piste.post.models import Letter
from piste.post.operations import STILL_WANTED, Carried, carry, clear_away, write
from piste.post.writing import Page, Part, Row
from tests.cast import NOW, Cast
from tests.installation import fresh
from tests.mail_server import MailServer, mail_server

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
PAGE = Page(
    subject="14 h 30 : rappeler l’équipe d’Évreux",
    lead="À 14 h 30 : rappeler <l’équipe>",
    parts=[Part("Aujourd’hui", [Row("Zugspitze & fils", "https://piste.example/deals/1/", "12 500 €")], more="et 3 autres")],
    door="https://piste.example/today/",
    door_name="Ouvrir",
    foot="Parce que.",
)


@pytest.fixture
def server(settings) -> Iterator[MailServer]:
    with mail_server() as found:
        settings.MAILERS = found.mailer
        yield found


def letter(cast: Cast, key: str = "one", purpose: str = "test") -> Letter:
    assert write(key=key, purpose=purpose, to=cast.rosa, page=PAGE, at=NOW, expires_at=NOW + 3 * HOUR)
    return Letter.objects.get(key=key)


def test_a_letter_arrives_whole_once(cast: Cast, server: MailServer) -> None:
    letter(cast)
    assert not write(key="one", purpose="test", to=cast.rosa, page=PAGE, at=NOW, expires_at=NOW + HOUR)
    assert carry(at=NOW) is Carried.ONE
    assert carry(at=NOW + HOUR) is Carried.NONE
    (taken,) = server.taken
    assert (taken["To"], taken["Subject"], taken["Auto-Submitted"]) == ("rosa@piste.example", PAGE.subject, "auto-generated")
    text, html = (part.get_content() for part in taken.iter_parts())
    assert "* Zugspitze & fils\n  12 500 €\n  https://piste.example/deals/1/\net 3 autres" in text.replace("\r\n", "\n")
    assert "À 14 h 30 : rappeler &lt;l’équipe&gt;" in html
    assert '<a href="https://piste.example/deals/1/"' in html
    assert "src=" not in html


def test_a_letter_carried_twice_is_the_same_message(cast: Cast, server: MailServer) -> None:
    kept = letter(cast)
    carry(at=NOW)
    # As if whoever carried it had died before noting that it was sent.
    Letter.objects.filter(pk=kept.pk).update(sent_at=None)
    assert carry(at=NOW + MINUTE) is Carried.NONE
    assert carry(at=NOW + 3 * MINUTE) is Carried.ONE
    first, second = server.taken
    assert first["Message-ID"] == second["Message-ID"] == kept.message_id
    assert first["Date"] == second["Date"]


def test_a_server_out_of_reach_is_tried_again_until_it_is_too_late(cast: Cast, settings) -> None:
    with mail_server() as gone:
        settings.MAILERS = gone.mailer
    waiting, other = letter(cast), letter(cast, "two")
    assert carry(at=NOW) is Carried.NO_SERVER
    waiting.refresh_from_db()
    assert (waiting.tries, waiting.held_until, waiting.sent_at) == (1, NOW + MINUTE, None)
    with mail_server() as back:
        settings.MAILERS = back.mailer
        assert [carry(at=NOW + MINUTE) for _ in range(3)] == [Carried.ONE, Carried.ONE, Carried.NONE]
        assert len(back.taken) == 2
    late = letter(cast, "three")
    assert carry(at=NOW + 3 * HOUR) is Carried.ONE
    late.refresh_from_db()
    assert (late.sent_at, late.why_dropped) == (None, "too late")
    assert clear_away(at=NOW + timedelta(days=31)) == 3
    assert other.key == "two"


@pytest.mark.parametrize("verb", ["RCPT", "LETTER"])
def test_what_the_server_refuses_for_good_is_dropped_and_else_waits(cast: Cast, server: MailServer, verb: str) -> None:
    found = letter(cast)
    server.answers[verb] = "450 later"
    assert carry(at=NOW) is Carried.ONE
    found.refresh_from_db()
    assert (found.dropped_at, found.sent_at) == (None, None)
    server.answers[verb] = "550 nobody here"
    assert carry(at=NOW + MINUTE) is Carried.ONE
    found.refresh_from_db()
    assert found.dropped_at is not None
    assert "nobody here" in found.why_dropped
    assert carry(at=NOW + HOUR) is Carried.NONE


def test_nothing_is_sent_that_nobody_wants_any_more(cast: Cast, server: MailServer, monkeypatch) -> None:
    unwanted = letter(cast, purpose="asked")
    monkeypatch.setitem(STILL_WANTED, "asked", lambda found, at: found.pk != unwanted.pk)
    left = letter(cast, "left")
    assert carry(at=NOW) is Carried.ONE
    cast.rosa.is_active = False
    cast.rosa.save()
    assert carry(at=NOW) is Carried.ONE
    assert server.taken == []
    assert dict(Letter.objects.values_list("pk", "why_dropped")) == {unwanted.pk: "no longer wanted", left.pk: "has left"}


def test_nothing_goes_out_to_an_address_that_nobody_can_have(cast: Cast, server: MailServer, settings) -> None:
    """The demo company lives under `.example`: with a mail server set, no letter is tried there."""
    settings.MAILERS = {"default": env.mailer(f"smtp://127.0.0.1:{server.port}", settings.DATA_DIR)}
    kept = letter(cast)
    assert [carry(at=NOW), carry(at=NOW)] == [Carried.ONE, Carried.NONE]
    kept.refresh_from_db()
    assert (kept.sent_at, kept.why_dropped) == (None, "nobody can have this address")
    assert server.taken == []
    cast.rosa.email = "rosa@piste.internal"
    cast.rosa.save()
    letter(cast, "two")
    assert carry(at=NOW) is Carried.ONE
    (taken,) = server.taken
    assert taken["To"] == "rosa@piste.internal"


WRITE = """
from tests.cast import make_cast
from tests.post.test_operations import letter
cast = make_cast()
cast.rosa.email = "rosa@piste.internal"
cast.rosa.save()
for number in range({count}):
    letter(cast, f"letter {{number}}")
"""
CARRY = """
from datetime import timedelta
from piste.post.operations import carry
from tests.cast import NOW
print([carry(at=NOW + timedelta(minutes=minutes)).value for minutes in {minutes}])
"""


SHELL = ("-m", "piste.commands", "manage", "shell", "-v0", "--no-imports", "-c")


@pytest.mark.embedded
def test_two_who_carry_at_once_take_each_letter_once(tmp_path: Path) -> None:
    place = fresh(tmp_path)
    code, _, err = place.piste("manage", "shell", "-v0", "--no-imports", "-c", WRITE.format(count=40))
    assert code == 0, err
    with mail_server() as server:
        environment = place.environment | {"PISTE_SMTP_URL": f"smtp://127.0.0.1:{server.port}"}
        workers = [place.start(*SHELL, CARRY.format(minutes=[0] * 60), env=environment) for _ in range(2)]
        said = [worker.communicate(timeout=90) for worker in workers]
        assert sum(out.count("'one'") for out, _ in said) == 40, said
        assert len({taken["Message-ID"] for taken in server.taken}) == len(server.taken) == 40


@pytest.mark.embedded
def test_a_carrier_killed_after_the_server_took_the_letter_leaves_it_to_the_next_as_the_same_message(tmp_path: Path) -> None:
    place = fresh(tmp_path)
    code, _, err = place.piste("manage", "shell", "-v0", "--no-imports", "-c", WRITE.format(count=1))
    assert code == 0, err
    with mail_server() as server:
        environment = place.environment | {"PISTE_SMTP_URL": f"smtp://127.0.0.1:{server.port}"}
        first = place.start(*SHELL, CARRY.format(minutes=[0]), env=environment)
        server.on_letter = first.kill
        first.communicate(timeout=60)
        assert first.returncode == -signal.SIGKILL
        server.on_letter = lambda: None
        second = place.start(*SHELL, CARRY.format(minutes=[1, 3, 60]), env=environment)
        out, err = second.communicate(timeout=60)
        assert out.strip() == "['none', 'one', 'none']", err
        once, again = server.taken
        assert once["Message-ID"] == again["Message-ID"]
        assert once["Subject"] == again["Subject"] == PAGE.subject
