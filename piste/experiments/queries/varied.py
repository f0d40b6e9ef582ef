"""What tests vary: where it is found in a process, which variant of it a deal has, and what became of it meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from piste.experiments.models import Assignment, SplitTest, SplitTestSet, Variant
from piste.experiments.rules import AUTOMATION, CLOCK, NEEDS, PLAYBOOK, TEMPLATE
from piste.pipelines.models import Pipeline, ProcessVersion
from piste.pipelines.queries import PARTS
from piste.playbooks.models import Template

#: How versions of a process name the automations that a room above keeps.
AUTOMATIONS = "automations"
#: What a variant keeps of each subject.
KEPT_IN = {PLAYBOOK: "guide", NEEDS: "needs", CLOCK: "clock_days", TEMPLATE: "wording", AUTOMATION: "way"}


def automation_rows(pipeline: Pipeline) -> list[dict[str, Any]]:
    """The automations in use of a pipeline, as a version of its process tells them."""
    return list(PARTS[AUTOMATIONS](pipeline) or ()) if AUTOMATIONS in PARTS else []


def automation_row(test: SplitTest) -> dict[str, Any] | None:
    """The automation that a test varies; None when it is out of use, or the test varies none."""
    if test.automation is None:
        return None
    return next((row for row in automation_rows(test.pipeline) if row["id"] == test.automation), None)


def subjects(variants: Iterable[Variant]) -> set[str]:
    """What variants do otherwise than everybody, taken together."""
    return {name for variant in variants for name, kept in KEPT_IN.items() if getattr(variant, kept) is not None}


def touched(test: SplitTest, variants: Iterable[Variant]) -> set[tuple[str, int]]:
    """What no other test may vary beside this one: each subject with the stage, the template or the automation it is of. A
    playbook of a variant has templates of its own, so that those of its stage are touched too."""
    varied = subjects(variants)
    found = {(name, test.stage_id) for name in varied - {TEMPLATE, AUTOMATION}}
    if PLAYBOOK in varied:
        there = Template.objects.filter(stage=test.stage_id, retired_at=None, arm=None)
        found |= {(TEMPLATE, key) for key in there.values_list("pk", flat=True)}
    if TEMPLATE in varied and test.template_id is not None:
        found.add((TEMPLATE, test.template_id))
    if AUTOMATION in varied and test.automation is not None:
        found.add((AUTOMATION, test.automation))
    return found


def concerning(stage_id: int) -> SplitTestSet:
    """The tests in force in which a deal of a stage is worked otherwise there: those on it, and those of the text of one of its
    templates."""
    return SplitTest.objects.in_force().filter(Q(stage_id=stage_id) | Q(template__stage_id=stage_id))


def wordings(deal_id: int, **of: Any) -> dict[int, Variant]:
    """The variants whose text of a template a deal gets, by the template, until each test is decided."""
    drawn = Assignment.objects.filter(deal_id=deal_id, test__template__isnull=False, test__decided_at=None, **of)
    found = Variant.objects.filter(pk__in=drawn.values("variant_id"), wording__isnull=False).select_related("test")
    return {variant.test.template_id: variant for variant in found if variant.test.template_id is not None}


def wording_of(deal_id: int, template_id: int) -> Variant | None:
    """The variant whose text a deal gets by a template; None when it is as for everybody."""
    return wordings(deal_id, test__template=template_id).get(template_id)


def variant_with(deal_id: int, automation: int) -> Variant | None:
    """The variant that a deal has in the test in force of an automation; None outside of it."""
    drawn = Assignment.objects.filter(deal_id=deal_id, test__automation=automation, test__decided_at=None)
    return Variant.objects.filter(pk__in=drawn.values("variant_id")).select_related("test").first()


def arms_since(automation: int, since: datetime) -> list[Variant]:
    """The variants of the tests of an automation that were in force at some time since."""
    tests = SplitTest.objects.filter(
        Q(decided_at=None) | Q(decided_at__gt=since), automation=automation, started_at__isnull=False
    )
    return list(Variant.objects.filter(test__in=tests).select_related("test").order_by("test", "position"))


def run_for(automation: int) -> QuerySet[Assignment, Any]:
    """The deals (as `deal_id`) for which a test in force runs an automation, whatever becomes of it for everybody."""
    found = Assignment.objects.filter(test__automation=automation, test__decided_at=None, variant__way__on=True)
    return found.order_by().values("deal_id")


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """A version of the process that changed what a test compares with while it was in force; `gone` when it took that away."""

    number: int
    at: datetime
    gone: bool


#: The changes of a version that may be of what is varied, by what they begin with.
GOING = ("stage.retired", "stage.merged")
CODES = {
    PLAYBOOK: ("playbook.", *GOING),
    TEMPLATE: ("playbook.template_", *GOING),
    NEEDS: ("requirement.", *GOING),
    CLOCK: ("clock.",),
    AUTOMATION: ("automation.",),
}


def changed_meanwhile(test: SplitTest, varied: set[str], *, as_of: datetime) -> list[Meanwhile]:
    """The versions that changed what the control does since a test was started, oldest first. Two statements; the second only
    when a version may have."""
    if test.started_at is None or not varied:
        return []
    since = ProcessVersion.objects.filter(pipeline_id=test.pipeline_id, at__gt=test.started_at, at__lte=as_of)
    codes = tuple(start for name in varied for start in CODES[name])
    told = [
        number
        for number, changes in since.order_by("number").values_list("number", "changes")
        if any(change["code"].startswith(codes) for change in changes)
    ]
    if not told:
        return []
    beside = {number + step for number in told for step in (-1, 0)}
    rows = {
        row.number: row
        for row in ProcessVersion.objects.filter(pipeline_id=test.pipeline_id, number__in=beside).only(
            "number", "at", "definition"
        )
    }
    found = []
    for number in told:
        row, before = rows[number], rows.get(number - 1)
        was = {} if before is None else parts_of(test, varied, before.definition)
        now = parts_of(test, varied, row.definition)
        if was != now:
            found.append(Meanwhile(number, row.at, None in now.values()))
    return found


def parts_of(test: SplitTest, varied: set[str], definition: Mapping[str, Any]) -> dict[str, Any]:
    """What a definition says of what a test varies, by subject; None where it says nothing."""
    stages: list[Mapping[str, Any]] = list(definition.get("stages", ()))
    here: Mapping[str, Any] | None = next((stage for stage in stages if stage["id"] == test.stage_id), None)
    texts = [text for stage in stages for text in stage.get("playbook", {}).get("templates", ())]
    said: dict[str, Any] = {
        PLAYBOOK: None if here is None else here.get("playbook", {}),
        NEEDS: None if here is None else here["requirements"],
        CLOCK: definition.get("clock", {}),
        TEMPLATE: next((text for text in texts if text["id"] == test.template_id), None),
        AUTOMATION: next((row for row in definition.get(AUTOMATIONS, ()) if row["id"] == test.automation), None),
    }
    return {name: said[name] for name in varied}
