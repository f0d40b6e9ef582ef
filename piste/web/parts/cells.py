"""The cells of a table's row, filled into moulds: a page of figures has hundreds."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape as plainly

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from piste.web.parts.charts.figure import Cell
from piste.web.parts.mould import mould


def drawn(row: Sequence[tuple[Cell, str, bool]], *, is_wide: bool) -> SafeString:
    """A row as `Table.lines` tells it: each cell with the name of its column, and whether that column holds figures."""
    cells = [
        _cell(cell, name, is_first=place == 0, is_figure=figure, is_wide=is_wide)
        for place, (cell, name, figure) in enumerate(row)
    ]
    # Of moulds, and of words that are escaped.
    return mark_safe("".join(cells))  # noqa: S308


def _cell(cell: Cell, name: str, *, is_first: bool, is_figure: bool, is_wide: bool) -> str:
    form = mould(
        "parts/charts/cell.html",
        "cell",
        ("href", "said", "name"),
        is_first=is_first,
        is_figure=is_figure,
        is_named=is_wide,
        has_href=bool(cell.href),
    )
    return form % {"href": _escaped(cell.href), "said": _escaped(cell.said), "name": _escaped(name)}


def _escaped(text: str) -> str:
    """As the templates do it, without asking of a plain text whether it is a translation yet to be made: a quarter of a table's
    time."""
    return plainly(text) if type(text) is str else conditional_escape(text)
