"""Where deals came from to a stage, and where they went."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext, pgettext

from piste.insights.queries import Reading
from piste.insights.queries.figures import flows
from piste.stats.flows import Flow
from piste.stats.history import ELSEWHERE, LOST, NOWHERE, WON
from piste.web.parts.charts import flow, tally
from piste.web.parts.charts.figure import Cell, Definition, Figure, Table

from . import words
from .asking import Question
from .cells import cell


def flow_map(question: Question) -> Figure:
    """Where deals went from each stage: to the next one, past others, back."""
    read = question.reading
    shown = [stage for stage in read.stages if stage.in_use]
    places = {stage.place: here for here, stage in enumerate(shown)}
    found = [one for one in flows(read, question.within) if one.origin in places and one.target in places]
    moves = [
        flow.Move(places[one.origin], places[one.target], one.count, question.deals(f"flow.{one.origin}.{one.target}.moves"))
        for one in found
    ]
    found.sort(key=lambda one: (one.origin, -one.count, one.target))
    rows = [
        [
            Cell(read.stages[one.origin].name),
            Cell(read.stages[one.target].name),
            cell(question, one.count, f"flow.{one.origin}.{one.target}.moves"),
            cell(question, one.deal_count, f"flow.{one.origin}.{one.target}"),
        ]
        for one in found
    ]
    return Figure(
        key="flows",
        title=gettext("Where deals go"),
        note=question.said,
        drawing=flow.draw([(question.rank(stage.place), stage.name) for stage in shown], moves),
        table=Table([gettext("From"), pgettext("flow", "To"), gettext("Moves"), gettext("Deals")], rows, words=frozenset((0, 1))),
        definition=Definition(
            basis=gettext("Every move between stages within the period: to the next one, past others, or back."),
            period=question.said,
            sample=ngettext("%(count)s move", "%(count)s moves", sum(move.count for move in moves))
            % {"count": words.count(sum(move.count for move in moves))},
            rules=[
                gettext("A deal that goes the same way twice counts twice among the moves, once among the deals."),
                gettext("A sale that leads to the customers’ stage is a move too; losses are told by Losses."),
            ],
        ),
        csv=question.csv("flows"),
    )


def flow_figure(question: Question, place: int, *, incoming: bool) -> Figure:
    """Where deals came from to a stage, or went from it, within the period."""
    found = [one for one in flows(question.reading, question.within) if (one.target if incoming else one.origin) == place]
    found.sort(key=lambda one: -one.count)
    total = sum(one.count for one in found)
    rows, table = [], []
    for one in found:
        other = one.origin if incoming else one.target
        name = place_name(question.reading, other)
        key = f"flow.{one.origin}.{one.target}"
        rank = question.rank(other) if other >= 0 else ("won" if other == WON else "none")
        rows.append(
            tally.Row(
                name,
                one.count,
                words.count(one.count),
                words.rate(one.count / total, 0),
                (tally.Part(rank, one.count, name),),
                question.deals(f"{key}.moves"),
            )
        )
        table.append([Cell(name), cell(question, one.count, f"{key}.moves"), cell(question, one.deal_count, key)])
    return Figure(
        key="incoming" if incoming else "outgoing",
        title=gettext("Where they came from") if incoming else gettext("Where they went"),
        note=question.said,
        drawing=tally.draw(rows),
        table=Table([gettext("Place"), gettext("Moves"), gettext("Deals")], table),
        definition=Definition(
            basis=gettext("Every move into the stage within the period.")
            if incoming
            else gettext("Every move out of the stage within the period."),
            period=question.said,
            sample=ngettext("%(count)s move", "%(count)s moves", total) % {"count": words.count(total)},
            rules=[gettext("A deal that goes the same way twice counts twice among the moves, once among the deals.")],
        ),
        csv=question.stage_csv(question.reading.stages[place].id, "incoming" if incoming else "outgoing"),
    )


def place_name(read: Reading, place: int) -> str:
    """A stage, or where deals are that are in none."""
    if place >= 0:
        return read.stages[place].name
    return {
        NOWHERE: gettext("Created here"),
        LOST: pgettext("deals", "Lost"),
        WON: pgettext("deals", "Won"),
        ELSEWHERE: gettext("Another pipeline"),
    }[place]


def flow_between(question: Question, origin: int, target: int) -> tuple[str, Flow | None]:
    """A flow and its name."""
    found = next(
        (one for one in flows(question.reading, question.within) if (one.origin, one.target) == (origin, target)),
        None,
    )
    return f"{place_name(question.reading, origin)} → {place_name(question.reading, target)}", found
