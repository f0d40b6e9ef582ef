"""The track of a deal: every stage of its pipeline, how it came through them, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from django.utils import timezone
from django.utils.translation import gettext as _

from piste.deals import rules
from piste.deals.models import Deal, Move, Status
from piste.foundations import typography
from piste.pipelines.models import Stage
from piste.web.templatetags.piste import days, tongue, zone

WIDTH = 100


@dataclass(slots=True)
class Stop:
    """A stage on the track: `state` is done, todo or empty for the present one.

    Of the present one, `count` says the days spent there, `tenths` those days over the norm in tenths (at most 15, empty
    without norm), `pace` the class of a deal that stalls, and `title` all of it in words.
    """

    stage: Stage
    rank: str
    state: str
    said: str
    is_here: bool = False
    count: str = ""
    tenths: str = ""
    pace: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """A piece of the way: an SVG path, its kind (done, skip, back, todo), and its words with their place in hundredths."""

    path: str
    kind: str
    said: str = ""
    place: int = 0


@dataclass(slots=True)
class Track:
    """The picture of one deal's way."""

    stops: list[Stop]
    ways: list[Way] = field(default_factory=list)

    @property
    def width(self) -> int:
        return WIDTH * len(self.stops)

    @property
    def in_words(self) -> str:
        """The way as one says it: the stages it came through, what it skipped and went back to, where it stands."""
        spoken = [stop.stage.name for stop in self.stops if stop.state == "done"]
        spoken += [way.said for way in self.ways if way.said]
        spoken += [f"{stop.stage.name} {stop.said} {stop.count}" for stop in self.stops if stop.is_here]
        return ", ".join(spoken)


def track(deal: Deal, moves: Sequence[Move], stages: Sequence[Stage], ranks: dict[int, str], now: datetime) -> Track:
    """The track from a deal's ledger; moves taken back are left out, stages of another pipeline too."""
    place = {stage.pk: index for index, stage in enumerate(stages)}
    effective = _effective(moves)
    visits = _visits(effective, now)
    stops = [_stop(stage, ranks[stage.pk], visits.get(stage.pk, []), deal, now) for stage in stages]
    picture = Track(stops)
    here = place.get(deal.stage_id, -1)
    _add_ways(picture, effective, place)
    if here >= 0:
        for index in range(here, len(stages) - 1):
            picture.ways.append(Way(f"M{_x(index)} 38H{_x(index + 1)}", "todo"))
    return picture


def _effective(moves: Sequence[Move]) -> list[Move]:
    kept: list[Move] = []
    for move in moves:
        if move.kind == "undone":
            kept.pop()
        else:
            kept.append(move)
    return kept


def _visits(moves: Sequence[Move], now: datetime) -> dict[int, list[tuple[datetime, datetime | None]]]:
    """When each stage was entered and left, oldest first."""
    found: dict[int, list[tuple[datetime, datetime | None]]] = {}
    current: tuple[int, datetime] | None = None
    for move in moves:
        if current is not None and move.to_stage_id == current[0]:
            continue
        if current is not None:
            found.setdefault(current[0], []).append((current[1], move.at))
        current = (move.to_stage_id, move.at)
    if current is not None:
        found.setdefault(current[0], []).append((current[1], None))
    return found


def _stop(stage: Stage, rank: str, visits: list[tuple[datetime, datetime | None]], deal: Deal, now: datetime) -> Stop:
    if stage.pk == deal.stage_id:
        return _here(stage, rank, deal, now)
    if visits:
        first, left = visits[-1]
        count = max(0, ((left or now) - first).days)
        local = timezone.localtime(first, zone()).date(), timezone.localtime(left or now, zone()).date()
        spoken = typography.day_range(local[0], local[1], tongue(), today=timezone.localdate())
        return Stop(stage, rank, "done", f"{spoken}, {days(count)}")
    norm = _("norm %(count)s") % {"count": days(stage.norm_days)} if stage.norm_days else ""
    return Stop(stage, rank, "todo", norm)


def _here(stage: Stage, rank: str, deal: Deal, now: datetime) -> Stop:
    """The stage where the deal stands; one that is closed or on hold wears the glyph of its status."""
    if deal.status in (Status.WON, Status.LOST) and deal.closed_at is not None:
        closed = {"day": _short(deal.closed_at)}
        said = _("won on %(day)s") % closed if deal.status == Status.WON else _("lost on %(day)s") % closed
        kept = rank if stage.role == "retention" and deal.status == Status.WON else deal.status
        return Stop(stage, kept, "", said, True)
    if deal.status == Status.HELD and deal.hold_until is not None:
        back = typography.day(deal.hold_until, tongue(), today=timezone.localdate(), weekday=False)
        return Stop(stage, "held", "", _("on hold, back on %(day)s") % {"day": back}, True)
    count = rules.days_in_stage(deal.entered_stage_at, now)
    said = _("since %(day)s") % {"day": _short(deal.entered_stage_at)}
    stop = Stop(stage, rank, "", said, True, days(count))
    if stage.norm_days:
        stop.tenths = str(min(15, round(count * 10 / stage.norm_days)))
        stop.pace = "is-rotting" if count > 2 * stage.norm_days else "is-late" if count > stage.norm_days else ""
        stop.title = _("%(count)s in the stage, norm %(norm)s") % {"count": days(count), "norm": days(stage.norm_days)}
    return stop


def _short(moment: datetime) -> str:
    return typography.day(timezone.localtime(moment, zone()).date(), tongue(), today=timezone.localdate(), weekday=False)


def _x(index: int) -> int:
    return index * WIDTH + WIDTH // 2


def _add_ways(picture: Track, moves: Sequence[Move], place: dict[int, int]) -> None:
    """Lines forward, a dotted arc above for what was skipped, an arc below for a return; only the last of each is named."""
    named: dict[str, int] = {}
    for before, move in pairwise(moves):
        origin, target = place.get(before.to_stage_id), place.get(move.to_stage_id)
        if origin is None or target is None or origin == target:
            continue
        way = _way(picture, origin, target, move)
        if way.said:
            if way.kind in named:
                old = picture.ways[named[way.kind]]
                picture.ways[named[way.kind]] = Way(old.path, old.kind)
            named[way.kind] = len(picture.ways)
        picture.ways.append(way)


def _way(picture: Track, origin: int, target: int, move: Move) -> Way:
    a, b = _x(origin), _x(target)
    middle = (a + b) // 2
    hundredths = round(middle * 100 / picture.width)
    if target == origin + 1:
        return Way(f"M{a} 38H{b}", "done")
    if target > origin:
        skipped = [stop.stage.name for stop in picture.stops[origin + 1 : target]]
        said = _("%(stage)s skipped, %(day)s") if len(skipped) == 1 else _("%(count)s stages skipped, %(day)s")
        words = {"stage": skipped[0], "count": len(skipped), "day": _short(move.at)}
        return Way(f"M{a} 38C{a} 6 {middle - 40} 6 {middle} 6S{b} 6 {b} 38", "skip", said % words, hundredths)
    said = _("back on %(day)s") % {"day": _short(move.at)}
    return Way(f"M{a} 38C{a} 66 {middle + 22} 66 {middle} 66S{b} 66 {b} 40", "back", said, hundredths)
