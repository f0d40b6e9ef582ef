"""Drawings as paper shows them: the very geometry of the page's charts, told to what sets the document.

Places stay per cent of a box, words come written; what a page draws as a table comes as its table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext, pgettext

from piste.web.dashboards.now import Feed
from piste.web.insights.advancing import Lifts, Words
from piste.web.insights.stage_table import StageTable
from piste.web.insights.words import count, rate
from piste.web.parts.charts.bars import Bars
from piste.web.parts.charts.figure import Cell, Figure, Table
from piste.web.parts.charts.flow import Flow, Step
from piste.web.parts.charts.forest import Forest
from piste.web.parts.charts.glass import HEIGHT, WIDTH, Glass
from piste.web.parts.charts.line import Line
from piste.web.parts.charts.numbers import Numbers
from piste.web.parts.charts.strip import Strip
from piste.web.parts.charts.tally import Tally

from .palette import PALETTE, stage

#: Labels that have room on paper, by the widths of `labels.WIDTHS`.
ROOM = ("narrow",)
#: Columns from which on a table takes the whole width.
WIDE = 5
#: Estimates that stand in half the width.
FEW = 3
#: Rows of a table on paper; the page has all.
MOST = 40

type Shape = dict[str, Any]


def shape(figure: Figure) -> Shape:
    """What is drawn, by its `kind`; `wide` takes the whole width of the paper."""
    drawing: Any = figure.drawing
    match drawing:
        case Numbers():
            return {"kind": "numbers", "items": [[one.label, one.said, one.under] for one in drawing.numbers]}
        case Tally():
            return _tally(drawing)
        case Forest():
            return _forest(drawing)
        case Bars():
            return _bars(drawing)
        case Line():
            return _line(drawing)
        case Glass() if not drawing.is_empty:
            return _glass(drawing)
        case Lifts() if drawing.rows:
            return {"kind": "lifts", "rows": [[one.words, _strip(one.strip), one.said] for one in drawing.rows]}
        case Lifts():
            return {"kind": "words", "said": drawing.nothing}
        case Words():
            return {"kind": "words", "said": drawing.said}
        case Feed():
            return {"kind": "feed", "rows": [[line.name, line.said, line.by, line.at] for line in drawing.lines]}
        case Flow():
            return _table(_flow(drawing))
        case StageTable():
            return _table(_stages(drawing))
    table = figure.table or getattr(drawing, "table", None)
    if table is None or not table.rows:
        return {"kind": "words", "said": gettext("Nothing to show for this period and this filter.")}
    return _table(table)


def _table(table: Table) -> Shape:
    def row(cells: Sequence[Cell]) -> list[str]:
        return [cell.said for cell in cells]

    left = len(table.rows) - MOST
    return {
        "kind": "table",
        "wide": len(table.head) >= WIDE or len(table.words) > 1,
        "head": [str(name) for name in table.head],
        "rows": [row(cells) for cells in table.rows[:MOST]],
        "total": row(table.total),
        "words": sorted(table.words),
        "left": gettext("The page has all %(count)s rows.") % {"count": len(table.rows)} if left > 0 else "",
    }


def _flow(drawing: Flow) -> Table:
    """The same rows as the page's, a way a column."""

    def steps(found: Sequence[Step]) -> Cell:
        return Cell(", ".join(f"{one.goal} {count(one.count)} ({rate(one.share, 0)})" for one in found) or "–")

    head = [gettext("From"), gettext("to the next stage"), gettext("skipping"), gettext("back")]
    rows = [[Cell(row.name), steps(row.forward), steps(row.skipped), steps(row.back)] for row in drawing.rows]
    return Table(head, rows, words=frozenset(range(4)))


def _stages(drawing: StageTable) -> Table:
    """The page's columns that can be read without their drawings."""
    names = (gettext("Stage"), gettext("Entered"), gettext("Went on"), pgettext("figure", "Change"), gettext("Median"))
    head = [*names, gettext("Skipped / returned")]
    rows = [
        [
            Cell(row.name),
            row.entered,
            Cell(f"{row.advanced} ({row.basis})"),
            Cell(row.change or "–"),
            Cell(row.median),
            Cell(f"{row.skipped.said} / {row.returned.said}"),
        ]
        for row in drawing.rows
    ]
    return Table(head, rows)


def _tally(drawing: Tally) -> Shape:
    return {
        "kind": "tally",
        "key": [[stage(rank), name] for rank, name in drawing.key],
        "rows": [
            {
                "name": drawn.row.name,
                "said": drawn.row.said,
                "note": drawn.row.note,
                "width": drawn.width,
                "pieces": [[stage(piece.rank), piece.left, piece.width] for piece in drawn.pieces],
            }
            for drawn in drawing.rows
        ],
    }


def _forest(drawing: Forest) -> Shape:
    return {
        "kind": "forest",
        "wide": len(drawing.rows) > FEW,
        "rows": [
            {
                "name": drawn.row.name,
                "note": drawn.row.note,
                "said": drawn.row.said,
                "strip": _strip(drawn.strip),
                "few": gettext("too few to say"),
            }
            for drawn in drawing.rows
        ],
        "ticks": list(drawing.ticks),
        "mark_at": drawing.mark_at,
        "mark": drawing.mark,
    }


def _strip(found: Strip | None) -> Shape | None:
    if found is None:
        return None
    tone = PALETTE[f"{found.tone}-fill" if found.tone else "accent-fill"]
    places = {"low": found.low_at, "width": found.width, "estimate": found.estimate_at, "mark": found.mark_at}
    return {"tone": tone, **places}


def _bars(drawing: Bars) -> Shape:
    return {
        "kind": "bars",
        "bars": [
            {
                "label": drawn.bar.label if drawn.label_from in ROOM else "",
                "note": drawn.bar.note if drawn.label_from in ROOM else "",
                "over": drawn.bar.over if drawn.value_from in ROOM else "",
                "tone": "past" if drawn.bar.is_past else "now" if drawn.bar.is_partial else "",
                "left": drawn.left,
                "middle": drawn.middle,
                "width": drawn.width,
                "height": drawn.height,
            }
            for drawn in drawing.bars
        ],
    }


def _line(drawing: Line) -> Shape:
    last = drawing.last
    return {
        "kind": "line",
        "lines": [_points(way) for way in drawing.lines],
        "before": [_points(way) for way in drawing.before],
        "bands": [_points(way) for way in drawing.bands],
        "ending": _points(drawing.ending),
        "ticks": list(drawing.ticks),
        "mark_at": drawing.mark_at,
        "mark": drawing.mark,
        "points": [
            {
                "label": drawn.point.label if drawn.label_from in ROOM else "",
                "x": drawn.x,
                "y": drawn.y,
                "said": drawn.said if drawn is last else "",
                "open": drawn.point.is_partial,
            }
            for drawn in drawing.points
        ],
    }


def _points(way: str) -> list[list[float]]:
    """The corners of a path of straight lines, which is all that lines over time are made of."""
    return [[float(x), float(y)] for x, y in re.findall(r"[ML]([\d.e+-]+) ([\d.e+-]+)", way)]


def _glass(drawing: Glass) -> Shape:
    """The picture with its colours in it, and the words beside it, evenly spread as its dotted lines expect them."""
    words = []
    for place, level in enumerate(drawing.levels):
        words.append({"count": count(level.count), "said": level.name, "level": True, "warns": False})
        if place + 1 < len(drawing.levels):
            leaks = render_to_string("letters/leaks.html", {"level": level}).strip()
            words.append({"count": rate(level.rate, 0), "said": leaks, "level": False, "warns": place == drawing.bottleneck})
    olive = drawing.olive
    note = gettext("Bottleneck: %(stage)s") % {"stage": olive.name} if olive else ""
    colours = {line.rank: stage("5" if line.rank == "won" else line.rank) for line in drawing.lines}
    shown = {
        "drawing": drawing,
        "ink": {name.replace("-", "_"): colour for name, colour in PALETTE.items()},
        "bands": [(band.path, stage(band.rank)) for band in drawing.bands],
        "lines": [(line, colours[line.rank], place > 0 and line.rank != "kept") for place, line in enumerate(drawing.lines)],
        "olive": (olive.x * WIDTH / 100, olive.y * HEIGHT / 100) if olive else None,
    }
    return {
        "kind": "glass",
        "wide": True,
        "svg": render_to_string("letters/glass.svg", shown),
        "alt": gettext("Pipeline drawn as a Martini glass"),
        "words": words,
        "bottleneck": [note, olive.note] if olive else [],
    }
