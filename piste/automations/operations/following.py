"""Finding what automations wait for: in the journal, and by the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from piste.automations.models import Automation, Cursor, Level, Run
from piste.automations.queries import found_by_clock, happened
from piste.automations.queries.clock import Occurrence, no_longer_beyond
from piste.automations.rules import BROUGHT_IN, CLOCK, EVENTS, VERBS, Recipe, answers
from piste.deals.models import Deal
from piste.journal.models import Entry

from .place import hold, newest
from .running import run

#: Entries read at once.
BATCH = 500
#: Of transactions that commit out of the order of their numbers: how long a missing number is waited for.
PATIENCE = timedelta(minutes=2)


def follow(*, at: datetime) -> int:
    """Reads what was written in the journal since the last time; returns how many runs were made.

    Each run is a transaction of its own, and then the cursor moves on: whoever is killed in between leaves entries that are read
    again, and their runs, which are there, are not made again.
    """
    cursor = Cursor.objects.filter(pk=1).first()
    if cursor is None:
        return 0
    made, last = 0, cursor.last
    waiting = _waiting()
    if not waiting:
        _move_on(newest())
        return 0
    while entries := list(Entry.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        for automation, occurrence in _answering(entries, waiting):
            made += run(automation_id=automation.pk, occurrence=occurrence, at=at) is not None
        settled = _settled(last, entries, at)
        _move_on(settled)
        if len(entries) < BATCH or settled < entries[-1].pk:
            break
        last = settled
    return made


def look(*, at: datetime) -> int:
    """Does what the clock asks for; returns how many runs were made. What was due while nobody worked is done now, once."""
    made = 0
    for automation in Automation.objects.running().filter(kind__in=CLOCK).order_by("pk"):
        if automation.kind == "chance":
            when = Recipe.of(automation.recipe).when
            no_longer_beyond(automation, when).delete()
        for occurrence in found_by_clock(automation, at=at):
            with transaction.atomic():
                if automation.kind == "chance":
                    _, is_new = Level.objects.get_or_create(automation=automation, deal_id=occurrence.deal_id)
                    if not is_new:
                        continue
                made += run(automation_id=automation.pk, occurrence=occurrence, at=at) is not None
    return made


def make_up(*, automation: Automation, since: datetime, at: datetime, most: int) -> int:
    """Lets an automation answer what happened since a moment, as if it had been at work, the latest `most` times; returns how
    many runs were made. For who asks for the past."""
    if automation.kind in CLOCK:
        found = found_by_clock(automation, at=at, since=since)[:most]
    else:
        told = Entry.objects.filter(pipeline_id=automation.pipeline_id, verb__in=VERBS, subject_kind="deal", erased_at=None)
        entries = list(told.filter(at__gt=since, at__lte=at).order_by("-at", "-pk")[: most * 20])
        deals = Deal.objects.in_bulk({entry.subject_id for entry in entries})
        answered = [(entry, _because(automation, entry, deals.get(entry.subject_id))) for entry in reversed(entries)]
        found = [_answer(entry, because) for entry, because in answered if because is not None][-most:]
    return sum(run(automation_id=automation.pk, occurrence=one, at=at) is not None for one in found)


def _because(automation: Automation, entry: Entry, deal: Deal | None) -> dict[str, Any] | None:
    """Why an automation answers an entry about a deal; None when it does not."""
    return None if deal is None else answers(Recipe.of(automation.recipe).when, happened(entry.verb, entry.data, deal))


def _answer(entry: Entry, because: dict[str, Any]) -> Occurrence:
    depth = entry.data.get("depth", 0) if entry.cause == "automation" else 0
    return Occurrence(entry.subject_id, f"entry:{entry.pk}", because, depth=depth, entry=entry.pk)


def _waiting() -> dict[int, list[Automation]]:
    """The automations that wait for events, by their pipeline."""
    found: dict[int, list[Automation]] = {}
    for automation in Automation.objects.running().filter(kind__in=EVENTS).order_by("pk"):
        found.setdefault(automation.pipeline_id, []).append(automation)
    return found


def _answering(entries: list[Entry], waiting: dict[int, list[Automation]]) -> Iterator[tuple[Automation, Occurrence]]:
    """Which automation answers which entry, in the order of the journal; those that have answered are left out."""
    told = [one for one in entries if one.subject_kind == "deal" and one.verb in VERBS and one.cause not in BROUGHT_IN]
    told = [one for one in told if one.pipeline_id in waiting and one.erased_at is None]
    deals = Deal.objects.in_bulk({one.subject_id for one in told}) if told else {}
    had = set(Run.objects.filter(entry__in=[one.pk for one in told]).values_list("automation_id", "entry")) if told else set()
    for entry in told:
        deal = deals.get(entry.subject_id)
        for automation in waiting[entry.pipeline_id or 0]:
            if entry.at < automation.since or (automation.pk, entry.pk) in had:
                continue
            because = _because(automation, entry, deal)
            if because is not None:
                yield automation, _answer(entry, because)


def _settled(last: int, entries: list[Entry], at: datetime) -> int:
    """Up to which number nothing can come any more. SQLite has one writer, whose numbers come in their order."""
    if connection.vendor == "sqlite":
        return entries[-1].pk
    for entry in entries:
        if entry.pk > last + 1 and entry.at > at - PATIENCE:
            return last
        last = entry.pk
    return last


@transaction.atomic
def _move_on(last: int) -> None:
    cursor = hold()
    if cursor is not None and cursor.last < last:
        cursor.last = last
        cursor.save(update_fields=["last"])
