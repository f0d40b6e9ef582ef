"""Writing automations in the draft of their pipeline's process: nothing of it acts before the draft is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from piste.automations.queries import told
from piste.automations.rules import Recipe
from piste.company.models import Member
from piste.pipelines.models import Draft, Pipeline
from piste.pipelines.operations import DraftOvertaken, edit_part

#: The part of a definition that automations are.
PART = "automations"


class NoSuchAutomation(Exception):
    """The automation is not in the draft any more, nor in force."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An automation as somebody wants it; `past` asks for the deals that meet a when of the clock already."""

    name: str
    recipe: Recipe
    most_per_hour: int = 100
    past: bool = False

    def told(self) -> dict[str, Any]:
        """What it says, as a definition keeps it."""
        return {
            "name": self.name.strip(),
            "recipe": self.recipe.as_json(),
            "most_per_hour": self.most_per_hour,
            "past": self.past,
        }


def write(
    *, pipeline: Pipeline, wanted: Wanted, by: Member, at: datetime, key: int | None = None, seen: Mapping[str, Any] | None = None
) -> int:
    """Writes an automation into the draft, a new one without a `key`; returns the key it has there, below 0 while it is not in
    force. `seen` is what the caller saw of it, as `Wanted.told` says it.

    Raises `NoSuchAutomation`, `pipelines.operations.DraftOvertaken`.
    """
    given: list[int] = []
    said = wanted.told()

    def edit(now: Any, draft: Draft | None) -> list[dict[str, Any]]:
        rows = [dict(row) for row in now or ()]
        if key is None:
            given.append(min([row["id"] for row in rows if row["id"] < 0], default=0) - 1)
            return [*rows, {"id": given[0], **said, "on": True}]
        if key not in {row["id"] for row in rows}:
            # Taken out of the draft meanwhile: who changes it wants it.
            rows = _with_back(pipeline, rows, key)
        row = _row(rows, key)
        if seen is not None and {name: row.get(name) for name in said} not in (seen, said):
            raise DraftOvertaken(draft)
        row |= said
        return rows

    edit_part(pipeline=pipeline, name=PART, edit=edit, by=by, at=at)
    return given[0] if key is None else key


def take_out(*, pipeline: Pipeline, key: int, by: Member, at: datetime) -> None:
    """Takes an automation out of the draft: published, one in force goes out of use and keeps its log. Raises
    `NoSuchAutomation`."""

    def edit(now: Any, draft: Draft | None) -> list[dict[str, Any]]:
        gone = _row(now or [], key)
        return [dict(row) for row in now if row is not gone]

    edit_part(pipeline=pipeline, name=PART, edit=edit, by=by, at=at)


def put_back(*, pipeline: Pipeline, key: int, by: Member, at: datetime) -> None:
    """Puts an automation in the draft back to what is in force, its place included. Raises `NoSuchAutomation`."""

    def edit(now: Any, draft: Draft | None) -> list[dict[str, Any]]:
        return _with_back(pipeline, now or [], key)

    edit_part(pipeline=pipeline, name=PART, edit=edit, by=by, at=at)


def _with_back(pipeline: Pipeline, rows: list[dict[str, Any]], key: int) -> list[dict[str, Any]]:
    in_force = told(pipeline) or []
    kept = {row["id"]: dict(row) for row in rows} | {key: dict(_row(in_force, key))}
    order = [row["id"] for row in in_force if row["id"] in kept]
    return [kept[one] for one in [*order, *(one for one in kept if one not in order)]]


def _row(rows: list[dict[str, Any]], key: int) -> dict[str, Any]:
    found = next((row for row in rows if row["id"] == key), None)
    if found is None:
        raise NoSuchAutomation
    return found
