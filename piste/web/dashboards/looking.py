"""One member's look at one dashboard: what is kept of it, or what its address asks besides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from piste.dashboards.models import READY, Dashboard
from piste.foundations.numbers import row_number
from piste.web import access
from piste.web.access import MemberRequest
from piste.web.insights.asking import OWN, InsightLinks, Question

#: The part of an address that says that period and filter are its own, not those the dashboard keeps.
OTHER = "other"
#: Parts of an address that are no question to the figures.
ASIDE = (*OWN, OTHER, "wall", "as_of")
#: Dashboards that a menu offers.
MOST = 100


class DashboardLinks(InsightLinks):
    """Addresses of one dashboard that keep period and filter; those of other pages do not know that it is one."""

    def __init__(self, key: str, pipeline_id: int, pairs: Sequence[tuple[str, str]]) -> None:
        super().__init__(pipeline_id, [*pairs, (OTHER, "1")], "dashboard")
        self.key = key
        self.elsewhere = InsightLinks(pipeline_id, pairs, "insights")

    @property
    def ordering(self) -> list[tuple[str, str]]:
        return [*super().ordering, (OTHER, "1")]

    @property
    def period(self) -> str:
        return self._with(self._address("dashboard_period"), {*OWN}, {})

    @property
    def keeping(self) -> str:
        """Where what is shown now becomes what the dashboard keeps."""
        return self._with(self._address("dashboard_keep"), {*OWN}, {})

    @property
    def new(self) -> str:
        """Where another dashboard is named that shows the same."""
        return self._with(self._address("dashboard_new"), {*OWN}, {})

    @property
    def paper(self) -> str:
        """What is shown now as a PDF."""
        return self._with(self._address("dashboard_paper"), {*OWN}, {})

    def csv(self, figure: str) -> str:
        """A figure of now as a file."""
        return self._with(reverse("dashboard_csv", args=[self.key, figure]), {*OWN}, {})

    @property
    def letters(self) -> str:
        """To whom it is sent by e-mail, and when."""
        return self._address("dashboard_letters")

    def on(self, screen: str, *args: object, **changed: str) -> str:
        return self.elsewhere.on(screen, *args, **changed)

    def _address(self, screen: str) -> str:
        return reverse(screen, args=[self.key])


@dataclass
class Opened:
    """A dashboard as it is looked at; `asked` is its period and filter now."""

    request: MemberRequest
    board: Dashboard
    asked: list[tuple[str, str]]
    question: Question

    @property
    def links(self) -> DashboardLinks:
        assert isinstance(self.question.look.links, DashboardLinks)
        return self.question.look.links

    @property
    def is_ready_made(self) -> bool:
        return self.board.pk is None

    @property
    def may_change(self) -> bool:
        """Whether who looks may change it; the ready-made one becomes theirs."""
        return self.is_ready_made or self.board.may_be_changed_by(self.request.user)

    @property
    def is_other(self) -> bool:
        """Whether another period or filter is shown than is kept."""
        return sorted(self.asked) != sorted(parse_qsl(self.board.asked))

    def shown(self) -> dict[str, Any]:
        """What every page of a dashboard shows around its tiles."""
        return self.question.shown() | {
            # It shows the present, whatever the day.
            "link_day": "",
            "board": self.board,
            "opened": self,
            "new_href": self.links.new,
            "wall_href": self.links.here(wall="1") if self.is_other else f"{self.links.plain}?wall=1",
            "desk_href": self.links.here() if self.is_other else self.links.plain,
            "boards": access.dashboards(self.request).select_related("owner", "pipeline")[:MOST],
            "ready": [(f"{READY}{pipeline.pk}", pipeline) for pipeline in self.question.look.pipelines],
        }


def opened(request: MemberRequest, key: str, figures: Sequence[str]) -> Opened:
    """The dashboard an address names, or 404; the ready-made one of a pipeline has these figures."""
    board = _board(request, key, figures)
    if OTHER in request.GET:
        asked = [(name, value) for name, values in request.GET.lists() for value in values if value and name not in ASIDE]
    else:
        asked = [pair for pair in parse_qsl(board.asked) if pair[0] not in ASIDE]
    question = Question.at(request, board.pipeline_id, "dashboard", QueryDict(urlencode(asked)))
    question.look.links = DashboardLinks(key, board.pipeline_id, asked)
    return Opened(request, board, asked, question)


def _board(request: MemberRequest, key: str, figures: Sequence[str]) -> Dashboard:
    named = key.removeprefix(READY)
    if (number := row_number(named)) is None:
        raise Http404
    if named == key:
        return access.dashboard(request, number)
    pipeline = access.pipeline(request, number)
    return Dashboard(name=gettext("Team"), pipeline=pipeline, owner=request.user, figures=list(figures))
