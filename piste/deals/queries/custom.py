"""Custom fields of deals in conditions and orders: what their kinds mean to the database, the same on both."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, Q, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, NullIf

from piste.company.models import FieldKind
from piste.deals.models import DealSet

#: Kept numbers have at most 30 digits before the point and as many behind it that matter.
NUMBER: DecimalField[Any, Any] = DecimalField(max_digits=64, decimal_places=30)
GREATEST = Decimal(10) ** 31


@dataclass(frozen=True, slots=True)
class CustomWanted:
    """What one looks for in a custom field: alternatives (`values`) or bounds.

    `kind` is one of `FieldKind`: choices match whole, yes or no is `yes` or `no`, texts match by a fragment whatever the
    case; numbers and dates have `least` and `most`.
    """

    key: str
    kind: str = FieldKind.TEXT
    values: tuple[str, ...] = ()
    least: Decimal | date | None = None
    most: Decimal | date | None = None


def as_text(key: str) -> NullIf:
    """The value of a field as text: JSON for lists, `true` and `false`, ISO for dates; NULL where there is none."""
    # One database says `null` in letters of a value that was taken away.
    return NullIf(Cast(KeyTextTransform(key, "custom"), TextField()), Value("null", output_field=TextField()))


def as_number(key: str) -> Cast:
    """The value of a field that holds numbers."""
    return Cast(as_text(key), NUMBER)


def with_custom(deals: DealSet, wanted: Iterable[CustomWanted]) -> DealSet:
    """The deals among these whose custom fields are as asked."""
    for place, one in enumerate(wanted):
        name = f"custom_{place}"
        held: Cast | NullIf = as_number(one.key) if one.kind == FieldKind.NUMBER else as_text(one.key)
        deals = deals.alias(**{name: held}).filter(_condition(name, one))
    return deals


def _condition(name: str, wanted: CustomWanted) -> Q:
    found = Q()
    match wanted.kind:
        case FieldKind.NUMBER | FieldKind.DATE:
            if wanted.least is not None:
                found &= Q(**{f"{name}__gte": _bound(wanted.least)})
            if wanted.most is not None:
                found &= Q(**{f"{name}__lte": _bound(wanted.most)})
        case FieldKind.YES_NO:
            found = Q(**{f"{name}__in": ["true" if value == "yes" else "false" for value in wanted.values]})
        case FieldKind.CHOICE:
            found = Q(**{f"{name}__in": wanted.values})
        case FieldKind.CHOICES:
            for value in wanted.values:
                # One database keeps the letters of JSON as they are, the other as they were escaped.
                for written in {json.dumps(value), json.dumps(value, ensure_ascii=False)}:
                    found |= Q(**{f"{name}__contains": written})
        case _:
            for value in wanted.values:
                # One database knows the case of ASCII letters alone.
                for written in {value, value.lower(), value.upper(), value.capitalize()}:
                    found |= Q(**{f"{name}__icontains": written})
    return found


def _bound(value: Decimal | date) -> Decimal | str:
    """ISO dates are in order as texts; a number beyond what can be kept is as good as the greatest."""
    if isinstance(value, Decimal):
        return max(-GREATEST, min(GREATEST, value))
    return value.isoformat()
