"""The company's own lists of what can come of an activity, one for each kind."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext, gettext_noop, override

from piste.activities.models import Outcome
from piste.activities.rules import DEFAULT_OUTCOMES
from piste.company.models import Member, Settings
from piste.journal.models import Entry
from piste.journal.operations import record

NAMES = {
    "done": gettext_noop("Done"),
    "not_needed": gettext_noop("No longer needed"),
    "reached": gettext_noop("Reached"),
    "message_left": gettext_noop("Message left"),
    "no_answer": gettext_noop("No answer"),
    "wrong_number": gettext_noop("Wrong number"),
    "held": gettext_noop("Held"),
    "postponed": gettext_noop("Postponed"),
    "no_show": gettext_noop("Did not come"),
    "sent": gettext_noop("Sent"),
    "answered": gettext_noop("Answered"),
}


class OutcomeTaken(ValueError):
    """The list of this kind already holds this name."""


@transaction.atomic
def offer_outcomes(entry: Entry) -> None:
    """Reacts to a company that begins: the first lists, in its language."""
    settings = Settings.objects.filter(pk=1).first()
    if settings is None or Outcome.objects.exists():
        return
    with override(settings.language):
        Outcome.objects.bulk_create(
            Outcome(kind=kind, name=gettext(NAMES[code]), is_contact=is_contact, position=place)
            for kind, offered in DEFAULT_OUTCOMES.items()
            for place, (code, is_contact) in enumerate(offered)
        )


@transaction.atomic
def add_outcome(*, kind: str, name: str, is_contact: bool, by: Member, at: datetime) -> Outcome:
    """A new outcome at the end of its kind's list; a retired one of the same name comes back. Raises `OutcomeTaken`."""
    found = Outcome.objects.filter(kind=kind, name__iexact=name.strip()).order_by("retired_at").first()
    if found is not None and found.retired_at is None:
        raise OutcomeTaken(name)
    last = Outcome.objects.filter(kind=kind).aggregate(last=Max("position"))["last"]
    outcome = found or Outcome(kind=kind, name=name.strip())
    outcome.is_contact, outcome.retired_at = is_contact, None
    outcome.position = 0 if last is None else last + 1
    outcome.save()
    _record("added", outcome, by, at)
    return outcome


@transaction.atomic
def rename_outcome(*, outcome: Outcome, name: str, is_contact: bool, by: Member, at: datetime) -> None:
    """Another name, also on what it came of; and whether it means that the prospect was reached. Raises `OutcomeTaken`."""
    after = name.strip()
    same = Outcome.objects.filter(kind=outcome.kind, name__iexact=after, retired_at=None).exclude(pk=outcome.pk)
    if same.exists():
        raise OutcomeTaken(after)
    changes: dict[str, list[Any]] = {"name": [outcome.name, after], "is_contact": [outcome.is_contact, is_contact]}
    changes = {fact: pair for fact, pair in changes.items() if pair[0] != pair[1]}
    if not changes:
        return
    outcome.name, outcome.is_contact = after, is_contact
    outcome.save(update_fields=["name", "is_contact"])
    _record("renamed", outcome, by, at, {"changes": changes})


@transaction.atomic
def retire_outcome(*, outcome: Outcome, by: Member, at: datetime) -> None:
    """Takes an outcome out of its list; what it came of keeps it."""
    outcome.retired_at = at
    outcome.save(update_fields=["retired_at"])
    _record("retired", outcome, by, at)


@transaction.atomic
def restore_outcome(*, outcome: Outcome, by: Member, at: datetime) -> None:
    """Brings an outcome back into its list."""
    outcome.retired_at = None
    outcome.save(update_fields=["retired_at"])
    _record("restored", outcome, by, at)


def _record(verb: str, outcome: Outcome, by: Member, at: datetime, data: dict[str, Any] | None = None) -> None:
    record(
        verb=f"outcome.{verb}",
        subject_kind="outcome",
        subject_id=outcome.pk,
        actor_id=by.pk,
        at=at,
        data={"name": outcome.name, "kind": outcome.kind} | (data or {}),
    )
