"""The company's own lists around deals: sources and loss reasons. And a member's farewell."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from piste.company.models import Member
from piste.company.operations import deactivate
from piste.deals.models import LossReason, Source
from piste.journal.operations import record

from .amending import hand_over


class NameTaken(ValueError):
    """The list already holds this name."""


@transaction.atomic
def add_source(*, name: str, by: Member | None, at: datetime, cause: str = "page") -> Source:
    """A new source; a retired one of the same name comes back. Raises `NameTaken`."""
    found = Source.objects.filter(name__iexact=name.strip()).first()
    if found is not None and found.retired_at is None:
        raise NameTaken(name)
    source = found or Source(name=name.strip())
    source.retired_at = None
    source.save()
    _record("source.added", "source", source, by, at, cause)
    return source


@transaction.atomic
def add_loss_reason(*, name: str, by: Member | None, at: datetime, cause: str = "page") -> LossReason:
    """A new reason at the end of the list; a retired one of the same name comes back. Raises `NameTaken`."""
    found = LossReason.objects.filter(name__iexact=name.strip()).first()
    if found is not None and found.retired_at is None:
        raise NameTaken(name)
    last = LossReason.objects.aggregate(last=Max("position"))["last"]
    reason = found or LossReason(name=name.strip())
    reason.position, reason.retired_at = (0 if last is None else last + 1), None
    reason.save()
    _record("loss_reason.added", "loss_reason", reason, by, at, cause)
    return reason


@transaction.atomic
def retire_item(*, item: Source | LossReason, by: Member, at: datetime) -> None:
    """Takes a source or a reason out of the lists; deals that have it keep it."""
    item.retired_at = at
    item.save(update_fields=["retired_at"])
    kind = "source" if isinstance(item, Source) else "loss_reason"
    _record(f"{kind}.retired", kind, item, by, at, "page")


@transaction.atomic
def place_loss_reason(*, reason: LossReason, up: bool, by: Member, at: datetime) -> None:
    """Exchanges a reason with its neighbour."""
    rows = list(LossReason.objects.filter(retired_at=None).order_by("position", "pk"))
    place = [row.pk for row in rows].index(reason.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows):
        row.position = position
    LossReason.objects.bulk_update(rows, ["position"])
    _record("loss_reason.moved", "loss_reason", reason, by, at, "page")


@transaction.atomic
def say_goodbye(*, leaver: Member, successor: Member | None, by: Member, at: datetime) -> int:
    """Deactivates a member and gives all their deals to a successor; returns how many went. Raises `LastAdmin`."""
    given = hand_over(leaver=leaver, successor=successor, by=by, at=at) if successor is not None else 0
    deactivate(member=leaver, by=by, at=at)
    return given


def _record(verb: str, kind: str, item: Source | LossReason, by: Member | None, at: datetime, cause: str) -> None:
    record(
        verb=verb,
        subject_kind=kind,
        subject_id=item.pk,
        actor_id=by.pk if by else None,
        at=at,
        cause=cause,
        data={"name": item.name},
    )
