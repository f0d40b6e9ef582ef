"""Questions about playbooks."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from piste.asking import KeptRecords

from .models import ExitCriterion, Playbook, StandardActivity, Template
from .rules import Criterion, Guide, Standard, Text


def standards(stage_ids: Collection[int], *, arm: int | None = None) -> list[StandardActivity]:
    """The standard activities in use of some stages, in order: everybody's, or those of a split test's variant."""
    found = StandardActivity.objects.filter(stage_id__in=stage_ids, retired_at=None, arm=arm)
    return list(found.select_related("member").order_by("stage_id", "position", "pk"))


def named(keys: Collection[int]) -> list[StandardActivity]:
    """Standard activities by their keys, in order, whoever follows them."""
    return _named.records(keys=list(keys))


@KeptRecords
def _named(*, keys: list[int]) -> Any:
    return StandardActivity.objects.filter(pk__in=keys).select_related("member").order_by("position", "pk")


def waiting_for(standard_id: int) -> list[StandardActivity]:
    """The standard activities in use that begin when another is done."""
    return list(StandardActivity.objects.filter(after_id=standard_id, retired_at=None).order_by("position", "pk"))


def criteria(stage_id: int) -> list[ExitCriterion]:
    """The exit criteria in use of a stage, in order."""
    return list(ExitCriterion.objects.filter(stage_id=stage_id, retired_at=None, arm=None))


def templates(stage_id: int, kind: str = "") -> list[Template]:
    """The templates in use of a stage, of one kind or of all, in order."""
    found = Template.objects.filter(stage_id=stage_id, retired_at=None, arm=None)
    return list(found.filter(kind=kind) if kind else found)


def script(stage_id: int) -> str:
    """The script of a stage, in Markdown; empty when there is none."""
    return Playbook.objects.filter(pk=stage_id).values_list("script", flat=True).first() or ""


def guide(stage_id: int) -> Guide:
    """Everything the playbook of a stage says."""
    rows = standards([stage_id])
    place = {row.pk: number for number, row in enumerate(rows)}
    return Guide(
        activities=tuple(
            Standard(
                kind=row.kind,
                title=row.title,
                detail=row.detail,
                offset_days=row.offset_days,
                after=place.get(row.after_id) if row.after_id else None,
                assigns=row.assigns,
                member_id=row.member_id,
                id=row.pk,
            )
            for row in rows
        ),
        criteria=tuple(Criterion(text=row.text, id=row.pk) for row in criteria(stage_id)),
        templates=tuple(
            Text(kind=row.kind, name=row.name, subject=row.subject, body=row.body, id=row.pk) for row in templates(stage_id)
        ),
        script=script(stage_id),
    )


def told(stage_ids: Collection[int], *, arm: int | None = None) -> dict[int, dict[str, Any]]:
    """The playbooks of some stages as JSON, as a process version keeps them; a stage without one is left out. Of a variant of a
    split test (`arm`) the rows: it keeps its script itself."""
    found: dict[int, dict[str, Any]] = {}
    for row in standards(stage_ids, arm=arm):
        said = {
            "id": row.pk,
            "kind": row.kind,
            "title": row.title,
            "detail": row.detail,
            "offset_days": row.offset_days,
            "after": row.after_id,
            "assigns": row.assigns,
            "member": row.member_id,
        }
        found.setdefault(row.stage_id, {}).setdefault("activities", []).append(said)
    for criterion in ExitCriterion.objects.filter(stage_id__in=stage_ids, retired_at=None, arm=arm):
        said = {"id": criterion.pk, "text": criterion.text}
        found.setdefault(criterion.stage_id, {}).setdefault("criteria", []).append(said)
    for text in Template.objects.filter(stage_id__in=stage_ids, retired_at=None, arm=arm):
        said = {"id": text.pk, "kind": text.kind, "name": text.name, "subject": text.subject, "body": text.body}
        found.setdefault(text.stage_id, {}).setdefault("templates", []).append(said)
    if arm is not None:
        return found
    for key, words in Playbook.objects.filter(pk__in=stage_ids).exclude(script="").values_list("pk", "script"):
        found.setdefault(key, {})["script"] = words
    return found
