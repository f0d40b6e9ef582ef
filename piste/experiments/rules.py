"""Decisions about split tests: who gets what, what overlaps, what a design must say."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from piste.playbooks.rules import Criterion, Guide, Standard, Text

#: What a variant may do otherwise: how the stage is worked, in three parts, texts of templates, automations.
PLAYBOOK, NEEDS, CLOCK, TEMPLATE, AUTOMATION = "playbook", "needs", "clock", "template", "automation"
#: More variants would each need a sample that no pipeline has.
MOST_VARIANTS = 4


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What somebody believes: if one does this, then that happens, because."""

    title: str
    if_text: str
    then_text: str
    because_text: str
    effort: str = "medium"


@dataclass(frozen=True, slots=True)
class Gain:
    """What the figures said that the stage holds back, in minor units."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Among:
    """Which of the deals that enter are drawn: values of one kind are alternatives, the kinds all hold together.

    Amounts are whole currency units; `custom` are a field's key and the values it may have.
    """

    owners: tuple[int, ...] = ()
    sources: tuple[int, ...] = ()
    tags: tuple[int, ...] = ()
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    custom: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def is_everybody(self) -> bool:
        return self == Among()


@dataclass(frozen=True, slots=True)
class Guard:
    """A measure that must not get worse than the control's by more than `bar` (in the measure's own unit)."""

    measure: str
    within_days: int
    bar: Decimal
    goal: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {"measure": self.measure, "within_days": self.within_days, "bar": str(self.bar), "goal": self.goal}


@dataclass(frozen=True, slots=True)
class Wording:
    """What an e-mail says by a template, in the words of a variant."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Way:
    """What a variant does with an automation: whether it runs it, and with which actions; None: those it has for everybody."""

    on: bool
    do: tuple[Mapping[str, Any], ...] | None = None

    def differs(self, row: Mapping[str, Any]) -> bool:
        """Whether that is otherwise than what the automation does for everybody, as a process version tells it."""
        return self.on != row["on"] or (self.on and self.do is not None and list(self.do) != row["recipe"].get("do", []))

    def applied(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The automation once it is so for everybody."""
        recipe = row["recipe"] if self.do is None else {**row["recipe"], "do": list(self.do)}
        return {**row, "recipe": recipe, "on": self.on}

    def as_json(self) -> dict[str, Any]:
        return {"on": self.on} | ({} if self.do is None else {"do": list(self.do)})


def way_from_json(said: Mapping[str, Any]) -> Way:
    """What a variant does with an automation, as it was kept."""
    return Way(said["on"], tuple(said["do"]) if "do" in said else None)


@dataclass(frozen=True, slots=True)
class Arm:
    """A variant as somebody wants it; what is None, and each template or automation (by its key) that is not named, is as for
    everybody."""

    name: str
    share: int
    guide: Guide | None = None
    needs: tuple[str, ...] | None = None
    clock_days: int | None = None
    wordings: Mapping[int, Wording] = field(default_factory=dict)
    ways: Mapping[int, Way] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a design says but its variants."""

    title: str
    measure: str
    within_days: int
    smallest: Decimal
    bar: Decimal
    planned_count: int
    unit: str = "deal"
    goal_id: int | None = None
    currency: str = ""
    among: Among = Among()
    guards: tuple[Guard, ...] = ()
    is_factorial: bool = False
    expected: Mapping[str, str] | None = None


def place(salt: str, unit: str) -> float:
    """Where chance puts a unit, from 0 to below 1: the first 53 bits of a SHA-256 over the test's salt and the unit."""
    digest = hashlib.sha256(f"{salt}:{unit}".encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> 11) / 2**53


def drawn(salt: str, unit: str, arms: Sequence[Sequence[int]]) -> int:
    """The variant a unit gets; `arms` are [variant, share in per cent], their shares 100 in all."""
    where, upper = place(salt, unit) * 100, 0
    for variant, share in arms:
        upper += share
        if where < upper:
            return variant
    return arms[-1][0]


def worst(measure: str) -> int:
    """Which way is worse: −1 when less is, 1 when more is (days)."""
    return 1 if measure == "days" else -1


def guide_as_json(guide: Guide) -> dict[str, Any]:
    """A playbook as a variant keeps it."""
    return asdict(guide)


def guide_from_json(said: Mapping[str, Any]) -> Guide:
    """A playbook as a variant kept it; its rows carry the keys of those of the stage that they were written from."""
    return Guide(
        activities=tuple(Standard(**row) for row in said["activities"]),
        criteria=tuple(Criterion(**row) for row in said["criteria"]),
        templates=tuple(Text(**row) for row in said["templates"]),
        script=said["script"],
    )


def worded(guide: Guide, wordings: Mapping[int, Wording]) -> Guide:
    """A playbook whose templates say what a variant says by them: however such a text is sent, it reads the same."""

    def said(text: Text) -> Text:
        own = wordings.get(text.id or 0)
        return text if own is None else replace(text, subject=own.subject, body=own.body)

    return replace(guide, templates=tuple(said(text) for text in guide.templates))


def among_as_json(among: Among) -> dict[str, Any]:
    """A filter as a test keeps it: what it does not ask for is left out."""
    found: dict[str, Any] = {name: list(getattr(among, name)) for name in ("owners", "sources", "tags") if getattr(among, name)}
    for name in ("amount_from", "amount_to"):
        if getattr(among, name) is not None:
            found[name] = str(getattr(among, name))
    if among.custom:
        found["custom"] = [[key, list(values)] for key, values in among.custom]
    return found


def among_from_json(said: Mapping[str, Any]) -> Among:
    """A filter as a test kept it."""
    amounts = {name: Decimal(said[name]) if name in said else None for name in ("amount_from", "amount_to")}
    return Among(
        owners=tuple(said.get("owners", ())),
        sources=tuple(said.get("sources", ())),
        tags=tuple(said.get("tags", ())),
        amount_from=amounts["amount_from"],
        amount_to=amounts["amount_to"],
        custom=tuple((key, tuple(values)) for key, values in said.get("custom", ())),
    )


def guards_from_json(said: Sequence[Mapping[str, Any]]) -> tuple[Guard, ...]:
    """The guards as a test kept them."""
    return tuple(Guard(row["measure"], row["within_days"], Decimal(row["bar"]), row.get("goal")) for row in said)


class Step(NamedTuple):
    """A move that counts: when, where it led, and the state after it."""

    at: datetime
    stage_id: int
    status: str


def effective(moves: Iterable[tuple[str, Step]]) -> list[Step]:
    """Moves in order, each with its kind, without those taken back."""
    kept: list[Step] = []
    for kind, step in moves:
        if kind != "undone":
            kept.append(step)
        elif kept:
            kept.pop()
    return kept


def first(steps: Iterable[Step], since: datetime, there: Callable[[Step], bool]) -> datetime | None:
    """When a deal first was where one asks, after it entered the stage at `since`."""
    return next((step.at for step in steps if step.at > since and there(step)), None)
