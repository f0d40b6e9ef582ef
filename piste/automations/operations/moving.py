"""Actions that move a deal, through the operations and rules that a person's hand goes through."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from piste.automations.rules import Action
from piste.company.queries import working_time
from piste.deals import operations as deals
from piste.deals.models import Deal, LossReason, Status
from piste.pipelines.models import Stage

from .scene import Refused, Scene


def move(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    to = Stage.objects.select_related("pipeline").filter(pk=action.stage or 0).first()
    if to is None:
        raise Refused("retired")
    try:
        moved = deals.move(deal=scene.deal, to=to, **scene.act)
    except deals.AlreadyThere:
        return {"result": "same", "stage": to.name}
    return {"result": "done", "stage": to.name, "move": moved.number}


def win(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    try:
        moved = deals.win(deal=scene.deal, **scene.act)
    except deals.AlreadyThere:
        return {"result": "same"}
    return {"result": "done", "move": moved.number}


def lose(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    reason = LossReason.objects.filter(pk=action.reason or 0, retired_at=None).first()
    if reason is None:
        raise Refused("no_reason")
    try:
        moved = deals.lose(deal=scene.deal, reason=reason, why=action.text, **scene.act)
    except deals.AlreadyThere:
        return {"result": "same", "reason": reason.name}
    return {"result": "done", "reason": reason.name, "move": moved.number}


def hold(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    """On hold until so many days from now, or from one of its dates (before it when negative); one that is on hold already keeps
    the day that somebody gave it. Refused when the deal does not say that date, or it is no day to come."""
    deal = scene.deal
    if deal.status in (Status.WON, Status.LOST):
        raise Refused("closed")
    if deal.status == Status.HELD:
        return {"result": "same"}
    today = scene.at.astimezone(working_time(deal.owner).zone).date()
    if action.fact:
        day = _day(deal, action.fact)
        if day is None:
            raise Refused("no_day", fact=action.fact)
        until = day + timedelta(days=action.days or 0)
        if until <= today:
            raise Refused("past", fact=action.fact, on=until.isoformat())
    else:
        until = today + timedelta(days=action.days or 1)
    moved = deals.hold(deal=deal, until=until, today=today, why=action.text, **scene.act)
    return {"result": "done", "until": until.isoformat(), "move": moved.number}


def _day(deal: Deal, fact: str) -> date | None:
    """One of the dates of a deal; None when it is not known."""
    said = deal.custom.get(fact.removeprefix("custom:")) if fact.startswith("custom:") else deal.expected_close_on
    try:
        return date.fromisoformat(str(said)) if said else None
    except ValueError:
        return None


def resume(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    try:
        moved = deals.resume(deal=scene.deal, **scene.act)
    except deals.AlreadyThere:
        return {"result": "same"}
    return {"result": "done", "move": moved.number}
