"""Running deals adopt the playbooks of a new process version, some at a time.

`adopt_playbooks` writes down that they are to; a few do at once, thousands in the worker, part by part (`carry_on`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from piste.activities.models import Activity, Adoption
from piste.company.models import Settings
from piste.company.queries import company, working_time
from piste.deals.models import Deal, DealSet
from piste.experiments.queries import with_own_playbook
from piste.journal.models import Entry
from piste.pipelines.models import ProcessVersion
from piste.playbooks.models import StandardActivity
from piste.playbooks.queries import standards

from .following import plan_standards
from .planning import amend, discard

#: Deals of one transaction: it must be short, for whoever works on a deal meanwhile waits for it.
CHUNK = 50


@transaction.atomic(savepoint=False)
def adopt_playbooks(entry: Entry) -> None:
    """Reacts to a version whose playbooks running deals are to adopt. When they are few they do so at once."""
    if not entry.data.get("adopted"):
        return
    version = ProcessVersion.objects.get(pipeline_id=entry.subject_id, number=entry.data["version"])
    counted = _concerned(_found_in(version)).count()
    if not counted:
        return
    adoption = Adoption.objects.create(
        version=version, pipeline_id=version.pipeline_id, by_id=entry.actor_id, at=entry.at, counted=counted
    )
    if counted <= CHUNK:
        carry_out(adoption=adoption, at=entry.at)


def carry_out(*, adoption: Adoption, at: datetime) -> None:
    """Does all that is left of an adoption."""
    while carry_on(adoption=adoption, at=at):
        pass


@transaction.atomic
def carry_on(*, adoption: Adoption, at: datetime) -> int:
    """Lets the next deals adopt; returns how many did, 0 when none was left.

    Those standing in the stages concerned get the standard activities that are new; what has gone out and nobody has done goes to
    the bin; what is worded anew, and nobody has done or changed by hand, is worded so there as well, and due when it now should.
    Deals that a split test works otherwise get nothing new, or it would compare nothing.
    """
    current = Adoption.objects.select_for_update(of=("self",)).select_related("version", "by").get(pk=adoption.pk)
    if current.finished_at is not None:
        return 0
    found = _found_in(current.version)
    rows = _concerned(found).filter(pk__gt=current.last).select_related("owner", "pipeline").order_by("pk")
    deals = list(rows.select_for_update(of=("self",), no_key=True)[:CHUNK])
    own = set(with_own_playbook(found.fresh).filter(deal__in=deals).values_list("deal_id", flat=True))
    planned: dict[int, list[Activity]] = {}
    touched = Activity.objects.undone().filter(deal__in=deals, standard__in=found.gone | found.reworded.keys())
    for activity in touched.select_related("assignee").order_by("pk"):
        planned.setdefault(activity.deal_id or 0, []).append(activity)
    settings = company()
    for deal in deals:
        for activity in planned.get(deal.pk, ()):
            if activity.standard_id in found.gone:
                discard(activity=activity, by=current.by, at=at, cause="playbook")
            elif facts := found.anew(activity, settings):
                amend(activity=activity, facts=facts, by=current.by, at=at, cause="playbook")
        if deal.status == "open" and deal.pk not in own:
            plan_standards(found.fresh.get(deal.stage_id, ()), deal=deal, mover=None, at=at)
    current.done += len(deals)
    current.last = deals[-1].pk if deals else current.last
    current.finished_at = at if len(deals) < CHUNK else None
    current.save(update_fields=["done", "last", "finished_at"])
    return len(deals) if current.finished_at is None else 0


@dataclass(frozen=True, slots=True)
class _Found:
    """What a version's playbooks change: the standard activities that have gone, those that are new and begin on entering, by
    stage, and those worded anew, each with how it is and how any version has had it."""

    pipeline: int
    gone: set[int] = field(default_factory=set)
    fresh: dict[int, list[StandardActivity]] = field(default_factory=dict)
    reworded: dict[int, tuple[dict[str, Any], list[dict[str, Any]]]] = field(default_factory=dict)

    def anew(self, activity: Activity, settings: Settings | None) -> dict[str, Any]:
        """What is to change of an activity so that it says what its playbook says; nothing when somebody has changed it by
        hand, that is when no version has ever said what it says."""
        now, said = self.reworded[activity.standard_id or 0]
        if not any(_words(row) == {name: getattr(activity, name) for name in _words(row)} for row in said):
            return {}
        facts: dict[str, Any] = _words(now)
        time = working_time(activity.assignee, settings=settings)
        planned_on = activity.created_at.astimezone(time.zone).date()
        due = {time.add_working_days(planned_on, row["offset_days"]) for row in said}
        if activity.due_at is None and activity.due_on in due:
            facts["due_on"] = time.add_working_days(planned_on, now["offset_days"])
        return facts


def _words(row: dict[str, Any]) -> dict[str, str]:
    """What an activity says that a playbook planned."""
    return {"kind": row["kind"], "title": row["title"].strip()[:200], "detail": row["detail"].strip()}


def _found_in(version: ProcessVersion) -> _Found:
    """What a version's playbooks change against the version before it."""
    before = ProcessVersion.objects.filter(pipeline_id=version.pipeline_id, number=version.number - 1).first()
    old, new = _standards(before), _standards(version)
    found = _Found(version.pipeline_id, gone=old.keys() - new.keys())
    fresh = new.keys() - old.keys()
    for row in standards({new[key]["stage"] for key in fresh}):
        # One that waits for another is planned when that one is done.
        if row.pk in fresh and row.after_id is None:
            found.fresh.setdefault(row.stage_id, []).append(row)
    changed = [key for key in new.keys() & old.keys() if _said(new[key]) != _said(old[key])]
    if changed:
        past = ProcessVersion.objects.filter(pipeline_id=version.pipeline_id, number__lt=version.number)
        every = [_standards(one) for one in past.iterator(chunk_size=50)]
        found.reworded.update({key: (new[key], [said[key] for said in every if key in said]) for key in changed})
    return found


def _said(row: dict[str, Any]) -> tuple[dict[str, str], int]:
    return _words(row), row["offset_days"]


def _standards(version: ProcessVersion | None) -> dict[int, dict[str, Any]]:
    """The standard activities of a version by their keys, each with its stage."""
    stages = version.definition.get("stages", []) if version is not None else []
    return {
        row["id"]: row | {"stage": stage["id"]} for stage in stages for row in stage.get("playbook", {}).get("activities", [])
    }


def _concerned(found: _Found) -> DealSet:
    """The deals for which something changes."""
    keys: Collection[int] = found.gone | found.reworded.keys()
    touched = Activity.objects.undone().filter(standard__in=keys).values("deal")
    running = Deal.objects.open().filter(stage__in=found.fresh).values("pk")
    return Deal.objects.present().filter(Q(pk__in=running) | Q(pk__in=touched), pipeline_id=found.pipeline)
