"""How far deals were brought forward."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q

from piste.asking import KeptCounts
from piste.deals.models import Move, MoveKind

#: SQLite compares with two words one after the other, and makes a table of three to look them up in, which takes longer.
FORWARD = Q(kind__in=(MoveKind.ADVANCED, MoveKind.SKIPPED)) | Q(kind=MoveKind.WON)


class Progress(NamedTuple):
    """How much of something there was in a period, and in the one before it."""

    now: int
    before: int


def forward_count(members: Collection[int], *, before: datetime, since: datetime, until: datetime) -> Progress:
    """How many deals these members moved forward or won from `since` until before `until`, each once, and how many from `before`
    until then; moves taken back do not count."""
    return Progress(*_forward.counts(members=list(members), before=before, since=since, until=until))


@KeptCounts
def _forward(*, members: list[int], before: datetime, since: datetime, until: datetime) -> Iterable[Any]:
    found = Move.objects.filter(FORWARD, by_id__in=members).counted().values("deal_id").distinct()
    return found.filter(at__gte=since, at__lt=until), found.filter(at__gte=before, at__lt=since)
