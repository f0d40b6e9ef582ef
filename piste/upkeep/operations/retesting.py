"""Measuring a process version on its day, and saying what follows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from piste.company.models import Member
from piste.journal.operations import record
from piste.pipelines.models import ProcessVersion
from piste.upkeep.models import Choice, Retest, Verdict


class WhyMissing(Exception):
    """A verdict says why."""


class NoSuchChoice(Exception):
    """It is none of the verdicts."""


class DayMissing(Exception):
    """Who wants to look again says when."""


class DayPast(Exception):
    """One looks again on a day to come."""


class RetestOvertaken(Exception):
    """The version has been measured again since: the verdict is about older figures."""


def retest(*, version: ProcessVersion, on: date, by: Member | None, at: datetime, cause: str = "page") -> Retest | None:
    """Measures a version and keeps what is said of it on that day; None when it has been measured that day already."""
    # It computes: whoever imports this room does not wait for the statistics.
    from piste.upkeep.queries.retests import figures

    if Retest.objects.filter(version=version, on=on).exists():
        return None
    found = figures(version, at=at)
    try:
        with transaction.atomic():
            kept = Retest.objects.create(version=version, on=on, at=at, by=by, figures=found)
            said = [{name: row[name] for name in ("kind", "stage", "difference", "verdict")} for row in found["rows"]]
            _tell("process.retested", version, by=by, at=at, cause=cause, rows=said)
    except IntegrityError:
        # Somebody else did in the same moment.
        return None
    return kept


def judge(
    *,
    retest: Retest,
    choice: str,
    why: str,
    by: Member,
    at: datetime,
    today: date,
    again_on: date | None = None,
    cause: str = "page",
) -> Verdict:
    """Says what is to be done about a change. The last word on a re-test holds; those before it stay.

    Raises `NoSuchChoice`, `WhyMissing`, `DayMissing`, `DayPast`, or `RetestOvertaken` when there is a newer re-test.
    """
    if choice not in Choice.values:
        raise NoSuchChoice
    if not why.strip():
        raise WhyMissing
    looks_again = choice == Choice.AGAIN
    if looks_again and again_on is None:
        raise DayMissing
    if looks_again and again_on is not None and again_on <= today:
        raise DayPast
    with transaction.atomic():
        if Retest.objects.filter(version_id=retest.version_id, on__gt=retest.on).exists():
            raise RetestOvertaken
        made = Verdict.objects.create(
            retest=retest, at=at, by=by, choice=choice, why=why.strip(), again_on=again_on if looks_again else None
        )
        day = {"again_on": made.again_on.isoformat()} if made.again_on else {}
        _tell("process.judged", retest.version, by=by, at=at, cause=cause, choice=choice, why=made.why, **day)
    return made


def _tell(verb: str, version: ProcessVersion, *, by: Member | None, at: datetime, cause: str, **data: Any) -> None:
    record(
        verb=verb,
        subject_kind="pipeline",
        subject_id=version.pipeline_id,
        pipeline_id=version.pipeline_id,
        actor_id=by.pk if by else None,
        at=at,
        cause=cause if by else "clock",
        data={"version": version.number} | data,
    )
