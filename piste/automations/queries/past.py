"""Deals as they were: what the journal tells of their facts, going back from what they are now."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from piste.automations.rules import VERBS, Facts, Happened
from piste.deals.models import Deal, Move
from piste.experiments.models import Assignment
from piste.journal.models import Entry

from .facts import major

#: What else than the verbs that automations wait for tells of the facts of a deal.
TELLING = VERBS | {"deal.undone", "deal.assigned_to_variant"}
#: The most entries read.
ENTRIES = 20_000


@dataclass(frozen=True, slots=True)
class Then:
    """The facts of a deal from a moment on, until the next; `stage` and `status` are empty before it came to be. `entered_at` is
    when it came into its stage."""

    since: datetime
    stage: int | None
    status: str
    entered_at: datetime
    amount_minor: int | None
    currency: str
    owner: int | None
    team: int | None
    source: int | None
    expected_close_on: str | None
    tags: tuple[str, ...] = ()
    variants: frozenset[int] = frozenset()
    custom: Mapping[str, Any] = field(default_factory=dict)

    @property
    def facts(self) -> Facts:
        """What conditions are held against."""
        return Facts(
            amount=major(self.amount_minor, self.currency),
            stage=str(self.stage or ""),
            owner=str(self.owner or ""),
            team=str(self.team or ""),
            source=str(self.source or ""),
            tags=frozenset(self.tags),
            variants=frozenset(map(str, self.variants)),
            custom=self.custom,
        )

    def day(self, fact: str) -> date | None:
        """The day that one of its dates held."""
        said = self.custom.get(fact.removeprefix("custom:")) if fact.startswith("custom:") else self.expected_close_on
        try:
            return date.fromisoformat(str(said)) if said else None
        except ValueError:
            return None


type History = list[Then]


def happened_then(entry: Entry, then: Then) -> Happened:
    """What an entry of the journal told of a deal, as it was then."""
    pair = (entry.data.get("changes") or {}).get("amount_minor")
    before = major(pair[0], then.currency) if pair else None
    return Happened(entry.verb, entry.data, major(then.amount_minor, then.currency), before)


def entries_since(pipeline_id: int, since: datetime, at: datetime) -> tuple[list[Entry], datetime]:
    """What the journal tells of the deals of a pipeline from `since` to `at`, oldest first, and from when on it is complete: the
    latest `ENTRIES` at most are read."""
    told = Entry.objects.filter(pipeline_id=pipeline_id, at__gt=since, at__lte=at, verb__in=TELLING, subject_kind="deal")
    found = list(told.only("at", "verb", "subject_id", "cause", "data", "erased_at").order_by("-at", "-pk")[:ENTRIES])
    begun = found[-1].at if len(found) == ENTRIES else since
    return [entry for entry in reversed(found) if entry.at > begun], begun


def histories(deals: Iterable[Deal], entries: Sequence[Entry], since: datetime) -> dict[int, History]:
    """What each deal was since a moment, oldest first; `entries` are all that the journal tells of them since, oldest first."""
    by_deal: dict[int, list[Entry]] = {}
    for entry in entries:
        by_deal.setdefault(entry.subject_id, []).append(entry)
    rows = list(deals)
    keys = [deal.pk for deal in rows]
    variants: dict[int, set[int]] = {}
    for deal_id, variant in Assignment.objects.filter(deal__in=keys).order_by().values_list("deal_id", "variant_id"):
        variants.setdefault(deal_id, set()).add(variant)
    entered = _entered([key for key in keys if any("to" in entry.data for entry in by_deal.get(key, ()))])
    return {
        deal.pk: _history(deal, by_deal.get(deal.pk, []), since, frozenset(variants.get(deal.pk, ())), entered.get(deal.pk, []))
        for deal in rows
    }


def at_moment(history: History, moment: datetime) -> Then:
    """What a deal was at a moment."""
    return history[max(bisect_right(history, moment, key=lambda then: then.since) - 1, 0)]


def _entered(keys: Sequence[int]) -> dict[int, list[tuple[datetime, int]]]:
    """When deals came into stages, by the ledger."""
    found: dict[int, list[tuple[datetime, int]]] = {}
    moves = Move.objects.filter(deal__in=keys).order_by("deal_id", "number") if keys else Move.objects.none()
    last: tuple[int, int] | None = None
    for deal_id, stage, at in moves.values_list("deal_id", "to_stage_id", "at"):
        if last != (deal_id, stage):
            found.setdefault(deal_id, []).append((at, stage))
        last = (deal_id, stage)
    return found


def _history(
    deal: Deal, entries: Sequence[Entry], since: datetime, variants: frozenset[int], entered: Sequence[tuple[datetime, int]]
) -> History:
    then = Then(
        since=since,
        stage=deal.stage_id,
        status=deal.status,
        entered_at=deal.entered_stage_at,
        amount_minor=deal.amount_minor,
        currency=deal.currency,
        owner=deal.owner_id,
        team=deal.team_id,
        source=deal.source_id,
        expected_close_on=deal.expected_close_on.isoformat() if deal.expected_close_on else None,
        tags=tuple(tag.name for tag in deal.tags.all()),
        variants=variants,
        custom=deal.custom,
    )
    found: History = []
    for place in range(len(entries) - 1, -1, -1):
        entry = entries[place]
        # What was written in one moment was one thing: what came of it is what automations find.
        if place == len(entries) - 1 or entries[place + 1].at != entry.at:
            found.append(replace(then, since=entry.at))
        then = _before(then, entry, entered)
    found.append(then)
    return found[::-1]


def _before(then: Then, entry: Entry, entered: Sequence[tuple[datetime, int]]) -> Then:
    """What a deal was before an entry about it."""
    data = entry.data
    if "to" in data and entry.verb.startswith("deal."):
        stage = data.get("from")
        came = [at for at, key in entered if key == stage and at <= entry.at]
        moment = then.entered_at if stage == data["to"] or not came else came[-1]
        return replace(then, stage=stage, status=data.get("from_status", ""), entered_at=moment)
    match entry.verb:
        case "deal.tagged":
            return replace(then, tags=tuple(data.get("before", ())))
        case "deal.assigned_to_variant":
            return replace(then, variants=then.variants - {data.get("variant")})
        case "deal.amended":
            return _unamended(then, data.get("changes") or {})
    return then


def _unamended(then: Then, changes: Mapping[str, Any]) -> Then:
    own = {name: pair[0] for name, pair in changes.items() if name in PLAIN}
    custom = dict(then.custom)
    for name, pair in changes.items():
        if name.startswith("custom:"):
            custom[name.removeprefix("custom:")] = pair[0]
    return replace(then, custom=custom, **own)


#: Facts that the journal tells as they are kept here.
PLAIN = frozenset({"amount_minor", "currency", "owner", "team", "source", "expected_close_on"})
