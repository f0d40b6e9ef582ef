"""The only way out: what may be called, what becomes of a message."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic, sleep
from typing import Any

import pytest

from piste.automations import operations
from piste.automations.models import Delivery
from piste.automations.operations import follow
from piste.automations.rules import Action, When, signature
from piste.connectors import outgoing
from piste.connectors.outgoing import Failed, client, is_public, post
from piste.deals import operations as deals
from tests import make
from tests.automations.scene import automation
from tests.cast import NOW, Cast

INSIDE = [
    "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a9fe:a9fe::", "::7f00:1", "2001:db8::1",
    "nothing",
]  # fmt: skip


def to_this_machine(number: str) -> bool:
    """The gate of these tests."""
    return number == "127.0.0.1"


class Taken(list[tuple[str, dict[str, str], bytes]]):
    """What a server was sent, and what it answers next."""

    answer: Callable[[Any], None]


@contextmanager
def server() -> Iterator[tuple[str, Taken]]:
    taken = Taken()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append((self.path, dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            taken.answer(self)

        def log_message(self, *_told: object) -> None: ...

    taken.answer = lambda to: (to.send_response(200), to.end_headers())  # type: ignore[assignment, return-value]
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.daemon_threads = True
    threading.Thread(target=made.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{made.server_port}", taken
    finally:
        made.shutdown()
        made.server_close()


@pytest.mark.parametrize("number", INSIDE)
def test_nothing_inside_is_called(number: str) -> None:
    assert not is_public(number)


@pytest.mark.parametrize("number", ["93.184.215.14", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_the_public_internet_is(number: str) -> None:
    assert is_public(number)


@pytest.mark.parametrize(
    "address",
    ["ftp://a.example/", "https://", "//a.example", "file:///etc/passwd", "https://me:pw@a.example/", "http://a.example:0/",
     "http://a.example:99999/", "https://exämple.com/", "https://a.example/ b", "http://[::1", "javascript:alert(1)"],
)  # fmt: skip
def test_what_is_no_address(address: str) -> None:
    assert not outgoing.may_be_called(address)
    with pytest.raises(Failed, match="address"):
        post(address, b"", {})


def test_this_machine_is_out_of_reach_however_it_is_written() -> None:
    with server() as (place, taken):
        port = place.rsplit(":", 1)[1]
        for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "[::1]"):
            with pytest.raises(Failed) as refused:
                post(f"http://{host}:{port}/", b"{}", {})
            assert refused.value.reason in ("private", "unknown"), host
        assert taken == []


def test_a_name_is_asked_once_and_all_its_numbers_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers something else the second time gains nothing; one with a private number among public ones neither."""
    asked = []
    with server() as (place, taken):
        port = int(place.rsplit(":", 1)[1])

        def resolve(host: str, *_more: object, **_named: object) -> list[Any]:
            asked.append(host)
            number = "127.0.0.1" if len(asked) == 1 else "10.0.0.1"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port))]

        monkeypatch.setattr(client.socket, "getaddrinfo", resolve)
        post(f"http://rebinding.example:{port}/in?a=1", b"{}", {}, gate=to_this_machine)
        assert (asked, taken[0][0]) == (["rebinding.example"], "/in?a=1")
        assert taken[0][1]["Host"] == f"rebinding.example:{port}"
        both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 80)) for number in ("8.8.8.8", "169.254.169.254")]
        monkeypatch.setattr(client.socket, "getaddrinfo", lambda *_told, **_named: both)
        with pytest.raises(Failed, match="private"):
            post("http://both.example/", b"", {})


def _redirect(to: Any) -> None:
    to.send_response(302)
    to.send_header("Location", "http://127.0.0.1:1/")
    to.end_headers()


def _refuse(to: Any) -> None:
    to.send_response(503)
    to.end_headers()


def _drip(to: Any) -> None:
    to.send_response(200)
    to.end_headers()
    for _ in range(40):
        to.wfile.write(b"x")
        to.wfile.flush()
        sleep(0.1)


@pytest.mark.parametrize(("answer", "reason"), [(_redirect, "elsewhere"), (_refuse, "status"), (_drip, "time")])
def test_what_is_not_taken(answer: Callable[[Any], None], reason: str) -> None:
    with server() as (place, taken):
        taken.answer = answer
        began = monotonic()
        with pytest.raises(Failed) as problem:
            post(place, b"{}", {}, gate=to_this_machine, seconds=0.5)
        assert problem.value.reason == reason
        assert monotonic() - began < 2


def test_a_message_is_signed_and_sent_again_under_its_number(cast: Cast) -> None:
    first, second = make.stages(make.pipeline(by=cast.alice))[:2]
    deal = make.deal(first, cast.rosa)
    with server() as (place, taken):
        watch = automation(deal.pipeline, When("stage_entered", stage=second.pk), Action("webhook", url=f"{place}/in"))
        deals.move(deal=deal, to=second, by=cast.rosa, at=NOW)
        follow(at=NOW)
        taken.answer = _refuse
        assert operations.deliver(at=NOW, gate=to_this_machine)
        waiting = Delivery.objects.get()
        assert (waiting.status, waiting.problem, waiting.tries, waiting.sent_at) == (503, "status", 1, None)
        assert not operations.deliver(at=NOW, gate=to_this_machine)
        taken.answer = lambda to: (to.send_response(204), to.end_headers())  # type: ignore[assignment, return-value]
        assert operations.deliver(at=waiting.held_until, gate=to_this_machine)
    sent = Delivery.objects.get()
    assert (sent.status, sent.sent_at) == (204, waiting.held_until)
    numbers = {told["X-Piste-Delivery"] for _path, told, _body in taken}
    assert numbers == {str(sent.number)}
    _path, told, body = taken[-1]
    assert told["X-Piste-Signature"] == signature(watch.secret, int(waiting.held_until.timestamp()), body)
    assert deal.title.encode() in body


def test_the_worker_itself_calls_nobody_inside(cast: Cast) -> None:
    first, second = make.stages(make.pipeline(by=cast.alice))[:2]
    deal = make.deal(first, cast.rosa)
    with server() as (place, taken):
        automation(deal.pipeline, When("stage_entered", stage=second.pk), Action("webhook", url=place))
        deals.move(deal=deal, to=second, by=cast.rosa, at=NOW)
        follow(at=NOW)
        assert operations.deliver(at=NOW)
        assert (taken, Delivery.objects.get().problem) == ([], "private")
        assert Delivery.objects.get().dropped_at == NOW
