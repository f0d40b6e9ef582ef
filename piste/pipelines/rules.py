"""Decisions about the shape of a pipeline: what may be required, what changed between two definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from piste.foundations.numbers import row_number

#: Facts of a deal that a stage may require, besides custom fields (`custom:<key>`).
FACTS: tuple[str, ...] = (
    "amount",
    "expected_close_on",
    "company",
    "contact",
    "contact_email",
    "contact_phone",
    "decision_maker",
    "source",
    "product",
)

#: Role, default probability in per cent and norm in days of the six stages of a first pipeline.
DEFAULT_STAGES: tuple[tuple[str, int, int], ...] = (
    ("prospecting", 5, 10),
    ("qualification", 15, 7),
    ("meeting", 30, 14),
    ("proposal", 50, 21),
    ("closing", 80, 10),
    ("retention", 85, 30),
)


#: What a version may be expected to change: the share of deals that go on from a stage, the share won, the days spent in a
#: stage, the amount won.
MEASURES: tuple[str, ...] = ("conversion", "wins", "days", "amount")


@dataclass(frozen=True, slots=True)
class Promise:
    """What whoever changes the process expects of it.

    `measure` is one of `MEASURES`, with `:<stage id>` behind it when it is about one stage; `change` is the expected effect as
    one writes it ("+5 points"); on `retest_on` one looks whether it came. `evidence` names what it rests on, as
    `{"split_test": id}`.
    """

    measure: str = ""
    change: str = ""
    retest_on: date | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """What of it is said, as the journal keeps it."""
        said = {
            "measure": self.measure,
            "change": self.change,
            "retest_on": self.retest_on.isoformat() if self.retest_on else "",
            "evidence": dict(self.evidence),
        }
        return {name: value for name, value in said.items() if value}


def measured(measure: str) -> tuple[str, int | None]:
    """The kind of a promised measure and the id of the stage it is about; an unknown one is none."""
    kind, _colon, stage = measure.partition(":")
    return (kind if kind in MEASURES else ""), row_number(stage)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two definitions: a stable code, the stage it is about, its former and new value."""

    code: str
    stage: str = ""
    before: str = ""
    after: str = ""

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "stage": self.stage, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class Need:
    """A fact that a stage asks for, to enter it, to leave it, or both."""

    fact: str
    to_enter: bool
    to_leave: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """What a company decides about one stage: probability in per cent, norm in calendar days (None: none)."""

    name: str
    role: str
    probability: int = 0
    norm_days: int | None = None
    needs: tuple[Need, ...] = ()


def told_shape(shape: Shape) -> dict[str, Any]:
    """What is decided about a stage as a definition says it."""
    return {
        "name": shape.name.strip(),
        "role": shape.role,
        "probability": shape.probability,
        "norm_days": shape.norm_days,
        "requirements": [
            {"fact": need.fact, "to_enter": need.to_enter, "to_leave": need.to_leave}
            for need in shape.needs
            if need.to_enter or need.to_leave
        ],
    }


def shape_in(told: Mapping[str, Any]) -> Shape:
    """What is decided about a stage, from what a definition says of it."""
    needs = tuple(Need(need["fact"], need["to_enter"], need["to_leave"]) for need in told["requirements"])
    return Shape(told["name"], told["role"], told["probability"], told["norm_days"], needs)


def staying(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The stages of a definition but those that a draft takes out of use: such a one stands in its place and says under
    `leaving` which other (`to`) takes its deals, and whether it is `merged` into it."""
    return [stage for stage in definition.get("stages", []) if not stage.get("leaving")]


@dataclass(frozen=True, slots=True)
class Settled:
    """A definition as it is once what leaves has left: where the deals of each stage go that did, and which were merged."""

    definition: dict[str, Any]
    destinations: dict[int, int]
    merged: frozenset[int]


def settled(definition: Mapping[str, Any]) -> Settled:
    """What a draft comes to when it is published."""
    leaving = {stage["id"]: stage["leaving"] for stage in definition["stages"] if stage.get("leaving")}
    return Settled(
        {**definition, "stages": staying(definition)},
        {key: said["to"] for key, said in leaving.items()},
        frozenset(key for key, said in leaving.items() if said["merged"]),
    )


def homeless(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The stages that a draft takes out of use whose deals would go to one that is not there any more."""
    there = {stage["id"] for stage in staying(definition)}
    return [stage for stage in definition["stages"] if stage.get("leaving") and stage["leaving"]["to"] not in there]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What changed from one definition to the other, in the order one would tell it. Of a pipeline that goes out of use nothing
    else is told: a draft says under `leaving` to which stage of another (`to`, with its `name`) the deals go."""
    if after.get("retired") or after.get("leaving"):
        to = (after.get("leaving") or {}).get("name", "")
        return [] if before.get("retired") else [Change("pipeline.retired", "", str(before.get("name", after["name"])), to)]
    changes: list[Change] = []
    if before.get("name") != after.get("name"):
        code = "pipeline.renamed" if before else "pipeline.created"
        changes.append(Change(code, "", str(before.get("name", "")), str(after.get("name", ""))))
    old = {stage["id"]: stage for stage in before.get("stages", [])}
    new = {stage["id"]: stage for stage in staying(after)}
    changes += [_gone(stage, after) for key, stage in old.items() if key not in new]
    for key, stage in new.items():
        if key not in old:
            changes.append(Change("stage.added", stage["name"]))
        else:
            changes += _stage_differences(old[key], stage)
    if _order(before, new) != _order(after, old):
        names = ", ".join(stage["name"] for stage in new.values())
        changes.append(Change("stages.reordered", "", "", names))
    return changes


def _gone(stage: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    """How a stage leaves: a draft says where its deals are to go, a version into which other it was merged."""
    wanted = {other["id"]: other for other in after.get("stages", [])}
    if leaving := wanted.get(stage["id"], {}).get("leaving"):
        to = wanted.get(leaving["to"], {}).get("name", "…")
        return Change("stage.merged" if leaving["merged"] else "stage.retired", stage["name"], "", to)
    into = after.get("merged", {}).get(str(stage["id"]), "")
    return Change("stage.merged" if into else "stage.retired", stage["name"], "", into)


def _order(definition: Mapping[str, Any], among: Mapping[Any, Any]) -> list[Any]:
    return [stage["id"] for stage in staying(definition) if stage["id"] in among]


def _stage_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    changes = []
    for key, code in (
        ("name", "stage.renamed"),
        ("role", "stage.role"),
        ("probability", "stage.probability"),
        ("norm_days", "stage.norm"),
    ):
        if before[key] != after[key]:
            changes.append(Change(code, after["name"], _said(before[key]), _said(after[key])))
    old = {need["fact"]: need for need in before["requirements"]}
    new = {need["fact"]: need for need in after["requirements"]}
    changes += [Change("requirement.added", after["name"], "", fact) for fact in new if fact not in old]
    changes += [Change("requirement.removed", after["name"], fact) for fact in old if fact not in new]
    changes += [
        Change("requirement.changed", after["name"], fact, _when(new[fact]))
        for fact in new
        if fact in old and _when(old[fact]) != _when(new[fact])
    ]
    return changes


def _said(value: object) -> str:
    return "" if value is None else str(value)


def _when(need: Mapping[str, Any]) -> str:
    return "+".join(name for name in ("to_enter", "to_leave") if need[name])


def kind_of_step(order: Sequence[int], origin: int, target: int) -> str:
    """Whether going from one stage to another of the same ordered list advances, skips or returns.

    `order` holds stage ids in order and both stages; a stage no longer in use must be given its old place.
    """
    distance = order.index(target) - order.index(origin)
    if distance < 0:
        return "returned"
    return "advanced" if distance <= 1 else "skipped"


def renumbered(order: Sequence[int], wanted: Sequence[int]) -> list[int]:
    """All stages in their new order: those of `wanted` as given, the others behind the stage they stood behind.

    `order` is the present order of all stages, retired ones included, so that past moves still read as they did.
    """
    behind: dict[int | None, list[int]] = {None: []}
    last: int | None = None
    for key in order:
        if key in wanted:
            last = key
            behind[last] = []
        else:
            behind[last].append(key)
    result = list(behind[None])
    for key in wanted:
        result += [key, *behind.get(key, [])]
    return result


@dataclass(frozen=True, slots=True)
class Rebased:
    """A draft put onto a version that was published after it was begun; `contested` names what both changed in two ways, of
    which it holds the draft's: the stage's name and the part."""

    definition: dict[str, Any]
    contested: tuple[tuple[str, str], ...] = ()


def rebased(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Rebased:
    """What a draft `mine` of `base` means on `theirs`: a part it does not change follows `theirs`, stages that have gone are
    gone, those that have come stay."""
    contested: list[tuple[str, str]] = []
    old, own, other = ({stage["id"]: stage for stage in side.get("stages", [])} for side in (base, mine, theirs))
    stages: dict[int, dict[str, Any]] = {key: dict(stage) for key, stage in own.items() if key < 0}
    for key, now in other.items():
        was, wanted = old.get(key, {}), own.get(key)
        if wanted is None:
            stages[key] = dict(now)
            continue
        stages[key], clashes = _one(was, wanted, now)
        contested += [(now["name"], part) for part in clashes]
    whole, clashes = _one(*({k: v for k, v in side.items() if k not in KEPT} for side in (base, mine, theirs)))
    for part in clashes:
        three = [side.get(part) or [] for side in (base, mine, theirs)]
        if not all(_has_rows(side) for side in three):
            contested.append(("", part))
            continue
        whole[part], named = _row_by_row(*three)
        contested += [(name, part) for name in named]
    common = [key for key in old if key in own and key in other]
    unmoved = [key for key in own if key in common] == common
    first, second = (other, own) if unmoved else (own, other)
    order = [key for key in _woven(list(first), list(second)) if key in stages]
    kept = {name: theirs[name] for name in KEPT if name in theirs}
    return Rebased(kept | whole | {"stages": [stages[key] for key in order]}, tuple(contested))


#: What a draft never changes by itself, or what is told stage by stage.
KEPT = ("merged", "retired", "stages")


def _one(was: Mapping[str, Any], own: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The parts of one thing that two have changed, mine where both did; and the names of the parts both changed."""
    found: dict[str, Any] = {}
    clashes = []
    for part in [*other, *(part for part in own if part not in other)]:
        before, mine, theirs = was.get(part), own.get(part), other.get(part)
        chosen = theirs if mine == before else mine
        if chosen is not None or part in other:
            found[part] = chosen
        if mine != before and theirs not in (before, mine):
            clashes.append(part)
    return found, clashes


def _has_rows(part: Any) -> bool:
    """Whether a part is a list of things with their own ids, which change each by itself."""
    return isinstance(part, list) and all(isinstance(row, Mapping) and "id" in row for row in part)


def _row_by_row(
    was: Sequence[Mapping[str, Any]], own: Sequence[Mapping[str, Any]], other: Sequence[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of a part that two have changed: those taken out or changed in the draft are so, what else became of each stands;
    and the names of those both changed in two ways."""
    old, mine = ({row["id"]: row for row in side} for side in (was, own))
    found: list[dict[str, Any]] = []
    clashes: list[str] = []
    for row in other:
        before, wanted = old.get(row["id"]), mine.get(row["id"])
        if wanted is None and before is not None:
            clashes += [str(row["name"])] if row != before else []
        elif wanted is None:
            found.append(dict(row))
        else:
            together, parts = _one(before or {}, wanted, row)
            found.append(together)
            clashes += [str(row["name"])] if parts else []
    return [*found, *(dict(row) for row in own if row["id"] < 0)], clashes


def _woven(first: Sequence[int], second: Sequence[int]) -> list[int]:
    """All of `first` in its order, and what only `second` has, each behind what it stood behind there."""
    order = list(first)
    last: int | None = None
    for key in second:
        if key not in order:
            order.insert(order.index(last) + 1 if last is not None else 0, key)
        last = key
    return order
