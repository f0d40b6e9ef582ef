"""The day on which a moment fell somewhere, asked of the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import TruncDate
from django.db.models.sql.compiler import SQLCompiler

from piste.foundations.zones import Shift, shifts

#: The moments whose day SQLite reckons by itself.
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)


class LocalDay(TruncDate):
    """The day of a moment in the zone `tzinfo`, as `TruncDate` gives it.

    For that one SQLite calls a function in Python, once a row, which costs more than all else that a count over many rows does.
    Here it is told when the clocks of the zone change, from 2000 to 2049; the function is asked of other moments.
    """

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, Any]:
        moment, values = compiler.compile(self.lhs)
        called, called_values = self.as_sql(compiler, connection, **extra)
        # What is repeated repeats its values: a column has none.
        if values or not isinstance(self.tzinfo, ZoneInfo):
            return called, called_values
        day = _day(moment, shifts(self.tzinfo, FIRST, LAST))
        first, last = _text(FIRST), _text(LAST)
        told = f"CASE WHEN {moment} >= {first} AND {moment} < {last} THEN {day} WHEN {moment} IS NOT NULL THEN {called} END"
        return told, called_values


def _day(moment: str, changes: Sequence[Shift]) -> str:
    """The day of a moment, kept as text, that lies behind the first of some changes: each question halves them."""
    if len(changes) > 1:
        half = len(changes) // 2
        early, late = _day(moment, changes[:half]), _day(moment, changes[half:])
        return f"CASE WHEN {moment} < {_text(changes[half].since)} THEN {early} ELSE {late} END"
    seconds = int(changes[0].ahead.total_seconds())
    # Whole seconds: SQLite rounds what is behind them, over midnight if need be.
    return f"date(substr({moment}, 1, 19), '{seconds:+} seconds')" if seconds else f"substr({moment}, 1, 10)"


def _text(moment: datetime) -> str:
    return f"'{moment:%Y-%m-%d %H:%M:%S}'"
