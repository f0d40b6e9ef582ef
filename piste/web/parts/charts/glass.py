"""The Martini glass: how many reached each stage, as widths to scale, and what became of the others.

Each level is a line as wide as its count; the walls join the levels. Heights say nothing: the bowl falls as steeply as it
narrows, the stem shares the height that is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from .curve import Point, bend, slopes

WIDTH, HEIGHT, CENTRE, RIM = 474, 460, 232, 220
#: Levels narrower than this half width stand in the stem.
STEM = 22.0
#: The least height between two levels, and the half width of a foot that says nothing.
LEAST, FOOT = 16.0, 38.0
#: Where the lines to the words bend, and where they end.
ELBOW, END = 380.0, 462.0
#: The note on the bottleneck stands on the left between these heights, where the walls leave it this much room.
NOTE, NOTE_ROOM = (0.62, 0.82), 62.0


@dataclass(frozen=True, slots=True)
class Leak:
    """What did not go on from a level: how many are `lost`, `open` or `held`, and the list of them."""

    kind: str
    count: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """How many reached a stage (`rank` 1 to 5), the signature (`won`) or were kept (`kept`).

    `rate` is the share that went on to the next level, `leaks` those who did not, `note` words in their place.
    """

    name: str
    rank: str
    count: int
    rate: float | None = None
    leaks: tuple[Leak, ...] = ()
    note: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """The liquid between two levels."""

    rank: str
    path: str


@dataclass(frozen=True, slots=True)
class Line:
    """The line of a level, as wide as its count, and the dotted one that leads to its words."""

    rank: str
    y: float
    left: float
    right: float
    lead: str


@dataclass(frozen=True, slots=True)
class Olive:
    """Where the bottleneck is, in per cent of the drawing; `has_note` when its words have room beside the stem."""

    name: str
    note: str
    x: float
    y: float
    from_x: float
    from_y: float
    has_note: bool


@dataclass(frozen=True, slots=True)
class Glass:
    """A drawn glass in a box of WIDTH × HEIGHT; `levels` are evenly spread beside it, whatever their lines' heights."""

    template: ClassVar[str] = "parts/charts/glass.html"
    levels: tuple[Level, ...]
    bottleneck: int | None
    bands: tuple[Band, ...] = ()
    lines: tuple[Line, ...] = ()
    walls: tuple[str, ...] = ()
    rim: float = 0.0
    base: float = 0.0
    shine: str = ""
    olive: Olive | None = None
    has_foot: bool = True

    @property
    def is_empty(self) -> bool:
        return not self.bands

    @property
    def has_links(self) -> bool:
        return any(level.href or any(leak.href for leak in level.leaks) for level in self.levels)


def draw(levels: Sequence[Level], *, bottleneck: int | None = None, note: str = "") -> Glass:
    """Levels from the first stage down to the won, and to the kept where they are counted.

    `bottleneck` is the place of the stage that holds most back, `note` a few words on why.
    """
    levels = tuple(levels)
    most = max((level.count for level in levels), default=0)
    if most <= 0 or len(levels) < 2:
        return Glass(levels, bottleneck)
    halves = [RIM * level.count / most for level in levels]
    ends_kept = levels[-1].rank == "kept"
    upper = halves[:-1] if ends_kept else halves
    heights = _heights(upper)
    foot = halves[-1] if ends_kept else max(FOOT, upper[-1])
    wall = _wall(upper, heights, foot)
    tops = [*heights, float(HEIGHT)] if ends_kept else heights
    return Glass(
        levels,
        bottleneck,
        bands=tuple(
            Band("kept" if levels[i + 1].rank == "kept" else levels[i].rank, _band(wall, *pair))
            for i, pair in enumerate(pairwise(tops))
        ),
        lines=tuple(_line(level, i, len(levels), tops[i], halves[i]) for i, level in enumerate(levels)),
        walls=(_side(wall, -1), _side(wall, 1)),
        rim=round(halves[0], 2),
        base=round(foot, 2),
        shine=_shine(halves[0], heights[1] if len(heights) > 1 else HEIGHT),
        olive=_olive(levels, bottleneck, note, tops, wall),
        has_foot=not ends_kept,
    )


def _heights(halves: Sequence[float]) -> list[float]:
    """Where each level stands, from 0 down; the last leaves room for the foot."""
    gaps = [max(LEAST, a - b) if a > STEM else None for a, b in pairwise(halves)] + [None]
    bowl = sum(gap for gap in gaps if gap is not None)
    thin = sum(gap is None for gap in gaps)
    # Without a stem the bowl would be a saucer on a long foot.
    stretch = max(1.0, 0.72 * HEIGHT / bowl) if thin == 1 and bowl else 1.0
    share = max(LEAST, (HEIGHT - bowl * stretch) / thin)
    made = [share if gap is None else gap * stretch for gap in gaps]
    scale = HEIGHT / sum(made)
    heights = [0.0]
    for gap in made[:-1]:
        heights.append(heights[-1] + gap * scale)
    return heights


def _wall(halves: Sequence[float], heights: Sequence[float], foot: float) -> list[Point]:
    """The right wall as half widths by height: through every level, then a waist and a flare to the foot."""
    points = list(zip(heights, halves, strict=True))
    top, width = points[-1]
    thin = min(width, foot)
    drop = HEIGHT - top
    points += [(top + drop * 0.59, thin), (top + drop * 0.83, thin + (foot - thin) * 0.21), (float(HEIGHT), foot)]
    return slopes(points)


def _side(wall: Sequence[Point], side: int) -> str:
    return f"M{CENTRE + side * wall[0].x:.2f} {wall[0].y:.2f}" + bend(wall, CENTRE, side)


def _band(wall: Sequence[Point], top: float, bottom: float) -> str:
    piece = [point for point in wall if top - 1e-9 <= point.y <= bottom + 1e-9]
    back = piece[::-1]
    return (
        f"M{CENTRE - piece[0].x:.2f} {piece[0].y:.2f}{bend(piece, CENTRE, -1)}H{CENTRE + back[0].x:.2f}{bend(back, CENTRE, 1)}Z"
    )


def _line(level: Level, place: int, total: int, y: float, half: float) -> Line:
    """The words of a level stand evenly spread: the dotted line leads from the wall to them."""
    target = HEIGHT * place / (total - 1)
    start = CENTRE + half + 5
    elbow = max(start, ELBOW)
    lead = f"M{start:.2f} {y:.2f}" + (f"H{elbow:.2f}" if elbow > start else "") + f"L{max(END, start):.2f} {target:.2f}"
    return Line(level.rank, round(y, 2), round(CENTRE - half, 2), round(CENTRE + half, 2), lead)


def _shine(rim: float, depth: float) -> str:
    """A light on the bowl, where there is a bowl."""
    if rim < RIM / 2 or depth < 90:
        return ""
    x, y, down = CENTRE - rim + 52, 36.0, min(70.0, depth - 64)
    return f"M{x:.2f} {y:.2f}L{x + down:.2f} {y + down:.2f}"


def _olive(levels: Sequence[Level], place: int | None, note: str, tops: Sequence[float], wall: Sequence[Point]) -> Olive | None:
    if place is None or not 0 <= place < len(tops) - 1:
        return None
    y = (tops[place] + tops[place + 1]) / 2 / HEIGHT
    at_note = [point.x for point in wall if NOTE[0] * HEIGHT <= point.y <= NOTE[1] * HEIGHT]
    above = [point.x for point in wall if point.y < NOTE[0] * HEIGHT]
    from_x, from_y = (84.0 / WIDTH, NOTE[0]) if y < NOTE[0] else (150.0 / WIDTH, NOTE[0] + 0.05)
    return Olive(
        levels[place].name,
        note,
        round(100 * (CENTRE - 1) / WIDTH, 2),
        round(100 * y, 2),
        round(100 * from_x, 2),
        round(100 * from_y, 2),
        max([*at_note, above[-1]]) <= NOTE_ROOM,
    )
