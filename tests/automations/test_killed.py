"""A worker killed in the middle of a run, or right after it, leaves the journal to the next: everything is done once."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.installation import fresh

SHELL = ("-m", "piste.commands", "manage", "shell", "-v0", "--no-imports", "-c")
SCENE = """
from piste.automations.rules import Action, When
from piste.deals import operations as deals
from tests import make
from tests.automations.scene import TASK, automation
from tests.cast import NOW, make_cast
cast = make_cast()
pipeline = make.pipeline()
first, second = make.stages(pipeline)[:2]
actions = (TASK, Action("tag", text="hot"), Action("webhook", url="https://erp.example/"))
automation(pipeline, When("stage_entered", stage=second.pk), *actions)
for number in range(4):
    deals.move(deal=make.deal(first, cast.rosa, title=str(number)), to=second, by=cast.rosa, at=NOW)
"""
#: Answers the journal; says when it stands at `moment` of the second run, and waits there for its end.
WORK = """
import sys
from piste.automations.operations import following, running
from tests.cast import NOW
count = 0
def wait(moment):
    global count
    count += moment == "{moment}"
    if count == 2 and moment == "{moment}":
        print("there", flush=True)
        sys.stdin.read()
act, run = running._act, following.run
def acted(*told):
    act(*told)
    wait("inside")
def ran(**told):
    made = run(**told)
    wait("after")
    return made
running._act, following.run = acted, ran
following.follow(at=NOW)
from django.db.models import Count
from piste.activities.models import Activity
from piste.automations.models import Delivery, Run
from piste.journal.models import Entry
print(Run.objects.count(), Activity.objects.filter(title="Call").count(), Delivery.objects.count(),
      Entry.objects.filter(verb="deal.tagged").count())
"""


@pytest.mark.embedded
def test_killed_inside_a_run_and_after_it(tmp_path: Path) -> None:
    place = fresh(tmp_path)
    code, _, err = place.piste(*SHELL[2:], SCENE)
    assert code == 0, err
    for moment in ("inside", "after"):
        worker = place.start(*SHELL, WORK.format(moment=moment), stdin=-1)
        assert worker.stdout is not None
        assert worker.stdout.readline() == "there\n"
        worker.kill()
        worker.communicate(timeout=30)
        assert worker.returncode == -signal.SIGKILL
    both = [place.start(*SHELL, WORK.format(moment="never")) for _ in range(2)]
    said = [worker.communicate(timeout=60) for worker in both]
    assert any(out.split() == ["4", "4", "4", "4"] for out, _ in said), said
    assert place.verify()["ok"]
