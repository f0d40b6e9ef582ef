"""Writing ideas and voting for them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from piste.company.models import Member
from piste.experiments.models import Idea, Vote
from piste.experiments.rules import Gain, Hypothesis
from piste.pipelines.models import Pipeline, Stage

from .telling import tell_idea


@transaction.atomic
def write_idea(
    *,
    pipeline: Pipeline,
    stage: Stage | None,
    said: Hypothesis,
    by: Member,
    at: datetime,
    gain: Gain | None = None,
    cause: str = "page",
) -> Idea:
    """A new idea; whoever writes it votes for it. `gain` is what the figures say that day."""
    idea = Idea.objects.create(
        pipeline=pipeline,
        stage=stage,
        title=said.title.strip(),
        if_text=said.if_text.strip(),
        then_text=said.then_text.strip(),
        because_text=said.because_text.strip(),
        effort=said.effort,
        gain_minor=gain.minor if gain else None,
        currency=gain.currency if gain else "",
        gain_on=at.date() if gain else None,
        author=by,
        created_at=at,
    )
    Vote.objects.create(idea=idea, member=by, at=at)
    tell_idea("written", idea, by=by, at=at, cause=cause, stage=stage.pk if stage else None)
    return idea


@transaction.atomic
def vote(*, idea: Idea, by: Member, at: datetime, cause: str = "page") -> bool:
    """A member's vote; False when they had given it."""
    _vote, is_new = Vote.objects.get_or_create(idea=idea, member=by, defaults={"at": at})
    if is_new:
        tell_idea("voted", idea, by=by, at=at, cause=cause)
    return is_new


@transaction.atomic
def unvote(*, idea: Idea, by: Member, at: datetime) -> bool:
    """Takes a vote back; False when there was none."""
    count, _kinds = Vote.objects.filter(idea=idea, member=by).delete()
    if count:
        tell_idea("unvoted", idea, by=by, at=at)
    return bool(count)


@transaction.atomic
def drop_idea(*, idea: Idea, by: Member, at: datetime, why: str) -> bool:
    """Says that an idea is not followed up, and why; False when it had been dropped."""
    current = Idea.objects.select_for_update().get(pk=idea.pk)
    if current.dropped_at is not None:
        return False
    current.dropped_at, current.dropped_why = at, why.strip()
    current.save(update_fields=["dropped_at", "dropped_why"])
    tell_idea("dropped", current, by=by, at=at, why=current.dropped_why)
    return True


@transaction.atomic
def take_up_idea(*, idea: Idea, by: Member, at: datetime) -> bool:
    """Takes a dropped idea up again; False when it is not dropped."""
    current = Idea.objects.select_for_update().get(pk=idea.pk)
    if current.dropped_at is None:
        return False
    current.dropped_at, current.dropped_why = None, ""
    current.save(update_fields=["dropped_at", "dropped_why"])
    tell_idea("taken_up", current, by=by, at=at)
    return True
