"""How much the columns of a table hold: SQLite keeps longer texts than it was told, PostgreSQL refuses the whole statement."""

from __future__ import annotations

from functools import cache

from django.db.models import CharField, Model


@cache
def longest_of(model: type[Model], name: str) -> int | None:
    """The letters a fact may have; None where there is no bound."""
    field = model._meta.get_field(name)
    return field.max_length if isinstance(field, CharField) else None
