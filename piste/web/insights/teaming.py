"""The page of the team: what each does, and what comes of it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, ngettext, pgettext

from piste.activities.models import ActivityKind
from piste.company.models import Member
from piste.foundations.numbers import row_number
from piste.insights.queries.team import FOLLOWED, Work, following, work
from piste.stats.shares import Share, difference
from piste.web.forecast.catalogue import targets
from piste.web.parts.charts import forest
from piste.web.parts.charts.figure import Cell, Definition, Figure, Table

from . import words
from .advancing import Rows, Words
from .asking import Question
from .cells import activity_cell, cell, rate_cell
from .done import TEAM, key
from .groups import GroupFigures, empty, groups
from .side_by_side import all_of, group_table, rates_drawn

KINDS = (ActivityKind.CALL, ActivityKind.MEETING, ActivityKind.EMAIL, ActivityKind.TASK)


def page(question: Question) -> dict[str, Any]:
    """Everything the page shows."""
    rows, done = everybody(question)
    return {
        "wins": win_figure(question, rows),
        "work": work_figure(question, rows, done),
        "following": following_figure(question),
        "targets": targets(question),
    }


def everybody(question: Question) -> tuple[list[GroupFigures], dict[int, Work]]:
    """Who owns a deal or did something, and what each did."""
    rows = groups(question, "owner")
    done = work(question.reading, question.within, today=question.when.today, zone_now=question.as_of)
    names = dict(Member.objects.values_list("pk", "name"))
    known = {row.key for row in rows}
    for who, one in done.items():
        if str(who) not in known and (one.done or one.adherence.n):
            rows.append(empty(question, str(who), names.get(who, "")))
    return rows, done


def win_figure(question: Question, rows: list[GroupFigures]) -> Figure:
    """Win rates with their intervals, against that of all."""
    whole = all_of(rows)
    drawn = [row for row in rows if row.rate.n]
    return Figure(
        key="wins",
        title=gettext("Win rate by owner"),
        note=question.said,
        drawing=rates_drawn(question, "owner", drawn, whole),
        table=group_table(question, "owner", gettext("Owner"), rows),
        definition=Definition(
            basis=gettext(
                "Won ÷ (won + lost) of the deals closed in the period, by whoever owns them now (as of a past "
                "day: by whoever owned them then)."
            ),
            period=question.said,
            sample=gettext("%(won)s won of %(n)s closed") % {"won": words.count(whole.count), "n": words.count(whole.n)},
            interval=gettext("95%, Wilson’s. Intervals that overlap do not tell two people apart."),
            rules=[gettext("Open deals count neither way. A customer lost later was won.")],
        ),
        csv=question.csv("wins"),
        foot=gettext("Where intervals overlap, the difference may be chance.") if len(drawn) > 1 else "",
    )


def work_figure(question: Question, rows: list[GroupFigures], done: dict[int, Work]) -> Figure:
    """What each did, and what it yielded."""
    table = _work_table(question, rows, done)
    nobody = Words(gettext("Nobody did anything about these deals in this period."))
    return Figure(
        key="work",
        title=gettext("Activities and what they yield"),
        note=question.said,
        drawing=Rows(table) if table.rows else nobody,
        definition=Definition(
            basis=gettext("Activities by who did them, on deals of this pipeline."),
            period=question.said,
            sample=ngettext("%(count)s activity", "%(count)s activities", _all_done(done))
            % {"count": words.count(_all_done(done))},
            rules=[
                gettext("Steps forward are moves to a later stage and sales of the deals one owns."),
                gettext("First contact in time is of the contact clocks started in the period."),
                gettext("The playbook’s activities count once their day has come."),
                gettext("What lies in the bin was not done."),
            ],
        ),
        csv=question.csv("work") if table.rows else "",
    )


def _all_done(done: dict[int, Work]) -> int:
    return sum(sum(one.done.values()) for one in done.values())


def _work_table(question: Question, rows: list[GroupFigures], done: dict[int, Work]) -> Table:
    labels = [str(kind.label) for kind in KINDS]
    head = [
        gettext("Owner"),
        *labels,
        gettext("Steps forward"),
        gettext("Per ten activities"),
        gettext("First contact in time"),
        gettext("Playbook followed"),
    ]
    lines = []
    for row in rows:
        number = row_number(row.key)
        one = done.get(number) if number is not None else None
        if one is None:
            continue
        total = sum(one.done.values())
        lines.append(
            [
                Cell(row.name),
                *(activity_cell(question, one.done.get(kind, 0), key(TEAM, int(row.key), kind)) for kind in KINDS),
                cell(question, one.advances, f"steps.{row.key}"),
                Cell(
                    words.ratio(10 * one.advances / total) if total else "–",
                    raw=round(10 * one.advances / total, 2) if total else None,
                ),
                _share(one.in_time, question.deals(f"contacts.{row.key}")),
                _share(one.adherence, question.deals(f"asked.{row.key}")),
            ]
        )
    return Table(head, lines)


def _share(found: Share, href: str) -> Cell:
    """A share of how many; `href` leads to all of them."""
    if found.rate is None:
        return Cell("–")
    said = gettext("%(rate)s (%(count)s of %(n)s)") % {
        "rate": words.rate(found.rate, 0),
        "count": words.count(found.count),
        "n": words.count(found.n),
    }
    return Cell(said, href, raw=round(found.rate, 4))


def following_names() -> tuple[str, str]:
    """The deals that followed their playbooks, and the others."""
    followed = gettext("Followed (%(percent)s or more done)") % {"percent": words.rate(FOLLOWED, 0)}
    return followed, gettext("Less followed")


def following_figure(question: Question) -> Figure:
    """Whether following the playbooks goes with winning."""
    found = following(question.reading, question.within, today=question.when.today)
    named = tuple(zip(following_names(), ("followed.yes", "followed.no"), (found.followed, found.others), strict=True))
    shown = [
        forest.Row(
            name=name,
            low=one.low,
            high=one.high,
            estimate=one.rate,
            said=words.rate(one.rate, 0),
            note=ngettext("%(count)s closed", "%(count)s closed", one.n) % {"count": words.count(one.n)},
            href=question.deals(f"{key}.closed"),
        )
        for name, key, one in named
        if one.n
    ]
    gap = difference(found.followed, found.others)
    if gap is None:
        foot = gettext("Too few closed deals were given standard activities to compare.")
    else:
        told = {"points": words.points(gap[0]), "low": words.points(gap[1]), "high": words.points(gap[2])}
        foot = gettext("Difference %(points)s (between %(low)s and %(high)s). A link, not yet a cause: test it.") % told
    return Figure(
        key="following",
        title=gettext("Do those who follow the playbook win more?"),
        note=question.said,
        drawing=forest.draw(shown, say=lambda value: words.rate(value, 0)) if shown else Words(foot),
        table=Table(
            [gettext("Deals"), gettext("Closed"), pgettext("deals", "Won"), gettext("Win rate"), gettext("Interval")],
            [
                [
                    Cell(name),
                    cell(question, one.n, f"{key}.closed"),
                    cell(question, one.count, f"{key}.won"),
                    rate_cell(one.rate),
                    Cell(words.interval(one)),
                ]
                for name, key, one in named
            ],
        ),
        definition=Definition(
            basis=gettext("Deals closed in the period to which a playbook gave something to do, by how much of it was done."),
            period=question.said,
            sample=gettext("%(n)s deals") % {"n": words.count(found.followed.n + found.others.n)},
            interval=gettext("95%; Wilson’s for each share, Newcombe’s for the difference"),
            rules=[
                gettext("What was due after a deal was lost does not count as left undone."),
                gettext("Deals that do well may be followed more closely for that: only a test tells."),
            ],
        ),
        csv=question.csv("following"),
        foot=foot if shown else "",
    )
