"""What the journal is told of ideas and tests, and the lock that their changes take turns by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from piste.company.models import Member
from piste.experiments.models import Idea, SplitTest
from piste.journal.operations import record


def lock(test: SplitTest) -> SplitTest:
    """The test as it stands now, locked until the end of the transaction."""
    return SplitTest.objects.select_for_update(of=("self",)).select_related("stage", "pipeline").get(pk=test.pk)


def tell(what: str, test: SplitTest, *, by: Member | None, at: datetime, cause: str = "page", **data: Any) -> None:
    """Records what happened to a test."""
    record(
        verb=f"test.{what}",
        subject_kind="test",
        subject_id=test.pk,
        pipeline_id=test.pipeline_id,
        actor_id=by.pk if by else None,
        at=at,
        cause=cause,
        data={"number": test.number, "name": test.title, **data},
    )


def tell_idea(what: str, idea: Idea, *, by: Member, at: datetime, cause: str = "page", **data: Any) -> None:
    """Records what happened to an idea."""
    record(
        verb=f"idea.{what}",
        subject_kind="idea",
        subject_id=idea.pk,
        pipeline_id=idea.pipeline_id,
        actor_id=by.pk,
        at=at,
        cause=cause,
        data={"name": idea.title, **data},
    )
