"""Making, changing and removing dashboards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from piste.company.models import Member
from piste.dashboards import rules
from piste.dashboards.models import Dashboard
from piste.journal.operations import record
from piste.pipelines.models import Pipeline

#: What `change` may change.
FACTS = ("name", "is_shared", "asked")


class NotAllowed(Exception):
    """It is somebody else’s."""


class NameTaken(Exception):
    """Its owner has one of this name in the pipeline."""


class Full(Exception):
    """It has as many figures as it may have."""


@transaction.atomic
def make(
    *,
    name: str,
    pipeline: Pipeline,
    figures: Sequence[str],
    by: Member,
    at: datetime,
    asked: str = "",
    is_shared: bool = False,
    find_name: bool = False,
) -> Dashboard:
    """A dashboard of one's own; `find_name` puts a number behind a name that is taken. Raises `NameTaken`, `Full`."""
    named = name.strip()
    if find_name:
        named = rules.free_name(named, Dashboard.objects.filter(owner=by, pipeline=pipeline).values_list("name", flat=True))
    kept = list(dict.fromkeys(figures))
    if len(kept) > rules.MOST:
        raise Full
    facts: dict[str, Any] = {"asked": asked, "is_shared": is_shared, "figures": kept}
    board = Dashboard(name=named, pipeline=pipeline, owner=by, created_at=at, changed_at=at, **facts)
    _keep(board)
    _record("made", board, by, at, {"figures": kept})
    return board


@transaction.atomic
def change(*, board: Dashboard, facts: Mapping[str, Any], by: Member, at: datetime) -> None:
    """Changes facts of a dashboard: its name, who has it, what it asks. Raises `NotAllowed`, `NameTaken`."""
    current = _own(board, by)
    wanted = {name: value.strip() if name == "name" else value for name, value in facts.items()}
    changes = {name: [getattr(current, name), value] for name, value in wanted.items() if getattr(current, name) != value}
    if unknown := set(changes) - set(FACTS):
        raise KeyError(*unknown)
    for name, (_, value) in changes.items():
        setattr(current, name, value)
    _finish(current, changes, by, at)


@transaction.atomic
def add(*, board: Dashboard, figures: Sequence[str], by: Member, at: datetime) -> None:
    """Puts figures behind the others; one that is there stays where it is. Raises `NotAllowed`, `Full`."""
    current = _own(board, by)
    _arrange(current, list(dict.fromkeys([*current.figures, *figures])), by, at)


@transaction.atomic
def take_off(*, board: Dashboard, figure: str, by: Member, at: datetime) -> None:
    """Takes a figure off. Raises `NotAllowed`."""
    current = _own(board, by)
    _arrange(current, [key for key in current.figures if key != figure], by, at)


@transaction.atomic
def place(*, board: Dashboard, figure: str, place: int, by: Member, at: datetime) -> None:
    """Puts a figure at a place among the others; one that is no longer there stays away. Raises `NotAllowed`."""
    current = _own(board, by)
    if figure in current.figures:
        _arrange(current, rules.placed(current.figures, figure, place), by, at)


@transaction.atomic
def remove(*, board: Dashboard, by: Member, at: datetime) -> None:
    """Removes a dashboard for everybody who has it. Raises `NotAllowed`."""
    current = _own(board, by)
    _record("removed", current, by, at)
    current.delete()


def _own(board: Dashboard, by: Member) -> Dashboard:
    """The dashboard as it stands, nobody else changing it. Raises `Dashboard.DoesNotExist` when it was removed meanwhile."""
    current = Dashboard.objects.select_for_update().get(pk=board.pk)
    if not current.may_be_changed_by(by):
        raise NotAllowed
    return current


def _arrange(current: Dashboard, figures: list[str], by: Member, at: datetime) -> None:
    if len(figures) > rules.MOST:
        raise Full
    before, current.figures = current.figures, figures
    _finish(current, {"figures": [before, figures]} if before != figures else {}, by, at)


def _finish(current: Dashboard, changes: Mapping[str, Any], by: Member, at: datetime) -> None:
    if changes:
        current.changed_at = at
        _keep(current)
        _record("changed", current, by, at, {"changes": dict(changes)})


def _keep(board: Dashboard) -> None:
    try:
        with transaction.atomic():
            board.save()
    except IntegrityError as taken:
        raise NameTaken(board.name) from taken


def _record(verb: str, board: Dashboard, by: Member, at: datetime, data: Mapping[str, Any] | None = None) -> None:
    about = {"name": board.name, "shared": board.is_shared, **(data or {})}
    record(verb=f"dashboard.{verb}", subject_kind="dashboard", subject_id=board.pk, actor_id=by.pk, at=at, data=about)
