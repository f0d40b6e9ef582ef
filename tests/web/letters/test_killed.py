"""A worker killed with a copy in its hands leaves it to the next one; two at once never make the same."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.installation import fresh

SHELL = ("-m", "piste.commands", "manage", "shell", "-v0", "--no-imports", "-c")
SCENE = """
from datetime import time, timedelta
from piste.dashboards.operations import make as make_dashboard, scheduling
from tests import make
from tests.cast import NOW, make_cast
cast = make_cast()
board = make_dashboard(name="All", pipeline=make.pipeline(), figures=["now-new"], is_shared=True, by=cast.rosa, at=NOW)
wanted = scheduling.Wanted(rhythm="daily", weekday=0, hour=time(8), language="", members=tuple(cast.everybody()))
schedule = scheduling.begin(board=board, wanted=wanted, by=cast.rosa, at=NOW)
scheduling.ask(schedule=schedule, by=cast.rosa, at=NOW)
"""
#: Makes copies until none is left, after `minutes`; says when it has one in its hands, and waits there for an end when told to.
WORK = """
import sys
from datetime import timedelta
from piste.dashboards.operations import delivering
from piste.web.letters.making import copy
from tests.cast import NOW
at = NOW + timedelta(minutes={minutes})
while (delivery := delivering.take(at=at)) is not None:
    made = copy(delivery, at=at)
    print("made", flush=True)
    {wait}
    delivering.hand_over(delivery=delivery, copy=made, at=at)
from piste.post.models import Enclosure, Letter
print("letters", Letter.objects.count(), "files", Enclosure.objects.count())
"""


def test_killed_and_two_at_once(tmp_path: Path) -> None:
    place = fresh(tmp_path)
    code, _, err = place.piste(*SHELL[2:], SCENE)
    assert code == 0, err
    first = place.start(*SHELL, WORK.format(minutes=0, wait="sys.stdin.read()"), stdin=-1)
    assert first.stdout is not None
    assert first.stdout.readline() == "made\n"
    first.kill()
    first.communicate(timeout=30)
    assert first.returncode == -signal.SIGKILL
    both = [place.start(*SHELL, WORK.format(minutes=3, wait="pass")) for _ in range(2)]
    said = [worker.communicate(timeout=60) for worker in both]
    assert sum(out.count("made") for out, _ in said) == 5, said
    assert any("letters 5 files 5" in out for out, _ in said), said
