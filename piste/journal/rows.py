"""Many rows at once, for rooms whose operations bring in thousands: one prepared statement, run for each row.

Several times quicker than `bulk_create`, which writes out and checks a statement as long as its values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import connection, models
from django.db.models.base import ModelState

#: Types that both databases take as they are.
PLAIN = frozenset({int, str, bool, bytes, type(None)})
#: Rows of one long statement: of ten columns, well below the values that either database takes.
AT_ONCE = 500


def unsaved[Row: models.Model](model: type[Row], facts: Mapping[str, Any]) -> Row:
    """`model(**facts)` in a third of its time: what is not among the facts is as the model has it when nobody says anything."""
    row = model.__new__(model)
    row._state = ModelState()
    names, plain, made = _beginnings(model)
    row.__dict__.update(plain)
    for name, make in made:
        row.__dict__[name] = make()
    for name, value in facts.items():
        if name not in names:
            raise TypeError(f"{model.__name__} has no field {name!r}")
        setattr(row, name, value)
    return row


@cache
def _beginnings(model: type[models.Model]) -> tuple[frozenset[str], dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """What may be said of a row, what stands in it before, and what is made anew for each."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    names = frozenset({"pk", *(field.name for field in fields), *(field.attname for field in fields)})
    made = [(field.attname, field.get_default) for field in fields if callable(field.default) and field.has_default()]
    anew = {name for name, _ in made}
    return names, {field.attname: field.get_default() for field in fields if field.attname not in anew}, made


def add_rows(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """Inserts unsaved rows, every column but the id. Their `save` is not called, and they learn no id."""
    names = columns(model)
    add_values(model, names, map(_told(names), rows))


def add_row(row: models.Model) -> None:
    """Inserts one unsaved row, which then knows its id: a tenth of what `save` takes to write the same statement each time."""
    model = type(row)
    names = columns(model)
    values = _all_taken((getattr(row, name) for name in names), _takers())
    with connection.cursor() as cursor:
        cursor.execute(f"{_insertion(model, names)} RETURNING id", values)
        (row.pk,) = cursor.fetchone()
    row._state.adding, row._state.db = False, connection.alias


def add_with_ids[Row: models.Model](model: type[Row], rows: Sequence[Row]) -> Sequence[Row]:
    """Inserts unsaved rows like `add_rows`; afterwards they are as if saved, each with its id. Needs a transaction."""
    names = columns(model)
    ids = _new_ids(model, len(rows))
    told = _told(names)
    values = [(key, *told(row)) for key, row in zip(ids, rows, strict=True)]
    add_values(model, ["id", *names], values)
    for key, row in zip(ids, rows, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias
    return rows


def _told(names: Sequence[str]) -> Callable[[models.Model], Sequence[Any]]:
    """What reads these columns of a row."""
    return attrgetter(*names) if len(names) > 1 else lambda row: [getattr(row, name) for name in names]


def _new_ids(model: type[models.Model], count: int) -> Sequence[int]:
    """Ids for new rows. SQLite has one writer, who counts on from the last one; PostgreSQL gives them from its sequence."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            (last,) = cursor.fetchone() or (0,)
            return range(last + 1, last + 1 + count)
        sequence = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        cursor.execute(sequence, [connection.ops.quote_name(table), count])
        return sorted(key for (key,) in cursor.fetchall())


def add_values(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]], *, otherwise: str = "") -> None:
    """Inserts rows given as values of the named columns; `otherwise` is the end of the statement (ON CONFLICT …)."""
    statement = f"{_insertion(model, names)} {otherwise}"
    taken = _takers()
    values = [_all_taken(row, taken) for row in rows]
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)


def add_at_once(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]], *, otherwise: str = "") -> None:
    """The same by few long statements. For tables that SQLite indexes for full text: before each statement it writes out what
    that index holds in memory, which for one row takes longer than the row."""
    one = f"({', '.join(['%s'] * len(names))})"
    into = _insertion(model, names).removesuffix(one)
    taken = _takers()
    with connection.cursor() as cursor:
        for start in range(0, len(rows), AT_ONCE):
            part = rows[start : start + AT_ONCE]
            values = [value for row in part for value in _all_taken(row, taken)]
            cursor.execute(f"{into}{', '.join([one] * len(part))} {otherwise}", values)


def _insertion(model: type[models.Model], names: Sequence[str]) -> str:
    return _insertion_of(model, tuple(names), connection.vendor)


@cache
def _insertion_of(model: type[models.Model], names: tuple[str, ...], vendor: str) -> str:
    quote = connection.ops.quote_name
    given = {field.attname: field.column for field in model._meta.concrete_fields}
    into = ", ".join(quote(given[name] or name) for name in names)
    marks = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {quote(model._meta.db_table)} ({into}) VALUES ({marks})"  # noqa: S608


def change_row(row: models.Model, names: Sequence[str]) -> None:
    """Writes the named columns of one row as they stand in it."""
    values = _all_taken((getattr(row, name) for name in names), _takers())
    with connection.cursor() as cursor:
        cursor.execute(_change_of(type(row), tuple(names), connection.vendor), [*values, row.pk])


def change_values(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Changes the named columns of rows, each given as its id and its values."""
    statement = _change_of(model, tuple(names), connection.vendor)
    taken = _takers()
    values = [_all_taken((*row[1:], row[0]), taken) for row in rows]
    if values:
        with connection.cursor() as cursor:
            cursor.executemany(statement, values)


@cache
def _change_of(model: type[models.Model], names: tuple[str, ...], _vendor: str) -> str:
    quote = connection.ops.quote_name
    given = {field.attname: field.column for field in model._meta.concrete_fields}
    put = ", ".join(f"{quote(given[name] or name)} = %s" for name in names)
    return f"UPDATE {quote(model._meta.db_table)} SET {put} WHERE id = %s"  # noqa: S608


@cache
def columns(model: type[models.Model]) -> tuple[str, ...]:
    """The columns of a table, as its rows name them, but its id and those that the database works out."""
    return tuple(field.attname for field in model._meta.concrete_fields if not field.primary_key and not field.generated)


def _all_taken(values: Iterable[Any], taken: dict[type, Callable[[Any], Any]]) -> list[Any]:
    return [value if type(value) in PLAIN else _taken(value, taken) for value in values]


def _takers() -> dict[type, Callable[[Any], Any]]:
    """How this database takes what it does not take as it is; a moment is also a day, so it comes first."""
    ops = connection.ops
    # Most rows that come together share their moment, and have nothing in their own fields.
    nothing = ops.adapt_json_value({}, None)
    return {
        datetime: _alike(ops.adapt_datetimefield_value),
        date: ops.adapt_datefield_value,
        str: str,
        memoryview: bytes,
        dict: lambda value: ops.adapt_json_value(value, None) if value else nothing,
        list: lambda value: ops.adapt_json_value(value, None),
    }


def _alike(take: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`take`, asked once for the same value several times in a row."""
    last: Any = None
    taken: Any = None

    def taken_again(value: Any) -> Any:
        nonlocal last, taken
        if value is not last:
            last, taken = value, take(value)
        return taken

    return taken_again


def _taken(value: Any, taken: dict[type, Callable[[Any], Any]]) -> Any:
    if take := taken.get(type(value)):
        return take(value)
    for kind, take in taken.items():
        if isinstance(value, kind):
            return take(value)
    raise TypeError(f"{type(value).__name__} is not a value of a column")
