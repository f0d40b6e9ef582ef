"""More invented figures: rows of counts, intervals, a figure over time, flows, and drawings at their edges."""

from __future__ import annotations

from django.utils.translation import gettext as _

from piste.foundations import typography
from piste.web.parts.charts import bars, flow, forest, glass, line, reliability, tally
from piste.web.parts.charts.figure import Cell, Drawing, Figure, Table
from piste.web.templatetags.piste import tongue

from . import samples

LOSSES = ((58, 96, 21, 9, 3), (12, 41, 18, 11, 6), (61, 8, 9, 4, 1), (3, 6, 17, 12, 4))
SOURCES = ((412, 18), (236, 11), (121, 9), (44, 3), (0, 0))
RATES = (0.52, 0.55, 0.49, 0.51, None, 0.58, 0.56, 0.53, 0.57, 0.61, 0.59, 0.5)
BEFORE = (0.47, 0.46, 0.49, 0.5, 0.48, 0.52, 0.51, 0.5, 0.49, 0.53, 0.52, 0.54)
MOVES = (
    (0, 1, 296), (0, 2, 22), (1, 2, 149), (1, 3, 14), (1, 0, 9), (2, 3, 79), (2, 4, 3), (2, 1, 6), (3, 4, 54), (3, 2, 8),
    (3, 1, 3), (4, 3, 4),
)  # fmt: skip
NORM = 0.45
SAID = ((0.03, 0.02, 240), (0.11, 0.09, 180), (0.24, 0.27, 150), (0.46, 0.43, 90), (0.72, 0.75, 40))
BY_STAGE = ((0.05, 0.03, 310), (0.2, 0.11, 200), (0.5, 0.31, 120), (0.8, 0.68, 70))


def series() -> dict[str, Figure]:
    """One figure of each kind."""
    return {"losses": _losses(), "sources": _sources(), "reps": _reps(), "rate": _rate(), "flow": _flow(), "chances": _chances()}


def _number(count: float) -> str:
    return typography.number(count, tongue())


def _percent(share: float) -> str:
    return typography.percent(share, tongue())


def _stages() -> list[tuple[str, str]]:
    return samples.stages()[:5]


def _losses() -> Figure:
    names = (_("Price"), _("No answer"), _("No budget"), _("A competitor"))
    rows, cells = [], []
    for name, counts in zip(names, LOSSES, strict=True):
        pairs = list(zip(_stages(), counts, strict=True))
        parts = tuple(tally.Part(rank, count, f"{stage} {_number(count)}") for (rank, stage), count in pairs)
        rows.append(tally.Row(name, sum(counts), _number(sum(counts)), _percent(sum(counts) / 400), parts, "#losses"))
        cells.append([Cell(name), *(Cell(_number(count), "#losses") for count in counts), Cell(_number(sum(counts)))])
    head = [_("Reason"), *(name for _rank, name in _stages()), _("Total")]
    return Figure("losses", _("Losses by reason"), tally.draw(rows, key=_stages()), Table(head, cells), csv="#losses")


def _sources() -> Figure:
    names = (_("Web site"), _("Trade fair"), _("Recommended by a customer"), _("Phone"), _("Newsletter"))
    rows, cells = [], []
    for name, (leads, won) in zip(names, SOURCES, strict=True):
        said = _("%(count)s won") % {"count": _number(won)}
        rows.append(tally.Row(name, leads, _number(leads), said, (tally.Part("won", won, said),), "#sources"))
        cells.append([Cell(name), Cell(_number(leads), "#sources"), Cell(_number(won), "#sources")])
    return Figure(
        "sources", _("Leads by source"), tally.draw(rows), Table((_("Source"), _("Leads"), _("Won")), cells), csv="#sources"
    )


def _reps() -> Figure:
    rows, cells = [], []
    for member, (low, estimate, high, count) in zip(
        samples.members(),
        ((0.31, 0.42, 0.53, 74), (0.4, 0.55, 0.69, 42), (0.2, 0.28, 0.38, 91), (0.3, 0.47, 0.65, 29)),
        strict=False,
    ):
        counted = _("of %(count)s") % {"count": _number(count)}
        tone = "warning" if high < NORM else ""
        rows.append(forest.Row(member.name, low, high, estimate, _percent(estimate), counted, tone, "#reps"))
        cells.append(
            [Cell(member.name), *(Cell(_percent(share)) for share in (estimate, low, high)), Cell(_number(count), "#reps")]
        )
    rows.append(forest.Row("Naïma Roux", None, None, None, "–", _("of %(count)s") % {"count": _number(3)}))
    drawn = forest.draw(rows, say=_percent, mark=NORM, mark_said=_("all %(share)s") % {"share": _percent(NORM)})
    head = (_("Member"), _("Estimate"), _("Low"), _("High"), _("Counted"))
    return Figure("reps", _("Advanced from Meeting"), drawn, Table(head, cells))


def _rate() -> Figure:
    points, cells = [], []
    for place, (rate, before) in enumerate(zip(RATES, BEFORE, strict=True)):
        low, high = (None, None) if rate is None else (rate - 0.09, min(rate + 0.08, 1))
        label = typography.MONTHS[typography.tongue(tongue())][place]
        points.append(line.Point(label, rate, low, high, before, is_partial=place == len(RATES) - 1, href="#rate"))
        cells.append([Cell(label), Cell("–" if rate is None else _percent(rate), "#rate"), Cell(_percent(before))])
    drawn = line.draw(points, say=_percent, mark=0.6, mark_said=_("target"))
    return Figure(
        "rate",
        _("Conversion by month"),
        drawn,
        Table((_("Month"), _("This year"), _("Last year")), cells),
        foot=_("Band: 95% interval. Dots: last year. The last month to date; a month with too few is left out."),
    )


def _flow() -> Figure:
    moves = [flow.Move(origin, goal, count, "#flow") for origin, goal, count in MOVES]
    return Figure("flow", _("Where deals go"), flow.draw(_stages(), moves), csv="#flow")


def _chances() -> Figure:
    tellers = [
        reliability.Teller(name, [reliability.Group(*group) for group in groups])
        for name, groups in ((_("ours"), SAID), (_("by stage alone"), BY_STAGE))
    ]
    cells = [
        [Cell(teller.name), Cell(_percent(group.said)), Cell(_percent(group.came)), Cell(_number(group.n))]
        for teller in tellers
        for group in teller.groups
    ]
    head = (_("Probability"), _("Said"), _("Won"), _("Predictions"))
    return Figure("chances", _("Do the chances come true?"), reliability.draw(tellers, say=_percent), Table(head, cells))


def edges() -> list[tuple[str, Drawing]]:
    """Drawings of figures at their edges."""
    many = [glass.Level(f"{_('Stage')} {n}", str(1 + n * 4 // 12), 1_000_000 // 3**n, 1 / 3) for n in range(12)]
    many.append(glass.Level(_("Won"), "won", 3))
    one = [glass.Level(_("Proposal"), "5", 12, 0.25, (glass.Leak("lost", 9),)), glass.Level(_("Won"), "won", 3)]
    full = [glass.Level(f"{_('Stage')} {n}", str(n), 100 - 4 * n, 0.96) for n in range(1, 6)]
    full.append(glass.Level(_("Won"), "won", 76))
    months = [
        bars.Bar(f"{n % 12 + 1:02}/{2025 + n // 12}", n * 137 % 90 or None, _number(n * 137 % 90), is_partial=n == 23)
        for n in range(24)
    ]
    days = [line.Point(f"{n + 1}", (n * 7919 % 60) / 100 if n % 9 else None, is_partial=n == 30) for n in range(31)]
    return [
        (_("twelve stages, one in a million"), glass.draw(many, bottleneck=1)),
        (_("few are lost"), glass.draw(full, bottleneck=2)),
        (_("one stage"), glass.draw(one)),
        (_("nothing yet"), glass.draw([glass.Level(_("Proposal"), "5", 0), glass.Level(_("Won"), "won", 0)])),
        (_("two years of months"), bars.draw(months)),
        (_("a month of days, some without a figure"), line.draw(days, say=_percent)),
    ]
