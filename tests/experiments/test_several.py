"""A variant that does several things otherwise, of several kinds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from piste.activities.models import Activity
from piste.automations.models import Automation
from piste.automations.operations import follow
from piste.automations.rules import Recipe, When
from piste.experiments import operations
from piste.experiments.models import Change, SplitTest
from piste.experiments.queries import variant_of, variant_told, wording_of
from piste.experiments.rules import CLOCK, Arm, Way
from piste.pipelines.models import ProcessVersion, Stage
from piste.playbooks.models import Template
from piste.playbooks.operations import set_guide
from piste.playbooks.queries import guide
from piste.playbooks.rules import Guide
from piste.qualification.queries import clock_rule
from piste.upkeep.queries import checks
from tests import make
from tests.automations.scene import automation
from tests.cast import NOW, Cast

from .scene import ASKING, CALL, DAY, PLAIN, WRITE, Ground


@pytest.fixture
def ground(cast: Cast) -> Ground:
    return Ground(cast)


def later_text(ground: Ground) -> Template:
    """A template of the next stage."""
    reminding = Guide(templates=(replace(PLAIN, name="Reminder"),))
    set_guide(stage=ground.stages[2], guide=reminding, by=ground.cast.alice, at=NOW, why="To remind")
    return Template.objects.get(stage=ground.stages[2])


def whole(ground: Ground, later: Template) -> Arm:
    """Another script, another text here and at the next stage, other information, another clock, another action."""
    return Arm(
        "Ask first", 50, guide=replace(guide(ground.stage.pk), script="Ask first."), needs=("amount",), clock_days=3,
        wordings={ground.template.pk: ASKING, later.pk: ASKING},
        ways={ground.watch.pk: Way(on=True, do=(WRITE.as_json(),))},
    )  # fmt: skip


def test_all_that_a_variant_changes_goes_for_its_deals_alone(ground: Ground) -> None:
    later = later_text(ground)
    got = ground.enter(ground.start(Arm("As today", 50), whole(ground, later)))
    follow(at=NOW + DAY)
    said = {}
    for letter, deal in got.items():
        told, clock = variant_told(deal.pk, ground.stage.pk), variant_of(deal.pk, ground.stage.pk, CLOCK)
        texts = [own.wording for key in (ground.template.pk, later.pk) if (own := wording_of(deal.pk, key))]
        steps = list(Activity.objects.filter(deal=deal).values_list("title", flat=True))
        said[letter] = (told and told[1]["script"], clock and clock.clock_days, texts, steps)
    assert said == {"A": (None, None, [], ["Call"]), "B": ("Ask first.", 3, [ASKING, ASKING], ["Write"])}
    # Its own playbook reads as what automations send.
    drawn = variant_told(got["B"].pk, ground.stage.pk)
    assert drawn is not None
    assert [text["subject"] for text in drawn[1]["templates"]] == [ASKING.subject]
    assert [check for check in checks() if not check.ok] == []


def test_all_of_it_is_rolled_out_as_one_version(ground: Ground) -> None:
    later, other = later_text(ground), make.pipeline("Other", by=ground.cast.alice)
    test = ground.start(Arm("As today", 50), whole(ground, later))
    ground.conclude(test)
    assert not Stage.objects.filter(is_tested=True).exists()
    assert not Automation.objects.filter(is_tested=True).exists()
    number = ProcessVersion.objects.filter(pipeline=ground.pipeline).latest("number").number
    version = operations.roll_out(
        test=test, by=ground.cast.marc, at=NOW + 41 * DAY, why="It won", retest_on=date(2027, 4, 1), change="+12 points"
    )
    made = ProcessVersion.objects.filter(pipeline=ground.pipeline, number__gt=number)
    assert [(row.number, row.evidence) for row in made] == [(number + 1, {"split_test": test.pk})]
    assert SplitTest.objects.get(pk=test.pk).version == version
    now = guide(ground.stage.pk)
    assert (now.script, [(text.id, text.subject) for text in now.templates]) == (
        "Ask first.",
        [(ground.template.pk, ASKING.subject)],
    )
    assert [text.body for text in guide(ground.stages[2].pk).templates] == [ASKING.body]
    assert Recipe.of(Automation.objects.get(pk=ground.watch.pk).recipe).actions == (WRITE,)
    assert clock_rule().working_days == 3
    codes = {change["code"] for change in version.changes}
    assert {"playbook.script_changed", "playbook.template_changed", "automation.changed"} <= codes
    assert {code.partition(".")[0] for code in codes} == {"playbook", "requirement", "automation", "clock"}
    # The clock is the company's.
    latest = ProcessVersion.objects.filter(pipeline=other).latest("number")
    assert [change["code"].partition(".")[0] for change in latest.changes] == ["clock"]


def test_what_two_tests_share_is_looked_for_among_all_they_change(ground: Ground) -> None:
    later = later_text(ground)
    first = ground.start(Arm("As today", 50), Arm("Several", 50, clock_days=1, wordings={later.pk: ASKING}))
    thanks = automation(ground.pipeline, When("won"), CALL, name="Thank")
    shared: dict[str, Any] = {"ways": {thanks.pk: Way(on=False)}, "wordings": {later.pk: ASKING}}
    second = ground.design(Arm("As today", 50), Arm("Also", 50, **shared), is_factorial=True)
    with pytest.raises(operations.Overlaps) as refused:
        operations.start(test=second, by=ground.cast.marc, at=NOW)
    assert (refused.value.other, refused.value.on) == (first, ["template"])
    variant = second.variants.get(position=1)
    operations.set_variant_wording(variant=variant, template=later.pk, wording=None, by=ground.cast.marc, at=NOW)
    operations.start(test=second, by=ground.cast.marc, at=NOW)
    assert SplitTest.objects.in_force().count() == 2


def test_what_is_as_everybodys_by_the_start_is_left_out(ground: Ground) -> None:
    same = {ground.watch.pk: Way(on=True)}
    test = ground.start(Arm("As today", 50), Arm("Several", 50, clock_days=3, ways=same))
    assert not Change.objects.filter(variant__test=test).exists()
    assert not Automation.objects.filter(is_tested=True).exists()


def test_variants_change_different_things(ground: Ground) -> None:
    later = later_text(ground)
    arms = (Arm("A", 34), Arm("B", 33, wordings={later.pk: ASKING}), Arm("C", 33, ways={ground.watch.pk: Way(on=False)}))
    test = ground.start(*arms)
    found = ground.enter(test)
    while len(found) < 3:
        found |= ground.enter(test)
    follow(at=NOW + DAY)
    tasks = {letter: Activity.objects.filter(deal=deal).count() for letter, deal in found.items()}
    texts = {letter: wording_of(deal.pk, later.pk) is not None for letter, deal in found.items()}
    assert tasks == {"A": 1, "B": 1, "C": 0}
    assert texts == {"A": False, "B": True, "C": False}
