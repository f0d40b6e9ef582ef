"""How much the columns of a table hold: SQLite keeps longer texts than it was told, PostgreSQL refuses the whole statement."""

from __future__ import annotations

from functools import cache

from django.db.models import CharField, Model

from piste.exchange.reading.rows import Row


@cache
def longest_of(model: type[Model], name: str) -> int | None:
    """The letters a fact may have; None where there is no bound."""
    field = model._meta.get_field(name)
    return field.max_length if isinstance(field, CharField) else None


def check_reference(row: Row, model: type[Model]) -> None:
    """Refuses a row whose reference does not fit: cut short it could be another's."""
    text, longest = row.text("external_id"), longest_of(model, "external_id")
    if longest is not None and len(text) > longest:
        row.refuse("long", value=text[:60], limit=longest)
