"""The list of ideas."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from piste.company.models import Member
from piste.experiments.models import Idea, SplitTest, Vote

OPEN, TESTED, DECIDED, DROPPED = "open", "tested", "decided", "dropped"


@dataclass(frozen=True, slots=True)
class Told:
    """An idea with its votes, whether the member asking voted, its state and its latest test (by number in the pipeline)."""

    idea: Idea
    votes: int
    mine: bool
    state: str
    test: int | None


def idea_rows(pipeline_id: int, *, member: Member, latest: int = 100) -> list[Told]:
    """The ideas about a pipeline: open ones first, those with most votes at the head; at most `latest` of them."""
    tests = SplitTest.objects.kept().filter(idea=OuterRef("pk")).order_by("-number")
    found = (
        Idea.objects.filter(pipeline_id=pipeline_id)
        .select_related("stage", "author")
        .annotate(
            counted=Count("votes"),
            mine=Exists(Vote.objects.filter(idea=OuterRef("pk"), member=member)),
            test=Subquery(tests.values("number")[:1]),
            decided=Exists(tests.filter(~Q(decision=""))),
        )
        .order_by("-counted", "-created_at", "-pk")[:latest]
    )
    rows = [Told(idea, idea.counted, idea.mine, _state(idea), idea.test) for idea in found]
    order = (OPEN, TESTED, DECIDED, DROPPED)
    return sorted(rows, key=lambda row: order.index(row.state))


def _state(idea: Idea) -> str:
    if idea.dropped_at is not None:
        return DROPPED
    if getattr(idea, "decided", False):
        return DECIDED
    return TESTED if getattr(idea, "test", None) is not None else OPEN
