"""What is not urgent waits for the pages in hand."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from config import bridge


async def _ask(pages: bridge.Bridge) -> list[bridge.Message]:
    """One request without a body; what was sent back."""
    sent: list[bridge.Message] = []

    async def receive() -> bridge.Message:
        return {"type": "http.request"}

    async def send(message: bridge.Message) -> None:
        sent.append(message)

    scope = {"method": "GET", "path": "/", "query_string": b"", "http_version": "1.1", "headers": []}
    await pages(scope, receive, send)
    return sent


@pytest.fixture
def held() -> tuple[bridge.Bridge, threading.Event, threading.Event]:
    """A bridge whose one page is answered when the second event says so; the first tells that it is in hand."""
    came, go = threading.Event(), threading.Event()

    def page(environ: dict[str, Any], start: Callable[..., None]) -> list[bytes]:
        came.set()
        go.wait(20)
        start("200 OK", [])
        return [b"here"]

    return bridge.Bridge(page, threads=1, limit=10), came, go


def test_what_is_not_urgent_waits_for_the_page_in_hand_and_a_moment_more(
    held: tuple[bridge.Bridge, threading.Event, threading.Event],
) -> None:
    pages, came, go = held
    asking = threading.Thread(target=lambda: asyncio.run(_ask(pages)))
    asking.start()
    assert came.wait(20)
    rested = threading.Event()
    waiting = threading.Thread(target=lambda: (pages.rest(), rested.set()))
    waiting.start()
    assert not rested.wait(2 * bridge.QUIET)
    go.set()
    asking.join(20)
    free = time.monotonic()
    assert rested.wait(20)
    assert time.monotonic() - free >= bridge.QUIET / 2
    waiting.join(20)


def test_a_grown_server_waits_no_more(
    held: tuple[bridge.Bridge, threading.Event, threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages, came, go = held
    asking = threading.Thread(target=lambda: asyncio.run(_ask(pages)))
    asking.start()
    assert came.wait(20)
    monkeypatch.setattr(bridge, "GROWN", 0.0)
    pages.rest()
    assert pages.in_hand == 1
    go.set()
    asking.join(20)
    assert pages.in_hand == 0
