"""Decisions about audits; facts in, verdict out."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

#: What is looked at, by the part of the audit it is told in, in the order it is told.
PARTS: dict[str, tuple[str, ...]] = {
    "flow": ("bottleneck", "rotting", "stalling"),
    "hygiene": ("no_step", "past_close", "no_amount", "missing_facts"),
    "work": ("contact_late", "playbook"),
    "shape": ("stage_order", "unused_stage", "unused_field"),
    "doubles": ("double_company", "double_contact"),
}
CODES = tuple(code for codes in PARTS.values() for code in codes)
#: Shares from which a finding is serious, and to be acted upon now.
SERIOUS, NOW = 0.1, 0.25
#: No more serious than this, however many: money waits elsewhere.
MILD = {"unused_field": 1, "unused_stage": 1, "double_company": 2, "double_contact": 2, "no_amount": 2}
#: Too few moves back, or too small a part of them saved by another order, say nothing about the order.
FEW_MOVES, LEAST_SAVED = 20, 0.3
#: A difference of less than this share of the count is none.
NOISE = 0.05


@dataclass(frozen=True, slots=True)
class Found:
    """What one look found: `count` of `out_of`; `subjects` names what was counted, of a `kind` (deal, company, contact)."""

    code: str
    count: int
    out_of: int
    subjects: Sequence[int] = ()
    kind: str = "deal"
    key: str = ""
    amounts: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    severity: int = 0


@dataclass(frozen=True, slots=True)
class Looked:
    """What all looks found; the codes of what was found well, and of what there was nothing to look at of."""

    found: list[Found]
    fine: list[str]
    mute: list[str]
    facts: dict[str, Any]


def severity(code: str, count: int, out_of: int) -> int:
    """From 1 (worth knowing) to 3 (act now), by the share that was found."""
    share = count / out_of if out_of else 0.0
    found = 3 if share >= NOW else 2 if share >= SERIOUS else 1
    return min(found, MILD.get(code, 3))


def became(count: int, before: int | None, *, is_first: bool) -> str:
    """What has become of a finding that counted so many the last time (None: it was not there)."""
    if is_first:
        return "first"
    if before is None:
        return "new"
    if abs(count - before) <= NOISE * before:
        return "same"
    return "worse" if count > before else "smaller"


def fights(declared: int, implied: int) -> bool:
    """Whether another order of the stages is worth speaking of, by the moves that go back in the two."""
    return declared >= FEW_MOVES and declared - implied >= LEAST_SAVED * declared


def packed(keys: Sequence[int]) -> bytes:
    """Numbers as few bytes: ascending, each by its distance from the one before."""
    ordered = sorted(keys)
    steps = [key - before for before, key in zip([0, *ordered], ordered, strict=False)]
    return zlib.compress(json.dumps(steps, separators=(",", ":")).encode()) if steps else b""


def unpacked(content: bytes) -> list[int]:
    """The numbers again, ascending."""
    return list(accumulate(json.loads(zlib.decompress(content)))) if content else []
