"""The live stream: what colleagues do, told to every open page within a moment.

The journal is the truth: one thread a process tails it, woken by commits of its own process and otherwise every half second.
A stream that falls behind is cut; the browser comes back with the last number it saw, and what it missed is replayed.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.db import DatabaseError, close_old_connections
from django.http import HttpRequest, parse_cookie
from django.utils.module_loading import import_string

from piste.company.models import Member
from piste.deals.models import Deal
from piste.foundations.numbers import row_number
from piste.journal.models import Entry
from piste.journal.operations import on_announcement

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]

POLL = 0.5
KEEP_ALIVE = 20.0
RECHECK = 30.0
QUEUE = 256
REPLAY = 500
PATIENCE_FOR_GAPS = 60.0
KINDS = ("deal", "pipeline")


@dataclass(frozen=True, slots=True)
class News:
    """One journal entry as streams tell it; `places` are the (owner, team) it may be seen through, None for all."""

    id: int
    text: str
    pipelines: frozenset[int | None]
    places: frozenset[tuple[int, int]] | None

    def concerns(self, client: Client) -> bool:
        """Whether this client asked for it and may see it."""
        if client.pipeline_id is not None and client.pipeline_id not in self.pipelines:
            return False
        return self.places is None or client.sees_all or any(client.sees(*place) for place in self.places)


@dataclass(slots=True, eq=False)
class Client:
    """One open stream and the rights of who opened it."""

    member_id: int
    sees_all: bool
    team_id: int | None
    pipeline_id: int | None
    name: str = ""
    deal_id: int | None = None
    queue: asyncio.Queue[News | None] = field(default_factory=lambda: asyncio.Queue(QUEUE))

    def sees(self, owner_id: int, team_id: int) -> bool:
        """The rule of `DealSet.visible_to` for one row."""
        return owner_id == self.member_id or (self.team_id is not None and self.team_id == team_id)

    def take(self, member: Member) -> None:
        """Takes a member's present rights."""
        self.sees_all = member.sees_all
        self.team_id = member.team_id if member.sees == "team" else None


class Tail:
    """Reads the journal as it grows, each entry once, also those that commit out of the order of their numbers.

    A number not there yet is a gap: it is asked for again until it shows, or until a minute has passed (a transaction that
    was rolled back leaves a gap for ever).
    """

    def __init__(self) -> None:
        self.last = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.gaps: dict[tuple[int, int], float] = {}

    def read(self) -> list[Entry]:
        """What has come since the last call."""
        fresh = list(Entry.objects.filter(pk__gt=self.last).order_by("pk")[:2000])
        now = time.monotonic()
        late = self._late(now)
        previous = self.last
        for entry in fresh:
            if entry.pk > previous + 1:
                self.gaps[previous + 1, entry.pk - 1] = now
            previous = entry.pk
        self.last = previous
        return late + fresh

    def _late(self, now: float) -> list[Entry]:
        """Entries that have shown in a gap; what is left of it stays a gap."""
        found: list[Entry] = []
        for (first, end), since in list(self.gaps.items()):
            del self.gaps[first, end]
            rows = list(Entry.objects.filter(pk__gte=first, pk__lte=end).order_by("pk"))
            found += rows
            if now - since > PATIENCE_FOR_GAPS:
                continue
            start = first
            for row in [*rows, None]:
                stop = end if row is None else row.pk - 1
                if stop >= start:
                    self.gaps[start, stop] = since
                start = stop + 2
        return found


def news_of(entries: Iterable[Entry]) -> list[News]:
    """What streams tell of entries, with the places through which each may be seen; two statements at most."""
    told = [entry for entry in entries if entry.subject_kind in KINDS]
    keys = {entry.subject_id for entry in told if entry.subject_kind == "deal"}
    rows = Deal.objects.filter(pk__in=keys).values_list("pk", "owner_id", "team_id") if keys else []
    seats = {key: (owner, team or 0) for key, owner, team in rows}
    return [_news(entry, seats) for entry in told]


def _news(entry: Entry, seats: dict[int, tuple[int, int]]) -> News:
    places = None
    if entry.subject_kind == "deal":
        places = frozenset({seats.get(entry.subject_id, (0, 0))} | _former_places(entry))
    data = {
        "verb": entry.verb,
        "kind": entry.subject_kind,
        "subject": entry.subject_id,
        "pipeline": entry.pipeline_id,
        "actor": entry.actor_id,
        "from": entry.data.get("from"),
        "to": entry.data.get("to"),
        "move": entry.data.get("move"),
    }
    text = f"id: {entry.pk}\nevent: entry\ndata: {json.dumps(data, separators=(',', ':'))}\n\n"
    return News(entry.pk, text, frozenset({entry.pipeline_id, entry.data.get("from_pipeline")}), places)


def _former_places(entry: Entry) -> set[tuple[int, int]]:
    """Who could see a deal before it was handed over is told once more, so that it leaves their page."""
    changes = entry.data.get("changes") or {}
    owner, team = changes.get("owner"), changes.get("team")
    if not owner and not team:
        return set()
    return {((owner or [0])[0] or 0, (team or [0])[0] or 0)}


class Hub:
    """One per process: tails the journal in its own thread, and fans out to the streams of the event loop."""

    def __init__(self) -> None:
        self.clients: set[Client] = set()
        self.wake = threading.Event()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.stopping = False

    def join(self, client: Client, loop: asyncio.AbstractEventLoop) -> None:
        """Adds a stream; the first one starts the thread. Called in the event loop only."""
        self.clients.add(client)
        self.tell_presence(client.deal_id)
        if self.loop is None:
            self.loop = loop
            on_announcement(self.wake.set)
            threading.Thread(target=self._run, name="live", daemon=True).start()

    def _run(self) -> None:
        tail: Tail | None = None
        while not self.stopping:
            try:
                close_old_connections()
                if tail is None:
                    tail = Tail()
                news = news_of(tail.read()) if self.clients else (tail.read(), [])[1]
            except DatabaseError:
                news = []
            if news and self.loop is not None and not self.loop.is_closed():
                self.loop.call_soon_threadsafe(self._deliver, news)
            self.wake.wait(POLL)
            self.wake.clear()

    def leave(self, client: Client) -> None:
        """Takes a stream away whose browser has gone. Called in the event loop only."""
        self.clients.discard(client)
        if not self.stopping:
            self.tell_presence(client.deal_id)

    def tell_presence(self, deal_id: int | None) -> None:
        """Tells everybody on the page of a deal who else is there."""
        here = [client for client in self.clients if client.deal_id == deal_id is not None]
        for client in here:
            others = {other.member_id: other.name for other in here if other.member_id != client.member_id}
            told = json.dumps(sorted(others.values()), separators=(",", ":"))
            self._put(client, News(0, f"event: present\ndata: {told}\n\n", frozenset(), None))

    def _deliver(self, news: list[News]) -> None:
        for client in list(self.clients):
            for item in news:
                if item.concerns(client) and not self._put(client, item):
                    break

    def _put(self, client: Client, item: News) -> bool:
        """Whether a stream keeps up; one that does not is ended."""
        try:
            client.queue.put_nowait(item)
        except asyncio.QueueFull:
            self.drop(client)
            return False
        return True

    def drop(self, client: Client) -> None:
        """Ends a stream; its browser comes back and replays."""
        self.clients.discard(client)
        while not client.queue.empty():
            client.queue.get_nowait()
        client.queue.put_nowait(None)

    def stop(self) -> None:
        self.stopping = True
        self.wake.set()
        for client in list(self.clients):
            self.drop(client)


class LiveStream:
    """The ASGI application at `/live`: server-sent events for one signed-in member."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-rights")

    async def close(self) -> None:
        """Ends all streams, so that the server can stop."""
        self.hub.stop()
        self.pool.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        session_key = cookie(scope, settings.SESSION_COOKIE_NAME)
        member = await loop.run_in_executor(self.pool, member_of, session_key)
        if member is None:
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        deal_id = await loop.run_in_executor(self.pool, deal_seen, member, _asked(scope, "deal"))
        client = Client(member.pk, False, None, pipeline_asked(scope), member.name, deal_id)
        client.take(member)
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await self._write(send, "retry: 2000\n\n")
        since = last_seen(scope)
        self.hub.join(client, loop)
        if since is not None:
            missed = await loop.run_in_executor(self.pool, replay, since, client)
            await self._write(send, missed)
        gone = asyncio.ensure_future(hang_up(receive))
        try:
            await self._tell(client, session_key, gone, send)
        finally:
            gone.cancel()
            self.hub.leave(client)

    async def _tell(self, client: Client, session_key: str, gone: asyncio.Future[None], send: Send) -> None:
        loop = asyncio.get_running_loop()
        checked = loop.time()
        while not gone.done():
            waiting = asyncio.ensure_future(client.queue.get())
            both: set[asyncio.Future[Any]] = {waiting, gone}
            done, _ = await asyncio.wait(both, timeout=KEEP_ALIVE, return_when=asyncio.FIRST_COMPLETED)
            if waiting not in done:
                waiting.cancel()
                if gone in done:
                    return
                await self._write(send, ": still here\n\n")
            else:
                news = waiting.result()
                if news is None:
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
                    return
                await self._write(send, news.text)
            if loop.time() - checked > RECHECK:
                checked = loop.time()
                member = await loop.run_in_executor(self.pool, member_of, session_key)
                if member is None:
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
                    return
                client.take(member)

    @staticmethod
    async def _write(send: Send, text: str) -> None:
        if text:
            await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


async def hang_up(receive: Receive) -> None:
    """Returns when the browser has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


def cookie(scope: MutableMapping[str, Any], name: str) -> str:
    """A cookie of the request, read as pages read it: a stranger one beside it, set by another program, does no harm."""
    sent = [value.decode("latin-1") for key, value in scope.get("headers", []) if key == b"cookie"]
    return parse_cookie("; ".join(sent)).get(name, "")


def pipeline_asked(scope: MutableMapping[str, Any]) -> int | None:
    """`?pipeline=ID` keeps the stream to one pipeline."""
    return _asked(scope, "pipeline")


def _asked(scope: MutableMapping[str, Any], name: str) -> int | None:
    for part in scope.get("query_string", b"").decode("latin-1").split("&"):
        key, _, value = part.partition("=")
        if key == name and (number := row_number(value)) is not None:
            return number
    return None


def last_seen(scope: MutableMapping[str, Any]) -> int | None:
    """The number of the last entry a returning browser saw; at first `?since=`, that of its page."""
    for key, value in scope.get("headers", []):
        if key == b"last-event-id" and (number := row_number(value.decode("latin-1"))) is not None:
            return number
    return _asked(scope, "since")


def member_of(session_key: str) -> Member | None:
    """The active member a session belongs to, by the same check as any page."""
    if not session_key:
        return None
    close_old_connections()
    engine = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    request = HttpRequest()
    request.session = engine(session_key)
    found = get_user(request)
    return found if isinstance(found, Member) and found.is_active else None


def deal_seen(member: Member, deal_id: int | None) -> int | None:
    """The deal whose page a stream is for (`?deal=ID`), when the member may see it."""
    if deal_id is None:
        return None
    close_old_connections()
    return Deal.objects.visible_to(member).filter(pk=deal_id).values_list("pk", flat=True).first()


def replay(since: int, client: Client) -> str:
    """What a returning browser missed; a `reload` event when that is too much."""
    close_old_connections()
    rows = list(Entry.objects.filter(pk__gt=since).order_by("pk")[: REPLAY + 1])
    if len(rows) > REPLAY:
        return f"id: {rows[-1].pk}\nevent: reload\ndata: {{}}\n\n"
    return "".join(news.text for news in news_of(rows) if news.concerns(client))
