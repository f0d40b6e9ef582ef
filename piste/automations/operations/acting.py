"""The actions, each through the operation of the room it belongs to, with what refused it as a code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from piste.activities.operations import Wanted, plan
from piste.activities.operations import write as write_note
from piste.automations.models import Automation
from piste.automations.rules import DISTURBING, Action
from piste.company.models import Member, Role
from piste.company.queries import working_time
from piste.deals import operations as deals
from piste.deals.models import Source, sees
from piste.deals.queries import fact_value

from . import moving, writing
from .scene import Refused, Scene, who


def act(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    """Does an action; what became of it. Raises `Refused`."""
    try:
        return DOING[action.kind](scene, action, place)
    except deals.DataMissing as lack:
        raise Refused("missing", facts=lack.facts) from lack
    except deals.DealError as problem:
        raise Refused(REASONS.get(type(problem), "not_possible")) from problem


REASONS: dict[type[Exception], str] = {
    deals.StageRetired: "retired",
    deals.NotAllowed: "left",
    deals.Discarded: "gone",
}


def must_wait(scene: Scene, action: Action) -> datetime | None:
    """Until when an action that disturbs somebody waits for their working hours; None when it may be done now."""
    if action.kind not in DISTURBING:
        return None
    person = who(scene, action) if action.kind == "notify" else scene.deal.owner
    opening = working_time(person).opening(scene.at)
    return opening if opening > scene.at else None


def _task(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    deal, person = scene.deal, who(scene, action)
    time = working_time(person)
    day = time.add_working_days(scene.at.astimezone(time.zone).date(), action.days or 0)
    wanted = Wanted(title=action.text, kind=action.fact or "task", due_on=day)
    made = plan(wanted=wanted, assignee=person, deal=deal, **scene.act)
    return {"result": "done", "activity": made.pk, "who": person.pk}


def _notify(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    """A note that names whom it is for: it is in their notifications, and stays with the deal."""
    deal, person = scene.deal, who(scene, action)
    if not sees(person, owner_id=deal.owner_id, team_id=deal.team_id):
        raise Refused("unseen", who=person.pk)
    text = f"@{person.name} {action.text}\n({scene.automation.name})"
    told: dict[str, Any] = {"by": None, "at": scene.at, "cause": "automation", "pipeline_id": deal.pipeline_id}
    note = write_note(subject_kind="deal", subject_id=deal.pk, text=text, may_read=[person], **told)
    return {"result": "done", "note": note.pk, "who": person.pk}


def _assign(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    return _give(scene, who(scene, action))


def _turn(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    """To the next rep of a team: each in their turn, whoever comes and goes."""
    team = list(Member.objects.active().filter(team_id=action.team or 0, role=Role.REP).order_by("pk"))
    team = team or list(Member.objects.active().filter(team_id=action.team or 0).order_by("pk"))
    if not team:
        raise Refused("nobody")
    current = Automation.objects.get(pk=scene.automation.pk)
    person = team[current.turn % len(team)]
    Automation.objects.filter(pk=current.pk).update(turn=(current.turn + 1) % 1_000_000)
    return _give(scene, person)


def _give(scene: Scene, person: Member) -> dict[str, Any]:
    changed = deals.amend(deal=scene.deal, facts={"owner": person}, **scene.act)
    return {"result": "done" if changed else "same", "who": person.pk}


def _tags(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    deal = scene.deal
    there = fact_value(deal, "tags")
    without = [name for name in there if name.casefold() != action.text.casefold()]
    wanted = [*without, action.text] if action.kind == "tag" else without
    if sorted(one.casefold() for one in wanted) == sorted(one.casefold() for one in there):
        return {"result": "same", "tag": action.text}
    deals.name_tags(deal=deal, tags=wanted, **scene.act)
    return {"result": "done", "tag": action.text}


def _set(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    """Sets a field: one of the company's own, the source, or the expected close date so many days from now."""
    facts: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    if action.fact.startswith("custom:"):
        custom[action.fact.removeprefix("custom:")] = action.value
    elif action.fact == "source":
        facts["source"] = Source.objects.filter(pk=action.value, retired_at=None).first()
        if facts["source"] is None:
            raise Refused("retired")
    else:
        today = scene.at.astimezone(working_time().zone).date()
        facts["expected_close_on"] = today + timedelta(days=action.days or 0)
    changed = deals.amend(deal=scene.deal, facts=facts, custom=custom, **scene.act)
    return {"result": "done" if changed else "same", "fact": action.fact}


type Doing = Callable[[Scene, Action, int], dict[str, Any]]
DOING: dict[str, Doing] = {
    "task": _task,
    "notify": _notify,
    "mail": writing.mail,
    "move": moving.move,
    "win": moving.win,
    "lose": moving.lose,
    "hold": moving.hold,
    "resume": moving.resume,
    "assign": _assign,
    "turn": _turn,
    "tag": _tags,
    "untag": _tags,
    "set": _set,
    "webhook": writing.webhook,
}
