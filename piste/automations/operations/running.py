"""One occurrence, whole: its reason and all that it does, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext, override

from piste.automations.models import Automation, Delivery, Later, Run, RunState
from piste.automations.queries import facts_of
from piste.automations.queries.clock import Occurrence
from piste.automations.rules import REST, Action, Recipe, action_of, not_met, refusal
from piste.company.queries import company
from piste.deals.models import Deal
from piste.experiments.queries import way_of
from piste.experiments.rules import Way
from piste.journal.models import Entry
from piste.post.operations import burn

from . import acting, writing
from .place import hold
from .scene import Refused, Scene
from .shaping import pause

log = logging.getLogger(__name__)


@transaction.atomic
def run(*, automation_id: int, occurrence: Occurrence, at: datetime) -> Run | None:
    """Makes the run of an occurrence; None when it has one already, or when automation or deal are no longer there.

    The cursor is held all the while, so that runs come one after the other whoever works.
    """
    hold()
    automation = Automation.objects.running().select_related("pipeline").filter(pk=automation_id).first()
    deal = (
        Deal.objects.present()
        .select_related("owner", "team", "company", "stage", "pipeline")
        .filter(pk=occurrence.deal_id)
        .first()
    )
    if automation is None or deal is None or deal.pipeline_id != automation.pipeline_id:
        return None
    if Run.objects.filter(automation=automation, deal=deal, key=occurrence.key).exists():
        return None
    way, drawn = _way(automation, deal)
    if automation.paused_at is not None and (way is None or not way.on):
        # A split test tries it on other deals than this one.
        return None
    found = _reason(automation, deal, occurrence, at) if way is None or way.on else (RunState.NOT_MET, {})
    made = Run(
        automation=automation,
        deal=deal,
        key=occurrence.key,
        at=at,
        state=found[0],
        because={"kind": automation.kind} | occurrence.because,
        told=drawn | found[1],
        depth=occurrence.depth,
        entry=occurrence.entry,
        of_day=occurrence.of_day,
        of_moment=occurrence.of_moment,
    )
    made.save(force_insert=True)
    if made.state == RunState.DONE:
        _act(made, automation, deal, at, None if way is None else way.do)
    elif made.told.get("refused") == "rate":
        _rest(automation, at)
    return made


def _way(automation: Automation, deal: Deal) -> tuple[Way | None, dict[str, Any]]:
    """What the deal's variant of a split test does with the automation, None when that is what everybody's does; and what the log
    tells of it."""
    drawn = way_of(deal.pk, automation.pk) if automation.is_tested else None
    if drawn is None:
        return None, {}
    return drawn.way, {"letter": drawn.variant.letter, "number": drawn.variant.test.number}


def _reason(automation: Automation, deal: Deal, occurrence: Occurrence, at: datetime) -> tuple[str, dict[str, Any]]:
    """Whether it acts, and why it does not. Conditions come first: what would do nothing is no loop."""
    recipe, facts = Recipe.of(automation.recipe), facts_of(deal)
    place = not_met(recipe.conditions, facts)
    if place is not None:
        asked = recipe.conditions[place]
        found = facts.of(asked.fact)[:5]
        return RunState.NOT_MET, {"fact": asked.fact, "how": asked.how, "values": list(asked.values), "found": found}
    done = Run.objects.filter(automation=automation, state=RunState.DONE, at__gt=at - REST)
    earlier = list(done.filter(deal=deal).values_list("at", flat=True))
    why = refusal(occurrence.depth, at, earlier, in_hour=done.count(), most=automation.most_per_hour)
    return (RunState.REFUSED, {"refused": why}) if why else (RunState.DONE, {})


def _act(made: Run, automation: Automation, deal: Deal, at: datetime, instead: Sequence[Mapping[str, Any]] | None) -> None:
    """Does the actions, or those of a variant of a split test `instead`, in their order, each wholly or not at all, and keeps
    what became of them."""
    scene = Scene(automation, made, deal.pk, at)
    recipe = Recipe.of(automation.recipe)
    actions = recipe.actions if instead is None else tuple(action_of(one) for one in instead)
    did = [attempt(scene, action, place) for place, action in enumerate(actions)]
    results = {one["result"] for one in did}
    if results and not results & {"done", "later", "same"}:
        made.state = RunState.FAILED if "failed" in results else RunState.REFUSED
    made.told = made.told | {"did": did}
    made.save(update_fields=["state", "told"])


def attempt(scene: Scene, action: Action, place: int, *, may_wait: bool = True) -> dict[str, Any]:
    """What became of one action: `done`, `later`, `same` (there was nothing to change), `refused` with its reason, `failed`."""
    said: dict[str, Any] = {"kind": action.kind}
    try:
        with transaction.atomic():
            if may_wait and (due_at := acting.must_wait(scene, action)) is not None:
                Later.objects.create(run=scene.run, place=place, action=action.as_json(), due_at=due_at)
                return said | {"result": "later", "due_at": due_at.isoformat()}
            return said | acting.act(scene, action, place)
    except Refused as problem:
        return said | {"result": "refused", "why": problem.why} | problem.told
    except DatabaseError:
        raise
    except Exception as problem:
        log.exception("Automation %s failed on deal %s", scene.automation.pk, scene.deal_id)
        return said | {"result": "failed", "why": type(problem).__name__}


def _rest(automation: Automation, at: datetime) -> None:
    """Pauses an automation that acts too often, as a version of the process that says so, and tells who made it."""
    told = company()
    with override(told.language if told else "en"):
        why = gettext("Paused by itself: more than %(count)s runs within an hour.") % {"count": automation.most_per_hour}
    if automation.paused_at is None:
        pause(automation=automation, by=None, at=at, why=why, of_itself="rate")
    else:
        # Paused for everybody but those a split test tries it on: for those too from now on.
        Automation.objects.filter(pk=automation.pk).update(is_tried=False, paused_why="rate")
    writing.tell_of_pause(automation, at)


def forget(entry: Entry) -> None:
    """Reacts to a deal that is erased: what was written of it to other systems and what its conditions found are emptied, what
    waits is dropped. E-mails about it, or to a contact who is erased, are not kept."""
    burn(purpose=writing.PURPOSE, **{entry.subject_kind: entry.subject_id})
    if entry.subject_kind != "deal":
        return
    Run.objects.filter(deal_id=entry.subject_id).update(told={})
    waiting = Delivery.objects.filter(run__deal_id=entry.subject_id)
    waiting.filter(sent_at=None, dropped_at=None).update(dropped_at=entry.at, problem="erased")
    waiting.update(body="")
    Later.objects.filter(run__deal_id=entry.subject_id, over_at=None).update(over_at=entry.at)
