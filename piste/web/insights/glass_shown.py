"""The Martini glass: where the deals of a period have come to."""

from __future__ import annotations

from django.utils.translation import gettext, pgettext

from piste.insights.queries import pipeline as queries
from piste.stats.bottleneck import Stake
from piste.web.parts.charts import glass
from piste.web.parts.charts.figure import Cell, Definition, Figure, Table

from . import words
from .asking import Question
from .cells import cell, deals_said
from .finding import in_short


def glass_figure(question: Question, first: Stake | None) -> Figure:
    """The glass to scale, every deal of the period accounted for."""
    read = question.reading
    found = queries.glass(read, question.within)
    levels, rows = [], []
    counts = [len(level.reached) for level in found.levels] + [len(found.won)]
    for here, level in enumerate(found.levels):
        stage = read.stages[level.place]
        key = f"glass.{stage.id}"
        leaks = tuple(
            glass.Leak(kind, len(getattr(level, kind)), question.deals(f"{key}.{kind}"))
            for kind in ("lost", "open", "held", "left")
            if len(getattr(level, kind))
        )
        rate = counts[here + 1] / counts[here] if counts[here] else None
        levels.append(
            glass.Level(stage.name, question.rank(stage.place), counts[here], rate, leaks, href=question.deals(f"{key}.reached"))
        )
        rows.append(
            [
                Cell(stage.name),
                cell(question, len(level.reached), f"{key}.reached"),
                Cell(words.rate(rate)),
                *(cell(question, len(getattr(level, kind)), f"{key}.{kind}") for kind in ("lost", "open", "held", "left")),
            ]
        )
    kept = len(found.kept)
    rate = kept / len(found.won) if len(found.won) else None
    levels.append(
        glass.Level(
            pgettext("deals", "Won"), "5", len(found.won), rate, note=gettext("customers still"), href=question.deals("glass.won")
        )
    )
    levels.append(glass.Level(gettext("Customers kept"), "kept", kept, href=question.deals("glass.kept")))
    blank = [Cell("")] * 4
    rows.append([Cell(pgettext("deals", "Won")), cell(question, len(found.won), "glass.won"), Cell(words.rate(rate)), *blank])
    rows.append([Cell(gettext("Customers kept")), cell(question, kept, "glass.kept"), Cell(""), *blank])
    places = [level.place for level in found.levels]
    at = places.index(first.place) if first is not None and first.place in places else None
    head = [
        gettext("Stage"),
        gettext("Came so far"),
        gettext("Went on"),
        pgettext("deals", "Lost"),
        pgettext("deals", "Open"),
        gettext("On hold"),
        gettext("Left"),
    ]
    return Figure(
        key="glass",
        title=gettext("The glass"),
        note=question.said,
        drawing=glass.draw(levels, bottleneck=at, note=in_short(question, first)),
        table=Table(head, rows),
        definition=Definition(
            basis=gettext("Every deal created in the period, at the furthest stage it came to. The width is to scale."),
            period=question.said,
            sample=deals_said(len(found.created)),
            rules=[
                gettext("Skipping a stage counts as reaching what it passes."),
                gettext("Going back takes nothing away."),
                gettext(
                    "Lost, open and on hold are told where the deal came furthest; won is won, even if the customer left later."
                ),
            ],
        ),
        csv=question.csv("glass"),
        foot=_accounted(found),
    )


def _accounted(found: queries.Glass) -> str:
    """Every deal is in exactly one place, and the sentence adds up."""
    parts = {name: found.all(name) for name in ("lost", "held", "open", "left")}
    said = gettext("Every deal is accounted for: %(created)s in, %(won)s won, %(lost)s lost, %(held)s on hold, %(open)s open") % {
        "created": words.count(len(found.created)),
        "won": words.count(len(found.won)),
        **{name: words.count(value) for name, value in parts.items()},
    }
    return said + (gettext(", %(left)s in another pipeline.") % {"left": words.count(parts["left"])} if parts["left"] else ".")
