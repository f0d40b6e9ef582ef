"""The addresses of a board that keep its filter and order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from django.urls import reverse

from piste.deals.models import SavedView
from piste.deals.queries.board import PAGE, Row

#: Parts of an address that say how much is shown or which are chosen, and those that say in which order.
PASSING, ORDERING = ("column", "held", "page", "deal", "chosen"), ("sort", "by")
#: The part of an address that names the saved view one is in.
VIEW = "view"


class Links:
    """The addresses of one board or list (`screen` is the name of its address) that keep filter and order; `pairs` are those
    of its own address."""

    def __init__(self, pipeline_id: int, pairs: Sequence[tuple[str, str]], screen: str = "board") -> None:
        self.pipeline_id, self.pairs, self.screen = pipeline_id, list(pairs), screen
        self._encoded: dict[frozenset[str], str] = {}

    def here(self, *, without: Sequence[str] = (), **changed: str) -> str:
        """The same screen with some parts of its address left out or changed."""
        return self._with(self._address(self.screen), {*without, *changed, *PASSING}, changed)

    def on(self, screen: str) -> str:
        """Another screen (the name of its address) of the same deals."""
        return self._with(self._address(screen), {*PASSING}, {})

    @property
    def plain(self) -> str:
        """The same screen without anything asked, where the filter's form leads."""
        return self._address(self.screen)

    @property
    def ordering(self) -> list[tuple[str, str]]:
        """What the filter's form keeps besides."""
        return [pair for pair in self.pairs if pair[0] in (*ORDERING, VIEW)]

    @property
    def board(self) -> str:
        return self.on("board")

    @property
    def listed(self) -> str:
        return self.on("list")

    @property
    def asked(self) -> str:
        """Filter and order as a saved view keeps them."""
        return urlencode(sorted(pair for pair in self.pairs if pair[0] not in (*PASSING, VIEW)))

    @property
    def views(self) -> str:
        """The menu of saved views beside this screen."""
        return self._with(reverse("views", args=[self.pipeline_id, self.screen]), {*PASSING}, {})

    @property
    def new_view(self) -> str:
        return self._with(reverse("new_view", args=[self.pipeline_id, self.screen]), {*PASSING}, {})

    @property
    def keep(self) -> str:
        """Where the present view is made what the screen shows."""
        view = dict(self.pairs).get(VIEW, "0")
        return self._with(reverse("view_keep", args=[view, self.screen]), {*PASSING}, {})

    @property
    def columns(self) -> str:
        return self.on("list_columns")

    @property
    def exports(self) -> list[tuple[str, str]]:
        """The list as files: the name of each kind and its address."""
        kinds = ("csv", "xlsx")
        return [
            (kind.upper(), self._with(reverse("list_export", args=[self.pipeline_id, kind]), {*PASSING}, {})) for kind in kinds
        ]

    @property
    def bulk(self) -> str:
        """The change of all these deals at once."""
        return self.on("bulk")

    @property
    def choosing(self) -> str:
        """Where a form leads that chooses some of these deals; it sends `kept` along."""
        return self._address("bulk")

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Filter and order."""
        return [pair for pair in self.pairs if pair[0] not in PASSING]

    def _address(self, screen: str) -> str:
        return address_in(screen, self.pipeline_id)

    def ready(self, filtered: Mapping[str, str]) -> str:
        """The same screen with another filter altogether, in the same order."""
        pairs = [pair for pair in self.pairs if pair[0] in ORDERING] + list(filtered.items())
        address = self._address(self.screen)
        return f"{address}?{urlencode(pairs)}" if pairs else address

    def clear(self) -> str:
        """The same screen without any filter."""
        return self.ready({})

    def without(self, name: str, value: str) -> str:
        """The same screen without one value of its filter."""
        kept = [pair for pair in self.pairs if pair != (name, value) and pair[0] not in PASSING]
        return self._address(self.screen) + (f"?{urlencode(kept)}" if kept else "")

    def more(self, stage_id: int, count: int, after: str) -> tuple[str, str]:
        """The page that shows more of a column, and the fragment with its next cards."""
        page = self.here(column=f"{stage_id}:{count + PAGE}")
        address = reverse("board_more", args=[self.pipeline_id, stage_id])
        return page, self._with(address, {"column", "held"}, {"after": after})

    def shelf(self, count: int) -> str:
        return self.here(held=str(count + PAGE))

    def filter(self) -> str:
        return self._with(self._address(f"{self.screen}_filter"), {*PASSING}, {})

    def _with(self, address: str, dropped: set[str], changed: Mapping[str, str]) -> str:
        # A page of figures leads to their deals in some two hundred ways, all of the same question.
        own = frozenset(dropped)
        if own not in self._encoded:
            self._encoded[own] = urlencode([pair for pair in self.pairs if pair[0] not in own])
        added = urlencode([(name, value) for name, value in changed.items() if value])
        asked = "&".join(part for part in (self._encoded[own], added) if part)
        return f"{address}?{asked}" if asked else address


@lru_cache(maxsize=1000)
def address_in(screen: str, pipeline_id: int, *more: object) -> str:
    """The address of a screen of a pipeline, `more` being what else it asks for."""
    return reverse(screen, args=[pipeline_id, *more])


def place_of(row: Row) -> str:
    """A row's place in its order, as an address says it: `2026-11-30~123`."""
    key = row.key.isoformat() if isinstance(row.key, date) else str(row.key)
    return f"{key}~{row.id}"


def address_of(view: SavedView) -> str:
    """The screen that a saved view shows."""
    pairs = [*parse_qsl(view.asked), (VIEW, str(view.pk))]
    return f"{reverse(view.screen, args=[view.pipeline_id])}?{urlencode(pairs)}"
