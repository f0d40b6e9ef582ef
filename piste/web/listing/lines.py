"""The lines of the list in words, every string ready for the template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from html import escape
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from piste.activities.queries import read_step
from piste.activities.rules import Due, due_state
from piste.deals import rules
from piste.deals.models import Status
from piste.deals.queries.listing import ListRow
from piste.foundations import typography
from piste.foundations.money import whole
from piste.web.board.looking import Look
from piste.web.board.showing import initials
from piste.web.parts import custom_fields
from piste.web.parts.mould import mould
from piste.web.templatetags.piste import hue_step, percent

from .columns import ListColumn

GLYPHS = {Status.HELD: "held", Status.LOST: "lost"}


class Cell(NamedTuple):
    """One value: what it says, and what is drawn with it (`sign`: a stage's rank, a hue, a state)."""

    text: str
    sign: str = ""
    more: str = ""


class Along(NamedTuple):
    """What is fetched along for all rows of a page or a batch at once, by deal."""

    tags: Mapping[int, Sequence[str]]
    chances: Mapping[int, float]


#: What differs from cell to cell; of the last three a cell may be without.
CELL = ("id", "pipeline", "label", "fact", "slug", "text", "sign", "more")
LINE = ("id", "head", "cells")
#: The columns that are more than words.
DRAWN = ("stage", "owner", "step", "days", "tags", "expected_close_on")


class Lines:
    """Writes lines for one look."""

    def __init__(self, look: Look, columns: Sequence[ListColumn]) -> None:
        self.look, self.writer, self.columns = look, look.writer, columns[1:]
        self.stages = {stage.pk: stage for stage in look.stages}
        self.statuses = {value: str(label) for value, label in Status.choices}
        self.undated = gettext("No next step")
        self.fixed = [
            {
                "pipeline": look.pipeline.pk,
                "label": escape(str(column.label)),
                "fact": escape(column.fact),
                "slug": escape(column.fact.replace(":", "-")),
            }
            for column in self.columns
        ]

    def html(self, rows: Iterable[ListRow], along: Along) -> SafeString:
        """The lines of some deals; whatever people wrote is escaped here."""
        written = []
        for row in rows:
            is_faint = row.status in (Status.LOST, Status.HELD)
            line = {"id": row.id, "head": escape(row.company or row.title), "cells": self._cells(row, along)}
            written.append(mould("listing/line.html#line", "line", LINE, self.writer.tongue, is_faint=is_faint) % line)
        return mark_safe("".join(written))  # noqa: S308

    def _cells(self, row: ListRow, along: Along) -> str:
        written = []
        for column, fixed in zip(self.columns, self.fixed, strict=True):
            text, sign, more = self._cell(column, row, along)
            form = cell_form(
                column.name, column.fact != "", column.is_figure, self.writer.tongue, text != "", sign != "", more != ""
            )
            written.append(form % {**fixed, "id": row.id, "text": escape(text), "sign": sign, "more": escape(more)})
        return "".join(written)

    def _cell(self, column: ListColumn, row: ListRow, along: Along) -> Cell:
        match column.name:
            case "stage":
                stage = self.stages.get(row.stage_id)
                rank = self.look.ranks.get(row.stage_id, "")
                return Cell(stage.name if stage else "", GLYPHS.get(Status(row.status), rank))
            case "owner":
                return Cell(row.owner, str(hue_step(row.hue)), initials(row.owner))
            case "step":
                return self._step(row)
            case "days":
                return self._days(row)
            case "tags":
                return Cell(", ".join(along.tags.get(row.id, ())))
            case "expected_close_on":
                gone_by = rules.is_gone_by(row.expected_close_on, row.status, self.writer.today)
                return Cell(self._day(row.expected_close_on), "past" if gone_by else "")
            case "chance":
                return Cell(percent(along.chances.get(row.id)))
            case _:
                return Cell(self._text(column, row))

    def text(self, column: ListColumn, row: ListRow, along: Along) -> str:
        """A value in words."""
        return self._cell(column, row, along).text

    def _text(self, column: ListColumn, row: ListRow) -> str:
        if column.field is not None:
            return custom_fields.show(column.field, row.custom.get(column.field.key))
        match column.name:
            case "title":
                return row.title
            case "status":
                return self.statuses[row.status]
            case "team":
                return row.team or ""
            case "amount":
                return "" if row.amount_minor is None else self.writer.amount(row.amount_minor, row.currency)
            case "weighted":
                minor = weighted(row)
                return "" if minor is None else self.writer.amount(whole(minor, row.currency), row.currency)
            case "source":
                return row.source or ""
            case "campaign":
                return row.campaign
            case "created":
                return self._day(row.created_at)
            case _:
                return self._day(row.last_activity_at)

    def _day(self, value: date | None) -> str:
        if isinstance(value, datetime):
            value = value.astimezone(self.writer.zone).date()
        return "" if value is None else typography.day(value, self.writer.tongue, today=self.writer.today)

    def _step(self, row: ListRow) -> Cell:
        """The next step with when it is due; that there is none is said of open deals."""
        step = read_step(row.beside)
        if step is None:
            return Cell(self.undated, "none") if row.status == Status.OPEN else Cell("")
        if row.status == Status.HELD:
            # It waits for the deal to be back: how long ago its day was says nothing.
            return Cell(step.title, "", self._day(step.due_on))
        state = due_state(step.due_on, step.due_at, today=self.writer.today, now=self.writer.at)
        return Cell(step.title, "" if state == Due.LATER else str(state), self.writer.due(step, state))

    def _days(self, row: ListRow) -> Cell:
        """Days in the stage, marked as on the card when they pass the norm."""
        days = rules.days_in_stage(row.entered_stage_at, self.writer.at)
        stage = self.stages.get(row.stage_id)
        norm = stage.norm_days if stage is not None and row.status == Status.OPEN else None
        pace = "is-rotting" if norm is not None and days > 2 * norm else "is-late" if rules.stalls(days, norm) else ""
        tenths = "" if norm is None else str(min(15, round(days * 10 / norm)) if norm else 15)
        return Cell(typography.days(days, self.writer.tongue), pace, tenths)


@lru_cache(maxsize=2000)
def cell_form(name: str, is_edited: bool, is_figure: bool, tongue: str, *has: bool) -> str:
    """The cell of a column as a format: edited or not, and `has` text, sign, more or not."""
    # Of figures, and of what says nothing and can say nothing here.
    css = f"{'n' if is_figure else ''} {'' if has[0] or is_edited else 'is-blank'}".strip()
    absent = {
        value: "" for value, is_there in zip(("fact", "text", "sign", "more"), (is_edited, *has), strict=True) if not is_there
    }
    drawn = name if name in DRAWN else ""
    return mould("listing/line.html#cell", "cell", CELL, tongue, css=css, drawn=drawn, **absent)


def weighted(row: ListRow) -> int | None:
    """A deal's amount by the probability of its stage; nothing for what is lost or set aside."""
    if row.amount_minor is None or row.status not in (Status.OPEN, Status.WON):
        return None
    return rules.weighted(row.amount_minor, row.status, row.probability)
