"""Teams: named, named anew, taken away."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError

from piste.company.models import Member, Team
from piste.journal.operations import record

from .errors import NameTaken, TeamInUse


@transaction.atomic
def name_team(*, name: str, by: Member | None, at: datetime, team: Team | None = None) -> Team:
    """A new team, or another name for one. Raises `NameTaken`."""
    others = Team.objects.filter(name__iexact=name.strip())
    if team is not None:
        others = others.exclude(pk=team.pk)
    if others.exists():
        raise NameTaken(name)
    found = team or Team(created_at=at)
    before = found.name
    found.name = name.strip()
    found.save()
    if team is None:
        _record("team.created", found.pk, by, at, {"name": found.name})
    elif before != found.name:
        _record("team.renamed", found.pk, by, at, {"changes": {"name": [before, found.name]}})
    return found


@transaction.atomic
def remove_team(*, team: Team, by: Member, at: datetime) -> None:
    """Takes a team away that holds nobody and nothing any more. Raises `TeamInUse`."""
    key, name = team.pk, team.name
    if Member.objects.filter(team=team).exists():
        raise TeamInUse(name)
    try:
        team.delete()
    except ProtectedError as problem:
        raise TeamInUse(name) from problem
    _record("team.removed", key, by, at, {"name": name})


def _record(verb: str, key: int, by: Member | None, at: datetime, data: dict[str, object]) -> None:
    record(verb=verb, subject_kind="team", subject_id=key, actor_id=by.pk if by else None, at=at, data=data)
