"""The company's own settings: written once at the first start, changed ever after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django.db import IntegrityError, transaction

from piste.company.models import Member, Settings
from piste.journal.operations import record

from .errors import AlreadySetUp

#: Facts that `amend_settings` may change.
FACTS = ("name", "language", "currency", "country", "time_zone", "fiscal_year_month", "weekdays", "opens", "closes")


@transaction.atomic
def set_up(*, name: str, language: str, currency: str, country: str, time_zone: str, at: datetime) -> Settings:
    """Writes the company's settings for the first time. Raises `AlreadySetUp`, also when two do it at the same moment."""
    settings = Settings(
        pk=1, name=name.strip(), language=language, currency=currency, country=country, time_zone=time_zone, created_at=at
    )
    try:
        with transaction.atomic():
            settings.save(force_insert=True)
    except IntegrityError as problem:
        raise AlreadySetUp from problem
    _record("company.set_up", None, at, {"name": settings.name})
    return settings


@transaction.atomic
def amend_settings(*, facts: Mapping[str, Any], by: Member, at: datetime) -> dict[str, list[Any]]:
    """Changes the company's settings, by the names of `FACTS`; returns what really changed as [before, after]."""
    settings = Settings.objects.select_for_update().get(pk=1)
    changes: dict[str, list[Any]] = {}
    for name, value in facts.items():
        if name not in FACTS:
            raise KeyError(name)
        before = getattr(settings, name)
        if before != value:
            setattr(settings, name, value)
            changes[name] = [plain(before), plain(value)]
    if not changes:
        return changes
    settings.save(update_fields=list(changes))
    if renamed := changes.get("name"):
        _record("company.renamed", by, at, {"changes": {"name": renamed}})
    if others := {name: pair for name, pair in changes.items() if name != "name"}:
        _record("settings.amended", by, at, {"changes": others})
    return changes


def plain(value: Any) -> Any:
    """A value as the journal keeps it."""
    return value.isoformat(timespec="minutes") if isinstance(value, time) else value


def _record(verb: str, by: Member | None, at: datetime, data: Mapping[str, Any]) -> None:
    # "company" is the kind of those one sells to: their first one would share the chain of our own.
    record(verb=verb, subject_kind="settings", subject_id=1, actor_id=by.pk if by else None, at=at, data=data)
