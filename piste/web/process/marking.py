"""What differs between two states of something, to be shown in place: what has gone struck out, what has come marked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from piste.web.playbook import reading

#: Longer texts are compared line by line alone: word by word would take too long and say too little.
LONG = 4000


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: `kind` is `del` for what has gone, `ins` for what has come, else empty."""

    kind: str
    text: str


type Line = list[Piece]


def between(before: str, after: str) -> Line:
    """A text with the words that have gone and those that have come, in place."""
    if before == after:
        return [Piece("", after)] if after else []
    if not before or not after or len(before) + len(after) > LONG:
        return [piece for piece in (Piece("del", before), Piece("ins", after)) if piece.text]
    old, new = (re.findall(r"^\s+|\S+\s*", text) for text in (before, after))
    was, now = ([word.strip() for word in side] for side in (old, new))
    found: Line = []
    for tag, a, b, c, d in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("", "".join(new[c:d])))
            continue
        if gone := "".join(old[a:b]):
            found.append(Piece("del", gone))
        if come := "".join(new[c:d]):
            found.append(Piece("ins", come))
    return found


@dataclass(frozen=True, slots=True)
class Pair:
    """A line as two states say it, side by side."""

    before: Line
    after: Line


def beside(before: Sequence[str], after: Sequence[str]) -> list[Pair]:
    """Two lists of lines, like beside like, with what differs marked on its side."""
    found: list[Pair] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [Pair([Piece("", line)], [Piece("", line)]) for line in before[a:b]]
            continue
        old, new = list(before[a:b]), list(after[c:d])
        for place in range(max(len(old), len(new))):
            line = between(old[place] if place < len(old) else "", new[place] if place < len(new) else "")
            found.append(Pair([p for p in line if p.kind != "ins"], [p for p in line if p.kind != "del"]))
    return found


@dataclass(frozen=True, slots=True)
class Marked:
    """A row of a playbook: its words, when it is due, who gets it, and its text below, each with what differs."""

    mark: str
    icon: str
    title: Line
    when: Line
    who: Line
    text: Line


@dataclass(frozen=True, slots=True)
class Playbook:
    """A playbook with what differs from another state of it."""

    activities: list[Marked]
    criteria: list[Marked]
    templates: list[Marked]
    script: Line


def playbook(before: Mapping[str, Any], after: Mapping[str, Any]) -> Playbook:
    """A playbook as definitions keep it, with what differs."""
    names = reading.names_in([before, after])
    old, new = (reading.read(said, names) for said in (before, after))
    return Playbook(
        activities=_rows(
            {row.key: (row.icon, row.title, row.when, row.who, row.detail) for row in old.activities},
            {row.key: (row.icon, row.title, row.when, row.who, row.detail) for row in new.activities},
        ),
        criteria=_rows(
            {key: ("check", text, "", "", "") for key, text in old.criteria},
            {key: ("check", text, "", "", "") for key, text in new.criteria},
        ),
        templates=_rows(
            {row.key: (row.icon, row.name, row.kind, "", _letter(row)) for row in old.templates},
            {row.key: (row.icon, row.name, row.kind, "", _letter(row)) for row in new.templates},
        ),
        script=between(before.get("script", ""), after.get("script", "")),
    )


def _letter(row: reading.Text) -> str:
    return f"{row.subject}\n{row.body}" if row.subject else row.body


type Facts = tuple[str, str, str, str, str]


def _rows(old: Mapping[int, Facts], new: Mapping[int, Facts]) -> list[Marked]:
    """The rows as they are to be, and behind them those that go."""
    blank = ("", "", "", "", "")
    found = []
    for key in [*new, *(key for key in old if key not in new)]:
        before, after = old.get(key, blank), new.get(key, blank)
        mark = "added" if key not in old else "removed" if key not in new else "changed" if before != after else ""
        title, when, who, text = (between(was, now) for was, now in zip(before[1:], after[1:], strict=True))
        found.append(Marked(mark, after[0] or before[0], title, when, who, text))
    return found
