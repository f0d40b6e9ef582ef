"""How far deals were brought forward."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from piste.asking import KeptCounts
from piste.deals.models import Move, MoveKind

FORWARD = (MoveKind.ADVANCED, MoveKind.SKIPPED, MoveKind.WON)


def forward_count(members: Collection[int], *, since: datetime, until: datetime) -> int:
    """How many deals these members moved forward or won in a period, each once; moves taken back do not count."""
    return _forward.counts(members=list(members), since=since, until=until)[0]


@KeptCounts
def _forward(*, members: list[int], since: datetime, until: datetime) -> Iterable[Any]:
    undone = Move.objects.filter(deal=OuterRef("deal"), undoes=OuterRef("number"))
    found = Move.objects.filter(by_id__in=members, kind__in=FORWARD, at__gte=since, at__lt=until)
    return (found.exclude(Exists(undone)).values("deal_id").distinct(),)
