"""Writing the morning letters, each once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from piste.company.models import Member
from piste.company.queries import company, working_time
from piste.post.operations import write as write_letter

from .letters import page
from .models import Digest
from .queries import day_of
from .rules import day_to_tell

#: After that it is no morning letter any more: when the mail server is out of reach all day, My day has said it all.
WORTH = timedelta(hours=10)


def write(*, at: datetime) -> int:
    """Tells everybody whose hour has come their day; returns how many letters were written.

    A digest and its letter are one transaction, and the database holds one digest a member and day.
    """
    settings = company()
    if settings is None:
        return 0
    known = set(Digest.objects.filter(day__gte=at.date() - timedelta(days=1)).values_list("member_id", "day"))
    written = 0
    for member in Member.objects.active().filter(digest_at__isnull=False).order_by("pk"):
        day = day_to_tell(at, wanted_at=member.digest_at, working=working_time(member, settings=settings))
        if day is not None and (member.pk, day) not in known:
            written += _tell(member, day, at)
    return written


@transaction.atomic
def _tell(member: Member, day: date, at: datetime) -> bool:
    digest, is_new = Digest.objects.get_or_create(member=member, day=day, defaults={"at": at})
    if not is_new:
        return False
    told = day_of(member, today=day, now=at)
    if told.is_empty:
        return False
    digest.has_letter = write_letter(
        key=f"day:{member.pk}:{day.isoformat()}",
        purpose="day",
        to=member,
        page=page(told, member=member, today=day, now=at),
        at=at,
        expires_at=at + WORTH,
    )
    digest.save(update_fields=["has_letter"])
    return digest.has_letter
