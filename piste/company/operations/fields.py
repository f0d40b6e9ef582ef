"""Custom fields: added, changed, put in order, retired, brought back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from piste.company.models import CustomField, FieldKind, Member
from piste.journal.operations import record

from .errors import NameTaken


class ChoicesMissing(ValueError):
    """A field of choices without any choice."""


@transaction.atomic
def add_field(
    *, subject: str, label: str, kind: str, options: Sequence[str] = (), by: Member | None, at: datetime, cause: str = "page"
) -> CustomField:
    """A new fact to keep; its key is made of its label and never changes. Raises `NameTaken`, `ChoicesMissing`."""
    _free(subject, label)
    root = slugify(label)[:50] or "field"
    key, turn = root, 2
    while CustomField.objects.filter(subject=subject, key=key).exists():
        key, turn = f"{root}-{turn}", turn + 1
    last = CustomField.objects.filter(subject=subject).aggregate(last=Max("position"))["last"]
    field = CustomField.objects.create(
        subject=subject,
        key=key,
        label=label.strip(),
        kind=kind,
        options=_options(kind, options),
        position=0 if last is None else last + 1,
    )
    _record("field.added", field, by, at, {"label": field.label, "subject": subject, "kind": kind}, cause)
    return field


@transaction.atomic
def amend_field(*, field: CustomField, label: str, options: Sequence[str], by: Member, at: datetime) -> None:
    """Another label, other choices; what is kept under the key stays as it is. Raises `NameTaken`, `ChoicesMissing`."""
    current = CustomField.objects.select_for_update().get(pk=field.pk)
    _free(current.subject, label, besides=current)
    wanted: dict[str, Any] = {"label": label.strip(), "options": _options(current.kind, options)}
    changes = {name: [getattr(current, name), value] for name, value in wanted.items() if getattr(current, name) != value}
    if changes:
        CustomField.objects.filter(pk=current.pk).update(**wanted)
        _record("field.amended", current, by, at, {"label": wanted["label"], "changes": changes})


@transaction.atomic
def retire_field(*, field: CustomField, by: Member, at: datetime) -> None:
    """Takes a field out of the forms; its values stay."""
    field.retired_at = at
    field.save(update_fields=["retired_at"])
    _record("field.retired", field, by, at, {"label": field.label})


@transaction.atomic
def restore_field(*, field: CustomField, by: Member, at: datetime) -> None:
    """Brings a field back, with its values. Raises `NameTaken`."""
    _free(field.subject, field.label, besides=field)
    field.retired_at = None
    field.save(update_fields=["retired_at"])
    _record("field.restored", field, by, at, {"label": field.label})


@transaction.atomic
def place_field(*, field: CustomField, place: int, by: Member, at: datetime) -> None:
    """Puts a field at a place (from 0) among those in use on its subject."""
    rows = list(CustomField.objects.select_for_update().filter(subject=field.subject, retired_at=None).order_by("position", "pk"))
    before = [row.pk for row in rows].index(field.pk)
    rows.insert(max(0, min(place, len(rows) - 1)), rows.pop(before))
    if rows[before].pk == field.pk:
        return
    for position, row in enumerate(rows):
        row.position = position
    CustomField.objects.bulk_update(rows, ["position"])
    _record("field.moved", field, by, at, {"label": field.label})


def _free(subject: str, label: str, *, besides: CustomField | None = None) -> None:
    taken = CustomField.objects.filter(subject=subject, label__iexact=label.strip(), retired_at=None)
    if besides is not None:
        taken = taken.exclude(pk=besides.pk)
    if taken.exists():
        raise NameTaken(label)


def _options(kind: str, options: Sequence[str]) -> list[str]:
    """The choices of a field that has some, each once whatever its case. Raises `ChoicesMissing`."""
    if kind not in (FieldKind.CHOICE, FieldKind.CHOICES):
        return []
    found: dict[str, str] = {}
    for option in options:
        # A semicolon separates several choices in files.
        plain = option.replace(";", ",").strip()
        if plain:
            found.setdefault(plain.casefold(), plain)
    if not found:
        raise ChoicesMissing
    return list(found.values())


def _record(verb: str, field: CustomField, by: Member | None, at: datetime, data: Mapping[str, Any], cause: str = "page") -> None:
    actor = by.pk if by else None
    record(verb=verb, subject_kind="field", subject_id=field.pk, actor_id=actor, at=at, cause=cause, data=data)
