"""The deals behind a number as a page: as many as the number says, fifty at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F

from piste.deals.models import Status
from piste.stats.history import Ints
from piste.web import access

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


def page(question: Question, title: str, ids: Ints, *, figure: str = "") -> dict[str, Any]:
    """What the page shows; `ids` are exactly the deals that the number counted."""
    # In slices of ids: what a figure counted may be more than a statement takes values.
    pages = Paginator(ids.tolist()[::-1], PAGE)
    number = question.request.GET.get("page", "1")
    here = pages.get_page(number)
    found = {
        row[0]: Line(*row)
        for row in access.deals_at(question.request, question.past_moment)
        .filter(pk__in=list(here))
        .annotate(said=F("company__name"))
        .values_list(
            "pk", "said", "title", "stage__name", "status", "owner__name", "amount_minor", "currency", "created_at", "closed_at"
        )
    }
    return {
        "title": title,
        "count": len(ids),
        "lines": [found[key] for key in here if key in found],
        "page": here,
        "back": question.links.on("insights"),
        "whole": question.deals(figure) if figure else "",
    }
