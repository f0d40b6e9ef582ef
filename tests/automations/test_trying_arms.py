"""A dry run holds each deal by the variant that it had that day in a split test of the automation."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest

from piste.automations.models import Automation
from piste.automations.queries import Tried, tried
from piste.automations.rules import Condition, Recipe, When
from piste.company.models import Member
from piste.deals import operations as deals
from piste.deals.models import Deal
from piste.experiments.models import Assignment, SplitTest
from piste.experiments.rules import Way
from tests import make
from tests.automations.scene import automation
from tests.cast import NOW, Cast
from tests.experiments.scene import CALL, DAY, WRITE, Ground
from tests.web.experiments.test_varied import signed_in


@pytest.fixture
def ground(cast: Cast) -> Ground:
    return Ground(cast)


def drawn(test: SplitTest) -> Counter[str]:
    """How many deals each variant has."""
    return Counter("AB"[place] for place in Assignment.objects.filter(test=test).values_list("variant__position", flat=True))


def look(ground: Ground, *conditions: Condition, when: When | None = None, days: int = 2) -> Tried:
    recipe = Recipe(when or When("stage_entered", stage=ground.stage.pk), conditions, (CALL,))
    return tried(recipe, ground.pipeline, among=Deal.objects.all(), at=NOW + days * DAY, automation=ground.watch.pk)


def early(ground: Ground) -> Deal:
    """A deal that came to the stage before anything was drawn."""
    deal = make.deal(ground.stages[0], ground.cast.rosa, title="Early", at=NOW - 3 * DAY)
    deals.move(deal=deal, to=ground.stage, by=ground.cast.rosa, at=NOW - 2 * DAY)
    return deal


def test_a_variant_that_goes_without_is_counted_apart(ground: Ground) -> None:
    early(ground)
    test = ground.ways(Way(on=False))
    ground.enter(test)
    counts, found = drawn(test), look(ground)
    assert (found.done, found.held, found.is_tested) == (counts["A"] + 1, counts["B"], True)
    assert {(once.arm.letter if once.arm else "") for once in found.latest if once.is_held} == {"B"}
    # The variant comes before the conditions, as it does when it runs.
    never = look(ground, Condition("amount", "at_least", ("999999999",)))
    assert (never.done, never.not_met, never.held) == (0, counts["A"] + 1, counts["B"])
    # By the clock too.
    clock = look(ground, when=When("in_stage", days=1), days=5)
    assert (clock.done, clock.held) == (counts["A"] + 1, counts["B"])
    # Another automation is not what the test varies.
    other = automation(ground.pipeline, When("stage_entered", stage=ground.stage.pk), CALL, name="Other")
    recipe = Recipe.of(other.recipe)
    apart = tried(recipe, ground.pipeline, among=Deal.objects.all(), at=NOW + 2 * DAY, automation=other.pk)
    assert (apart.done, apart.held, apart.is_tested) == (sum(counts.values()) + 1, 0, False)


def test_a_decided_test_holds_for_the_days_it_was_in_force(ground: Ground) -> None:
    test = ground.ways(Way(on=False))
    ground.enter(test)
    counts = drawn(test)
    SplitTest.objects.filter(pk=test.pk).update(stopped_at=NOW + 3 * DAY, decided_at=NOW + 4 * DAY, decision="none")
    assert look(ground, days=6).held == counts["B"]
    later = look(ground, when=When("in_stage", days=4), days=8)
    assert (later.done, later.held) == (sum(counts.values()), 0)


def test_other_actions_are_named_and_an_automation_off_for_everybody_is_off_for_the_control(ground: Ground) -> None:
    test = ground.ways(Way(on=True, do=(WRITE.as_json(),)))
    ground.enter(test)
    counts, found = drawn(test), look(ground)
    assert (found.done, found.held) == (sum(counts.values()), 0)
    assert Counter(once.arm.letter for once in found.latest if once.arm) == {"B": counts["B"]}
    Automation.objects.filter(pk=ground.watch.pk).update(paused_at=NOW, is_tried=True)
    paused = look(ground)
    assert (paused.done, paused.held) == (counts["B"], counts["A"])


@pytest.mark.parametrize(
    ("language", "heading", "row"),
    [
        ("en", "the variant of the deal goes without it.", "variant B of split test 1 goes without it"),
        ("fr", "la variante de l’affaire s’en passe.", "la variante B du test A/B 1 s’en passe"),
    ],
)
def test_the_editor_says_so(ground: Ground, language: str, heading: str, row: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ground.enter(ground.ways(Way(on=False)))
    Member.objects.filter(pk=ground.cast.marc.pk).update(language=language)
    monkeypatch.setattr("piste.web.access.timezone", SimpleNamespace(now=lambda: NOW + 2 * DAY))
    sent = {"row": ["a1"], "w-kind": "stage_entered", "w-stage": str(ground.stage.pk), "most_per_hour": "9", "do": "try"}
    sent |= {"a1-kind": "tag", "a1-text": "hot"}
    path = f"/process/{ground.pipeline.pk}/automations/{ground.watch.pk}/"
    html = signed_in(ground.cast.marc).post(path, sent).content.decode()
    assert heading in html
    assert row in html
    assert "split test varies it" in html or "test A/B le fait varier" in html
