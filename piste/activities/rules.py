"""Decisions about what people write and attach."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: The first bytes of the pictures that may be shown in place.
PICTURES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))
CONTROL = re.compile(r"[\x00-\x1f\x7f/\\]")


def picture_type(head: bytes) -> str:
    """The media type of a picture that may be shown, told by its first bytes; empty for anything else."""
    for mark, media_type in PICTURES:
        if head.startswith(mark):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return ""


def safe_name(name: str) -> str:
    """A file name without path nor control characters."""
    plain = CONTROL.sub("_", name).strip(" .")
    return plain[-240:] or "file"


def mentioned(text: str, names: Iterable[tuple[int, str]]) -> list[int]:
    """Ids of the members named in a text as `@First Last` or `@First` when only one has that first name."""
    people = list(names)
    firsts: dict[str, list[int]] = {}
    for key, name in people:
        firsts.setdefault(name.split(" ")[0].casefold(), []).append(key)
    found: dict[int, None] = {}
    plain = text.casefold()
    for key, name in people:
        if f"@{name.casefold()}" in plain:
            found[key] = None
    for word in re.findall(r"@([\w’'-]+)", text):
        keys = firsts.get(word.casefold(), [])
        if len(keys) == 1:
            found[keys[0]] = None
    return list(found)
