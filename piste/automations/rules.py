"""Decisions about automations; facts in, verdict out."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Self

#: Whens that the journal tells, and those that the clock finds.
EVENTS = (
    "stage_entered",
    "created",
    "won",
    "lost",
    "held",
    "resumed",
    "amount_reaches",
    "fact_changes",
    "activity_done",
)
CLOCK = ("silence", "in_stage", "date", "chance")
ACTIONS = (
    "task", "notify", "mail", "move", "win", "lose", "hold", "resume", "assign", "turn", "tag", "untag", "set", "webhook",
)  # fmt: skip
#: Facts of a deal that conditions speak of, besides `custom:<key>`, and that a change of may be waited for.
FACTS = ("amount", "stage", "owner", "team", "source", "tag", "variant")
CHANGING = ("amount_minor", "owner", "source", "expected_close_on", "tags")
#: Actions that disturb somebody: they wait for working hours.
DISTURBING = ("notify", "mail")
#: The most conditions and actions of an automation.
MOST = 10

#: How many effects of automations may follow from each other.
DEEPEST = 3
#: The same automation acts on the same deal once within so long.
REST = timedelta(hours=1)
#: What the clock should have found while nobody worked is still found so long after.
LOOK_BACK = timedelta(days=31)
#: Messages to other systems: how long whoever sends one has it alone, how often it is tried, how long what is over is kept.
HELD = timedelta(minutes=2)
MOST_TRIES = 12
KEPT = timedelta(days=90)
#: How long the log of an automation keeps its runs.
KEPT_RUNS = timedelta(days=365)

#: Moves by which a deal comes into a stage.
ENTERING = ("created", "advanced", "skipped", "returned", "reopened", "resumed", "changed_pipeline", "won")
#: What the journal calls what whens wait for.
VERBS = frozenset(
    {*(f"deal.{kind}" for kind in (*ENTERING, "lost", "held", "amended", "tagged")), "activity.done", "activity.logged"}
)
#: A past that is brought in is not what happens.
BROUGHT_IN = ("import", "demo")


def _plain(value: Any) -> dict[str, Any]:
    """The fields that say something."""
    return {
        name: list(said) if isinstance(said, tuple) else said
        for name, said in asdict(value).items()
        if said not in ("", None, ())
    }


@dataclass(frozen=True, slots=True)
class When:
    """What an automation waits for. `amount` is in major units of the deal's currency; `days` are working days of silence, days
    in a stage (None: its norm), or days after a date (before it when negative); `percent` a chance, `falls` that it comes from
    above."""

    kind: str
    stage: int | None = None
    days: int | None = None
    amount: str = ""
    fact: str = ""
    activity: str = ""
    outcome: int | None = None
    percent: int | None = None
    falls: bool | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """`how` is `is`, `is_not`, `at_least`, `at_most`, `known` or `unknown`; values are alternatives."""

    fact: str
    how: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. `who` is `owner`, `manager` (of the owner's team) or `member`, then named by `member`; `days` are working
    days for a task, else days, of a hold from the date of the deal that `fact` names (before it when negative), else from now;
    `reason` is that of a loss."""

    kind: str
    text: str = ""
    who: str = ""
    member: int | None = None
    team: int | None = None
    days: int | None = None
    stage: int | None = None
    template: int | None = None
    fact: str = ""
    value: Any = None
    url: str = ""
    reason: int | None = None

    def as_json(self) -> dict[str, Any]:
        return _plain(self)


@dataclass(frozen=True, slots=True)
class Recipe:
    """When, if, do."""

    when: When
    conditions: tuple[Condition, ...] = ()
    actions: tuple[Action, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "when": _plain(self.when),
            "if": [_plain(one) for one in self.conditions],
            "do": [one.as_json() for one in self.actions],
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """A recipe as it was kept; what a later version of Piste added is left out."""
        return cls(
            When(**_known(When, kept["when"])),
            tuple(condition_of(one) for one in kept.get("if", [])),
            tuple(action_of(one) for one in kept.get("do", [])),
        )


def stages_named(recipe: Recipe) -> set[int]:
    """The stages that a recipe speaks of."""
    asked = {int(value) for one in recipe.conditions if one.fact == "stage" for value in one.values if value.isdecimal()}
    told = {recipe.when.stage, *(one.stage for one in recipe.actions)}
    return asked | {stage for stage in told if stage is not None}


def condition_of(kept: Mapping[str, Any]) -> Condition:
    known = _known(Condition, kept)
    return Condition(known["fact"], known["how"], tuple(known.get("values", ())))


def action_of(kept: Mapping[str, Any]) -> Action:
    return Action(**_known(Action, kept))


def _known(kind: type, kept: Mapping[str, Any]) -> dict[str, Any]:
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in kept.items() if name in names}


@dataclass(frozen=True, slots=True)
class Happened:
    """An entry of the journal about a deal: `amount` is the deal's present one and `before` the one it had, in major units."""

    verb: str
    data: Mapping[str, Any]
    amount: Decimal | None = None
    before: Decimal | None = None


def answers(when: When, happened: Happened) -> dict[str, Any] | None:
    """Why an automation waiting for `when` answers what happened, as codes and numbers; None when it does not."""
    kind = happened.verb.removeprefix("deal.")
    data = happened.data
    match when.kind:
        case "stage_entered":
            came = happened.verb.startswith("deal.") and kind in ENTERING and data.get("from") != data.get("to")
            return {"stage": when.stage} if came and data.get("to") == when.stage else None
        case "created" | "won" | "lost" | "held" | "resumed":
            return {} if happened.verb == f"deal.{when.kind}" else None
        case "amount_reaches":
            return _reached(when, happened)
        case "fact_changes":
            changed = kind == "tagged" if when.fact == "tags" else when.fact in (data.get("changes") or {})
            return {"fact": when.fact} if happened.verb in ("deal.amended", "deal.tagged") and changed else None
        case "activity_done" if happened.verb in ("activity.done", "activity.logged"):
            same = when.activity in ("", data.get("kind")) and when.outcome in (None, data.get("outcome"))
            return {"activity": data.get("kind", "")} if same else None
    return None


def _reached(when: When, happened: Happened) -> dict[str, Any] | None:
    asked, now, before = decimal(when.amount), happened.amount, happened.before
    changed = happened.verb == "deal.created" or "amount_minor" in (happened.data.get("changes") or {})
    if asked is None or now is None or not changed or now < asked or (before is not None and before >= asked):
        return None
    return {"amount": when.amount}


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions are held against: ids as text, tags by their names, an amount in major units; `variants` are those that the
    deal drew in split tests."""

    amount: Decimal | None = None
    stage: str = ""
    owner: str = ""
    team: str = ""
    source: str = ""
    tags: frozenset[str] = frozenset()
    variants: frozenset[str] = frozenset()
    custom: Mapping[str, Any] = field(default_factory=dict)

    def of(self, fact: str) -> list[str]:
        """The values of a fact as text; none when it is not known."""
        if fact == "tag":
            return sorted(self.tags)
        if fact == "variant":
            return sorted(self.variants)
        if fact == "amount":
            return [] if self.amount is None else [str(self.amount)]
        found = self.custom.get(fact.removeprefix("custom:")) if fact.startswith("custom:") else getattr(self, fact, "")
        if isinstance(found, bool):
            return ["yes" if found else "no"]
        if isinstance(found, list):
            return [str(one) for one in found]
        return [] if found in (None, "") else [str(found)]


def not_met(conditions: Sequence[Condition], facts: Facts) -> int | None:
    """The place of the first condition that does not hold; None when all do."""
    return next((place for place, one in enumerate(conditions) if not holds(one, facts)), None)


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether a condition holds; of what is not known neither bound does."""
    found = facts.of(condition.fact)
    match condition.how:
        case "known":
            return bool(found)
        case "unknown":
            return not found
        case "at_least" | "at_most":
            return bool(found) and _bounded(condition, found[0])
    there = {one.casefold() for one in found} & {one.casefold() for one in condition.values}
    return bool(there) == (condition.how == "is")


def _bounded(condition: Condition, found: str) -> bool:
    wanted = condition.values[0] if condition.values else ""
    number, bound = decimal(found), decimal(wanted)
    if number is not None and bound is not None:
        return number >= bound if condition.how == "at_least" else number <= bound
    # ISO days are in order as texts.
    return found >= wanted if condition.how == "at_least" else found <= wanted


def decimal(text: str) -> Decimal | None:
    """A number as it is kept; None for what is none."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def refusal(depth: int, at: datetime, earlier: Iterable[datetime], *, in_hour: int, most: int) -> str:
    """Why an automation may not act: `depth` when too many effects follow from each other, `again` when it acted on this deal a
    short while ago (`earlier` are those moments), `rate` when it acted too often within the hour; empty when it may."""
    if depth > DEEPEST:
        return "depth"
    if any(at - REST < moment <= at for moment in earlier):
        return "again"
    return "rate" if in_hour >= most else ""


def may_be_written_to(agreement: str, status: str) -> str:
    """Why an automation may not write to a contact of a deal of this status; empty when it may.

    Never to who withdrew their consent. Who never said anything may be written to at their work about what is under way with
    them (the legitimate interest of GDPR article 6(1)(f), as CNIL reads it between firms): as long as the deal is open or won,
    with a way out in each e-mail. A deal that is lost or set aside is no occasion for it: that needs a consent.
    """
    if agreement == "withdrawn":
        return "no_consent"
    return "" if agreement == "given" or status in ("open", "won") else "not_running"


def wait(tries: int) -> timedelta:
    """How long to wait after so many attempts in vain: one minute, two, four, up to six hours."""
    return min(timedelta(minutes=2 ** min(max(tries - 1, 0), 10)), timedelta(hours=6))


def signature(secret: str, moment: int, body: bytes) -> str:
    """What proves that a message is ours and fresh: over its second and its body, `t=…,v1=…`."""
    proof = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={proof}"


def changes(before: Sequence[Mapping[str, Any]] | None, after: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What changed between two states of a pipeline's automations as `queries.told` gives them, as changes of a process
    version."""
    old, new = ({row["id"]: row for row in rows} for rows in (before or (), after))
    found = []

    def add(code: str, was: str, now: str) -> None:
        found.append({"code": f"automation.{code}", "stage": "", "before": was, "after": now})

    for key in old.keys() - new.keys():
        add("removed", old[key]["name"], "")
    for key, row in new.items():
        if key not in old:
            add("added", "", row["name"])
            continue
        was = old[key]
        if any(row[name] != was[name] for name in row.keys() & was.keys() if name != "on"):
            add("changed", was["name"], row["name"])
        if row["on"] != was["on"]:
            add("resumed" if row["on"] else "paused", row["name"], row["name"])
    return found
