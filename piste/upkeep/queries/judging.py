"""Re-tests as they are kept; nothing here computes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef

from piste.asking import KeptRecords
from piste.pipelines.models import ProcessVersion
from piste.upkeep.models import Retest, Verdict

#: Shown of the past of a version.
SHOWN = 8


def last_retest(version: ProcessVersion) -> Retest | None:
    """The newest one of a version."""
    return Retest.objects.filter(version=version).select_related("by").first()


def last_retests(versions: Iterable[int]) -> dict[int, Retest]:
    """The newest one of each version that has any."""
    return {found.version_id: found for found in Retest.objects.filter(version__in=versions).order_by("on", "pk")}


def last_verdicts(retests: Iterable[int]) -> dict[int, Verdict]:
    """What was said last of each re-test of which anything was."""
    return {found.retest_id: found for found in Verdict.objects.filter(retest__in=retests).order_by("pk")}


def verdicts_of(retest: Retest) -> list[Verdict]:
    """What was made of a re-test, the newest first, some of them."""
    return list(Verdict.objects.filter(retest=retest).select_related("by")[:SHOWN])


def earlier_retests(version: ProcessVersion, *, but: Retest) -> list[Retest]:
    """The others of the same version, the newest first, some of them."""
    return list(Retest.objects.filter(version=version).exclude(pk=but.pk)[:SHOWN])


def waiting(most: int) -> list[Retest]:
    """Those that nobody has said anything of, the oldest first."""
    return _waiting.records(most)


@KeptRecords
def _waiting(most: int) -> Any:
    judged = Verdict.objects.filter(retest=OuterRef("pk"))
    newer = Retest.objects.filter(version=OuterRef("version"), on__gt=OuterRef("on"))
    found = Retest.objects.exclude(Exists(judged)).exclude(Exists(newer)).filter(version__pipeline__retired_at=None)
    return found.select_related("version__pipeline").order_by("on", "pk")[:most]


def looks_again_on(version: ProcessVersion, verdicts: Iterable[Verdict]) -> date | None:
    """The day of the next re-test: what was said last, else the promised one."""
    said = next(iter(verdicts), None)
    return said.again_on if said is not None else version.retest_on
