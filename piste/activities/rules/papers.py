"""Decisions about what people write and attach."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

#: The first bytes of the pictures that may be shown in place.
PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
NAME_LENGTH = 200
NOTE_LENGTH = 20_000
WORD = re.compile(r"[\w’'-]+")


def picture_type(head: bytes) -> str:
    """The media type of a picture that may be shown, told by its first twelve bytes; empty for anything else."""
    for mark, media_type in PICTURES:
        if head.startswith(mark):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return ""


def safe_name(name: str) -> str:
    """A file name without path, control characters or marks that turn the reading direction; its ending is kept."""
    plain = re.split(r"[/\\]", name)[-1]
    plain = "".join(letter for letter in plain if unicodedata.category(letter)[0] != "C").strip(" .")
    if len(plain) > NAME_LENGTH:
        stem, dot, ending = plain.rpartition(".")
        plain = stem[: NAME_LENGTH - len(ending) - 1] + dot + ending if dot and len(ending) < 12 else plain[:NAME_LENGTH]
    return plain or "file"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a note; `member_id` when it names a member."""

    text: str
    member_id: int | None = None


def pieces(text: str, names: Iterable[tuple[int, str]]) -> list[Piece]:
    """A text cut at the members it names: `@First Last`, or `@First` when only one has that first name."""
    people = sorted(names, key=lambda row: -len(row[1]))
    firsts: dict[str, list[tuple[int, str]]] = {}
    for key, name in people:
        firsts.setdefault(name.split(" ")[0].casefold(), []).append((key, name))
    found: list[Piece] = []
    start = place = 0
    while (place := text.find("@", place)) >= 0:
        named = None
        if not (place and (text[place - 1].isalnum() or text[place - 1] in "._-+")):
            named = _name_at(text, place + 1, people, firsts)
        if named is None:
            place += 1
            continue
        key, end = named
        if place > start:
            found.append(Piece(text[start:place]))
        found.append(Piece(text[place:end], key))
        start = place = end
    if start < len(text):
        found.append(Piece(text[start:]))
    return found


def mentioned(text: str, names: Iterable[tuple[int, str]]) -> list[int]:
    """Ids of the members a text names, each once, in order."""
    return list(dict.fromkeys(piece.member_id for piece in pieces(text, names) if piece.member_id is not None))


def _name_at(
    text: str, start: int, people: list[tuple[int, str]], firsts: dict[str, list[tuple[int, str]]]
) -> tuple[int, int] | None:
    """The member named at a place of a text, and where the name ends."""
    for key, name in people:
        end = start + len(name)
        if text[start:end].casefold() == name.casefold() and not text[end : end + 1].isalnum():
            return key, end
    word = WORD.match(text, start)
    if word is None:
        return None
    spoken = word.group().rstrip("’'-")
    for first in (spoken, re.split(r"[’']", spoken)[0]):
        known = firsts.get(first.casefold(), [])
        if len(known) == 1:
            return known[0][0], start + len(first)
    return None
