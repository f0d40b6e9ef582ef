"""Saved views, and what each member chooses for their own lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from piste.company.models import Member
from piste.deals.models import Habit, SavedView
from piste.journal.operations import record
from piste.pipelines.models import Pipeline

from .errors import NotAllowed
from .listing import NameTaken

#: What `change_view` may change.
VIEW_FACTS = ("name", "is_shared", "screen", "asked", "columns")


@transaction.atomic
def save_view(*, name: str, pipeline: Pipeline, facts: Mapping[str, Any], by: Member, at: datetime) -> SavedView:
    """A new view with the facts of `VIEW_FACTS` given. Raises `NameTaken` when its author has one of this name there."""
    view = SavedView(pipeline=pipeline, author=by, created_at=at, changed_at=at, **(dict(facts) | {"name": name.strip()}))
    _keep(view)
    _record("saved", view, by, at)
    return view


@transaction.atomic
def change_view(*, view: SavedView, facts: Mapping[str, Any], by: Member, at: datetime) -> None:
    """Changes facts of a view. Raises `NotAllowed`, `NameTaken`, `SavedView.DoesNotExist` when it has been removed meanwhile."""
    current = SavedView.objects.select_for_update().get(pk=view.pk)
    if not current.may_be_changed_by(by):
        raise NotAllowed
    before = {name: getattr(current, name) for name in VIEW_FACTS}
    for name, value in facts.items():
        if name not in VIEW_FACTS:
            raise KeyError(name)
        setattr(current, name, value)
    changes = {name: [value, getattr(current, name)] for name, value in before.items() if getattr(current, name) != value}
    if not changes:
        return
    current.changed_at = at
    _keep(current)
    if not current.is_shared:
        # Others may not open with what they no longer see.
        Habit.objects.filter(opens_with=current).exclude(member_id=current.author_id).update(opens_with=None)
    _record("changed", current, by, at, {"changes": changes})


@transaction.atomic
def remove_view(*, view: SavedView, by: Member, at: datetime) -> None:
    """Removes a view for everybody who has it. Raises `NotAllowed`."""
    if not view.may_be_changed_by(by):
        raise NotAllowed
    _record("removed", view, by, at)
    view.delete()


@transaction.atomic
def choose_columns(*, member: Member, columns: Sequence[str]) -> None:
    """The columns of a member's lists, in order; their own affair, which no journal keeps."""
    Habit.objects.update_or_create(member=member, defaults={"columns": list(columns)})


@transaction.atomic
def open_with(*, member: Member, view: SavedView | None) -> None:
    """The view that Piste opens with for a member; None for the first board."""
    Habit.objects.update_or_create(member=member, defaults={"opens_with": view})


def _keep(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as taken:
        raise NameTaken(view.name) from taken


def _record(verb: str, view: SavedView, by: Member, at: datetime, data: dict[str, Any] | None = None) -> None:
    about = {"name": view.name, "shared": view.is_shared} | (data or {})
    record(verb=f"view.{verb}", subject_kind="view", subject_id=view.pk, actor_id=by.pk, at=at, data=about)
