"""The company's own lists around deals: sources, loss reasons, tags."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from piste.company.models import Member
from piste.deals.models import Deal, LossReason, Source, Tag
from piste.journal.operations import record

type Item = Source | LossReason | Tag

KINDS: dict[type[Item], str] = {Source: "source", LossReason: "loss_reason", Tag: "tag"}


class NameTaken(ValueError):
    """The list already holds this name."""


@transaction.atomic
def add_source(*, name: str, by: Member | None, at: datetime, cause: str = "page") -> Source:
    """A new source; a retired one of the same name comes back. Raises `NameTaken`."""
    source = _free(Source, name) or Source(name=name.strip())
    source.retired_at = None
    source.save()
    _record("added", source, by, at, cause=cause)
    return source


@transaction.atomic
def add_loss_reason(*, name: str, by: Member | None, at: datetime, cause: str = "page") -> LossReason:
    """A new reason at the end of the list; a retired one of the same name comes back. Raises `NameTaken`."""
    reason = _free(LossReason, name) or LossReason(name=name.strip())
    last = LossReason.objects.aggregate(last=Max("position"))["last"]
    reason.position, reason.retired_at = (0 if last is None else last + 1), None
    reason.save()
    _record("added", reason, by, at, cause=cause)
    return reason


@transaction.atomic
def add_tag(*, name: str, by: Member | None, at: datetime, cause: str = "page") -> Tag:
    """A new tag, for deals to come. Raises `NameTaken`."""
    _free(Tag, name)
    tag = Tag.objects.create(name=name.strip())
    _record("added", tag, by, at, cause=cause)
    return tag


@transaction.atomic
def rename_item(*, item: Item, name: str, by: Member, at: datetime) -> None:
    """Another name for a source, a reason or a tag, on all deals that have it. Raises `NameTaken`."""
    before, after = item.name, name.strip()
    if before == after:
        return
    others: Any = type(item)._default_manager
    if others.filter(name__iexact=after).exclude(pk=item.pk).exists():
        raise NameTaken(after)
    item.name = after
    item.save(update_fields=["name"])
    _record("renamed", item, by, at, {"changes": {"name": [before, after]}})


@transaction.atomic
def retire_item(*, item: Source | LossReason, by: Member, at: datetime) -> None:
    """Takes a source or a reason out of the lists; deals that have it keep it."""
    item.retired_at = at
    item.save(update_fields=["retired_at"])
    _record("retired", item, by, at)


@transaction.atomic
def restore_item(*, item: Source | LossReason, by: Member, at: datetime) -> None:
    """Brings a source or a reason back into the lists."""
    item.retired_at = None
    item.save(update_fields=["retired_at"])
    _record("restored", item, by, at)


@transaction.atomic
def remove_tag(*, tag: Tag, by: Member, at: datetime) -> int:
    """Takes a tag away, also from the deals that have it; returns how many had it."""
    count = Deal.objects.filter(tags=tag).count()
    _record("removed", tag, by, at, {"count": count})
    tag.delete()
    return count


@transaction.atomic
def place_loss_reason(*, reason: LossReason, place: int, by: Member, at: datetime) -> None:
    """Puts a reason at a place (from 0) in the list."""
    rows = list(LossReason.objects.select_for_update().filter(retired_at=None).order_by("position", "pk"))
    before = [row.pk for row in rows].index(reason.pk)
    rows.insert(max(0, min(place, len(rows) - 1)), rows.pop(before))
    if rows[before].pk == reason.pk:
        return
    for position, row in enumerate(rows):
        row.position = position
    LossReason.objects.bulk_update(rows, ["position"])
    _record("moved", reason, by, at)


def _free[T: (Source, LossReason, Tag)](kind: type[T], name: str) -> T | None:
    """A retired one of this name, to be brought back. Raises `NameTaken` for one in use."""
    found = kind._default_manager.filter(name__iexact=name.strip()).first()
    if found is not None and (isinstance(found, Tag) or found.retired_at is None):
        raise NameTaken(name)
    return found


def _record(
    verb: str, item: Item, by: Member | None, at: datetime, data: dict[str, Any] | None = None, *, cause: str = "page"
) -> None:
    kind = KINDS[type(item)]
    record(
        verb=f"{kind}.{verb}",
        subject_kind=kind,
        subject_id=item.pk,
        actor_id=by.pk if by else None,
        at=at,
        cause=cause,
        data={"name": item.name} | (data or {}),
    )
