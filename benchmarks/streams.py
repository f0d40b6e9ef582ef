"""Open pages that listen: how soon each learns of a move, and what a listener costs in memory."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable

from benchmarks.server import Server

#: The most seconds that streams may take to open, or news to arrive.
PATIENCE = 60


class Streams:
    """So many `/live` streams of one member on a pipeline, read by one thread."""

    def __init__(self, server: Server, cookie: str, pipeline_id: int, count: int) -> None:
        self.selector = selectors.DefaultSelector()
        self.heard: dict[int, float] = {}
        self.sockets: list[socket.socket] = []
        told = f"GET /live?pipeline={pipeline_id} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: {cookie}\r\n\r\n"
        for number in range(count):
            opened = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
            opened.sendall(told.encode())
            self.sockets.append(opened)
            self.selector.register(opened, selectors.EVENT_READ, number)
        self._until(b"retry:", lambda: None)

    def spans(self, act: Callable[[], None]) -> list[float]:
        """Milliseconds from the beginning of an act until each stream has told of it."""
        began = time.perf_counter()
        self._until(b"event: entry", act)
        return [(at - began) * 1000 for at in self.heard.values()]

    def _until(self, mark: bytes, act: Callable[[], None]) -> None:
        """Does something, then reads until every stream has said `mark`, or patience ends."""
        self.heard = {}
        act()
        end = time.monotonic() + PATIENCE
        kept: dict[int, bytes] = {}
        while len(self.heard) < len(self.sockets) and time.monotonic() < end:
            for key, _events in self.selector.select(0.1):
                number = key.data
                kept[number] = kept.get(number, b"") + key.fileobj.recv(65536)  # type: ignore[union-attr]
                if mark in kept[number] and number not in self.heard:
                    self.heard[number] = time.perf_counter()

    def close(self) -> None:
        for opened in self.sockets:
            opened.close()
        self.selector.close()
