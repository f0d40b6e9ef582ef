"""What each member does and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal

import numpy as np

from piste.activities.models import KINDS
from piste.activities.queries import Verdict
from piste.stats.history import WON, Flags, Ints
from piste.stats.outcomes import closed
from piste.stats.places import Places, told_apart
from piste.stats.shares import Share, share

from .facts import NONE
from .figures import Within
from .narrowing import is_narrowed_then, keys_of
from .reading import Reading, made_once
from .whole_numbers import in_microseconds

#: From this share of the standard activities done on, a deal counts as having followed its playbooks.
FOLLOWED = 0.8


@dataclass(frozen=True, slots=True)
class Work:
    """A member's work within a period: activities done by kind, moves forward of the deals they own, the share of first contacts
    made in time, the share of standard activities done (out of those whose day came)."""

    done: dict[str, int]
    advances: int
    in_time: Share
    adherence: Share


def work(read: Reading, within: Within, *, today: date, zone_now: datetime) -> dict[int, Work]:
    """By member, over the deals of the reading. Without bounds the period begins with the first deal."""
    since, until = _bounds(within, zone_now)
    done = _by_kind(done_within(read, within, zone_now=zone_now))
    advances = _advances(read, within)
    clocks = _answered(read, since=since, until=until, now=zone_now).by_key()
    followed = _followed(read, "assignee", since.date(), today).by_key()
    return {
        who: Work(
            done=done.get(who, {}),
            advances=advances.get(who, 0),
            in_time=share(*clocks.get(who, (0, 0))),
            adherence=share(*followed.get(who, (0, 0))),
        )
        for who in sorted(set(told_apart(read.facts.owner)[0].tolist()) | set(done))
    }


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """Activities done: when, their keys, who did them, the places of their kinds in `KINDS`."""

    at: Ints
    key: Ints
    who: Ints
    kind: Ints

    def keys(self, who: int, kind: str = "") -> list[int]:
        """The keys of what a member did, of one kind or of all, the first done first."""
        there = np.flatnonzero((self.who == who) & (self.kind == KINDS.index(kind) if kind else True))
        found: list[int] = self.key[there[np.lexsort((self.key[there], self.at[there]))]].tolist()
        return found


def done_within(read: Reading, within: Within, *, zone_now: datetime) -> Done:
    """The very activities that `work` counts."""
    since, until = (in_microseconds(moment) for moment in _bounds(within, zone_now))
    deal, at, key, who, kind, binned = read.known.rows("done").columns
    # What lay in the bin by then was not done.
    here = np.flatnonzero((at >= since) & (at < until) & (who != NONE) & (binned > in_microseconds(zone_now)))
    here = here[read.facts.places.find(deal[here]) >= 0]
    return Done(at[here], key[here], who[here], kind[here])


def _by_kind(done: Done) -> dict[int, dict[str, int]]:
    """How many of each kind each member did."""
    found: dict[int, dict[str, int]] = {}
    counts = np.bincount(done.who * len(KINDS) + done.kind)
    for place in np.flatnonzero(counts).tolist():
        who, kind = divmod(place, len(KINDS))
        found.setdefault(who, {})[KINDS[kind]] = int(counts[place])
    return found


def _among(read: Reading) -> Places:
    """The deals of the scope that are in the pipeline now: what one may not see, or did not ask for, is in no figure."""

    def made() -> Places:
        keys = keys_of(read.scope, read.known)
        return Places(np.intersect1d(keys, read.facts.id) if is_narrowed_then(read.scope) else keys)

    return made_once(read, "places", made)


def _bounds(within: Within, zone_now: datetime) -> tuple[datetime, datetime]:
    return within.since or datetime(1970, 1, 1, tzinfo=zone_now.tzinfo), min(within.until or zone_now, zone_now)


def _advances(read: Reading, within: Within) -> dict[int, int]:
    """How many moves forward the deals of each owner made."""
    moved = _moved_on(read, within)
    owners, place = told_apart(read.facts.owner[read.facts.rows(moved)])
    return dict(zip(owners.tolist(), np.bincount(place).tolist(), strict=True))


def _moved_on(read: Reading, within: Within) -> Ints:
    """The deal of each move forward within a period."""
    since, until = within.days
    flows = read.history.flows

    def made() -> Ints:
        return np.flatnonzero((flows.origin >= 0) & ((flows.target > flows.origin) | (flows.target == WON)))

    forward = read.history.always("forward", made)
    at = flows.at[forward]
    moved: Ints = flows.deal[forward[(at >= since) & (at < until)]]
    return moved


def advanced(read: Reading, within: Within, who: int) -> Ints:
    """The deal of each move forward that `work` counts for an owner."""
    moved = _moved_on(read, within)
    theirs: Ints = moved[read.facts.owner[read.facts.rows(moved)] == who]
    return theirs


@dataclass(frozen=True, slots=True, eq=False)
class Following:
    """Of the deals closed within a period to which playbooks gave something to do: the wins among those that followed them
    (at least `FOLLOWED` of what was asked) and among the others; and which deals these are."""

    followed: Share
    others: Share
    deals_followed: Ints
    deals_others: Ints


def following(read: Reading, within: Within, *, today: date) -> Following:
    """Whether following the playbooks goes with winning."""
    since, until = within.days
    outcome = closed(read.history.deals, since=since, until=until)
    known = read.known.answer("followed", (read.scope.key, today), lambda: _followed(read, "deal", date.min, today))
    here = np.isin(known.key, np.concatenate([outcome.won, outcome.lost]))
    won, followed = np.isin(known.key, outcome.won), known.done / known.asked >= FOLLOWED
    groups = (here & followed, here & ~followed)
    shares = [share(int((won & group).sum()), int(group.sum())) for group in groups]
    deals = [known.key[group] for group in groups]
    return Following(followed=shares[0], others=shares[1], deals_followed=deals[0], deals_others=deals[1])


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """By member or by deal of whom something was asked: how often, and how often it was done."""

    key: Ints
    done: Ints
    asked: Ints

    def by_key(self) -> dict[int, tuple[int, int]]:
        """What was done of how much."""
        return dict(zip(self.key.tolist(), zip(self.done.tolist(), self.asked.tolist(), strict=True), strict=True))


def _followed(read: Reading, by: Literal["deal", "assignee"], first: date, today: date) -> Asked:
    """Adherence, as `activities.queries.adherence` has it, over the deals of the scope: of the days from one on, before today.
    As of a past moment, what was done after it had not been."""
    deal, assignee, _due, verdict, done = read.known.rows("asked").columns
    here = _due_within(read, first, today)
    met = verdict[here] != Verdict.UNDONE
    if read.scope.past:
        met &= done[here] < in_microseconds(read.scope.as_of)
    return _asked((deal if by == "deal" else assignee)[here], met)


def _due_within(read: Reading, first: date, today: date) -> Ints:
    """The rows of what playbooks asked that adherence counts."""
    deal, _assignee, due, _verdict, _done = read.known.rows("asked").columns
    here = np.flatnonzero((due >= _midnight(first)) & (due < _midnight(today)))
    found: Ints = here[_among(read).find(deal[here]) >= 0]
    return found


def due_of(read: Reading, within: Within, who: int, *, today: date, zone_now: datetime) -> Ints:
    """The deal of each standard activity that `work` counts for a member."""
    deal, assignee, *_ = read.known.rows("asked").columns
    here = _due_within(read, _bounds(within, zone_now)[0].date(), today)
    found: Ints = deal[here[assignee[here] == who]]
    return found


def _answered(read: Reading, *, since: datetime, until: datetime, now: datetime) -> Asked:
    """First contacts in time by whoever had the deal, as `qualification.queries.kept` has them, over the deals of the scope."""
    _deal, owner, _started, _ended, in_time = read.known.rows("clocks").columns
    here = _expected(read, since=since, until=until, now=now)
    return _asked(owner[here], in_time[here] == 1)


def _expected(read: Reading, *, since: datetime, until: datetime, now: datetime) -> Ints:
    """The rows of contact clocks that count."""
    deal, _owner, started, ended, in_time = read.known.rows("clocks").columns
    first, behind, moment = (in_microseconds(one) for one in (since, until, now))
    # A contact in time counts from its moment on, a clock that was missed only behind its end.
    here = np.flatnonzero((started >= first) & (started < behind) & (ended < moment + in_time))
    found: Ints = here[_among(read).find(deal[here]) >= 0]
    return found


def expected_of(read: Reading, within: Within, who: int, *, zone_now: datetime) -> Ints:
    """The deals whose first contact `work` counts for a member."""
    deal, owner, *_ = read.known.rows("clocks").columns
    since, until = _bounds(within, zone_now)
    here = _expected(read, since=since, until=until, now=zone_now)
    found: Ints = deal[here[owner[here] == who]]
    return found


def _asked(keys: Ints, done: Flags) -> Asked:
    asked = np.bincount(keys)
    met = np.bincount(keys[done], minlength=len(asked))
    key = np.flatnonzero(asked)
    return Asked(key, met[key], asked[key])


def _midnight(day: date) -> int:
    """Where days stand in a column of microseconds."""
    return in_microseconds(datetime.combine(day, time(), UTC))
