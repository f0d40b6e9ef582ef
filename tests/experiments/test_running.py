"""Split tests: who is drawn, what a variant changes, what is refused, how a test ends."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from piste.activities.models import Activity
from piste.deals import operations as deals
from piste.deals.models import Deal
from piste.experiments import operations, rules
from piste.experiments.models import Assignment, SplitTest, Variant
from piste.experiments.queries import variant_of, variant_told
from piste.experiments.rules import Among, Arm, Plan
from piste.journal.models import Entry
from piste.people import operations as people
from piste.pipelines.models import Pipeline, Stage
from piste.pipelines.operations import changing, require
from piste.playbooks.operations import set_guide
from piste.playbooks.queries import guide, told
from piste.playbooks.rules import Guide, Standard
from piste.qualification.models import ContactClock
from piste.qualification.queries import clock_rule
from piste.upkeep.queries import checks
from tests import make
from tests.cast import NOW, Cast

DAY = timedelta(days=1)
CALL = Guide(activities=(Standard("call", "Call within the day"),), script="Ask about **the date**.")
USUAL = Guide(activities=(Standard("email", "Send the brochure"),), script="Say hello.")


class Ground:
    """A pipeline whose second stage has a playbook, and a test of another one there."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.pipeline: Pipeline = make.pipeline(by=cast.alice)
        self.stages: list[Stage] = make.stages(self.pipeline)
        self.stage = self.stages[1]
        set_guide(stage=self.stage, guide=USUAL, by=cast.alice, at=NOW, why="To begin with")

    def design(self, *arms: Arm, **plan: Any) -> SplitTest:
        facts: dict[str, Any] = {
            "title": "A call first", "measure": "wins", "within_days": 30, "smallest": Decimal(10), "bar": Decimal(3),
            "planned_count": 100,
        }  # fmt: skip
        given = arms or (Arm("As today", 50), Arm("A call first", 50, guide=CALL))
        return operations.design(stage=self.stage, plan=Plan(**facts | plan), arms=given, by=self.cast.marc, at=NOW)

    def start(self, *arms: Arm, **plan: Any) -> SplitTest:
        test = self.design(*arms, **plan)
        operations.start(test=test, by=self.cast.marc, at=NOW)
        return SplitTest.objects.get(pk=test.pk)

    def enter(self, count: int = 1, **facts: Any) -> list[Deal]:
        """So many deals that come to the stage."""
        made = [make.deal(self.stages[0], self.cast.rosa, title=f"Deal {n}", **facts) for n in range(count)]
        for deal in made:
            deals.move(deal=deal, to=self.stage, by=self.cast.rosa, at=NOW + DAY)
        return made

    def enter_all(self, *tests: SplitTest, **facts: Any) -> list[Deal]:
        """Deals that come to the stage until each variant (of two tests: each pair of variants) has one: that is chance’s."""
        made: list[Deal] = []
        got: set[tuple[str, ...]] = set()
        while len(got) < 2 ** len(tests):
            made += self.enter(**facts)
            got = {tuple(letters(test)[deal.pk] for test in tests) for deal in made}
        return made


@pytest.fixture
def ground(cast: Cast) -> Ground:
    return Ground(cast)


def letters(test: SplitTest) -> dict[int, str]:
    return {row.deal_id: row.variant.letter for row in Assignment.objects.filter(test=test).select_related("variant")}


def test_a_deal_gets_its_variant_and_what_it_plans(ground: Ground) -> None:
    test = ground.start()
    made = ground.enter_all(test)
    got = letters(test)
    assert got.keys() == {deal.pk for deal in made}
    for deal in made:
        planned = list(Activity.objects.filter(deal=deal).values_list("title", flat=True))
        assert planned == (["Call within the day"] if got[deal.pk] == "B" else ["Send the brochure"])
        entry = Entry.objects.get(subject_kind="deal", subject_id=deal.pk, verb="deal.assigned_to_variant")
        assert (entry.data["letter"], entry.data["number"]) == (got[deal.pk], 1)
    one = next(pk for pk, letter in got.items() if letter == "B")
    found = variant_told(one, ground.stage.pk)
    assert found is not None
    assert found[1]["script"] == CALL.script
    # The stage's own playbook, which everybody reads, is what it was.
    assert [row.title for row in guide(ground.stage.pk).activities] == ["Send the brochure"]
    assert [check for check in checks() if not check.ok] == []


def test_what_was_drawn_stays_for_life(ground: Ground) -> None:
    test = ground.start()
    (deal,) = ground.enter()
    before = letters(test)
    deals.move(deal=deal, to=ground.stages[0], by=ground.cast.rosa, at=NOW + 2 * DAY)
    deals.move(deal=deal, to=ground.stage, by=ground.cast.rosa, at=NOW + 3 * DAY)
    assert letters(test) == before
    with pytest.raises(DatabaseError), transaction.atomic():
        Assignment.objects.filter(deal=deal).update(variant=test.variants.get(position=0))
    with pytest.raises(DatabaseError), transaction.atomic():
        Assignment.objects.filter(deal=deal).delete()


def test_drawn_are_only_those_who_come_in_for_the_first_time(ground: Ground) -> None:
    (old,) = ground.enter()
    test = ground.start()
    deals.move(deal=old, to=ground.stages[0], by=ground.cast.rosa, at=NOW + 2 * DAY)
    deals.move(deal=old, to=ground.stage, by=ground.cast.rosa, at=NOW + 3 * DAY)
    assert letters(test) == {}


def test_a_company_gets_one_variant_for_all_its_deals(ground: Ground) -> None:
    test = ground.start(unit="company")
    firms = 0
    while len(set(letters(test).values())) < 2:
        firms += 1
        firm = people.create_company(name=f"Firm {firms}", by=ground.cast.rosa, at=NOW)
        ground.enter(3, company=firm)
    ground.enter()  # Of no company: not in the test.
    got: dict[str, set[str]] = {}
    for row in Assignment.objects.filter(test=test).select_related("variant"):
        got.setdefault(row.unit, set()).add(row.variant.letter)
    assert len(got) == firms
    assert all(len(found) == 1 for found in got.values())


def test_no_more_are_drawn_than_planned_nor_while_paused_nor_once_stopped(ground: Ground) -> None:
    test, by = ground.start(planned_count=3), ground.cast.marc
    ground.enter()
    operations.pause(test=test, by=by, at=NOW)
    ground.enter()
    assert len(letters(test)) == 1
    operations.resume(test=test, by=by, at=NOW)
    ground.enter(4)
    assert len(letters(test)) == 3
    operations.stop(test=test, by=by, at=NOW)
    with pytest.raises(operations.NotRunning):
        operations.resume(test=test, by=by, at=NOW)
    ground.enter()
    assert len(letters(test)) == 3


def test_only_those_asked_for_are_drawn(ground: Ground) -> None:
    among = Among(owners=(ground.cast.rosa.pk,), amount_from=Decimal(10_000))
    test = ground.start(among=among)
    ground.enter(amount_minor=900_000)
    (large,) = ground.enter(amount_minor=1_000_000)
    assert letters(test).keys() == {large.pk}


def test_a_variant_asks_for_other_facts(ground: Ground) -> None:
    require(stage=ground.stage, fact="amount", to_enter=False, to_leave=True, by=ground.cast.alice, at=NOW, why="Sizes")
    test = ground.start(Arm("As today", 50), Arm("Source instead", 50, needs=("source",)))
    made = ground.enter_all(test, amount_minor=None)
    got = letters(test)
    for deal in made:
        with pytest.raises(deals.DataMissing) as refused:
            deals.move(deal=deal, to=ground.stages[2], by=ground.cast.rosa, at=NOW + 2 * DAY)
        assert refused.value.facts == (["source"] if got[deal.pk] == "B" else ["amount"])


def test_a_variant_has_another_clock(ground: Ground) -> None:
    assert clock_rule().role == ground.stage.role
    test = ground.start(Arm("As today", 50), Arm("Three days", 50, clock_days=3))
    made = ground.enter_all(test)
    got = letters(test)
    due = {got[row.deal_id]: row.due_at.date() for row in ContactClock.objects.filter(deal__in=made)}
    assert due == {"A": date(2026, 11, 26), "B": date(2026, 11, 30)}


def test_a_move_asks_nothing_more_where_no_test_is_in_force(ground: Ground) -> None:
    def cost() -> int:
        (deal,) = (make.deal(ground.stages[0], ground.cast.rosa),)
        with CaptureQueriesContext(connection) as asked:
            deals.move(deal=deal, to=ground.stage, by=ground.cast.rosa, at=NOW + DAY)
        assert tested or not any("experiments_" in row["sql"] for row in asked.captured_queries)
        return len(asked)

    tested = False
    cost()
    before = cost()
    tested = True
    ground.start(planned_count=1, among=Among())
    ground.enter()
    # The sample is reached: it is asked whether a test draws, and what the contact clock is.
    assert cost() - before <= 2


def test_tests_that_overlap_are_refused_or_declared(ground: Ground) -> None:
    first = ground.start()
    with pytest.raises(operations.Overlaps) as refused:
        ground.start(Arm("A", 50), Arm("B", 50, guide=CALL), is_factorial=True)
    assert (refused.value.other, refused.value.on) == (first, ["playbook"])
    with pytest.raises(operations.Overlaps) as refused:
        ground.start(Arm("A", 50), Arm("B", 50, clock_days=2))
    assert refused.value.on == []
    second = ground.start(Arm("A", 50), Arm("B", 50, clock_days=2), is_factorial=True)
    made = ground.enter_all(first, second)
    assert letters(first).keys() == letters(second).keys() == {deal.pk for deal in made}


def test_a_design_must_be_one(ground: Ground) -> None:
    with pytest.raises(operations.BadShares):
        ground.design(Arm("A", 50), Arm("B", 40, guide=CALL))
    with pytest.raises(operations.NoGoal):
        ground.design(measure="reaches")
    with pytest.raises(operations.NothingVaried):
        ground.start(Arm("A", 50), Arm("B", 50))
    test = ground.start()
    with pytest.raises(operations.AlreadyStarted):
        operations.drop_design(test=test, by=ground.cast.marc, at=NOW)


def test_from_decision_to_roll_out(ground: Ground) -> None:
    test, by = ground.start(Arm("As today", 50), Arm("A call first", 50, guide=CALL, needs=("source",))), ground.cast.marc
    made = ground.enter(6)
    winner = Variant.objects.get(test=test, position=1)
    about: dict[str, Any] = {"test": test, "by": by, "at": NOW + 40 * DAY}
    with pytest.raises(operations.NotStopped):
        operations.decide(**about, decision="adopt", words="Clear.", verdict={}, winner=winner)
    operations.stop(**about)
    operations.decide(**about, decision="adopt", words="Clear.", verdict={"estimate": "12.0"}, winner=winner)
    # Everybody works by the stage's own playbook again.
    assert all(variant_of(deal.pk, ground.stage.pk, "playbook") is None for deal in made)
    assert not Stage.objects.get(pk=ground.stage.pk).is_tested
    number = Pipeline.objects.select_related("version").get(pk=ground.pipeline.pk).version.number  # type: ignore[union-attr]
    version = operations.roll_out(**about, why="Test 1 won", retest_on=date(2027, 4, 1), change="+12 points")
    assert version.number == number + 1
    assert (version.evidence, version.retest_on) == ({"split_test": test.pk}, date(2027, 4, 1))
    assert [row.title for row in guide(ground.stage.pk).activities] == ["Call within the day"]
    assert told([ground.stage.pk])[ground.stage.pk]["script"] == CALL.script
    assert SplitTest.objects.get(pk=test.pk).version == version
    with pytest.raises(operations.NothingToRollOut):
        operations.roll_out(**about, why="Again", retest_on=None)
    assert [check for check in checks() if not check.ok] == []


@given(st.text(min_size=1, max_size=20), st.lists(st.integers(1, 10**9), min_size=1, max_size=50, unique=True))
def test_a_unit_is_drawn_the_same_way_each_time(salt: str, keys: list[int]) -> None:
    arms = [[1, 30], [2, 50], [3, 20]]
    for key in keys:
        unit = f"deal:{key}"
        where = rules.place(salt, unit)
        assert 0 <= where < 1
        assert rules.drawn(salt, unit, arms) == rules.drawn(salt, unit, arms) == (1 if where < 0.3 else 2 if where < 0.8 else 3)


def test_shares_are_what_was_asked_for() -> None:
    got = Counter(rules.drawn("salt", f"deal:{key}", [[1, 30], [2, 50], [3, 20]]) for key in range(20_000))
    # Three standard deviations of a share of 20 000 are about one point.
    assert [round(got[key] / 200) for key in (1, 2, 3)] == pytest.approx([30, 50, 20], abs=1)


def test_a_deal_worked_otherwise_does_not_adopt_everybodys_new_playbook(ground: Ground) -> None:
    test = ground.start()
    entered = ground.enter_all(test)
    by_letter = letters(test)
    rows = guide(ground.stage.pk).activities
    with changing(pipeline=ground.pipeline, by=ground.cast.marc, at=NOW + 2 * DAY, why="Write too", adopt=True):
        set_guide(
            stage=ground.stage,
            guide=Guide(activities=(*rows, Standard("task", "Write too"))),
            by=ground.cast.marc,
            at=NOW + 2 * DAY,
            why="Write too",
        )
    adopted = set(Activity.objects.filter(title="Write too").values_list("deal_id", flat=True))
    assert adopted == {deal.pk for deal in entered if by_letter[deal.pk] == "A"}
