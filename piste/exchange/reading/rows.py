"""Cells into typed values, each column in one way; what cannot be read is a problem of its row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from .amounts import BadValue, Marks, currency_of, is_nothing, read_amount
from .dates import Order, read_moment
from .findings import Note, Problem
from .headers import AMOUNTS, DATES
from .mapping import Mapping
from .sheets import Sheet

#: Columns of which every value is counted, for one may have to say what a value means.
COUNTED = frozenset({"stage", "from_stage", "status", "owner", "by", "pipeline", "currency", "team"})
MOST_VALUES = 500
#: Years a sale may fall in; others are kept and told.
YEARS = (1970, 2100)
#: Before these an export puts an apostrophe.
FORMULA_SIGNS = frozenset("=+-@")


@dataclass(slots=True)
class Row:
    """One row: its line, its cells as read, its values by field, what is wrong with it, and what one should look at again."""

    line: int
    cells: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def text(self, name: str) -> str:
        return str(self.values.get(name) or "")

    def fitting(self, name: str, longest: int | None) -> str:
        """The text of a field, cut where it does not fit, which is told."""
        text = self.text(name)
        if longest is None or len(text) <= longest:
            return text
        self.warn("cut", value=text[:60], field=name, limit=longest)
        return text[:longest].rstrip()

    def refuse(self, code: str, **facts: Any) -> None:
        self.problems.append(self.problem(code, **facts))

    def warn(self, code: str, **facts: Any) -> None:
        self.warnings.append(self.problem(code, **facts))

    def problem(self, code: str, **facts: Any) -> Problem:
        return Problem(self.line, code, facts, tuple(cell[:200] for cell in self.cells[:200]))


@dataclass(slots=True)
class Look:
    """What a whole file says of how it is written: for each column by its place, the order of dates and the decimal mark.

    `values` counts what stands in the columns of stages, owners and the like; `rows` are all rows looked at.
    """

    day_first: dict[int, bool] = field(default_factory=dict)
    marks: dict[int, str] = field(default_factory=dict)
    values: dict[str, Counter[str]] = field(default_factory=dict)
    rows: int = 0
    notes: list[Note] = field(default_factory=list)
    questions: list[Note] = field(default_factory=list)


def look(
    sheet: Sheet, fields: dict[int, str], mapping: Mapping, *, day_first: bool, comma: bool, most: int | None = None
) -> Look:
    """Reads a file once (its first `most` rows) to tell how its dates and amounts are written.

    What the mapping says, else `day_first` and `comma` (the habits of the country), is for columns that do not tell themselves;
    columns of one file are written alike, so that one that tells speaks for the others. What stays open is a question.
    """
    orders = {place: Order() for place, name in fields.items() if name in DATES}
    marks = {place: Marks() for place, name in fields.items() if name in AMOUNTS}
    counted = {place: name for place, name in fields.items() if name in COUNTED}
    found = Look(values={name: Counter() for name in counted.values()})
    for _line, cells in islice(sheet.rows(), most):
        found.rows += 1
        width = len(cells)
        for place, order in orders.items():
            if place < width:
                order.look(cells[place])
        for place, mark in marks.items():
            if place < width:
                mark.look(cells[place])
        for place, name in counted.items():
            if place < width and (text := cells[place].strip()):
                values = found.values[name]
                if text in values or len(values) < MOST_VALUES:
                    values[text] += 1
    _decide_dates(found, sheet, orders, mapping, day_first)
    _decide_marks(found, sheet, marks, mapping, "," if comma else ".")
    return found


def _decide_dates(found: Look, sheet: Sheet, orders: dict[int, Order], mapping: Mapping, usual: bool) -> None:
    told = {order.verdict for order in orders.values()} - {None}
    said = mapping.dates == "dmy" if mapping.dates else None
    others = next(iter(told)) if len(told) == 1 else None
    fallback = next((choice for choice in (said, others, usual) if choice is not None), usual)
    for place, order in orders.items():
        found.day_first[place] = fallback if order.verdict is None else order.verdict
    unsure = [sheet.header[place] for place, order in orders.items() if order.open]
    contradicted = any(order.day_first and order.month_first for order in orders.values())
    if unsure and said is None and (others is None or contradicted):
        facts = {"default": "dmy" if fallback else "mdy", "columns": ", ".join(unsure)}
        found.questions.append(Note("ask_dates", facts))
        found.notes.append(Note("dates_declared_day" if fallback else "dates_declared_month", {"columns": facts["columns"]}))


def _decide_marks(found: Look, sheet: Sheet, marks: dict[int, Marks], mapping: Mapping, usual: str) -> None:
    verdicts = {place: mark.verdict(usual) for place, mark in marks.items()}
    told = {mark for place, (mark, certain) in verdicts.items() if certain and (marks[place].comma or marks[place].point)}
    others = next(iter(told)) if len(told) == 1 else ""
    unsure = []
    for place, (mark, certain) in verdicts.items():
        silent = not (marks[place].comma or marks[place].point)
        found.marks[place] = (mapping.decimal or others or mark) if silent or not certain else mark
        if not certain and not mapping.decimal and not (silent and others):
            unsure.append(sheet.header[place])
    if unsure:
        default = next(found.marks[place] for place in verdicts if sheet.header[place] in unsure)
        facts = {"mark": default, "default": default, "columns": ", ".join(unsure)}
        found.questions.append(Note("ask_decimal", facts))
        found.notes.append(Note("decimal_declared", facts))


class Reader:
    """Reads the rows of a sheet as a look at it found. Moments without a zone are those of `zone`."""

    def __init__(self, sheet: Sheet, fields: dict[int, str], found: Look, *, zone: ZoneInfo) -> None:
        self.sheet, self.fields, self.found, self.zone = sheet, fields, found, zone

    def rows(self) -> Iterator[Row]:
        """Every row with its typed values; refused ones carry their problems."""
        width = len(self.sheet.header)
        fields = list(self.fields.items())
        for line, cells in self.sheet.rows():
            row = Row(line, cells)
            if line in self.sheet.unclosed:
                row.refuse("quote")
            elif len(cells) > width:
                row.refuse("cells", found=len(cells), expected=width)
            for place, name in fields:
                self._read(row, place, name, _unguarded(cells[place].strip()) if place < len(cells) else "")
            _name_of_parts(row)
            yield row

    def _read(self, row: Row, place: int, name: str, text: str) -> None:
        try:
            if name in DATES:
                row.values[name] = self._moment(row, place, name, text)
            elif name in AMOUNTS:
                row.values[name] = read_amount(text, self.found.marks[place])
                row.values.setdefault("currency_sign", currency_of(text))
            else:
                row.values[name] = "" if name != "external_id" and is_nothing(text) else text
        except BadValue as problem:
            row.refuse(problem.code, **problem.facts, field=name)

    def _moment(self, row: Row, place: int, name: str, text: str) -> datetime | None:
        moment = read_moment(text, day_first=self.found.day_first[place])
        if moment is None:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=self.zone)
        if not 1000 < moment.year < 9000:
            # At the ends of the calendar another zone has no such day.
            raise BadValue("date_impossible", text)
        if not YEARS[0] <= moment.year <= YEARS[1]:
            row.warn("far_date", value=moment.year, field=name)
        return moment


def _unguarded(text: str) -> str:
    """A text without the apostrophe that exports put before what a spreadsheet would take for a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA_SIGNS else text


def _name_of_parts(row: Row) -> None:
    """A contact told in two columns is one name."""
    first, last = row.values.pop("contact_first_name", ""), row.values.pop("contact_last_name", "")
    if (first or last) and not row.values.get("contact"):
        row.values["contact"] = f"{first} {last}".strip()


def day_of(value: datetime | None, zone: ZoneInfo) -> date | None:
    """The day of a moment where the company is."""
    return value.astimezone(zone).date() if value is not None else None
