"""A statement kept as the ORM wrote it, with places for its values."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial, update_wrapper
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.query import get_related_populators

#: Statements one question may have, one for each shape; beyond that all are written anew.
SHAPES = 200
#: No row has this number.
NOBODY = -(2**53) + 1
#: Marks of whole numbers, which the narrowest column could hold: the ORM leaves a comparison out that no row could fail or pass.
WITHIN_ALL = 30_000

type Rows = list[tuple[Any, ...]]
type Asked = QuerySet[Any, Any]


class NotKept(TypeError):
    """A statement that cannot be kept: a value of it follows from another one, or is of no kind known here."""


@dataclass(frozen=True, slots=True)
class Statement:
    """`text` as it is with one value in each of its `places`, `pieces` what stands around them; in a place stands a value that is
    always the same, or the name of one that is not."""

    text: str
    pieces: tuple[str, ...]
    places: tuple[tuple[Any, str | None], ...]
    converters: tuple[tuple[int, tuple[Any, ...], Any], ...]

    def ask(self, values: Mapping[str, Any]) -> Rows:
        """The rows, for these values."""
        if not any(isinstance(value, list) for value in values.values()):
            return self._rows(self.text, [constant if slot is None else values[slot] for constant, slot in self.places])
        given: list[Any] = []
        text = [self.pieces[0]]
        for piece, (constant, slot) in zip(self.pieces[1:], self.places, strict=True):
            value = constant if slot is None else values[slot]
            if slot is not None and isinstance(value, list):
                # None of several is nobody; `IN ()` is no SQL.
                several = value or [NOBODY]
                given += several
                text.append(", ".join(["%s"] * len(several)))
            else:
                given.append(value)
                text.append("%s")
            text.append(piece)
        return self._rows("".join(text), given)

    def _rows(self, text: str, given: list[Any]) -> Rows:
        with connection.cursor() as cursor:
            cursor.execute(text, given)
            rows: Rows = cursor.fetchall()
        return [self._read(row) for row in rows] if self.converters else rows

    def _read(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        found = list(row)
        for place, converters, expression in self.converters:
            for convert in converters:
                found[place] = convert(found[place], expression, connection)
        return tuple(found)


class Kept:
    """What `write(*shape, **values)` gives, a query set of `values_list`, written once for each shape.

    What changes the text of the statement is the shape; of the values only marks are seen when it is written: whole numbers of
    rows, days, moments, words, and lists of numbers. A value must stand in the statement as it is given: what is computed from it
    (`day + timedelta(7)`) would stay what it was the first time, so that writing such a statement raises `NotKept`.
    """

    def __init__(self, write: Callable[..., Any]) -> None:
        self._write = write
        self._known: dict[Hashable, Statement | None] = {}
        update_wrapper(self, write)

    def __call__(self, *shape: Hashable, **values: Any) -> Rows:
        """The rows of the statement of a shape for these values; none when it could find none, whatever there is."""
        statement = self._statement(shape, values)
        return [] if statement is None else statement.ask({name: _adapted(value) for name, value in values.items()})

    def _statement(self, shape: tuple[Hashable, ...], values: Mapping[str, Any]) -> Statement | None:
        key = (connection.vendor, shape)
        if key not in self._known:
            if len(self._known) >= SHAPES:
                self._known.clear()
            self._known[key] = self._kept(shape, values)
        return self._known[key]

    def _kept(self, shape: tuple[Hashable, ...], values: Mapping[str, Any]) -> Statement | None:
        # Written twice, with other marks: what differs between the two is a value, and must be one of the marks.
        turns = [{name: _mark(value, 2 * place + turn) for place, (name, value) in enumerate(values.items())} for turn in (0, 1)]
        one, other = (self._attempt(shape, marks) for marks in turns)
        if one is None or other is None:
            return None
        if one[0] != other[0] or len(one[1]) != len(other[1]):
            raise NotKept(f"{self._write.__name__}: the text of the statement follows from a value")
        names = {(_first(marks[0]), _first(marks[1])): name for name, marks in _together(turns).items()}
        slots: list[str | None] = []
        for pair in zip(one[1], other[1], strict=True):
            if pair not in names and pair[0] != pair[1]:
                raise NotKept(f"{self._write.__name__}: the statement holds a value computed from one that is given")
            slots.append(names.get(pair))
        pieces = tuple(one[0].split("%s"))
        if len(pieces) != len(slots) + 1:
            raise NotKept(f"{self._write.__name__}: the text of the statement cannot be taken apart")
        return Statement(one[0], pieces, tuple(zip(one[1], slots, strict=True)), one[2])

    def _attempt(self, shape: tuple[Hashable, ...], marks: Mapping[str, Any]) -> tuple[str, Sequence[Any], Any] | None:
        """Text, values and the ways to read each column; None when no row can be found."""
        try:
            return self._compiled(self._write(*shape, **marks))
        except EmptyResultSet:
            return None

    def _compiled(self, asked: Any) -> tuple[str, Sequence[Any], Any]:
        compiler = asked.query.get_compiler(connection=connection)
        text, values = compiler.as_sql()
        columns = [column for column, _, _ in compiler.select[: compiler.col_count]]
        converters = tuple((place, tuple(ways), column) for place, (ways, column) in compiler.get_converters(columns).items())
        return text, values, converters


class KeptCounts(Kept):
    """How many rows each of the query sets has that `write` gives, all in one statement."""

    def counts(self, *shape: Hashable, **values: Any) -> tuple[int, ...]:
        rows = self(*shape, **values)
        return rows[0]

    def _compiled(self, asked: Iterable[Asked]) -> tuple[str, Sequence[Any], Any]:
        parts, values = list[str](), list[Any]()
        for rows in asked:
            # Columns and order would be read for nothing, and an order would count in what is distinct.
            rows = rows if rows.query.is_sliced else rows.order_by()
            try:
                text, own, _ = super()._compiled(rows if rows.query.values_select else rows.values("pk"))
            except EmptyResultSet:
                parts.append("0")
                continue
            parts.append(f"(SELECT COUNT(*) FROM ({text}) AS counted)")  # noqa: S608
            values += own
        return f"SELECT {', '.join(parts)}", values, ()


class KeptRecords(Kept):
    """A statement over whole rows of one table, read as its records, with those of others where it has `select_related`; which
    ones may not follow from the shape."""

    def records(self, *shape: Hashable, **values: Any) -> list[Any]:
        return [self._record(row) for row in self(*shape, **values)]

    def record(self, *shape: Hashable, **values: Any) -> Any:
        """The first one, None when there is none."""
        rows = self(*shape, **values)
        return self._record(rows[0]) if rows else None

    def _record(self, row: tuple[Any, ...]) -> Any:
        found = _read_as(self._model, connection.alias, self._names, row)
        for related in self._related:
            related.populate(row, found)
        return found

    def _compiled(self, asked: Any) -> tuple[str, Sequence[Any], Any]:
        self._model = asked.model
        if not asked.query.select_related:
            self._names, self._related = [field.attname for field in asked.model._meta.concrete_fields], []
            return super()._compiled(asked.values_list(*self._names))
        compiler = asked.query.get_compiler(connection=connection)
        compiler.pre_sql_setup()
        own = compiler.klass_info["select_fields"]
        self._names = [compiler.select[place][0].target.attname for place in own]
        self._related = get_related_populators(compiler.klass_info, compiler.select, connection.alias, asked._fetch_mode)
        _make_quick(self._related)
        return super()._compiled(asked)


def _read_as(model: type[Model], alias: str, names: Sequence[str], values: Sequence[Any]) -> Any:
    """What `from_db` makes of a row, in a fifth of its time: that sets each field by itself and tells signals nobody hears."""
    found = model.__new__(model)
    found._state = state = ModelState()
    state.adding, state.db = False, alias
    found.__dict__.update(zip(names, values, strict=False))
    return found


def _make_quick(related: Iterable[Any]) -> None:
    for populator in related:
        populator.from_db = partial(_read_as, populator.model_cls)
        _make_quick(populator.related_populators)


def _mark(value: Any, number: int) -> Any:
    """What stands for a value while a statement is written."""
    match value:
        case bool() | None:
            raise NotKept(f"{value!r} belongs to the shape: it may change the text of the statement")
        case int():
            return WITHIN_ALL + number
        case datetime():
            return datetime(1, 2, 3, tzinfo=UTC) + timedelta(seconds=number)
        case date():
            return date(1, 2, 3) + timedelta(days=number)
        case list():
            return [WITHIN_ALL + number]
        case str():
            return f"\x02{number}\x03"
    raise NotKept(f"{value!r} is of a kind that is not kept")


def _together(turns: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    return {name: [_adapted(marks[name]) for marks in turns] for name in turns[0]}


def _first(mark: Any) -> Any:
    return mark[0] if isinstance(mark, list) else mark


def _adapted(value: Any) -> Any:
    """A value as the database's driver takes it."""
    match value:
        case datetime():
            return connection.ops.adapt_datetimefield_value(value)
        case date():
            return connection.ops.adapt_datefield_value(value)
    return value
