"""One member's look at a list, from the request to what the templates show."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.safestring import SafeString

from piste.activities.queries import beside_a_deal
from piste.company.models import FieldSubject
from piste.deals.queries import listing
from piste.deals.queries.board import Beside, Sums
from piste.deals.queries.listing import ListRow, Sort, columns_of
from piste.forecasting.queries.chances import chances_of, rests_of
from piste.web.access import MemberRequest
from piste.web.board.looking import Look
from piste.web.deal.winning import doubt
from piste.web.parts import custom_fields

from .columns import ListColumn, available, chosen
from .lines import Along, Lines

PAGE = 50


class ListLook:
    """A list as asked for: the deals of a board's look, in columns."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.fields = custom_fields.of(FieldSubject.DEAL)
        self.kinds = {field.key: field.kind for field in self.fields}

    @classmethod
    def at(cls, request: MemberRequest, key: int, asked: QueryDict) -> ListLook:
        """The list an address asks for; 404 for a pipeline that is not in use."""
        return cls(Look.at(request, key, asked, "list"))

    @cached_property
    def columns(self) -> list[ListColumn]:
        view = self.look.view
        if view is not None and view.columns:
            return chosen(available(self.fields), view.columns)
        return chosen(available(self.fields), columns_of(self.look.request.user))

    @cached_property
    def sort(self) -> Sort:
        """The order asked for; by next step when it is of no column there is."""
        asked = dict(self.look.links.pairs).get("by", "")
        name = asked.removeprefix("-")
        known = {column.name for column in available(self.fields) if column.is_order}
        return Sort(name, asked.startswith("-")) if name in known else Sort()

    @cached_property
    def totals(self) -> Sums:
        return listing.totals(self.look.board)

    @cached_property
    def page(self) -> Page[int]:
        """Which lines are shown of how many; the last ones when the address asks for more than there are."""
        return Paginator(range(self.totals.counted), PAGE).get_page(dict(self.look.links.pairs).get("page"))

    @cached_property
    def on_page(self) -> list[ListRow]:
        """The deals of the page."""
        skip = max(0, self.page.start_index() - 1)
        limit = len(self.page.object_list)
        if not limit:
            return []
        return listing.page(self.look.board, self.sort, self.kinds, skip=skip, limit=limit, beside=self._beside)

    def lines(self) -> SafeString:
        """The lines of the page in HTML."""
        return Lines(self.look, self.columns).html(self.on_page, self._along(self.on_page))

    def _along(self, rows: list[ListRow]) -> Along:
        """What columns say of these rows besides; a statement for each such column."""
        ids = [row.id for row in rows]
        return Along(
            tags=listing.tags_of(ids) if self.has("tags") else {},
            chances=chances_of(ids) if self.has("chance") else {},
        )

    @property
    def _beside(self) -> Beside | None:
        return beside_a_deal if self.has("step") else None

    def has(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)

    def rows(self) -> Iterator[tuple[ListRow, Along]]:
        """All rows with what is fetched along, a batch at a time, for an export."""
        batch: list[ListRow] = []
        for row in listing.every(self.look.board, self.sort, self.kinds, beside=self._beside):
            batch.append(row)
            if len(batch) == listing.BATCH:
                yield from self._with_along(batch)
                batch = []
        yield from self._with_along(batch)

    def _with_along(self, rows: list[ListRow]) -> Iterator[tuple[ListRow, Along]]:
        along = self._along(rows)
        return ((row, along) for row in rows)

    def heads(self) -> list[dict[str, Any]]:
        """The heads of the columns, each with the order it leads to."""
        return [self._head(column) for column in self.columns]

    def _head(self, column: ListColumn) -> dict[str, Any]:
        sort = self.sort
        is_current = sort.name == column.name
        descending = not sort.descending if is_current else column.greatest_first
        return {
            "label": column.label,
            "is_figure": column.is_figure,
            "sorted": ("descending" if sort.descending else "ascending") if is_current else "",
            "href": self.look.links.here(by=f"-{column.name}" if descending else column.name) if column.is_order else "",
        }

    def shown(self) -> dict[str, Any]:
        """What every template of the list may ask for."""
        look = self.look
        return {
            "look": look,
            "listed": self,
            "pipeline": look.pipeline,
            "counted": look.number(self.totals.counted),
            "sums": look.writer.sums(self.totals),
            "links": look.links,
            "filtered": not look.form.wanted.is_empty,
        }

    def table(self) -> dict[str, Any]:
        """The lines with their heads."""
        said = doubt(rests_of(self.look.pipeline.pk)) if self.has("chance") else ""
        return {"heads": self.heads(), "lines": self.lines(), "page": self.page, "doubt": said}
