"""Running deals adopt a new playbook: what nobody touched is worded anew, and thousands of deals go part by part."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from piste.activities import operations
from piste.activities.models import Activity, Adoption
from piste.activities.operations.adopting import CHUNK
from piste.deals import operations as deals
from piste.pipelines import operations as pipelines
from piste.pipelines.models import Pipeline, Stage
from piste.playbooks.operations import set_guide
from piste.playbooks.queries import guide
from piste.playbooks.rules import Guide, Standard, told_guide
from piste.upkeep.queries import checks
from tests import make
from tests.cast import NOW, Cast

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def stage(cast: Cast) -> Stage:
    found = make.stages(make.pipeline(by=cast.alice))[2]
    first = Guide(activities=(Standard("call", "Ring", "Ask who signs", offset_days=2), Standard("task", "Prepare")))
    set_guide(stage=found, guide=first, by=cast.marc, at=NOW, why="First")
    return found


def adopt(cast: Cast, stage: Stage, *activities: Standard) -> Adoption | None:
    """Publishes another playbook that running deals adopt."""
    facts = {"by": cast.marc, "at": LATER}
    said = told_guide(Guide(activities=activities))
    pipelines.draft_addition(pipeline=stage.pipeline, key=stage.pk, name="playbook", said=said, **facts)
    now = Pipeline.objects.select_related("version").get(pk=stage.pipeline_id)
    assert now.version is not None
    version = deals.publish_draft(pipeline=now, why="Clearer", seen=now.version.number, adopt=True, **facts)
    return Adoption.objects.filter(pk=version.pk).first()


def titles(deal: object) -> list[tuple[str, str]]:
    return list(Activity.objects.present().filter(deal=deal).order_by("pk").values_list("title", "detail"))


def test_what_nobody_touched_is_worded_anew(cast: Cast, stage: Stage) -> None:
    plain, edited, done, late = (make.deal(stage, cast.rosa) for _each in range(4))
    ring = {deal: Activity.objects.get(deal=deal, title="Ring") for deal in (plain, edited, done, late)}
    operations.amend(activity=ring[edited], facts={"detail": "Ask Paul who signs"}, by=cast.rosa, at=NOW)
    operations.do(activity=ring[done], by=cast.rosa, at=NOW)
    operations.snooze(activity=ring[late], until=NOW.date() + timedelta(days=30), by=cast.rosa, at=NOW)
    call, prepare = guide(stage.pk).activities
    # A version that the running deals did not adopt is no hand of theirs.
    set_guide(stage=stage, guide=Guide((replace(call, title="Phone"), prepare)), by=cast.marc, at=NOW, why="Our word")
    adoption = adopt(cast, stage, replace(call, kind="meeting", title="Meet", detail="At theirs", offset_days=5), prepare)
    assert adoption is not None
    assert (adoption.done, adoption.finished_at) == (adoption.counted, LATER)
    assert [titles(deal)[0] for deal in (plain, edited, done, late)] == [
        ("Meet", "At theirs"), ("Ring", "Ask Paul who signs"), ("Ring", "Ask who signs"), ("Meet", "At theirs"),
    ]  # fmt: skip
    moved = {deal: Activity.objects.get(pk=ring[deal].pk) for deal in (plain, late)}
    assert moved[plain].kind == "meeting"
    assert (moved[plain].due_on or NOW.date()) > (ring[plain].due_on or NOW.date())
    assert moved[late].due_on == NOW.date() + timedelta(days=30)
    assert all(check.ok for check in checks())


def test_many_deals_adopt_part_by_part_and_whoever_is_stopped_goes_on(cast: Cast, stage: Stage) -> None:
    for number in range(CHUNK + 3):
        make.deal(stage, cast.rosa, title=f"Deal {number}")
    call, _prepare = guide(stage.pk).activities
    adoption = adopt(cast, stage, replace(call, title="Phone"), Standard("email", "Write"))
    assert adoption is not None
    assert (adoption.counted, adoption.done, Activity.objects.filter(title="Write").count()) == (CHUNK + 3, 0, 0)
    assert operations.carry_on(adoption=adoption, at=LATER) == CHUNK
    with transaction.atomic():
        operations.carry_on(adoption=adoption, at=LATER)
        # The worker is stopped in the middle of it.
        transaction.set_rollback(True)
    adoption.refresh_from_db()
    assert (adoption.done, Activity.objects.filter(title="Write").count(), adoption.finished_at) == (CHUNK, CHUNK, None)
    operations.carry_out(adoption=adoption, at=LATER)
    operations.carry_out(adoption=adoption, at=LATER)
    adoption.refresh_from_db()
    assert (adoption.done, adoption.finished_at) == (CHUNK + 3, LATER)
    undone = Activity.objects.undone()
    assert [undone.filter(title=title).count() for title in ("Write", "Phone", "Ring", "Prepare")] == [CHUNK + 3, CHUNK + 3, 0, 0]
