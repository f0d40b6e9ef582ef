"""Numbers as texts name them: in addresses, forms and files."""

from __future__ import annotations

#: Digits that the number of any row fits into, and that every database can be asked for.
DIGITS = 18


def row_number(text: str) -> int | None:
    """The number of a row that a text names; None where it names none, or one that no column could hold."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else None
