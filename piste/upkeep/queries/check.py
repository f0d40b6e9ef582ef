"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant: its name, how many rows were looked at, and the first row that breaks it (empty when none does)."""

    name: str
    counted: int
    first_broken: str = ""

    @property
    def ok(self) -> bool:
        return not self.first_broken
