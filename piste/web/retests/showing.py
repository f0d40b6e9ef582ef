"""A re-test, ready to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from piste.upkeep.rules import FELL, next_step
from piste.web.parts.charts import forest
from piste.web.parts.charts.figure import Cell, Definition, Figure, Table

from . import words


@dataclass(frozen=True, slots=True)
class Part:
    """One measure: what it says, how sure that is, its figure."""

    head: str
    sure: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Shown:
    """All measures, the promised one first; what is proposed, in words and as the choice it is."""

    parts: list[Part]
    period: str
    others: str
    proposal: str
    proposed: str


def shown(figures: Mapping[str, Any]) -> Shown:
    rows, currency = figures["rows"], figures["currency"]
    parts = [Part(words.head(row, currency), words.sure(row, currency), _figure(row, figures)) for row in rows]
    first, *guards = rows
    proposed = next_step(first["kind"], first["verdict"], guard_fell=any(row["verdict"] == FELL for row in guards))
    others = words.others(figures["others"]) if figures["others"] else ""
    return Shown(parts, words.period(figures), others, str(words.PROPOSALS[proposed]), proposed)


def _figure(row: Mapping[str, Any], figures: Mapping[str, Any]) -> Figure:
    currency = figures["currency"]
    write = words.writer(row["kind"], currency)
    names = {"before": _("Before the change"), "after": _("Since the change")}
    drawn = forest.draw(
        [
            forest.Row(
                name,
                row[side]["low"],
                row[side]["high"],
                row[side]["value"],
                write(row[side]["value"]),
                f"n\u00a0=\u00a0{row[side]['compared']}",
            )
            for side, name in names.items()
        ],
        say=write,
    )
    heads = (
        _("Deals compared"), _("Figure"), _("at least"), _("at most"), _("Comparable deals"), _("After weighting"),
        _("Unweighted figure"), _("Deals in all"),
    )  # fmt: skip
    lines = [
        [
            Cell(name),
            *(Cell(write(row[side][key]), raw=row[side][key]) for key in ("value", "low", "high")),
            Cell(str(row[side]["compared"]), raw=row[side]["compared"]),
            Cell(str(round(row[side]["effective"])), raw=row[side]["effective"]),
            Cell(write(row[side]["plain"]), raw=row[side]["plain"]),
            Cell(str(row[side]["n"]), raw=row[side]["n"]),
        ]
        for side, name in names.items()
    ]
    told = Definition(
        str(words.BASES[row["kind"]]) % {"currency": currency},
        period=words.period(figures),
        sample=_("%(before)s and %(after)s deals, of which %(one)s and %(two)s can be compared")
        % {
            "before": row["before"]["n"],
            "after": row["after"]["n"],
            "one": row["before"]["compared"],
            "two": row["after"]["compared"],
        },
        interval=_("95%, by the bootstrap: both sides drawn and weighted anew hundreds of times"),
        rules=words.rules(row),
    )
    return Figure(row["kind"], words.name_of(row["kind"], row["stage"]), drawn, Table(heads, lines), definition=told)
