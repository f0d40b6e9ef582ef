"""The lines of the list in words, every string ready for the template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from piste.activities.queries import read_step
from piste.activities.rules import Due, due_state
from piste.deals import rules
from piste.deals.models import Status
from piste.deals.queries.listing import ListRow
from piste.foundations import typography
from piste.web.board.looking import Look
from piste.web.board.showing import initials
from piste.web.parts import custom_fields
from piste.web.templatetags.piste import day, hue_step

from .columns import ListColumn

GLYPHS = {Status.HELD: "held", Status.LOST: "lost"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: its column, what it says, and what is drawn with it (`sign`: a stage's rank, a hue, a state)."""

    column: ListColumn
    text: str
    sign: str = ""
    more: str = ""

    @property
    def label(self) -> str:
        return str(self.column.label)

    @property
    def css(self) -> str:
        """The classes of its place: of figures, and of what says nothing and can say nothing here."""
        blank = "" if self.text or self.column.fact else "is-blank"
        return f"{'n' if self.column.is_figure else ''} {blank}".strip()

    @property
    def slug(self) -> str:
        """The fact's name as ids of elements may hold it."""
        return self.column.fact.replace(":", "-")

    @property
    def drawn(self) -> str:
        """How the template draws it."""
        return self.column.name if self.column.name in ("stage", "owner", "step", "days", "tags") else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One deal: what heads the line, and the cells after it."""

    id: int
    head: str
    is_faint: bool
    cells: Sequence[Cell]


class Lines:
    """Writes lines for one look."""

    def __init__(self, look: Look, columns: Sequence[ListColumn]) -> None:
        self.look, self.writer, self.columns = look, look.writer, columns[1:]
        self.stages = {stage.pk: stage for stage in look.stages}
        self.statuses = {value: str(label) for value, label in Status.choices}

    def line(self, row: ListRow, tags: Sequence[str]) -> Line:
        closed = row.status in (Status.LOST, Status.HELD)
        return Line(row.id, row.company or row.title, closed, [self._cell(column, row, tags) for column in self.columns])

    def _cell(self, column: ListColumn, row: ListRow, tags: Sequence[str]) -> Cell:
        match column.name:
            case "stage":
                stage = self.stages.get(row.stage_id)
                rank = self.look.ranks.get(row.stage_id, "")
                return Cell(column, stage.name if stage else "", GLYPHS.get(Status(row.status), rank))
            case "owner":
                return Cell(column, row.owner, str(hue_step(row.hue)), initials(row.owner))
            case "step":
                return self._step(column, row)
            case "days":
                return self._days(column, row)
            case "tags":
                return Cell(column, ", ".join(tags))
            case _:
                return Cell(column, self._text(column, row))

    def text(self, column: ListColumn, row: ListRow, tags: Sequence[str]) -> str:
        """A value in words."""
        return self._cell(column, row, tags).text

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
            case "amount" | "weighted":
                minor = row.amount_minor if column.name == "amount" else weighted(row)
                return "" if minor is None else self.writer.amount(minor, row.currency)
            case "expected_close_on":
                return day(row.expected_close_on)
            case "source":
                return row.source or ""
            case "campaign":
                return row.campaign
            case "created":
                return day(row.created_at)
            case _:
                return day(row.last_activity_at)

    def _step(self, column: ListColumn, row: ListRow) -> Cell:
        """The next step with when it is due; that there is none is said of open deals."""
        step = read_step(row.beside)
        if step is None:
            return Cell(column, gettext("No next step"), "none") if row.status == Status.OPEN else Cell(column, "")
        state = due_state(step.due_on, step.due_at, today=self.writer.today, now=self.writer.at)
        return Cell(column, step.title, "" if state == Due.LATER else str(state), self.writer.due(step, state))

    def _days(self, column: ListColumn, row: ListRow) -> Cell:
        """Days in the stage, marked as on the card when they pass the norm."""
        days = rules.days_in_stage(row.entered_stage_at, self.writer.at)
        stage = self.stages.get(row.stage_id)
        norm = stage.norm_days if stage is not None and row.status == Status.OPEN else None
        pace = "is-rotting" if norm is not None and days > 2 * norm else "is-late" if rules.stalls(days, norm) else ""
        tenths = "" if norm is None else str(min(15, round(days * 10 / norm)) if norm else 15)
        return Cell(column, typography.days(days, self.writer.tongue), pace, tenths)


def weighted(row: ListRow) -> int | None:
    """A deal's amount by the probability of its stage; nothing for what is lost or set aside."""
    if row.amount_minor is None or row.status not in (Status.OPEN, Status.WON):
        return None
    return rules.weighted(row.amount_minor, row.status, row.probability)
