"""What an import works with, whatever its kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from piste.company.models import Member
from piste.exchange.models import ImportedRow, ImportRun
from piste.exchange.reading.mapping import Mapping
from piste.exchange.reading.rows import Row
from piste.foundations.names import name_key
from piste.journal.rows import add_values

from .people import Companies, Contacts, Members, Products
from .places import Places
from .report import Report

#: What is remembered of each row, as `Context.done` holds it.
DONE = ("run_id", "line", "outcome", "object_kind", "object_id", "before")


@dataclass(slots=True)
class Context:
    """Who imports what, when and how; `run` is None in a rehearsal, which writes nothing."""

    mapping: Mapping
    fields: dict[int, str]
    by: Member
    at: datetime
    zone: ZoneInfo
    currency: str
    report: Report
    places: Places
    companies: Companies
    contacts: Contacts
    members: Members
    products: Products
    run: ImportRun | None = None
    done: list[tuple[Any, ...]] = field(default_factory=list)
    listed: list[tuple[str, int]] = field(default_factory=list)

    @property
    def dry(self) -> bool:
        return self.run is None

    def company_key(self, name: str) -> str:
        return name_key(name) if name.strip() else ""

    def skip(self, row: Row, code: str, **facts: Any) -> None:
        """Leaves a row as it is, and says why."""
        row.refuse(code, **facts)
        self.report.skip(row.problems[-1])

    def did(self, line: int, outcome: str, kind: str, key: int, before: dict[str, Any] | None = None) -> None:
        """Remembers what a row did, for the undoing of the run."""
        if self.run is not None:
            self.done.append((self.run.pk, line, outcome, kind, key, before or {}))

    def came_along(self) -> Iterator[tuple[str, int]]:
        """What the import made besides its rows' own objects: kind and key, in the order in which it can be taken away."""
        for kind, rows in (
            ("contact", self.contacts.made),
            ("company", self.companies.made),
            ("product", self.products.made),
            ("member", self.members.joined),
        ):
            yield from ((kind, row.pk) for row in rows)
        yield from self.listed
        yield from self.places.made

    def flush(self) -> None:
        """Writes down what was done so far."""
        add_values(ImportedRow, DONE, self.done)
        self.done.clear()
