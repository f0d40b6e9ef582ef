"""People who act at the same instant on one database; `python -m tests.deals.racing` does it on an installation's own."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.db import connection

from piste.commands import set_up

set_up()

from piste.company.models import Member  # noqa: E402
from piste.deals import operations as ops  # noqa: E402
from piste.deals.models import Deal, Move  # noqa: E402
from piste.pipelines.models import Stage  # noqa: E402
from tests import make  # noqa: E402
from tests.cast import NOW, make_cast  # noqa: E402

ROUNDS = 12


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Runs acts in threads of their own, started together; says what became of each: `done` or the error's name."""
    gate = threading.Barrier(len(acts))
    said = [""] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            act()
            said[place] = "done"
        except Exception as problem:
            said[place] = type(problem).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return said


def race() -> dict[str, dict[str, int]]:
    """Plays all races and counts how they ended."""
    cast = make_cast()
    return {
        "one card, both saw it": _both_saw(cast.rosa, cast.remi),
        "one card, neither says what they saw": _blind(cast.rosa, cast.remi),
        "many cards of one column": _many(cast.rosa),
        "into a stage that is being retired": _retiring(cast.rosa, cast.marc),
        "two undo one move": _undoing(cast.rosa, cast.remi),
        "two change one fact that both saw": _amending(cast.rosa, cast.remi),
    }


def _stages(name: str) -> list[Stage]:
    return make.stages(make.pipeline(name))


def _both_saw(one: Member, other: Member) -> dict[str, int]:
    stages, ended = _stages("Both"), Counter[str]()
    for _ in range(ROUNDS):
        deal = make.deal(stages[0], one)
        ended.update(
            at_once(
                partial(ops.move, deal=deal, to=stages[2], by=one, at=NOW, seen=1),
                partial(ops.move, deal=deal, to=stages[4], by=other, at=NOW, seen=1),
            )
        )
    return dict(ended)


def _blind(one: Member, other: Member) -> dict[str, int]:
    stages, ended = _stages("Blind"), Counter[str]()
    for _ in range(ROUNDS):
        deal = make.deal(stages[0], one)
        ended.update(
            at_once(
                partial(ops.move, deal=deal, to=stages[2], by=one, at=NOW),
                partial(ops.move, deal=deal, to=stages[4], by=other, at=NOW),
                partial(ops.amend, deal=deal, facts={"amount_minor": 5}, by=one, at=NOW),
            )
        )
    return dict(ended)


def _many(one: Member) -> dict[str, int]:
    stages, ended = _stages("Many"), Counter[str]()
    deals = [make.deal(stages[0], one) for _ in range(8)]
    for target in (stages[1], stages[3], stages[2]):
        ended.update(at_once(*(partial(ops.move, deal=deal, to=target, by=one, at=NOW) for deal in deals)))
    return dict(ended)


def _retiring(one: Member, manager: Member) -> dict[str, int]:
    ended = Counter[str]()
    for turn in range(ROUNDS):
        stages = _stages(f"Retiring {turn}")
        moving, standing = make.deal(stages[0], one), make.deal(stages[2], one)
        ops.hold(deal=standing, until=NOW.date() + timedelta(days=3), by=one, at=NOW, today=NOW.date())
        said = at_once(
            partial(ops.move, deal=moving, to=stages[2], by=one, at=NOW),
            partial(ops.retire_stage, stage=stages[2], destination=stages[3], by=manager, at=NOW, why="fewer"),
            partial(ops.resume, deal=standing, by=one, at=NOW),
        )
        ended.update((f"move {said[0]}", f"retire {said[1]}", f"resume {said[2]}"))
        if Deal.objects.filter(stage=stages[2]).exists():
            ended["left behind"] += 1
    return dict(ended)


def _undoing(one: Member, other: Member) -> dict[str, int]:
    stages, ended = _stages("Undoing"), Counter[str]()
    for _ in range(ROUNDS):
        deal = make.deal(stages[0], one)
        ops.move(deal=deal, to=stages[2], by=one, at=NOW)
        ended.update(
            at_once(
                partial(ops.undo, deal=deal, number=2, by=one, at=NOW),
                partial(ops.undo, deal=deal, number=2, by=other, at=NOW),
            )
        )
    ended["moves"] = Move.objects.filter(deal__pipeline=stages[0].pipeline).count()
    return dict(ended)


def _amending(one: Member, other: Member) -> dict[str, int]:
    stages, ended = _stages("Amending"), Counter[str]()
    for _ in range(ROUNDS):
        deal = make.deal(stages[0], one)
        seen = {"campaign": ""}
        ended.update(
            at_once(
                partial(ops.amend, deal=deal, facts={"campaign": "A"}, by=one, at=NOW, expecting=seen),
                partial(ops.amend, deal=deal, facts={"campaign": "B"}, by=other, at=NOW, expecting=seen),
            )
        )
    return dict(ended)


if __name__ == "__main__":
    print(json.dumps(race()))
