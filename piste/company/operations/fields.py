"""Custom fields: adding, ordering, retiring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from piste.company.models import CustomField, Member
from piste.journal.operations import record


@transaction.atomic
def add_field(
    *, subject: str, label: str, kind: str, options: Sequence[str] = (), by: Member | None, at: datetime, cause: str = "page"
) -> CustomField:
    """A new fact to keep; its key is made of its label and never changes."""
    root = slugify(label)[:50] or "field"
    key, turn = root, 2
    while CustomField.objects.filter(subject=subject, key=key).exists():
        key, turn = f"{root}-{turn}", turn + 1
    last = CustomField.objects.filter(subject=subject).aggregate(last=Max("position"))["last"] or 0
    field = CustomField.objects.create(
        subject=subject, key=key, label=label.strip(), kind=kind, options=list(options), position=last + 10
    )
    _record("field.added", field, by, at, cause, {"label": field.label, "subject": subject, "kind": kind})
    return field


@transaction.atomic
def retire_field(*, field: CustomField, by: Member, at: datetime) -> None:
    """Takes a field out of the forms; its values stay."""
    field.retired_at = at
    field.save(update_fields=["retired_at"])
    _record("field.retired", field, by, at, "page", {"label": field.label})


@transaction.atomic
def place_field(*, field: CustomField, up: bool, by: Member, at: datetime) -> None:
    """Exchanges a field with its neighbour."""
    rows = list(CustomField.objects.filter(subject=field.subject, retired_at=None).order_by("position", "pk"))
    place = [row.pk for row in rows].index(field.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows):
        row.position = position * 10
    CustomField.objects.bulk_update(rows, ["position"])
    _record("field.moved", field, by, at, "page", {"label": field.label})


def _record(verb: str, field: CustomField, by: Member | None, at: datetime, cause: str, data: dict[str, object]) -> None:
    record(
        verb=verb, subject_kind="field", subject_id=field.pk, actor_id=by.pk if by else None, at=at, cause=cause, data=data
    )
