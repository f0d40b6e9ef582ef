"""The deals behind a number as a page: as many as the number says, fifty at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F

from piste.deals.models import DealSet, Status
from piste.stats.history import Ints
from piste.web import access
from piste.web.forecast.behind import page_of

from .asking import Question

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A deal as the list behind a number shows it."""

    id: int
    name: str
    title: str
    stage: str
    status: str
    owner: str
    amount_minor: int | None
    currency: str
    created_at: datetime
    closed_at: datetime | None

    @property
    def status_said(self) -> str:
        return str(Status(self.status).label)


def lines(seen: DealSet, ids: Sequence[int]) -> list[Line]:
    """Those of these deals that are among the seen, in the order given."""
    facts = ("title", "stage__name", "status", "owner__name", "amount_minor", "currency", "created_at", "closed_at")
    rows = seen.filter(pk__in=ids).annotate(said=F("company__name")).values_list("pk", "said", *facts)
    found = {row[0]: Line(*row) for row in rows}
    return [found[key] for key in ids if key in found]


def page(question: Question, title: str, ids: Ints, *, figure: str = "") -> dict[str, Any]:
    """What the page shows; `ids` are exactly the deals that the number counted."""
    # In slices of ids: what a figure counted may be more than a statement takes values.
    pages = Paginator(ids.tolist()[::-1], PAGE)
    number = question.request.GET.get("page", "1")
    here = pages.get_page(number)
    return {
        "title": title,
        "count": len(ids),
        "lines": lines(access.deals_at(question.request, question.past_moment), list(here)),
        "page": here,
        "back": page_of(question, figure) or question.links.on("insights"),
        "whole": question.deals(figure) if figure else "",
    }
