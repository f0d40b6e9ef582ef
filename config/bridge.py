"""From ASGI to Django's WSGI handler: a fixed pool of threads, each keeping its database connection.

The request body is read whole (on disk past a megabyte) before a thread is taken, so that slow senders hold no thread.
"""

from __future__ import annotations

import asyncio
import io
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote_to_bytes

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type Scope = MutableMapping[str, Any]

SPOOLED = 1_000_000
PATIENCE = 60.0
#: Seconds without a page in hand after which what is not urgent goes on, and the age from which a server does not wait for them.
QUIET = 0.3
GROWN = 60.0


class TooLarge(Exception):
    """The body passes the limit of this installation."""


class Gone(Exception):
    """The sender left before the end of the body."""


class Bridge:
    """An ASGI application around a WSGI one; `limit` bounds a body in bytes."""

    def __init__(self, wsgi: Callable[..., Iterable[bytes]], *, threads: int, limit: int) -> None:
        self.wsgi = wsgi
        self.limit = limit
        self.pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="page")
        self.began = self.free_since = time.monotonic()
        self.in_hand = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.in_hand += 1
        try:
            await self._page(scope, receive, send)
        finally:
            self.in_hand -= 1
            self.free_since = time.monotonic()

    def rest(self) -> None:
        """Waits until nobody has asked for a page for a moment: for threads whose work would only make pages wait. A server under
        constant load is waited for until it is a minute old."""
        while True:
            now = time.monotonic()
            if now - self.began > GROWN or (not self.in_hand and now - self.free_since > QUIET):
                return
            time.sleep(QUIET / 6)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await asyncio.wait_for(self._body(receive), PATIENCE)
        except TooLarge:
            await plain(send, 413, "The request is too large.")
            return
        except TimeoutError:
            await plain(send, 408, "The request took too long to arrive.")
            return
        except Gone:
            return
        with body:
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(self.pool, self._answer, scope, body)
        await send({"type": "http.response.start", "status": answer[0], "headers": answer[1]})
        await send({"type": "http.response.body", "body": answer[2]})

    async def _body(self, receive: Receive) -> io.IOBase:
        spool = tempfile.SpooledTemporaryFile(max_size=SPOOLED)  # noqa: SIM115 - closed by the caller
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                spool.close()
                raise Gone
            part = message.get("body", b"")
            size += len(part)
            if size > self.limit:
                spool.close()
                raise TooLarge
            spool.write(part)
            if not message.get("more_body", False):
                spool.seek(0)
                return spool

    def _answer(self, scope: Scope, body: io.IOBase) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Runs the WSGI application in a thread of the pool."""
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
            started[:] = [int(status.split(" ", 1)[0]), headers]

        result = self.wsgi(environ_of(scope, body), start_response)
        try:
            content = b"".join(result)
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                close()
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in started[1]]
        return started[0], headers, content


def environ_of(scope: Scope, body: io.IOBase) -> dict[str, Any]:
    """The WSGI environment of an ASGI request."""
    server = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope.get("raw_path") or scope["path"].encode()).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or ""),
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope.get("headers", []):
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        value = raw_value.decode("latin-1")
        if name == "CONTENT_LENGTH":
            continue
        key = name if name == "CONTENT_TYPE" else f"HTTP_{name}"
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    body.seek(0, io.SEEK_END)
    environ["CONTENT_LENGTH"] = str(body.tell())
    body.seek(0)
    return environ


async def plain(send: Send, status: int, text: str) -> None:
    """A short answer in plain text."""
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
