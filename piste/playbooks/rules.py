"""Decisions about playbooks: how far one is followed, what changed between two states of one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Kinds of activity a playbook may plan or write for, as the activities room names them.
KINDS = ("task", "call", "meeting", "email")
#: What a template may take from a deal, written `{contact}`.
MERGE_FIELDS = ("contact", "company", "title", "amount", "owner")
FIELD = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard activity as somebody wants it; `id` None for a new one, `after` the place of another in the same list."""

    kind: str
    title: str
    detail: str = ""
    offset_days: int = 0
    after: int | None = None
    assigns: str = "owner"
    member_id: int | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """An exit criterion as somebody wants it."""

    text: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A template as somebody wants it."""

    kind: str
    name: str
    body: str
    subject: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Guide:
    """Everything a playbook says."""

    activities: tuple[Standard, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    templates: tuple[Text, ...] = ()
    script: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a deal follows a playbook: of what it asks, what is done."""

    asked: int
    done: int
    late: int = 0

    @property
    def share(self) -> float | None:
        """0 to 1; None when nothing is asked."""
        return self.done / self.asked if self.asked else None


def guide_in(told: Mapping[str, Any]) -> Guide:
    """A playbook as somebody wants it, from how `playbooks.queries.told` tells it; what is not there yet has ids below 0."""

    def known(row: Mapping[str, Any]) -> int | None:
        return row["id"] if row["id"] > 0 else None

    rows = told.get("activities", [])
    places = {row["id"]: place for place, row in enumerate(rows)}
    return Guide(
        activities=tuple(
            Standard(
                kind=row["kind"],
                title=row["title"],
                detail=row["detail"],
                offset_days=row["offset_days"],
                after=places.get(row["after"]),
                assigns=row["assigns"],
                member_id=row["member"],
                id=known(row),
            )
            for row in rows
        ),
        criteria=tuple(Criterion(row["text"], known(row)) for row in told.get("criteria", [])),
        templates=tuple(
            Text(row["kind"], row["name"], row["body"], row["subject"], known(row)) for row in told.get("templates", [])
        ),
        script=told.get("script", ""),
    )


def told_guide(guide: Guide) -> dict[str, Any]:
    """A playbook as somebody wants it, as `playbooks.queries.told` tells it; new rows get ids below 0."""

    def keyed(rows: Sequence[Standard | Criterion | Text]) -> list[int]:
        return [row.id or -place for place, row in enumerate(rows, start=1)]

    keys = keyed(guide.activities)
    found: dict[str, Any] = {
        "activities": [
            {
                "id": key,
                "kind": row.kind,
                "title": row.title.strip(),
                "detail": row.detail.strip(),
                "offset_days": row.offset_days,
                "after": None if row.after is None else keys[row.after],
                "assigns": row.assigns,
                "member": row.member_id if row.assigns == "member" else None,
            }
            for key, row in zip(keys, guide.activities, strict=True)
        ],
        "criteria": [
            {"id": key, "text": row.text.strip()} for key, row in zip(keyed(guide.criteria), guide.criteria, strict=True)
        ],
        "templates": [
            {"id": key, "kind": row.kind, "name": row.name.strip(), "subject": row.subject.strip(), "body": row.body}
            for key, row in zip(keyed(guide.templates), guide.templates, strict=True)
        ],
        "script": guide.script.strip(),
    }
    return {name: said for name, said in found.items() if said}


def unknown_fields(text: str) -> list[str]:
    """The names in braces that no deal can fill, each once."""
    return [name for name in dict.fromkeys(FIELD.findall(text)) if name not in MERGE_FIELDS]


def filled(text: str, facts: Mapping[str, str]) -> tuple[str, list[str]]:
    """A template's text with the facts of a deal, and the fields it does not know: those stay as they are, to be seen."""
    absent = [name for name in dict.fromkeys(FIELD.findall(text)) if name in MERGE_FIELDS and not facts.get(name)]
    return FIELD.sub(lambda found: facts.get(found[1]) or found[0], text), absent


def in_circle(after: Mapping[int, int | None]) -> list[int]:
    """The keys that, followed from one to the one it waits for, come back to themselves; empty when none does."""
    for start in after:
        seen = [start]
        current = after.get(start)
        while current is not None:
            if current == start:
                return seen
            if current in seen:
                break
            seen.append(current)
            current = after.get(current)
    return []


def changes(stage: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, str]]:
    """What changed between two states of a stage's playbook as `playbooks.queries.told` gives them, as changes of a process
    version: `code`, `stage`, `before`, `after`."""
    found: list[dict[str, str]] = []

    def add(code: str, old: str = "", new: str = "") -> None:
        found.append({"code": f"playbook.{code}", "stage": stage, "before": old, "after": new})

    for part, name in (("activities", "title"), ("criteria", "text"), ("templates", "name")):
        old = {row["id"]: row for row in before.get(part, [])}
        new = {row["id"]: row for row in after.get(part, [])}
        one = {"activities": "activity", "criteria": "criterion", "templates": "template"}[part]
        for key in old.keys() - new.keys():
            add(f"{one}_removed", old[key][name])
        for key, row in new.items():
            if key not in old:
                add(f"{one}_added", "", row[name])
            elif row != old[key]:
                add(f"{one}_changed", old[key][name], row[name])
        kept = [key for key in old if key in new]
        if kept != [key for key in new if key in old]:
            add(f"{part}_reordered")
    if before.get("script", "") != after.get("script", ""):
        add("script_changed")
    return found
