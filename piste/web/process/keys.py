"""Stages in addresses: those in force by their id, those that are only in the draft as `new-1`, `new-2`."""

from __future__ import annotations


class StageKey:
    """A stage's key as a definition has it: its id, below 0 while it is only wanted."""

    regex = r"(?:new-)?[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return -int(value.removeprefix("new-")) if value.startswith("new-") else int(value)

    def to_url(self, value: int | str) -> str:
        key = int(value)
        return f"new-{-key}" if key < 0 else str(key)
