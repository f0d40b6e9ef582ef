"""Invented figures, drawn by the same code as the true ones."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from piste.foundations import typography
from piste.web.parts.charts import bars, dotrange, glass, spark, strip
from piste.web.parts.charts.figure import Cell, Definition, Figure, Table
from piste.web.templatetags.piste import tongue

from . import samples

REACHED = (1240, 318, 171, 96, 57, 41)
OPEN = (34, 7, 7, 6, 3)
HELD = (0, 1, 2, 1, 0)
WON = (198, 224, 241, 263, 212, 251, 288, 184)
DAYS = ((2, 6, 14, 10), (1, 5, 11, 7), (5, 12, 24, 14), (9, 31, 56, 21), (3, 8, None, 10))
MONTHS = (
    (0.22, 0.25, 0.23, 0.27, 0.30, 0.25, 0.23, 0.21, 0.25, 0.23, 0.25, 0.24),
    (0.48, 0.49, 0.48, 0.51, 0.50, 0.52, 0.51, 0.53, 0.52, 0.54, 0.52, 0.53),
    (0.52, 0.53, None, 0.52, None, None, 0.56, 0.54, 0.53, 0.55, 0.55, 0.54),
    (0.70, 0.69, 0.71, 0.69, 0.67, 0.65, 0.62, 0.61, 0.59, 0.58, 0.56, 0.55),
    (0.69, 0.71, 0.70, 0.73, 0.69, 0.70, 0.72, 0.71, 0.69, 0.72, 0.71, None),
)
LIFTS = ((0.34, 0.61), (0.39, 0.58), (0.41, 0.57), (0.30, 0.47))
MARK = 0.43


@dataclass(frozen=True, slots=True)
class Line:
    """A stage and the small drawings of its row."""

    rank: str
    name: str
    month: spark.Spark
    days: dotrange.Dotrange


def figures() -> dict[str, object]:
    """All that the page shows of charts."""
    return {"glass": _glass(), "won": _won(), "stages": _stages(), "lifts": _lifts()}


def _written(count: float) -> str:
    return typography.number(count, tongue())


def _glass() -> Figure:
    names = [name for _rank, name in samples.stages()]
    levels, rows = [], []
    for place, (open_, held) in enumerate(zip(OPEN, HELD, strict=True)):
        here, further = REACHED[place], REACHED[place + 1]
        lost = here - further - open_ - held
        leaks = (glass.Leak("lost", lost, "#glass"), glass.Leak("open", open_, "#glass"), glass.Leak("held", held))
        kept = tuple(leak for leak in leaks if leak.count)
        levels.append(glass.Level(names[place], str(place + 1), here, further / here, kept, href="#glass"))
        rows.append([Cell(names[place]), *(Cell(_written(count)) for count in (here, further, lost, open_, held))])
    renewed = _("of %(count)s renewed") % {"count": _written(230)}
    levels.append(glass.Level(_("Won"), "won", REACHED[-1], 0.93, note=renewed))
    levels.append(glass.Level(_("Customers kept"), "kept", 214))
    why = _("%(points)s points, %(days)s for %(norm)s") % {
        "points": _written(-9), "days": typography.days(31, tongue()), "norm": _written(21),
    }  # fmt: skip
    head = (_("Stage"), _("Reached"), _("Went on"), _("Lost"), _("Open"), _("On hold"))
    return Figure(
        "glass",
        _("The glass"),
        glass.draw(levels, bottleneck=3, note=why),
        Table(head, rows),
        note=_("width to scale"),
        definition=_definition(),
        csv="#glass",
        foot=_("Every lead is accounted for."),
    )


def _definition() -> Definition:
    return Definition(
        _("Of the deals that entered the stage within the period, the share that later reached any stage after it."),
        period=_("12 months"),
        sample=_("%(count)s deals") % {"count": _written(REACHED[0])},
        interval=_("95%, Aalen–Johansen with exits that compete"),
        rules=(_("A skip reaches all it passes."), _("Deals still open are censored, not counted as lost.")),
    )


def _won() -> Figure:
    last = len(WON) - 1
    labels = [_("Q%(number)s") % {"number": place % 4 + 1} for place in range(len(WON))]
    drawn = bars.draw(
        [
            bars.Bar(labels[place], value, _written(value), place < 4, place == last, href="#won")
            for place, value in enumerate(WON)
        ]
    )
    rows = [[Cell(label), Cell(_written(value), "#won")] for label, value in zip(labels, WON, strict=True)]
    total = [Cell(_("Total")), Cell(_written(sum(WON)))]
    return Figure(
        "won",
        _("Won by quarter"),
        drawn,
        Table((_("Quarter"), "k€"), rows, total),
        definition=_definition(),
        csv="#won",
        foot=_("Last year in grey; the last quarter to date."),
    )


def _stages() -> list[Line]:
    most = dotrange.scale(DAYS)
    made = []
    for place, (rank, name) in enumerate(samples.stages()[:5]):
        low, median, high, norm = DAYS[place]
        made.append(
            Line(rank, name, spark.draw(MONTHS[place], is_bad=place == 3), dotrange.draw(low, median, high, norm=norm, most=most))
        )
    return made


def _lifts() -> list[tuple[str, strip.Strip]]:
    words = (
        _("Two people or more at the demonstration"), _("First contact within four hours"),
        _("Decision maker known at qualification"), _("Price asked in the first call"),
    )  # fmt: skip
    made = []
    for said, (low, high) in zip(words, LIFTS, strict=True):
        told = _("%(low)s to %(high)s") % {"low": typography.percent(low, tongue()), "high": typography.percent(high, tongue())}
        tone = "success" if low + high > 2 * MARK else "warning"
        made.append((said, strip.draw(low, high, estimate=(low + high) / 2, mark=MARK, said=told, tone=tone)))
    return made
