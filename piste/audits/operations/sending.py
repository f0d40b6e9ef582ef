"""Audits made by themselves on their way to who is to read them: one letter a reader and audit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from piste.audits.models import Audit, Schedule
from piste.audits.queries import readers_of
from piste.company.models import Member
from piste.dashboards.rules import WORTH
from piste.post.models import Letter
from piste.post.operations import write
from piste.post.writing import File, Page

PURPOSE = "audit"


@dataclass(frozen=True, slots=True)
class Unsent:
    """An audit and somebody who has not been sent it yet."""

    audit: Audit
    reader: Member


def unsent(*, at: datetime) -> list[Unsent]:
    """What is still to be written of the audits made of late."""
    recent = Audit.objects.exclude(occasion="").filter(at__gt=at - WORTH).select_related("pipeline", "eyes", "before")
    schedules = Schedule.objects.select_related("by").in_bulk([audit.schedule_key for audit in recent if audit.schedule_key])
    wanted = [
        Unsent(audit, reader)
        for audit in recent
        if audit.schedule_key in schedules
        for reader in readers_of(schedules[audit.schedule_key])
    ]
    written = set(Letter.objects.filter(key__in=[_key(one) for one in wanted]).values_list("key", flat=True))
    return [one for one in wanted if _key(one) not in written]


@transaction.atomic
def send(*, one: Unsent, page: Page, file: File, at: datetime) -> bool:
    """Gives the letter to the post; False when it was written meanwhile."""
    about = {"schedule": one.audit.schedule_key, "audit": one.audit.pk}
    return write(
        key=_key(one), purpose=PURPOSE, about=about, to=one.reader, page=page, file=file, at=at, expires_at=one.audit.at + WORTH
    )  # fmt: skip


def still_wanted(letter: Letter, at: datetime) -> bool:
    """Whether whom a letter is for may have it still, when it is about to leave."""
    found = Schedule.objects.filter(pk=letter.about["schedule"]).select_related("by").first()
    return found is not None and letter.member in readers_of(found)


def _key(one: Unsent) -> str:
    return f"audit:{one.audit.pk}:{one.reader.pk}"
