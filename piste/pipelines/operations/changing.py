"""The frame of every change: one process version, with its computed difference and its why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import transaction

from piste.company.models import Member
from piste.journal.operations import record
from piste.journal.rules import digest_of
from piste.pipelines.models import Pipeline, ProcessVersion
from piste.pipelines.queries import changes_between, definition, with_parts
from piste.pipelines.rules import Promise

#: How rooms above make so what they add to the definition of a whole pipeline (`queries.PARTS`, by the same names): given the
#: pipeline, what is wanted, who and when. Called within `changing`.
PUTTING: dict[str, Callable[[Pipeline, Any, Member | None, datetime], None]] = {}
#: The pipelines that are being changed here and now, each by one `changing`.
WITHIN: ContextVar[frozenset[int]] = ContextVar("pipelines_within", default=frozenset())


class WhyMissing(ValueError):
    """A change of the process without its reason."""


class NameTaken(ValueError):
    """Another pipeline or stage in use already has this name."""


class ProcessOvertaken(Exception):
    """Somebody else changed the process since the caller last saw it; `last` is the version that did."""

    def __init__(self, last: ProcessVersion) -> None:
        super().__init__(f"overtaken by version {last.number}")
        self.last = last


@contextmanager
def changing(
    *,
    pipeline: Pipeline,
    by: Member | None,
    at: datetime,
    why: str,
    cause: str = "page",
    seen: int | None = None,
    promise: Promise | None = None,
    adopt: bool = False,
    leaving: Mapping[str, Any] | None = None,
) -> Iterator[None]:
    """Everything done inside becomes one process version, with its computed difference and its compulsory why.

    Nothing is written when nothing changed. `seen` is the number of the last version the caller knew of; `promise` says what
    is expected of the change; with `adopt`, the journal tells those above that running deals take what is new; `leaving` says
    where the deals of a pipeline that goes out of use go, as a draft does. Inside another `changing` of the same pipeline, all of
    it becomes that one's version.
    Raises `WhyMissing` when `why` is blank, `ProcessOvertaken` when there has been another version.
    """
    if not why.strip():
        raise WhyMissing
    within = WITHIN.get()
    if pipeline.pk in within:
        yield
        return
    with transaction.atomic():
        locked = Pipeline.objects.select_for_update(no_key=True).get(pk=pipeline.pk)
        last = ProcessVersion.objects.filter(pipeline=locked).order_by("-number").first()
        if seen is not None and last is not None and seen != last.number:
            raise ProcessOvertaken(last)
        before = with_parts(last.definition, locked) if last else {}
        token = WITHIN.set(within | {pipeline.pk})
        try:
            yield
        finally:
            WITHIN.reset(token)
        locked.refresh_from_db()
        after = definition(locked)
        changes = changes_between(before, {**after, "leaving": leaving} if leaving else after)
        if not changes:
            return
        promised = promise or Promise()
        version = ProcessVersion.objects.create(
            pipeline=locked,
            number=last.number + 1 if last else 1,
            at=at,
            by=by,
            why=why.strip(),
            changes=changes,
            definition=after,
            expects_measure=promised.measure,
            expects_change=promised.change.strip(),
            retest_on=promised.retest_on,
            evidence=dict(promised.evidence),
        )
        Pipeline.objects.filter(pk=locked.pk).update(version=version)
        pipeline.version = version
        _record(version, cause=cause, promised=promised, adopt=adopt)


def _record(version: ProcessVersion, *, cause: str, promised: Promise, adopt: bool) -> None:
    data: dict[str, Any] = {
        "version": version.number,
        "why": version.why,
        "changes": version.changes,
        "definition": digest_of(version.definition).hex(),
    }
    if said := promised.as_json():
        data["promise"] = said
    if adopt:
        data["adopted"] = True
    record(
        verb="process.changed",
        subject_kind="pipeline",
        subject_id=version.pipeline_id,
        pipeline_id=version.pipeline_id,
        actor_id=version.by_id,
        at=version.at,
        cause=cause,
        data=data,
    )
