"""The frame of every change: one process version, with its computed difference and its why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from piste.company.models import Member
from piste.journal.operations import record
from piste.journal.rules import digest_of
from piste.pipelines.models import Pipeline, ProcessVersion
from piste.pipelines.queries import definition
from piste.pipelines.rules import differences

#: How rooms above tell what changed in what they add to a stage's definition: the stage's name, before, after. Filled with
#: `queries.ADDITIONS`, by the same names.
DIFFERENCES: dict[str, Callable[[str, Mapping[str, Any], Mapping[str, Any]], list[dict[str, str]]]] = {}


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
    *, pipeline: Pipeline, by: Member | None, at: datetime, why: str, cause: str = "page", seen: int | None = None
) -> Iterator[None]:
    """Everything done inside becomes one process version, with its computed difference and its compulsory why.

    Nothing is written when nothing changed. `seen` is the number of the last version the caller knew of.
    Raises `WhyMissing` when `why` is blank, `ProcessOvertaken` when there has been another version.
    """
    if not why.strip():
        raise WhyMissing
    with transaction.atomic():
        locked = Pipeline.objects.select_for_update(no_key=True).get(pk=pipeline.pk)
        last = ProcessVersion.objects.filter(pipeline=locked).order_by("-number").first()
        if seen is not None and last is not None and seen != last.number:
            raise ProcessOvertaken(last)
        before = last.definition if last else {}
        yield
        locked.refresh_from_db()
        after = definition(locked)
        changes = [change.as_json() for change in differences(before, after)] + _added(before, after)
        if not changes:
            return
        version = ProcessVersion.objects.create(
            pipeline=locked,
            number=last.number + 1 if last else 1,
            at=at,
            by=by,
            why=why.strip(),
            changes=changes,
            definition=after,
        )
        Pipeline.objects.filter(pk=locked.pk).update(version=version)
        pipeline.version = version
        record(
            verb="process.changed",
            subject_kind="pipeline",
            subject_id=locked.pk,
            pipeline_id=locked.pk,
            actor_id=by.pk if by else None,
            at=at,
            cause=cause,
            data={
                "version": version.number,
                "why": version.why,
                "changes": changes,
                "definition": digest_of(after).hex(),
            },
        )


def _added(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, str]]:
    """What changed in what rooms above add to stages that were there and still are."""
    old = {stage["id"]: stage for stage in before.get("stages", [])}
    found: list[dict[str, str]] = []
    for stage in after["stages"]:
        for name, tell in DIFFERENCES.items():
            found += tell(stage["name"], old.get(stage["id"], {}).get(name, {}), stage.get(name, {}))
    return found
