"""Actions that waited for somebody's working hours."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from piste.automations.models import Later, Run, RunState
from piste.automations.rules import action_of

from .place import hold
from .running import attempt
from .scene import Scene


def catch_up(*, at: datetime) -> int:
    """Does what waited until now; returns how many actions were seen to, each in a transaction of its own."""
    done = 0
    for key in list(
        Later.objects.filter(over_at=None, due_at__lte=at).order_by("due_at", "pk").values_list("pk", flat=True)[:500]
    ):
        done += _do(key, at)
    return done


@transaction.atomic
def _do(key: int, at: datetime) -> bool:
    hold()
    waiting = Later.objects.select_for_update(of=("self",)).filter(pk=key, over_at=None).select_related("run__automation").first()
    if waiting is None:
        return False
    run = waiting.run
    automation = run.automation
    if not automation.is_acting:
        found = {"kind": waiting.action["kind"], "result": "refused", "why": "paused"}
    else:
        found = attempt(Scene(automation, run, run.deal_id, at), action_of(waiting.action), waiting.place, may_wait=False)
    Later.objects.filter(pk=key).update(over_at=at)
    _keep(run, waiting.place, found)
    return True


def _keep(run: Run, place: int, found: dict[str, object]) -> None:
    """What became of it stands in the place where it said that it waits."""
    did = list(run.told.get("did", []))
    if place < len(did):
        did[place] = found
    results = {one["result"] for one in did}
    if not results & {"done", "later", "same"}:
        run.state = RunState.FAILED if "failed" in results else RunState.REFUSED
    run.told = run.told | {"did": did}
    run.save(update_fields=["told", "state"])
