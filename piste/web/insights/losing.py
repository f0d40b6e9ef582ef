"""The page of losses: what was lost, where, why, and how large it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext, ngettext, pgettext

from piste.company.models import CustomField
from piste.foundations import typography
from piste.insights.queries.facts import NO_AMOUNT
from piste.insights.queries.figures import outcomes, value
from piste.insights.queries.losses import NONE, Losses, losses
from piste.stats.history import Ints
from piste.stats.shares import share
from piste.web.parts.charts import tally
from piste.web.parts.charts.figure import Cell, Definition, Figure, Table
from piste.web.templatetags.piste import tongue

from . import words
from .asking import Question
from .cells import cell, money_cell, rate_cell
from .groups import NO_KEY, OWN, groups, own_fields

#: Deals are put in this many groups of equal size by amount.
SIZES = 4
#: Rows of a drawing; the table has all.
MOST_ROWS = 12


def page(question: Question) -> dict[str, Any]:
    """Everything the page shows."""
    found = losses(question.reading, question.within)
    return {
        "lost": len(found.deals),
        "reasons": reason_figure(question, found),
        "places": place_figure(question, found),
        "sizes": size_figure(question),
        "own": [one for field in own_fields() if (one := own_figure(question, field, found)) is not None],
    }


def definition(question: Question, found: Losses) -> Definition:
    """How losses are counted: the same wherever they stand."""
    return Definition(
        basis=gettext(
            "Deals lost in the period that never were customers, by the last reason named and the stage they were lost from."
        ),
        period=question.said,
        sample=ngettext("%(count)s deal", "%(count)s deals", len(found.deals)) % {"count": words.count(len(found.deals))},
        rules=[gettext("A deal reopened since is not lost; one lost twice counts once, by its last loss.")],
    )


def reason_figure(question: Question, found: Losses) -> Figure:
    """Reasons, each by the stages it struck at."""
    read = question.reading
    names = dict(words.reason_names()) | {NONE: gettext("No reason")}
    keys = sorted(set(found.reason.tolist()), key=lambda key: -len(found.of(reason=key)))
    stages = [stage for stage in read.stages if len(found.of(stage=stage.place))]
    rows, table = [], []
    for key in keys:
        ids = found.of(reason=key)
        parts = tuple(
            tally.Part(question.rank(stage.place), len(part), f"{stage.name}: {words.count(len(part))}")
            for stage in stages
            if len(part := found.of(reason=key, stage=stage.place))
        )
        rows.append(
            tally.Row(
                names.get(key, ""),
                len(ids),
                words.count(len(ids)),
                words.rate(len(ids) / len(found.deals), 0),
                parts,
                question.deals(f"lost.{key}.all"),
            )
        )
        table.append(
            [
                Cell(names.get(key, "")),
                cell(question, len(ids), f"lost.{key}.all"),
                rate_cell(len(ids) / len(found.deals)),
                money_cell(value(read, ids), question.deals(f"lost.{key}.all")),
                *(cell(question, len(found.of(reason=key, stage=stage.place)), f"lost.{key}.{stage.place}") for stage in stages),
            ]
        )
    head = [gettext("Reason"), pgettext("deals", "Lost"), gettext("Share"), gettext("Value"), *(stage.name for stage in stages)]
    total = [
        Cell(gettext("All")),
        cell(question, len(found.deals), "lost.all.all"),
        Cell(""),
        money_cell(value(read, found.deals), question.deals("lost.all.all")),
    ]
    total += [cell(question, len(found.of(stage=stage.place)), f"lost.all.{stage.place}") for stage in stages]
    return Figure(
        key="reasons",
        title=gettext("Why deals are lost"),
        note=question.said,
        drawing=tally.draw(rows, key=[(question.rank(stage.place), stage.name) for stage in stages]),
        table=Table(head, table, total=total),
        definition=definition(question, found),
        csv=question.csv("reasons"),
    )


def place_figure(question: Question, found: Losses) -> Figure:
    """Where deals are lost, and what they were worth."""
    read = question.reading
    rows, table = [], []
    for stage in read.stages:
        ids = found.of(stage=stage.place)
        if not len(ids) and not (stage.in_use and stage.is_selling):
            continue
        worth = value(read, ids)
        key = f"lost.all.{stage.place}"
        rows.append(
            tally.Row(
                stage.name,
                len(ids),
                words.count(len(ids)),
                words.money(worth, short=True) if worth else "",
                (tally.Part(question.rank(stage.place), len(ids), stage.name),),
                question.deals(key) if len(ids) else "",
            )
        )
        table.append(
            [
                Cell(stage.name),
                cell(question, len(ids), key),
                rate_cell(len(ids) / len(found.deals) if len(found.deals) else None),
                money_cell(worth, question.deals(key)),
            ]
        )
    return Figure(
        key="places",
        title=gettext("Where deals are lost"),
        note=question.said,
        drawing=tally.draw(rows),
        table=Table([gettext("Stage"), pgettext("deals", "Lost"), gettext("Share"), gettext("Value")], table),
        definition=definition(question, found),
        csv=question.csv("places"),
    )


def own_figure(question: Question, field: CustomField, found: Losses) -> Figure | None:
    """Losses by the value of one of the company's own fields (the competitor, say); None when no lost deal has one."""
    rows = [row for row in groups(question, OWN + field.key) if len(row.lost)]
    if all(row.key == NO_KEY for row in rows):
        return None
    rows.sort(key=lambda row: -len(row.lost))
    drawn = [
        tally.Row(
            row.name,
            len(row.lost),
            words.count(len(row.lost)),
            words.rate(len(row.lost) / len(found.deals), 0),
            href=question.deals(f"by.{OWN}{field.key}.{row.key}.lost"),
        )
        for row in rows[:MOST_ROWS]
    ]
    table = [
        [
            Cell(row.name),
            cell(question, len(row.lost), f"by.{OWN}{field.key}.{row.key}.lost"),
            rate_cell(len(row.lost) / len(found.deals)),
            rate_cell(row.rate.rate),
            Cell(words.interval(row.rate)),
        ]
        for row in rows
    ]
    return Figure(
        key=OWN + field.key,
        title=gettext("Losses by %(field)s") % {"field": field.label},
        note=question.said,
        drawing=tally.draw(drawn),
        table=Table([field.label, pgettext("deals", "Lost"), gettext("Share"), gettext("Win rate"), gettext("Interval")], table),
        definition=definition(question, found),
        csv=question.csv(OWN + field.key),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Size:
    """Deals closed in the period with an amount between the same bounds, and which of them were lost."""

    place: int
    name: str
    closed: Ints
    lost: Ints


def sizes(question: Question) -> list[Size]:
    """Four groups of as many deals by their amount in the company's currency; none while too few have one."""
    read, code = question.reading, question.currency
    outcome = outcomes(read, question.within).by_closing
    ids = np.concatenate([outcome.won, outcome.lost])
    rows_of = read.facts.rows(ids)
    asked = (read.facts.currency[rows_of] == read.facts.texts.number(code)) & (read.facts.amount[rows_of] != NO_AMOUNT)
    ids, amounts = ids[asked], read.facts.amount[rows_of][asked]
    if len(amounts) < 5 * SIZES:
        return []
    cuts = np.quantile(amounts.astype(float), np.linspace(0, 1, SIZES + 1)[1:-1])
    size = np.searchsorted(cuts, amounts, side="left")
    found = []
    for place in np.unique(size).tolist():
        here = size == place
        bounds = (typography.amount_short(int(one), code, tongue()) for one in (amounts[here].min(), amounts[here].max()))
        found.append(Size(place, " – ".join(bounds), ids[here], np.intersect1d(ids[here], outcome.lost)))
    return found


def size_figure(question: Question) -> Figure | None:
    """Win rate by the size of the deal; None while too few have an amount."""
    code, found = question.currency, sizes(question)
    if not found:
        return None
    rows, table = [], []
    for one in found:
        lost, closed = len(one.lost), len(one.closed)
        rate = share(closed - lost, closed)
        rows.append(
            tally.Row(
                one.name,
                lost / closed,
                words.rate(lost / closed, 0),
                gettext("lost of %(n)s closed") % {"n": words.count(closed)},
                href=question.deals(f"size.{one.place}.closed"),
            )
        )
        table.append(
            [
                Cell(one.name),
                cell(question, closed, f"size.{one.place}.closed"),
                cell(question, lost, f"size.{one.place}.lost"),
                rate_cell(rate.rate),
                Cell(words.interval(rate)),
            ]
        )
    count = sum(len(one.closed) for one in found)
    return Figure(
        key="sizes",
        title=gettext("Losses by size of the deal"),
        note=question.said,
        drawing=tally.draw(rows),
        table=Table(
            [gettext("Amount"), gettext("Closed"), pgettext("deals", "Lost"), gettext("Win rate"), gettext("Interval")], table
        ),
        definition=Definition(
            basis=gettext("Deals closed in the period with an amount in %(currency)s, in four groups of as many deals.")
            % {"currency": code},
            period=question.said,
            sample=ngettext("%(count)s deal", "%(count)s deals", count) % {"count": words.count(count)},
            interval=gettext("95%, Wilson’s"),
            rules=[gettext("A customer lost later was won. Deals without an amount, or in another currency, are left out.")],
        ),
        csv=question.csv("sizes"),
    )
