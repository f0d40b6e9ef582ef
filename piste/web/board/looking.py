"""One member's look at one pipeline, from the request to what the templates show."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.http import Http404, QueryDict
from django.template.loader import render_to_string
from django.utils import timezone

from piste.deals.models import SavedView
from piste.deals.queries import board as queries
from piste.deals.queries.board import PAGE, Board, BoardTotals, Place
from piste.foundations import typography
from piste.foundations.numbers import row_number
from piste.pipelines.models import Pipeline, Stage
from piste.web import access
from piste.web.access import MemberRequest
from piste.web.member import company_of

from . import showing, words
from .filter_form import FilterForm
from .keeping import kept, sight
from .links import VIEW, Links
from .showing import Column, Shelf, Writer

BOARD_PATH = re.compile(r"^/pipelines/(\d+)/$")
MOST = 500
#: Deals of the shelf shown at first.
HELD = 12


@dataclass
class Look:
    """A board as asked for: its pipeline, the other pipelines, the filter, and how much of each column is shown."""

    request: MemberRequest
    pipelines: list[Pipeline]
    pipeline: Pipeline
    stages: list[Stage]
    form: FilterForm
    links: Links
    limits: dict[int, int]
    held: int
    news: int

    @classmethod
    def at(cls, request: MemberRequest, key: int, asked: QueryDict, screen: str = "board") -> Look:
        """The look an address asks for, on the screen of this name; 404 for a pipeline that is not in use."""
        stages, news = access.stages_and_news(request)
        pipelines = list({stage.pipeline_id: stage.pipeline for stage in stages}.values())
        pipeline = next((found for found in pipelines if found.pk == key), None)
        if pipeline is None:
            raise Http404
        own = [stage for stage in stages if stage.pipeline_id == key]
        form = FilterForm(asked)
        form.is_valid()
        return cls(
            request=request,
            pipelines=pipelines,
            pipeline=pipeline,
            stages=own,
            form=form,
            links=Links(key, [(name, value) for name, values in asked.lists() for value in values if value], screen),
            limits={stage.pk: PAGE for stage in own} | shown_of(asked.getlist("column")),
            held=_number(asked.get("held", ""), HELD),
            news=news,
        )

    @cached_property
    def view(self) -> SavedView | None:
        """The saved view that the address names; 404 when it is not there for this member, or of another pipeline."""
        named = dict(self.links.pairs).get(VIEW, "")
        if not named:
            return None
        number = row_number(named)
        found = access.saved_view(self.request, number) if number is not None else None
        if found is None or found.pipeline_id != self.pipeline.pk:
            raise Http404
        return found

    @property
    def is_as_saved(self) -> bool:
        """Whether the screen is what its saved view says, columns aside."""
        view = self.view
        return view is not None and (view.screen, sorted(parse_qsl(view.asked))) == (
            self.links.screen,
            sorted(parse_qsl(self.links.asked)),
        )

    @cached_property
    def board(self) -> Board:
        return Board(
            member=self.request.user,
            pipeline_id=self.pipeline.pk,
            stages=self.stages,
            order=self.form.order,
            wanted=self.form.wanted,
            at=self.request.now,
            today=self.writer.today,
        )

    @cached_property
    def writer(self) -> Writer:
        return Writer(at=self.request.now, today=timezone.localdate(), company=lambda: company_of(self.request))

    @cached_property
    def totals(self) -> BoardTotals:
        return kept((*self.same, "totals"), lambda: queries.totals(self.board))

    @cached_property
    def same(self) -> tuple[Hashable, ...]:
        """What decides all that the board shows of deals."""
        minute, writer = self.request.now.replace(second=0, microsecond=0), self.writer
        asked = (self.pipeline.pk, tuple(self.links.pairs), writer.tongue, writer.zone)
        return (self.news, minute, sight(self.request.user), *asked)

    @cached_property
    def ranks(self) -> dict[int, str]:
        return showing.ranks(self.stages)

    @property
    def counted(self) -> int:
        """Deals in the columns: what the board says of itself."""
        return sum(sums.counted for sums in self.totals.columns.values())

    @property
    def is_empty(self) -> bool:
        return not self.counted and not self.totals.held.counted

    def columns(self, only: Iterable[int] | None = None) -> list[Column]:
        """The columns (or some of them) with their first cards; empty ones cost no reading."""
        wanted = set(only) if only is not None else {stage.pk for stage in self.stages}
        whole = self.totals.columns
        limits = {
            key: min(limit, MOST) for key, limit in self.limits.items() if key in wanted and key in whole and whole[key].counted
        }

        def make() -> list[Column]:
            rows = queries.cards(self.board, limits=limits, beside=showing.BESIDE)
            return [
                showing.column(self.writer, self.links, stage, self.ranks[stage.pk], rows[stage.pk], whole[stage.pk])
                for stage in self.stages
                if stage.pk in wanted
            ]

        return kept((*self.same, "columns", frozenset(wanted), frozenset(limits.items())), make)

    def next_cards(self, stage: Stage, after: Place) -> Column:
        """A column reduced to the cards behind a place."""
        rows = queries.following(self.board, stage=stage, after=after, beside=showing.BESIDE)
        last = (rows[-1].key, rows[-1].id) if rows else after
        shown = queries.shown(self.board, stage=stage, last=last)
        whole = self.totals.columns[stage.pk]
        return showing.column(self.writer, self.links, stage, self.ranks[stage.pk], rows, whole, shown)

    def shelf(self) -> Shelf:
        """The on-hold shelf."""

        def make() -> Shelf:
            rows = queries.held(self.board, limit=min(self.held, MOST)) if self.totals.held.counted else []
            return showing.shelf(self.writer, self.links, rows, self.totals)

        return kept((*self.same, "shelf", self.held), make)

    def strip(self) -> list[dict[str, str]]:
        """The stages as the phone's strip shows them."""
        return [
            {
                "id": str(stage.pk),
                "name": stage.name,
                "rank": self.ranks[stage.pk],
                "counted": self.number(self.totals.columns[stage.pk].counted),
            }
            for stage in self.stages
        ]

    def number(self, value: int) -> str:
        return typography.number(value, self.writer.tongue)

    def shown(self) -> dict[str, Any]:
        """What every template of the board may ask for."""
        return {
            "look": self,
            "pipeline": self.pipeline,
            "counted": self.number(self.counted),
            "strip": self.strip(),
            "links": self.links,
            "filtered": not self.form.wanted.is_empty,
            "move_words": words.for_script(),
        }


def behind(request: MemberRequest) -> Look | None:
    """The board a fragment's request was sent from, with as much of each column as it shows; None from another page."""
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    found = BOARD_PATH.match(parts.path)
    if found is None:
        return None
    asked = QueryDict(mutable=True)
    for name, value in parse_qsl(parts.query)[:200]:
        asked.appendlist(name, value)
    for shown in request.headers.get("X-Board-Shown", "").split(","):
        asked.appendlist("column", shown)
    try:
        return Look.at(request, int(found[1]), asked)
    except Http404:
        return None


def fragments(look: Look, stages: Iterable[int], **more: Any) -> str:
    """The columns of these stages, the shelf and the counters, as they are now."""
    context = look.shown() | {"columns": look.columns(stages), "shelf": look.shelf()} | more
    return render_to_string("board/fragments.html", context, look.request)


def shown_of(pairs: Sequence[str]) -> dict[int, int]:
    """How many cards each column shows, from `stage:count`; what cannot be read is left out."""
    found = {}
    for pair in pairs:
        stage, _, count = pair.partition(":")
        if (number := row_number(stage)) is not None:
            found[number] = _number(count, PAGE)
    return found


def _number(text: str, least: int) -> int:
    return max(least, min(MOST, int(text))) if text.isdecimal() and len(text) < 9 else least


def place_from(text: str, order: str) -> Place | None:
    """The place that `showing.place_of` wrote; None when it cannot be one."""
    key, _, number = text.rpartition("~")
    if not number.isdecimal() or len(number) > 18:
        return None
    try:
        match order:
            case "step" | "closing":
                return date.fromisoformat(key), int(number)
            case "amount":
                return int(key), int(number)
            case _:
                at = datetime.fromisoformat(key)
                return (at, int(number)) if at.tzinfo else None
    except ValueError:
        return None
