"""How far everybody is on the way to their targets: lines for the page of targets, and a figure for any dashboard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_lazy, ngettext

from piste.forecasting.models import Whose
from piste.forecasting.queries.progress import Progress
from piste.forecasting.rules import Key, missing_from, within
from piste.foundations import typography
from piste.foundations.calendar import Span
from piste.foundations.money import decimals
from piste.stats.pace import LEAST_MONTHS
from piste.web.insights import words
from piste.web.insights.advancing import Rows, Words
from piste.web.parts.charts.figure import Cell, Definition, Figure, Table
from piste.web.templatetags.piste import tongue

from .asking import Look

#: From this share of what is due on, one is on course; below it the pace is said in amber.
ON_COURSE = 0.9
GROUPS = (
    (Whose.COMPANY, gettext_lazy("Company")),
    (Whose.TEAM, gettext_lazy("Teams")),
    (Whose.REP, gettext_lazy("Reps")),
    (Whose.PRODUCT, gettext_lazy("Products")),
)
#: What narrows the deals behind a number to those of a team, an owner, a product, as addresses say it.
NARROWED = {Whose.TEAM: "team", Whose.REP: "owner", Whose.PRODUCT: "product"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table of targets, in words."""

    key: str
    name: str
    target: str
    note: str
    won: str
    share: str
    bar: int
    due_place: int
    due: str
    pace: str
    is_behind: bool
    open: str
    coverage: str
    won_href: str
    open_href: str
    raw: Progress


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of the teams, the reps or the products, and what their sum is against the whole."""

    label: str
    lines: Sequence[Line]
    sum: str = ""


def blocks(look: Look) -> list[Block]:
    """The table of targets."""
    found = []
    whole = next((row for row in look.progress if row.whose == Whose.COMPANY), None)
    for whose, label in GROUPS:
        rows = [row for row in look.progress if row.whose == whose]
        if rows:
            against = whole if whose in (Whose.TEAM, Whose.REP) else None
            found.append(Block(str(label), [line(look, row) for row in rows], _sum(look, rows, against)))
    return found


def line(look: Look, row: Progress) -> Line:
    """How far one is, in words."""
    narrowed = narrowed_to(row)
    figure = f"won.{int(look.period.span)}.{look.period.first.isoformat()}"
    target, pace = row.target, row.pace
    share = row.won / target.value if target is not None and target.value else None
    return Line(
        key=f"{row.whose}-{row.subject_id}",
        name=row.name or look.company.name,
        target=look.worth(target.value) if target is not None else "–",
        note=_sum_said(row),
        won=look.worth(row.won),
        share=words.rate(share, 0) if share is not None else "–",
        bar=min(100, round(100 * share)) if share is not None else 0,
        due_place=min(100, round(100 * pace.share)) if pace is not None else 0,
        due=look.about(pace.due) if pace is not None else "–",
        pace=words.rate(pace.ratio, 0) if pace is not None else "–",
        is_behind=pace is not None and pace.ratio is not None and pace.ratio < ON_COURSE,
        open=look.worth(row.open_value),
        coverage=coverage_said(row),
        won_href=look.deals(figure, **narrowed) if len(row.deals) else "",
        open_href=look.deals("closing.open", **narrowed) if len(row.standing) else "",
        raw=row,
    )


def narrowed_to(row: Progress) -> dict[str, str]:
    """What narrows the deals of the pipeline to those of a line, as addresses say it."""
    return {NARROWED[Whose(row.whose)]: str(row.subject_id)} if row.whose in NARROWED else {}


def coverage_said(row: Progress) -> str:
    """How many times the open deals hold what is left; a tick once nothing is left."""
    if row.target is not None and not row.left:
        return "✓"
    return "–" if row.coverage is None else f"{typography.number(row.coverage, tongue(), places=1)}\u00a0×"


def _sum_said(row: Progress) -> str:
    if row.target is None or not row.target.is_sum:
        return ""
    if row.target.is_whole:
        return gettext("sum of its parts")
    return gettext("%(parts)s of %(of)s parts set") % {"parts": row.target.parts, "of": row.target.of}


def _sum(look: Look, rows: Iterable[Progress], whole: Progress | None) -> str:
    """What the parts come to against the whole."""
    parts = [row.target.value if row.target is not None else None for row in rows]
    known = [part for part in parts if part is not None]
    if len(known) < 2:
        return ""
    gap = missing_from(whole.target.value, known) if whole is not None and whole.target is not None else None
    told = {"sum": look.worth(sum(known)), "gap": look.worth(abs(gap or 0))}
    if gap is None:
        return gettext("Together %(sum)s") % told
    if gap == 0:
        return gettext("Together %(sum)s, as the company’s target") % told
    said = gettext("Together %(sum)s, %(gap)s above the company’s target")
    return (said if gap > 0 else gettext("Together %(sum)s, %(gap)s below the company’s target")) % told


def parts_said(look: Look, row: Progress) -> str:
    """What the months or quarters of a period come to against its own target, when both were set."""
    if row.target is None or row.target.is_sum:
        return ""
    key = Key(row.whose, row.subject_id, int(look.period.span), look.period.first, look.measure)
    for span, said in ((Span.QUARTER, gettext("The quarters")), (Span.MONTH, gettext("The months"))):
        if span >= look.period.span:
            continue
        rows = [look.rows.get(key._replace(span=int(span), first=one.first)) for one in within(look.period, span)]
        values = [one.value for one in rows if one is not None and one.value is not None]
        if not values:
            continue
        gap = sum(values) - row.target.value
        told = {"parts": said, "sum": look.worth(sum(values)), "gap": look.worth(abs(gap))}
        if gap == 0:
            return gettext("%(parts)s add up to it.") % told
        above = gettext("%(parts)s add up to %(sum)s: %(gap)s more.")
        return (above if gap > 0 else gettext("%(parts)s add up to %(sum)s: %(gap)s less.")) % told
    return ""


def sentence(look: Look, row: Progress) -> str:
    """Where one stands, in one sentence."""
    told = {
        "won": look.worth(row.won),
        "target": look.worth(row.target.value if row.target else None),
        "due": look.about(row.pace.due) if row.pace else "",
        "pace": words.rate(row.pace.ratio, 0) if row.pace else "",
        "left": look.worth(row.left),
    }
    if row.target is None:
        return gettext("No target is set for this period.")
    if not row.left:
        return gettext("The target is reached: %(won)s won of %(target)s.") % told
    if look.today > look.period.last:
        return gettext("The period is over: %(won)s won of %(target)s, %(left)s short.") % told
    if row.pace is None or row.pace.ratio is None:
        return gettext("The period has not begun: %(left)s to win.") % told
    if row.pace.ratio >= 1:
        return gettext("On course: %(won)s won where %(due)s are due by today. %(left)s to win.") % told
    return gettext("%(won)s won where %(due)s are due by today: %(pace)s of the pace. %(left)s to win.") % told


def definition(look: Look) -> Definition:
    """How target, pace and coverage are counted: the same wherever they stand."""
    course = look.course
    if course.season.months:
        told = {"wins": words.count(course.season.wins), "months": words.count(course.season.months)}
        season = (
            gettext("Each working day weighs as its month did in the past: %(wins)s wins of %(months)s months, drawn to 1.")
            % told
        )
    else:
        season = gettext("With less than %(months)s whole months of history every working day weighs the same.") % {
            "months": LEAST_MONTHS
        }
    return Definition(
        basis=gettext(
            "Won: deals by the day of their sale, with the amounts they have now. Pace: won ÷ what is due by today. "
            "Coverage: value of the open deals ÷ what is left of the target."
        ),
        period=f"{look.said} ({look.days_said})",
        sample=ngettext(
            "%(gone)s of %(count)s working day is behind", "%(gone)s of %(count)s working days are behind", course.days
        )
        % {"gone": words.count(course.gone), "count": words.count(course.days)},
        rules=[
            gettext("Due by today: the target × the share of the period’s working days that are behind, today included."),
            season,
            gettext("Open deals count whole, whatever their stage and day of closing: coverage is no forecast."),
            gettext("A deal counts whole for each of its products. Other currencies than %(currency)s are not counted.")
            % {"currency": look.currency},
        ],
    )


def figure(look: Look) -> Figure:
    """Targets, pace and coverage as a figure of a dashboard."""
    lines = [one for block in blocks(look) for one in block.lines if one.raw.target is not None]
    table = Table(
        [gettext("Whose"), gettext("Target"), gettext("Won"), gettext("Due by today"), gettext("Pace"), gettext("Coverage")],
        [_cells(look, one) for one in lines],
    )
    lead = look.lead
    return Figure(
        key="targets",
        title=gettext("Targets, pace and coverage"),
        note=look.said,
        drawing=Rows(table) if lines else Words(gettext("No target is set for this period.")),
        definition=definition(look),
        foot=sentence(look, lead) if lead is not None and lead.target is not None else "",
    )


def _cells(look: Look, one: Line) -> list[Cell]:
    """A line as cells: the words of the page, and for a file the numbers in whole units of the currency."""
    unit = 10 ** decimals(look.currency) if look.is_money else 1
    row, pace = one.raw, one.raw.pace
    return [
        Cell(one.name),
        Cell(one.target, raw=row.target.value / unit if row.target is not None else None),
        Cell(one.won, one.won_href, raw=row.won / unit),
        Cell(one.due, raw=pace.due / unit if pace is not None else None),
        Cell(one.pace, raw=pace.ratio if pace is not None else None),
        Cell(one.coverage, raw=row.coverage),
    ]
