"""What the list shows, as a file: the same deals, columns and order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from piste.activities.queries import read_step
from piste.deals import rules
from piste.deals.queries.listing import ListRow
from piste.exchange.writing import Value
from piste.foundations.money import to_decimal
from piste.web.access import MemberRequest, member_view
from piste.web.board.views import filter_form
from piste.web.parts import custom_fields
from piste.web.parts.table_file import table_file
from piste.web.templatetags.piste import zone

from .columns import ListColumn
from .lines import Along, Lines, weighted
from .looking import ListLook


@member_view
@require_safe
def export(request: MemberRequest, key: int, kind: str) -> HttpResponseBase:
    """The whole list as a file, written a batch of rows at a time."""
    listed = ListLook.at(request, key, request.GET)
    if listed.look.form.errors:
        return filter_form(request, listed.look)
    table = Table(listed)
    return table_file(kind, listed.look.pipeline.name, table.heads(), table.rows())


class Table:
    """The columns of a list as a file has them: amounts as figures with their currency beside, a step with its day beside."""

    def __init__(self, listed: ListLook) -> None:
        self.listed, self.columns, self.look = listed, listed.columns, listed.look
        self.lines = Lines(listed.look, listed.columns)
        figures = [column.name for column in self.columns if column.name in ("amount", "weighted")]
        self.last_figure = figures[-1] if figures else ""

    def heads(self) -> list[str]:
        found = []
        for column in self.columns:
            found.append(str(column.label))
            if column.name == self.last_figure:
                found.append(_("Currency"))
            if column.name == "step":
                found.append(_("Due"))
        return found

    def rows(self) -> Iterator[Sequence[Value]]:
        for row, along in self.listed.rows():
            yield self._row(row, along)

    def _row(self, row: ListRow, along: Along) -> list[Value]:
        found: list[Value] = []
        for column in self.columns:
            if column.name == "step":
                step = read_step(row.beside)
                found += [step.title, step.due_on] if step is not None else [None, None]
                continue
            found.append(self._value(column, row, along))
            if column.name == self.last_figure:
                found.append(row.currency)
        return found

    def _value(self, column: ListColumn, row: ListRow, along: Along) -> Value:
        match column.name:
            case "deal":
                return row.company or row.title
            case "amount" | "weighted":
                minor = row.amount_minor if column.name == "amount" else weighted(row)
                return None if minor is None else to_decimal(minor, row.currency)
            case "expected_close_on":
                return row.expected_close_on
            case "days":
                return rules.days_in_stage(row.entered_stage_at, self.look.writer.at)
            case "chance":
                share = along.chances.get(row.id)
                return None if share is None else Decimal(f"{share:.2f}")
            case "created":
                return row.created_at.astimezone(zone()).date()
            case "activity":
                return row.last_activity_at.astimezone(zone()).date() if row.last_activity_at else None
            case _ if column.field is not None:
                return custom_fields.cell(column.field, row.custom.get(column.field.key))
            case _:
                return self.lines.text(column, row, along) or None
