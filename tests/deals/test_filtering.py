"""Filters keep exactly the deals that the plain words of their parts keep, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from piste.deals import operations
from piste.deals.models import Deal, LossReason
from piste.deals.queries.custom import CustomWanted
from piste.deals.queries.filtering import Filter, narrow
from piste.pipelines.models import Stage
from tests import make
from tests.cast import NOW, Cast

DAY = NOW.date()
WORDS: list[dict[str, Any]] = [
    {},
    {"text": "Établissement", "choice": "Wood", "choices": ["Élan", "B"], "yes": True, "number": "12.50", "day": "2026-11-24"},
    {"text": "ÉTABLE", "choice": "Woodland", "choices": ["B"], "yes": False, "number": "-3", "day": "2026-12-01"},
    {"text": None, "choice": None, "choices": None, "yes": None, "number": None, "day": None},
    {"text": '100 % "ok"_', "choice": "wood", "choices": ["Élancé"], "number": "1000000000000000", "day": "2027-01-01"},
]


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    return make.stages(make.pipeline(by=cast.alice))


@pytest.fixture
def deals(cast: Cast, stages: list[Stage]) -> list[Deal]:
    """Deals of every status with next steps and last activities before, on and after the day, and each set of words."""
    return make.remembered("deals to be filtered", lambda: _lived(cast, stages))


def _lived(cast: Cast, stages: list[Stage]) -> list[Deal]:
    made = []
    reason = LossReason.objects.create(name="Too dear")
    for number in range(40):
        came = NOW - timedelta(days=number)
        deal = make.deal(stages[number % 3], cast.rosa, title=f"Deal {number}", at=came, custom=WORDS[number % len(WORDS)])
        step = [None, DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)][number % 4]
        done = [None, NOW, NOW - timedelta(days=9), NOW - timedelta(days=10), NOW - timedelta(days=30)][number // 2 % 5]
        if number % 7 == 3:
            operations.win(deal=deal, by=cast.rosa, at=NOW)
        elif number % 7 == 4:
            operations.lose(deal=deal, reason=reason, by=cast.rosa, at=NOW)
        elif number % 7 == 5:
            operations.hold(deal=deal, until=DAY + timedelta(days=30), today=DAY, by=cast.rosa, at=NOW)
        operations.keep_activities(rows=[(deal.pk, step, done)])
        deal.refresh_from_db()
        made.append(deal)
    return made


def since(deal: Deal) -> Any:
    return deal.last_activity_at or deal.created_at


def due(deal: Deal) -> date | None:
    """The day one is held to: what is planned on a deal on hold waits for its return."""
    return deal.hold_until if deal.next_step_on is not None and deal.status == "held" else deal.next_step_on


def number_of(deal: Deal) -> Decimal | None:
    found = deal.custom.get("number")
    return None if found is None else Decimal(found)


def own(*what: Any) -> Filter:
    """A filter on one custom field."""
    return Filter(custom=(CustomWanted(*what),))


CASES: list[tuple[Filter, Callable[[Deal], bool]]] = [
    (Filter(steps=("overdue",)), lambda d: (due(d) or DAY) < DAY),
    (Filter(steps=("today",)), lambda d: due(d) == DAY),
    (Filter(steps=("later",)), lambda d: (due(d) or DAY) > DAY),
    (Filter(steps=("none",)), lambda d: d.next_step_on is None and d.status == "open"),
    (Filter(steps=("none", "today")), lambda d: due(d) == DAY or (d.next_step_on is None and d.status == "open")),
    (Filter(stage_days=10), lambda d: (NOW - d.entered_stage_at).days >= 10),
    (Filter(stage_days=0), lambda d: True),
    (Filter(quiet_days=10), lambda d: (NOW - since(d)).days >= 10),
    (Filter(quiet_days=100_000), lambda d: False),
    (Filter(statuses=("lost", "held")), lambda d: d.status in ("lost", "held")),
    (Filter(statuses=("open",), quiet_days=10), lambda d: d.status == "open" and (NOW - since(d)).days >= 10),
    (own("text", "text", ("étab",)), lambda d: "étab" in str(d.custom.get("text")).lower()),
    (own("text", "text", ("100 %",)), lambda d: "100 %" in str(d.custom.get("text"))),
    (own("text", "text", ('"ok"_',)), lambda d: '"ok"_' in str(d.custom.get("text"))),
    (own("choice", "choice", ("Wood",)), lambda d: d.custom.get("choice") == "Wood"),
    (own("choice", "choice", ("Wood", "wood")), lambda d: d.custom.get("choice") in ("Wood", "wood")),
    (own("choices", "choices", ("Élan",)), lambda d: "Élan" in (d.custom.get("choices") or ())),
    (own("choices", "choices", ("B", "Élancé")), lambda d: bool({"B", "Élancé"}.intersection(d.custom.get("choices") or ()))),
    (own("yes", "yes_no", ("yes",)), lambda d: d.custom.get("yes") is True),
    (own("yes", "yes_no", ("no",)), lambda d: d.custom.get("yes") is False),
    (own("number", "number", (), Decimal("12.5")), lambda d: (number_of(d) or Decimal(-99)) >= Decimal("12.5")),
    (own("number", "number", (), None, Decimal("12.49")), lambda d: number_of(d) == -3),
    (own("number", "number", (), Decimal("1e50")), lambda d: False),
    (own("number", "number", (), Decimal("-1e50"), Decimal("1e50")), lambda d: number_of(d) is not None),
    (own("day", "date", (), DAY, date(2026, 12, 31)), lambda d: (d.custom.get("day") or "") in ("2026-11-24", "2026-12-01")),
    (own("text", "text", ("null",)), lambda d: False),
    (own("gone", "text", ("x",)), lambda d: False),
]  # fmt: skip


@pytest.mark.parametrize("case", range(len(CASES)))
def test_a_filter_keeps_what_its_words_say(cast: Cast, stages: list[Stage], deals: list[Deal], case: int) -> None:
    wanted, holds = CASES[case]
    kept = narrow(Deal.objects.visible_to(cast.rosa), wanted, stages=stages, at=NOW, today=DAY)
    assert {deal.title for deal in kept} == {deal.title for deal in deals if holds(deal)}


def test_deals_of_a_stage_alone(cast: Cast, stages: list[Stage], deals: list[Deal]) -> None:
    wanted = Filter(stages=(stages[1].pk,))
    kept = narrow(Deal.objects.visible_to(cast.rosa), wanted, stages=stages, at=NOW, today=DAY)
    assert {deal.pk for deal in kept} == {deal.pk for deal in deals if deal.stage_id == stages[1].pk}
    assert wanted.is_of_people is False
