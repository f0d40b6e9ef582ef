"""A mapping to start from: every column with what it was taken for, and a `?` wherever a person has to answer."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingOf
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from piste.exchange.reading.headers import guess_kinds, recognise
from piste.exchange.reading.mapping import LOOKED_AT, Mapping
from piste.exchange.reading.sheets import Sheet, open_sheet

#: Files that others point at come first.
ORDER = ("members", "products", "companies", "contacts", "deals", "moves")


def draft(*, path: Path, kind: str, mapping: Mapping, questions: Iterable[MappingOf[str, Any]]) -> Mapping:
    """A mapping with all columns named and all questions in it. Raises `Unreadable`."""
    sheet = open_sheet(path, mend=mapping.mend, tab=mapping.sheet)
    columns = {column.header: column.field for column in recognise(sheet.header, kind, _sample(sheet)) if column.header}
    found = replace(mapping, columns={**columns, **mapping.columns}, values=dict(mapping.values), members=dict(mapping.members))
    for question in questions:
        for part, value in question["answer"].items():
            if isinstance(value, dict):
                for name, meaning in value.items():
                    getattr(found, part)[name] = meaning
            else:
                setattr(found, part, value)
    return found


def likely_kind(path: Path) -> str:
    """What a file holds by its columns; empty when none fits. Raises `Unreadable`."""
    sheet = open_sheet(path)
    guessed = guess_kinds(sheet.header, _sample(sheet))
    return guessed[0][0] if guessed else ""


def _sample(sheet: Sheet) -> list[list[str]]:
    return [cells for _line, cells in islice(sheet.rows(), LOOKED_AT)]
