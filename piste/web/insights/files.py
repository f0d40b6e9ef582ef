"""Figures as files: the very cells of their tables."""

from __future__ import annotations

import io
from decimal import Decimal

from django.http import Http404, HttpResponse

from piste.exchange.writing import Value, write_csv
from piste.web.parts.charts.figure import Cell, Figure
from piste.web.templatetags.piste import tongue


def csv_of(figure: Figure | None, name: str) -> HttpResponse:
    """A figure as a file; 404 where there is none, or nothing in it."""
    table = (figure.table or getattr(figure.drawing, "table", None)) if figure is not None else None
    if table is None:
        raise Http404
    file = io.BytesIO()
    rows = [*table.rows, *([table.total] if table.total else [])]
    write_csv(file, table.head, ([_plain(cell) for cell in row] for row in rows), language=tongue())
    answer = HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="piste-{name}.csv"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _plain(cell: Cell) -> Value:
    """A cell for a file: the bare number where there is one, the words else; empty for a dash."""
    if cell.raw is None:
        return None if cell.said == "–" else cell.said
    return cell.raw if isinstance(cell.raw, int) else Decimal(str(round(cell.raw, 4)))
