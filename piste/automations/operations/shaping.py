"""Making automations so, and switching them: each is a version of the pipeline's process."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from piste.automations.models import Automation, Level
from piste.automations.queries.clock import beyond
from piste.automations.rules import Recipe
from piste.company.models import Member
from piste.deals.models import Deal
from piste.experiments.models import Change
from piste.journal.models import Entry
from piste.pipelines.models import Pipeline
from piste.pipelines.operations import changing

from .drafting import Wanted
from .place import begin


class AlreadySo(Exception):
    """The automation is gone, or is already as it should become."""


@transaction.atomic
def create(
    *, pipeline: Pipeline, wanted: Wanted, by: Member | None, at: datetime, why: str, seen: int | None = None
) -> Automation:
    """A new automation, at work from now on. Raises what `pipelines.operations.changing` raises."""
    begin()
    with changing(pipeline=pipeline, by=by, at=at, why=why, seen=seen):
        secret = _new_secret(wanted.recipe)
        made = Automation(pipeline=pipeline, since=at, created_at=at, created_by=by, secret=secret)
        _become(made, {**wanted.told(), "on": True}, at)
        return made


@transaction.atomic
def pause(
    *, automation: Automation, by: Member | None, at: datetime, why: str, of_itself: str = "", seen: int | None = None
) -> None:
    """It does nothing until it is resumed; `of_itself` is its own reason. Raises `AlreadySo`, and as `create`."""
    with changing(pipeline=automation.pipeline, by=by, at=at, why=why, seen=seen):
        current = _lock(automation)
        if current.paused_at is not None:
            raise AlreadySo
        current.paused_at, current.paused_why = at, of_itself
        current.save(update_fields=["paused_at", "paused_why"])


@transaction.atomic
def resume(*, automation: Automation, by: Member | None, at: datetime, why: str, seen: int | None = None) -> None:
    """It acts again; what happened meanwhile is not made up for. Raises as `pause`."""
    with changing(pipeline=automation.pipeline, by=by, at=at, why=why, seen=seen):
        current = _lock(automation)
        if current.paused_at is None:
            raise AlreadySo
        current.paused_at, current.paused_why, current.since, current.is_tried = None, "", at, False
        current.save(update_fields=["paused_at", "paused_why", "since", "is_tried"])
        _begin(current)


def put(pipeline: Pipeline, rows: Sequence[Mapping[str, Any]], by: Member | None, at: datetime) -> None:
    """Makes the automations of a pipeline what a draft or a version says of them (`queries.told`), as part of a change. Those
    that are new (with ids below 0) or come back begin now; those it does not name go out of use. The log of each is kept.
    Messages to other systems are signed once somebody has taken the secret (`renew_secret`)."""
    wanted = {row["id"]: row for row in rows}
    for current in Automation.objects.select_for_update(of=("self",)).filter(pipeline=pipeline).order_by("pk"):
        row = wanted.get(current.pk)
        if row is not None:
            _become(current, row, at)
        elif current.retired_at is None:
            Automation.objects.filter(pk=current.pk).update(retired_at=at)
    for row in rows:
        if row["id"] < 0:
            begin()
            _become(Automation(pipeline=pipeline, since=at, created_at=at, created_by=by), row, at)


def _become(current: Automation, row: Mapping[str, Any], at: datetime) -> None:
    """Makes an automation what a definition says of it; what is new to it counts from now on."""
    was_on = current.pk is not None and current.retired_at is None and current.paused_at is None
    anew = (row["on"] and not was_on) or current.recipe["when"] != row["recipe"]["when"] or current.past != row["past"]
    current.retired_at = None
    current.name, current.recipe, current.past = row["name"], row["recipe"], row["past"]
    current.kind, current.most_per_hour = row["recipe"]["when"]["kind"], row["most_per_hour"]
    current.paused_at, current.paused_why = (None, "") if row["on"] else (current.paused_at or at, current.paused_why)
    current.since = at if anew else current.since
    current.is_tried = current.is_tried and not row["on"]
    current.save()
    if anew:
        _begin(current)


def enter_test(entry: Entry) -> None:
    """Reacts to a split test that starts: the automations that it varies ask for the variant of each deal from now on. One that
    is paused, and that a variant runs all the same, is tried: it begins now."""
    varied = _varied(entry)
    tried = set(varied.filter(said__on=True).values_list("automation", flat=True))
    keys = varied.values("automation")
    for current in Automation.objects.in_use().select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"):
        current.is_tested = True
        if current.paused_at is not None and current.pk in tried:
            current.is_tried, current.since = True, entry.at
        current.save(update_fields=["is_tested", "is_tried", "since"])
        if current.is_tried:
            _begin(current)


def leave_test(entry: Entry) -> None:
    """Reacts to a split test that is decided: the automations it varied do for every deal what they do for everybody."""
    Automation.objects.filter(pk__in=_varied(entry).values("automation")).update(is_tested=False, is_tried=False)


def _varied(entry: Entry) -> QuerySet[Change]:
    """What the variants of a test do otherwise with automations."""
    return Change.objects.filter(variant__test=entry.subject_id, automation__isnull=False).order_by()


@transaction.atomic
def renew_secret(*, automation: Automation) -> str:
    """Another secret to sign messages with, told this once; the former one is worth nothing any more."""
    current = _lock(automation)
    current.secret = secrets.token_urlsafe(32)
    current.save(update_fields=["secret"])
    return current.secret


def _begin(automation: Automation) -> None:
    """What stands beyond a chance as an automation begins did not come to be so under its eyes."""
    if automation.kind != "chance":
        return
    Level.objects.filter(automation=automation).delete()
    if not automation.past:
        deals = Deal.objects.open().filter(pipeline_id=automation.pipeline_id)
        there = beyond(Recipe.of(automation.recipe).when, deals).values_list("deal_id", flat=True)
        Level.objects.bulk_create([Level(automation=automation, deal_id=key) for key in there], batch_size=500)


def _new_secret(recipe: Recipe) -> str:
    return secrets.token_urlsafe(32) if any(one.kind == "webhook" for one in recipe.actions) else ""


def _lock(automation: Automation) -> Automation:
    current = Automation.objects.in_use().select_for_update(of=("self",)).filter(pk=automation.pk).first()
    if current is None:
        raise AlreadySo
    return current
