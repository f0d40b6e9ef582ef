"""Posting a message, once."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from .rules import is_public

#: How long a call may take altogether, in seconds, and how much of an answer is read.
LONGEST, MOST_READ = 10.0, 64 * 1024


class Failed(Exception):
    """A message that was not taken. `reason` is `address` (not one that can be called), `unknown` (no such name), `private`
    (not of the public Internet), `unreachable`, `time`, `certificate`, `elsewhere` (it answered by another address), or
    `status`."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason if status is None else f"{reason} {status}")
        self.reason, self.status = reason, status


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered."""

    status: int
    body: bytes


def post(
    address: str, body: bytes, headers: Mapping[str, str], *, gate: Callable[[str], bool] = is_public, seconds: float = LONGEST
) -> Answer:
    """Posts a message. Raises `Failed` unless it was answered by a status from 200 to 299.

    `gate` says which numbers may be called; nothing but a test gives another than the public Internet's.
    """
    parts = _parts(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    number = _resolved(str(parts.hostname), port, gate)
    connection = _Pinned(str(parts.hostname), port, number, parts.scheme == "https", seconds)
    # A socket's own limit counts from byte to byte; this one counts the whole.
    alarm = threading.Timer(seconds, connection.cut)
    alarm.daemon = True
    alarm.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body=body, headers={"Connection": "close", **headers})
        answer = connection.getresponse()
        found = Answer(answer.status, answer.read(MOST_READ))
    except ssl.SSLError as problem:
        raise Failed("time" if connection.was_cut else "certificate") from problem
    except TimeoutError as problem:
        raise Failed("time") from problem
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as problem:
        raise Failed("time" if connection.was_cut else "unreachable") from problem
    finally:
        alarm.cancel()
        connection.close()
    if connection.was_cut:
        raise Failed("time")
    if 300 <= found.status < 400:
        raise Failed("elsewhere", found.status)
    if not 200 <= found.status < 300:
        raise Failed("status", found.status)
    return found


def may_be_called(address: str) -> bool:
    """Whether an address reads like one that can be called; what it resolves to is asked when it is."""
    try:
        _parts(address)
    except Failed:
        return False
    return True


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        port, host = parts.port, parts.hostname or ""
        host.encode("ascii")
    except ValueError as problem:
        raise Failed("address") from problem
    plain = address.isascii() and address.isprintable() and " " not in address
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password or port == 0 or not plain:
        raise Failed("address")
    return parts


def _resolved(host: str, port: int, gate: Callable[[str], bool]) -> str:
    """The number that a name stands for. All of them must pass: a name of which one is private is no public one."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as problem:
        raise Failed("unknown") from problem
    numbers = list(dict.fromkeys(str(row[4][0]) for row in found))
    if not numbers:
        raise Failed("unknown")
    if not all(gate(number) for number in numbers):
        raise Failed("private")
    return next((number for number in numbers if ":" not in number), numbers[0])


class _Pinned(http.client.HTTPConnection):
    """A connection to one number, whatever its name stands for by now; over TLS the certificate is held against the name."""

    def __init__(self, host: str, port: int, number: str, over_tls: bool, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds)
        self.default_port = 443 if over_tls else 80
        self.number, self.over_tls, self.was_cut = number, over_tls, False
        self.line: socket.socket | None = None

    def connect(self) -> None:
        # Not `create_connection`, which would look the name up again.
        self.line = self.sock = socket.socket(socket.AF_INET6 if ":" in self.number else socket.AF_INET, socket.SOCK_STREAM)
        self.line.settimeout(self.timeout)
        self.line.connect((self.number, self.port))
        if self.over_tls:
            self.line = self.sock = ssl.create_default_context().wrap_socket(self.line, server_hostname=self.host)

    def cut(self) -> None:
        """Ends a call that has taken too long."""
        self.was_cut = True
        # The connection lets go of its socket once the head of an answer is read.
        if self.line is not None:
            with contextlib.suppress(OSError):
                self.line.shutdown(socket.SHUT_RDWR)
