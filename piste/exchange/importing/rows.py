"""Cells into typed values, the same way for a whole file; what cannot be read is a problem of its row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from piste.exchange.reading.sheets import Sheet
from piste.exchange.reading.values import (
    BadValue,
    currency_of,
    day_order,
    decimal_mark,
    is_nothing,
    read_amount,
    read_moment,
)

from .mapping import Mapping
from .report import Problem, Report

DATES = frozenset({"created_at", "expected_close_on", "close_date", "closed_at", "won_at", "lost_at", "at"})
AMOUNTS = frozenset({"amount", "price"})
LOOKED_AT = 3000


@dataclass(slots=True)
class Row:
    """One row: its line, its cells as read, its values by field, and what is wrong with it."""

    line: int
    cells: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def text(self, name: str) -> str:
        return str(self.values.get(name) or "")

    def refuse(self, code: str, **facts: Any) -> None:
        self.problems.append(Problem(self.line, code, facts, tuple(cell[:200] for cell in self.cells)))


class Reader:
    """Reads the rows of a sheet as a mapping says; decides once for the file how dates and amounts are written."""

    def __init__(
        self,
        sheet: Sheet,
        fields: dict[int, str],
        mapping: Mapping,
        report: Report,
        *,
        zone: ZoneInfo,
        day_first: bool,
        comma: bool,
    ) -> None:
        self.sheet, self.fields, self.zone = sheet, fields, zone
        looked = [cells for _line, cells in islice(sheet.rows(), LOOKED_AT)]
        self.day_first = self._dates(looked, mapping, report, day_first)
        self.mark = self._mark(looked, mapping, report, comma)

    def _texts(self, looked: Iterable[list[str]], names: frozenset[str]) -> list[str]:
        places = [place for place, name in self.fields.items() if name in names]
        return [cells[place] for cells in looked for place in places if place < len(cells)]

    def _dates(self, looked: list[list[str]], mapping: Mapping, report: Report, usual: bool) -> bool:
        if mapping.dates:
            return mapping.dates == "dmy"
        first, unsure = day_order(self._texts(looked, DATES))
        if first is not None:
            return first
        if unsure:
            report.questions.append(("ask_dates", {"default": "dmy" if usual else "mdy"}))
            report.notes.append(("dates_declared", {"order": "day" if usual else "month"}))
        return usual

    def _mark(self, looked: list[list[str]], mapping: Mapping, report: Report, comma: bool) -> str:
        if mapping.decimal:
            return mapping.decimal
        mark, certain = decimal_mark(self._texts(looked, AMOUNTS), "," if comma else ".")
        if not certain:
            report.notes.append(("decimal_declared", {"mark": mark}))
        return mark

    def rows(self) -> Iterator[Row]:
        """Every row with its typed values; refused ones carry their problems."""
        width = len(self.sheet.header)
        for line, cells in self.sheet.rows():
            row = Row(line, cells)
            if len(cells) > width:
                row.refuse("cells", found=len(cells), expected=width)
            for place, name in self.fields.items():
                if place < len(cells):
                    self._read(row, name, cells[place])
            yield row

    def _read(self, row: Row, name: str, cell: str) -> None:
        text = cell.strip()
        try:
            if name in DATES:
                row.values[name] = self._moment(text, row)
            elif name in AMOUNTS:
                row.values[name] = read_amount(text, self.mark)
                row.values.setdefault("currency_sign", currency_of(text))
            else:
                row.values[name] = "" if is_nothing(text) and name != "external_id" else text
        except BadValue as problem:
            row.refuse(problem.code, value=problem.value[:100])

    def _moment(self, text: str, row: Row) -> datetime | None:
        moment = read_moment(text, day_first=self.day_first)
        if moment is None:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)


def day_of(value: datetime | None, zone: ZoneInfo) -> date | None:
    """The day of a moment where the company is."""
    return value.astimezone(zone).date() if value is not None else None
