"""The activities behind a number: as many as the number says, fifty at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404
from django.utils.translation import gettext

from piste.activities.models import Activity, ActivityKind
from piste.company.models import Member
from piste.foundations.numbers import row_number
from piste.insights.queries import live
from piste.insights.queries.team import done_within
from piste.web.insights.asking import Question

PAGE = 50
#: What stands for all kinds in a key, and which figures count activities: those of the team’s page, and those of now.
ALL, TEAM, PRESENT = "all", "team", "now"


def key(figure: str, who: int, kind: str = ALL) -> str:
    """The key of a number of activities."""
    return f"{figure}.{who}.{kind}"


@dataclass(frozen=True, slots=True)
class Line:
    """An activity as the list behind a number shows it."""

    kind: str
    title: str
    deal_id: int
    company: str | None
    deal_title: str
    outcome: str | None
    done_at: datetime

    @property
    def kind_said(self) -> str:
        return str(ActivityKind(self.kind).label)


def page(question: Question, key: str) -> dict[str, Any]:
    """What the page shows; 404 for a key that no number has."""
    figure, _, rest = key.partition(".")
    who, _, kind = rest.partition(".")
    number = row_number(who)
    if figure not in (TEAM, PRESENT) or number is None or kind not in (ALL, *ActivityKind.values):
        raise Http404
    member = Member.objects.filter(pk=number).first()
    if member is None:
        raise Http404
    keys = _keys(question, figure, member, kind)
    pages = Paginator(keys[::-1], PAGE)
    here = pages.get_page(question.request.GET.get("page", "1"))
    shown = ("kind", "title", "deal_id", "deal__company__name", "deal__title", "outcome__name", "done_at")
    # Only what the figure counted, which is of deals that who asks may see.
    found = {row[0]: Line(*row[1:]) for row in Activity.objects.filter(pk__in=list(here)).values_list("pk", *shown)}
    of = str(ActivityKind(kind).label) if kind != ALL else gettext("Activities")
    return {
        "title": gettext("%(name)s: %(kind)s done") % {"name": member.name, "kind": of},
        "count": len(keys),
        "lines": [found[one] for one in here if one in found],
        "page": here,
        "back": question.links.on("insights_team"),
    }


def _keys(question: Question, figure: str, member: Member, kind: str) -> list[int]:
    """The activities counted, the first done first."""
    if figure == PRESENT:
        rows = live.done(question.scope, question.within).filter(done_by=member)
        rows = rows if kind == ALL else rows.filter(kind=kind)
        return list(rows.order_by("done_at", "pk").values_list("pk", flat=True))
    counted = done_within(question.reading, question.within, zone_now=question.as_of)
    return counted.keys(member.pk, "" if kind == ALL else kind)
