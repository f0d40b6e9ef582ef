"""One meaning of overdue: the badge of a step, the filter of deals and My day say the same, by day and by hour."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from piste.activities import operations as activities
from piste.activities import rules
from piste.activities.models import Activity
from piste.activities.queries.steps import overdue
from piste.deals import operations as deals
from piste.deals.models import Deal
from piste.deals.queries.filtering import Filter, narrow
from tests import make
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
HOUR = timedelta(hours=1)
#: Days and moments of the steps of each deal; without a moment a step is due all day.
PLANS: list[list[tuple[int, datetime | None]]] = [
    [(-1, None)], [(0, None)], [(0, NOW - HOUR)], [(0, NOW + HOUR)], [(1, None)], [(0, None), (0, NOW - HOUR)],
    [(0, NOW + HOUR), (1, NOW - HOUR + timedelta(days=1))], [(1, NOW + HOUR + timedelta(days=1)), (-2, None)], [],
]  # fmt: skip


def test_the_filter_and_the_badge_agree(cast: Cast) -> None:
    stages = make.stages(make.pipeline())
    expected: dict[str, set[int]] = {state: set() for state in ("overdue", "today", "later", "none")}
    for plan in PLANS:
        deal = make.deal(stages[0], cast.rosa)
        for days, moment in plan:
            wanted = activities.Wanted(title="Call", due_on=TODAY + timedelta(days=days), due_at=moment)
            activities.plan(wanted=wanted, assignee=cast.rosa, deal=deal, by=cast.rosa, at=NOW - timedelta(days=3))
        first = Activity.objects.steps().filter(deal=deal).in_order().first()
        due = (first.due_on, first.due_at) if first else (None, None)
        expected[rules.due_state(*due, today=TODAY, now=NOW)].add(deal.pk)
    for state, keys in expected.items():
        found = narrow(Deal.objects.all(), Filter(steps=(state,)), stages=stages, at=NOW, today=TODAY)
        assert set(found.values_list("pk", flat=True)) == keys, state
        assert keys
    late = {
        step.pk
        for step in Activity.objects.steps()
        if rules.due_state(step.due_on, step.due_at, today=TODAY, now=NOW) == rules.Due.OVERDUE
    }
    assert set(Activity.objects.steps().filter(overdue(TODAY, NOW)).values_list("pk", flat=True)) == late


def test_what_is_planned_on_a_deal_on_hold_is_for_later(cast: Cast) -> None:
    stages = make.stages(make.pipeline())
    deal = make.deal(stages[0], cast.rosa)
    by = {"by": cast.rosa, "at": NOW}
    wanted = activities.Wanted(title="Call", due_on=TODAY - timedelta(days=2))
    step = activities.plan(wanted=wanted, assignee=cast.rosa, deal=deal, **by)

    def found(state: str) -> list[int]:
        kept = narrow(Deal.objects.all(), Filter(steps=(state,)), stages=stages, at=NOW, today=TODAY)
        return list(kept.values_list("pk", flat=True))

    assert (found("overdue"), found("later")) == ([deal.pk], [])
    deals.hold(deal=deal, until=TODAY + timedelta(days=9), today=TODAY, **by)
    assert (found("overdue"), found("today"), found("later")) == ([], [], [deal.pk])
    assert rules.due_state(step.due_on, step.due_at, today=TODAY, now=NOW, is_held=True) == rules.Due.LATER
    deals.resume(deal=deal, **by)
    assert (found("overdue"), found("later")) == ([deal.pk], [])


def test_what_was_done_or_put_away_makes_nothing_overdue(cast: Cast) -> None:
    stages = make.stages(make.pipeline())
    deal = make.deal(stages[0], cast.rosa)
    by = {"by": cast.rosa, "at": NOW}
    wanted = activities.Wanted(title="Call", due_on=TODAY, due_at=NOW - HOUR)
    done, gone = (activities.plan(wanted=wanted, assignee=cast.rosa, deal=deal, by=cast.rosa, at=NOW - HOUR) for _ in range(2))
    activities.plan(wanted=activities.Wanted(title="Write", due_on=TODAY), assignee=cast.rosa, deal=deal, **by)
    activities.do(activity=done, **by)
    activities.discard(activity=gone, **by)
    found = {
        state: narrow(Deal.objects.all(), Filter(steps=(state,)), stages=stages, at=NOW, today=TODAY).count()
        for state in ("overdue", "today")
    }
    assert found == {"overdue": 0, "today": 1}
