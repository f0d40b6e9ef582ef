"""Deals and their moves from two files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from piste.exchange.reading.amounts import BadValue, decimal_mark, is_nothing, read_amount
from piste.exchange.reading.dates import Order, read_moment
from piste.exchange.reading.findings import Unreadable
from piste.exchange.reading.sheets import Sheet, open_sheet
from piste.exchange.reading.vocabulary import status_of
from piste.stats.winning.ledger import Change, Deal, Fact

DEAL_COLUMNS = ("id", "created_at", "closed_at", "status", "amount")
MOVE_COLUMNS = ("deal_id", "stage", "at")
#: Columns with a meaning of their own; all others are features.
KNOWN = {*DEAL_COLUMNS, "expected_close_on", "stage"}
DATES = ("created_at", "closed_at", "expected_close_on", "at")
SHOWN = 20
#: A text that differs from deal to deal is a name, not a feature.
DIFFERENT, EARLIEST, LATEST = 0.5, 1970, 2199


class BadFile(Exception):
    """The file cannot be used; `code` and `facts` say why."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(slots=True)
class Taken:
    """What was read: the deals, and what was left out, as code → how often, with the first lines."""

    deals: list[Deal] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    lines: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)
    #: Whether the file tells stages only as they stand today.
    stage_now: bool = False

    def leave_out(self, code: str, line: int, value: str = "") -> None:
        self.left_out[code] += 1
        shown = self.lines.setdefault(code, [])
        if len(shown) < SHOWN:
            shown.append((line, value))


def read(deals: Path, moves: Path | None = None) -> Taken:
    """The deals of a file with their moves. Raises `BadFile` when a file is none of the kind."""
    taken = Taken()
    changes = _moves(moves, taken) if moves is not None else {}
    sheet = opened(deals)
    places = _places(sheet, ("id", "created_at", "status"), deals)
    cells = _Cells(sheet, places, deals)
    features = {name: place for name, place in places.items() if name not in KNOWN}
    taken.stage_now = "stage" in places and not changes
    seen: set[str] = set()
    facts: list[tuple[tuple[str, str], ...]] = []
    found: list[dict[str, Any]] = []
    for line, row in cells.rows():
        row_id = cells.text(row, "id")
        if not row_id or row_id in seen:
            taken.leave_out("id_missing" if not row_id else "id_twice", line, row_id)
            continue
        deal = _deal(cells, row, line, taken)
        if deal is None:
            continue
        seen.add(row_id)
        found.append({"id": row_id, "changes": changes.get(row_id, ())} | deal)
        facts.append(
            tuple((name, row[place].strip()) for name, place in features.items() if place < len(row) and row[place].strip())
        )
    kept = _features(features, facts, taken)
    taken.deals = [
        Deal(**deal, facts=tuple(Fact(name, value) for name, value in said if name in kept))
        for deal, said in zip(found, facts, strict=True)
    ]
    if unknown := len(set(changes) - seen):
        taken.left_out["moves_of_unknown"] = unknown
    if not taken.deals:
        raise BadFile("no_deal", file=deals.name, why=next(iter(taken.left_out), ""))
    return taken


def _deal(cells: _Cells, row: list[str], line: int, taken: Taken) -> dict[str, Any] | None:
    """One deal's own columns; None when it has to be left out."""
    status = _status(cells.text(row, "status"))
    if not status:
        taken.leave_out("status_unknown", line, cells.text(row, "status"))
        return None
    try:
        created, closed = cells.moment(row, "created_at"), cells.moment(row, "closed_at")
        expected, amount = cells.moment(row, "expected_close_on"), cells.amount(row)
    except BadValue as problem:
        taken.leave_out("amount_unread" if problem.code.startswith("amount") else "date_unread", line, problem.value)
        return None
    if created is None:
        taken.leave_out("created_missing", line)
        return None
    if status == "open":
        closed = None
    elif closed is None:
        taken.leave_out("closed_missing", line)
        return None
    elif closed < created:
        # A day without an hour begins before the hour of its own morning.
        if int(closed) < int(created):
            taken.leave_out("closed_before", line)
            return None
        closed = created
    return {"created": created, "status": status, "closed": closed, "amount": amount, "expected": expected}


def _status(text: str) -> str:
    return status_of(text) or ""


def _features(places: dict[str, int], facts: list[tuple[tuple[str, str], ...]], taken: Taken) -> set[str]:
    """The columns that can be features: more than one value, and fewer texts than deals."""
    values: dict[str, set[str]] = {name: set() for name in places}
    filled: Counter[str] = Counter()
    for said in facts:
        for name, value in said:
            values[name].add(value)
            filled[name] += 1
    kept = set()
    for name in places:
        several = len(values[name]) > 1 or 0 < filled[name] < len(facts)
        if several and (len(values[name]) <= max(DIFFERENT * filled[name], 20) or all(_is_number(one) for one in values[name])):
            kept.add(name)
        else:
            taken.unused.append(name)
    return kept


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _moves(path: Path, taken: Taken) -> dict[str, list[Change]]:
    """The moves of each deal in order of time."""
    sheet = opened(path)
    places = _places(sheet, MOVE_COLUMNS, path)
    cells = _Cells(sheet, places, path)
    found: dict[str, list[Change]] = {}
    for line, row in cells.rows():
        deal, stage = cells.text(row, "deal_id"), cells.text(row, "stage")
        try:
            at = cells.moment(row, "at")
            if not deal or at is None:
                taken.leave_out("move_incomplete", line)
                continue
            change = Change(at, stage or None, cells.moment(row, "expected_close_on"), cells.amount(row))
        except BadValue as problem:
            taken.leave_out("move_unread", line, problem.value)
            continue
        found.setdefault(deal, []).append(change)
    if not found:
        raise BadFile("no_move", file=path.name)
    for changes in found.values():
        changes.sort(key=lambda change: change.at)
    return found


def opened(path: Path) -> Sheet:
    """The table of a file. Raises `BadFile`."""
    if not path.is_file():
        raise BadFile("file_missing", file=str(path))
    try:
        return open_sheet(path)
    except Unreadable as problem:
        raise BadFile(problem.code, **{"file": path.name, **problem.facts}) from problem
    except OSError as problem:
        raise BadFile("file_closed", file=str(path), why=problem.strerror or "") from problem


def _places(sheet: Sheet, needed: tuple[str, ...], path: Path) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, name in enumerate(sheet.header):
        same = "_".join(name.lower().replace("-", " ").split())
        places.setdefault(same if same in KNOWN or same in MOVE_COLUMNS else name, place)
    missing = [name for name in needed if name not in places]
    if missing:
        raise BadFile("columns_missing", file=path.name, missing=", ".join(missing), found=", ".join(sheet.header[:20]))
    return places


class _Cells:
    """The cells of a sheet by the name of their column, with the order of dates and the decimal mark of the file."""

    def __init__(self, sheet: Sheet, places: dict[str, int], path: Path) -> None:
        self.sheet, self.places, self.path = sheet, places, path
        self.day_first = self._order()
        self.mark = self._mark()

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        try:
            yield from self.sheet.rows()
        except Unreadable as problem:
            raise BadFile(problem.code, **{"file": self.path.name, **problem.facts}) from problem

    def text(self, row: list[str], name: str) -> str:
        place = self.places.get(name)
        return row[place].strip() if place is not None and place < len(row) else ""

    def moment(self, row: list[str], name: str) -> float | None:
        """Days since 1970, UTC where the cell names no zone."""
        text = self.text(row, name)
        if not text:
            return None
        try:
            found: datetime | None = datetime.fromisoformat(text)
        except ValueError:
            found = read_moment(text, day_first=self.day_first)
        if found is None:
            return None
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        if not EARLIEST <= found.year <= LATEST:
            # An absurd expected day (year 2285) is no day; elsewhere it is a mistake.
            if name == "expected_close_on":
                return None
            raise BadValue("date", text)
        return found.timestamp() / 86400

    def amount(self, row: list[str]) -> float | None:
        text = self.text(row, "amount")
        found = read_amount(text, self.mark) if text else None
        return None if found is None else float(found)

    def _each(self, names: tuple[str, ...], look: Callable[[str], None]) -> None:
        asked = [name for name in names if name in self.places]
        for count, (_line, row) in enumerate(self.rows()):
            if count >= 5000:
                break
            for name in asked:
                look(self.text(row, name))

    def _order(self) -> bool:
        order = Order()
        self._each(DATES, order.look)
        if order.open:
            raise BadFile("dates_unsure", file=self.path.name)
        return order.verdict is not False

    def _mark(self) -> str:
        texts: list[str] = []
        self._each(("amount",), texts.append)
        return decimal_mark([text for text in texts if text and not is_nothing(text)], ".")[0]
