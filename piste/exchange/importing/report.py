"""What an import did, or would do: counts that add up, and every problem with its line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from piste.exchange.reading.findings import Problem

from .sentences import answer, say

#: As many rows with a problem are listed; a file with more of them is not the file one meant.
LISTED = 10_000


@dataclass(slots=True)
class Report:
    """Counts and words of one import; `read` is always the sum of the four outcomes."""

    kind: str
    file_name: str
    read: int = 0
    created: int = 0
    updated: int = 0
    skipped: int = 0
    refused: int = 0
    also: dict[str, int] = field(default_factory=dict)
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    questions: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    already: int = 0
    unlisted: int = 0
    error: tuple[str, dict[str, Any]] | None = None

    @property
    def adds_up(self) -> bool:
        return self.read == self.created + self.updated + self.skipped + self.refused

    def refuse(self, problems: list[Problem]) -> None:
        """Counts a refused row, and lists it while there is room."""
        self.refused += 1
        self._list(self.problems, problems)

    def skip(self, problem: Problem) -> None:
        """Counts a row left alone. Those that change nothing are only counted: a second import is all of them."""
        self.skipped += 1
        if problem.code == "unchanged":
            self.already += 1
        else:
            self._list(self.warnings, [problem])

    def warn(self, problems: list[Problem]) -> None:
        """Lists what one should look at again in rows that were taken."""
        if problems:
            self._list(self.warnings, problems)

    def _list(self, where: list[Problem], problems: list[Problem]) -> None:
        if len(where) < LISTED:
            where += problems
        else:
            self.unlisted += 1

    def close(self) -> None:
        """Adds what only the end of the file tells."""
        if self.already:
            self.notes.append(("already", {"count": self.already}))
        if self.unlisted:
            self.notes.append(("more_problems", {"listed": LISTED, "more": self.unlisted}))

    def also_made(self, what: str, count: int = 1) -> None:
        """Counts what came along: companies, contacts, moves."""
        self.also[what] = self.also.get(what, 0) + count

    def as_json(self) -> dict[str, Any]:
        """The report as the command line prints it and the run keeps it."""
        told = [
            problem.as_json() | {"message": say(problem.code, problem.facts), "outcome": outcome}
            for outcome, rows in (("problem", self.problems), ("warning", self.warnings))
            for problem in rows
        ]
        return {
            "kind": self.kind,
            "file": self.file_name,
            "error": self.error and _told(*self.error),
            "read": self.read,
            "created": self.created,
            "updated": self.updated,
            "skipped": self.skipped,
            "refused": self.refused,
            "also_created": self.also,
            "columns": self.columns,
            "notes": [_told(*note) for note in self.notes],
            "questions": [_told(*question) | {"answer": answer(*question)} for question in self.questions],
            "problems": told,
            "header": self.header,
        }


def _told(code: str, facts: dict[str, Any]) -> dict[str, Any]:
    return {"code": code, "facts": facts, "message": say(code, facts)}


def refusal(kind: str, file_name: str, code: str, facts: dict[str, Any]) -> dict[str, Any]:
    """The report of a file of which nothing was taken, with the one reason."""
    return Report(kind, file_name, error=(code, facts)).as_json()


def said_again(report: dict[str, Any]) -> dict[str, Any]:
    """A kept report in the language of who looks at it now: its codes and facts stay, its sentences do not."""
    found = dict(report)
    for part in ("notes", "questions", "problems"):
        found[part] = [row | {"message": say(row["code"], row["facts"])} for row in report.get(part, [])]
    if report.get("error"):
        found["error"] = report["error"] | {"message": say(report["error"]["code"], report["error"]["facts"])}
    return found
