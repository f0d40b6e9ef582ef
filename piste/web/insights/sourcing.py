"""The page of sources: where deals come from, and what they bring."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, ngettext

from piste.foundations import typography
from piste.web.parts.charts import tally
from piste.web.parts.charts.figure import Definition, Figure
from piste.web.templatetags.piste import tongue

from . import words
from .advancing import Words
from .asking import Question
from .groups import OWN, GroupFigures, groups, own_fields
from .side_by_side import all_of, group_table, rates_drawn

#: Rows of a drawing; the table has all.
MOST = 12


def page(question: Question) -> dict[str, Any]:
    """Everything the page shows."""
    by_source = groups(question, "source")
    return {
        "value": value_figure(question, by_source),
        "rates": rate_figure(question, by_source),
        "products": group_figure(question, "product", gettext("By product")),
        "campaigns": group_figure(question, "campaign", gettext("By campaign")),
        "own": [
            found
            for field in own_fields()
            if (found := group_figure(question, OWN + field.key, gettext("By %(field)s") % {"field": field.label})) is not None
        ],
    }


def _definition(question: Question, rows: list[GroupFigures]) -> Definition:
    return Definition(
        basis=gettext(
            "Created: deals that came in the period. Won and lost: deals closed in the period, whenever they came. Open: now."
        ),
        period=question.said,
        sample=gettext("%(created)s created, %(closed)s closed")
        % {"created": words.count(sum(len(row.created) for row in rows)), "closed": words.count(sum(row.rate.n for row in rows))},
        interval=gettext("95%, Wilson’s"),
        rules=[
            gettext("Win rate is won ÷ (won + lost); open deals count neither way."),
            gettext("Days run from creation to the sale."),
            gettext("Currencies are not added up."),
        ],
    )


def value_figure(question: Question, rows: list[GroupFigures]) -> Figure:
    """What each source brought."""
    return _bars(question, "source", rows, key="value", title=gettext("What each source brought"), first=gettext("Source"))


def group_figure(question: Question, kind: str, title: str) -> Figure | None:
    """The same by another grouping; None when no deal has any."""
    rows = groups(question, kind)
    if all(row.key == "none" for row in rows):
        return None
    return _bars(question, kind, rows, key=kind, title=title, first=title)


def _bars(question: Question, kind: str, rows: list[GroupFigures], *, key: str, title: str, first: str) -> Figure:
    code = question.currency
    by_value = any(row.value.get(code) for row in rows)
    shown = [
        tally.Row(
            name=row.name,
            value=float(row.value.get(code, 0) if by_value else len(row.won)),
            said=typography.amount_short(row.value.get(code, 0), code, tongue()) if by_value else words.count(len(row.won)),
            note=ngettext("%(count)s sale", "%(count)s sales", len(row.won)) % {"count": words.count(len(row.won))},
            href=question.deals(f"by.{kind}.{row.key}.won"),
        )
        for row in rows[:MOST]
    ]
    left = len(rows) - MOST
    foot = [ngettext("%(count)s more is in the table.", "%(count)s more are in the table.", left) % {"count": words.count(left)}]
    foot = foot if left > 0 else []
    if by_value and any(set(row.value) - {code} for row in rows):
        foot.append(words.other_currencies())
    return Figure(
        key=key,
        title=title,
        note=question.said,
        drawing=tally.draw(shown) if any(row.value for row in shown) else Words(gettext("No deal was won in this period.")),
        table=group_table(question, kind, first, rows),
        definition=_definition(question, rows),
        csv=question.csv(key),
        foot=" ".join(foot),
    )


def rate_figure(question: Question, rows: list[GroupFigures]) -> Figure:
    """Win rates of the sources with their intervals, against that of all."""
    drawn = [row for row in rows[:MOST] if row.rate.n]
    return Figure(
        key="rates",
        title=gettext("Win rate by source"),
        note=question.said,
        drawing=rates_drawn(question, "source", drawn, all_of(rows)),
        table=group_table(question, "source", gettext("Source"), rows),
        definition=_definition(question, rows),
        csv=question.csv("rates"),
        foot=gettext("Where intervals overlap, the difference may be chance.") if len(drawn) > 1 else "",
    )
