"""What reading finds to say: codes with their facts. The sentences, in each language, are the report's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: Why a whole file cannot be taken.
REFUSALS = (
    "empty",
    "header_only",
    "too_large",
    "too_wide",
    "not_text",
    "hostile",
    "spreadsheet",
    "old_spreadsheet",
    "sheet_unknown",
    "gone",
)
#: What one should know about a file that was taken.
NOTES = (
    "titles",
    "total",
    "footer",
    "encoding",
    "damaged",
    "control",
    "mojibake",
    "mended",
    "header_unsure",
    "sheet",
    "formulas",
    "dates_declared_day",
    "dates_declared_month",
    "decimal_declared",
)
#: Why one row cannot be taken, as far as reading can tell.
PROBLEMS = ("cells", "quote", "amount", "amount_letter", "amount_large", "date", "date_impossible")
#: What one should look at again in a row that was taken.
WARNINGS = ("far_date", "cut")
#: What only a person can answer.
QUESTIONS = ("ask_dates", "ask_decimal", "ask_mend")


class Unreadable(Exception):
    """The file cannot be taken; `code` is one of `REFUSALS`."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Note:
    """Something noticed about a file that one should know; `code` is one of `NOTES` or `QUESTIONS`."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row was refused or skipped, or what one should look at again."""

    line: int
    code: str
    facts: dict[str, Any] = field(default_factory=dict)
    row: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"line": self.line, "code": self.code, "facts": self.facts, "row": list(self.row)}
