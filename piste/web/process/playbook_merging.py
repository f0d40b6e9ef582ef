"""Two who write one playbook at once: what each changed since the version both began with, and both together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from piste.playbooks.models import Assigns

from .playbook_forms import ALWAYS, State


@dataclass(frozen=True, slots=True)
class Written:
    """A playbook as its form holds it: rows by their keys, in order, and the script."""

    rows: State
    script: str


@dataclass(frozen=True, slots=True)
class Both:
    """Two playbooks made one; `contested` names what both had changed in two ways, of which it holds mine: rows, and `script`."""

    rows: State
    script: str
    contested: tuple[str, ...]


def key_of(letter: str, row: int) -> str:
    """The key of a row in the form, from its id in a definition: below 0 while it is only in the draft."""
    return f"{letter}n{-row}" if row < 0 else f"{letter}{row}"


def written_in(told: Mapping[str, Any]) -> Written:
    """A playbook as a definition keeps it (`playbooks.queries.told`), as the form holds it."""
    rows: State = {}
    for row in told.get("activities", []):
        rows[key_of("a", row["id"])] = {
            "kind": row["kind"],
            "title": row["title"],
            "detail": row["detail"],
            "offset_days": row["offset_days"],
            "after": key_of("a", row["after"]) if row["after"] else "",
            "assigns": f"{ALWAYS}{row['member']}" if row["assigns"] == Assigns.MEMBER else row["assigns"],
        }
    rows |= {key_of("c", row["id"]): {"text": row["text"]} for row in told.get("criteria", [])}
    for row in told.get("templates", []):
        rows[key_of("t", row["id"])] = {"kind": row["kind"], "title": row["name"], "subject": row["subject"], "body": row["body"]}
    return Written(rows, told.get("script", ""))


def together(base: Written, mine: Written, theirs: Written) -> Both:
    """What each changed of `base`, in one. Where both changed the same part in two ways, mine stands, and is named; a row
    that one took out and the other changed is kept."""
    theirs = _apart(base, mine, theirs)
    contested: list[str] = []
    rows: State = {}
    for key in _order(base.rows, mine.rows, theirs.rows):
        was, own, other = (_plain(side.rows.get(key)) for side in (base, mine, theirs))
        if own is None or other is None:
            row = _one_sided(was, own, other)
            if row is not None and was is not None:
                contested.append(_name(row))
        else:
            row, clash = _one_row(was or {}, own, other)
            if clash:
                contested.append(_name(row))
        if row is not None:
            rows[key] = row
    for row in rows.values():
        if row.get("after") and row["after"] not in rows:
            row["after"] = ""
    old, own_script, other_script = (_text(side.script) for side in (base, mine, theirs))
    script = other_script if own_script == old else own_script
    if own_script != old and other_script not in (old, own_script):
        contested.append("script")
    return Both(rows, script, tuple(contested))


def _apart(base: Written, mine: Written, theirs: Written) -> Written:
    """What the other wrote, its new rows under keys that mine do not have: both are kept."""
    keys = {key: key for key in theirs.rows}
    taken = {*mine.rows, *theirs.rows}
    for key in theirs.rows:
        if key in mine.rows and key not in base.rows:
            number = next(n for n in range(1, 1000) if f"{key[0]}n{n}" not in taken)
            keys[key] = f"{key[0]}n{number}"
            taken.add(keys[key])
    rows = {keys[key]: dict(row) for key, row in theirs.rows.items()}
    for row in rows.values():
        if row.get("after"):
            row["after"] = keys.get(row["after"], row["after"])
    return Written(rows, theirs.script)


def _one_sided(was: dict[str, str] | None, own: dict[str, str] | None, other: dict[str, str] | None) -> dict[str, str] | None:
    """A row that one of the two does not have: new, it stands; taken out by one, it goes unless the other changed it."""
    left = own if own is not None else other
    return None if left == was else left


def _one_row(was: Mapping[str, str], own: dict[str, str], other: dict[str, str]) -> tuple[dict[str, str], bool]:
    clash, row = False, {}
    for name in own.keys() | other.keys():
        before, mine, theirs = was.get(name, ""), own.get(name, ""), other.get(name, "")
        row[name] = theirs if mine == before else mine
        clash = clash or (mine != before and theirs not in (before, mine))
    return row, clash


def _order(base: State, mine: State, theirs: State) -> list[str]:
    """The order of all rows: mine where I changed it, else theirs; what is new of the other comes after its like."""
    common = [key for key in base if key in mine and key in theirs]
    unmoved = [key for key in mine if key in common] == common
    first, second = (theirs, mine) if unmoved else (mine, theirs)
    every = [*first, *(key for key in second if key not in first)]
    return [key for letter in "act" for key in every if key[0] == letter]


def _plain(row: Mapping[str, Any] | None) -> dict[str, str] | None:
    return None if row is None else {name: _text(value) for name, value in row.items()}


def _text(value: Any) -> str:
    """A value as it is compared: what a browser sends and what is kept differ in the ends of lines."""
    return str(value).replace("\r\n", "\n").strip()


def _name(row: Mapping[str, str]) -> str:
    return row.get("title") or row.get("text") or "…"
