"""What tests vary: where it is found in a process, which variant of it a deal has, and what became of it meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from piste.experiments.models import Assignment, Change, SplitTest, SplitTestSet, Variant
from piste.experiments.rules import AUTOMATION, CLOCK, NEEDS, PLAYBOOK, TEMPLATE
from piste.pipelines.models import Pipeline, ProcessVersion, Stage
from piste.pipelines.queries import PARTS
from piste.playbooks.models import Template

#: How versions of a process name the automations that a room above keeps.
AUTOMATIONS = "automations"
#: What a variant keeps itself, of how its stage is worked.
KEPT_IN = {PLAYBOOK: "guide", NEEDS: "needs", CLOCK: "clock_days"}
#: Something that is varied: the subject, with the key of the stage, the template or the automation it is of.
type Part = tuple[str, int]


def automation_rows(pipeline: Pipeline) -> list[dict[str, Any]]:
    """The automations in use of a pipeline, as a version of its process tells them."""
    return list(PARTS[AUTOMATIONS](pipeline) or ()) if AUTOMATIONS in PARTS else []


def texts_of(pipeline_id: int) -> QuerySet[Template]:
    """The e-mail templates in use of a pipeline, in its order: those whose words a variant may change."""
    found = Template.objects.filter(stage__pipeline=pipeline_id, stage__retired_at=None, retired_at=None, arm=None, kind="email")
    return found.order_by("stage__position", "position", "pk")


def stages_of_texts(test: SplitTest) -> list[Stage]:
    """The stages whose templates say something else for a variant."""
    found = Change.objects.filter(variant__test=test, template__isnull=False).values("template__stage")
    return list(Stage.objects.filter(pk__in=found).select_related("pipeline").order_by("position", "pk"))


def subjects(variant: Variant) -> set[str]:
    """What a variant does otherwise than everybody."""
    found = {name for name, kept in KEPT_IN.items() if getattr(variant, kept) is not None}
    return found | ({TEMPLATE} if variant.wordings else set()) | ({AUTOMATION} if variant.ways else set())


def parts(test: SplitTest, variants: Iterable[Variant]) -> set[Part]:
    """All that variants do otherwise, taken together."""
    found: set[Part] = set()
    for variant in variants:
        found |= {(name, test.stage_id) for name in subjects(variant) & KEPT_IN.keys()}
        found |= {(TEMPLATE, key) for key in variant.wordings} | {(AUTOMATION, key) for key in variant.ways}
    return found


def touched(test: SplitTest, variants: Iterable[Variant]) -> set[Part]:
    """What no other test may vary beside this one. A playbook of a variant has templates of its own, so that those of its stage
    are touched too."""
    found = parts(test, variants)
    if (PLAYBOOK, test.stage_id) in found:
        there = Template.objects.filter(stage=test.stage_id, retired_at=None, arm=None)
        found |= {(TEMPLATE, key) for key in there.values_list("pk", flat=True)}
    return found


def concerning(stage_id: int) -> SplitTestSet:
    """The tests in force in which a deal of a stage is worked otherwise there: those on it, and those of the text of one of its
    templates."""
    texts = Change.objects.filter(variant__test=OuterRef("pk"), template__stage=stage_id)
    return SplitTest.objects.in_force().filter(Q(stage_id=stage_id) | Exists(texts))


def _drawn(deal_id: int) -> QuerySet[Assignment, Any]:
    """The variants of a deal (as `variant_id`) whose tests are not decided."""
    return Assignment.objects.filter(deal_id=deal_id, test__decided_at=None).values("variant_id")


def wordings(deal_id: int, **of: Any) -> dict[int, Change]:
    """The words that a deal's variants have for templates, by the template, until each test is decided."""
    found = Change.objects.filter(variant__in=_drawn(deal_id), template__isnull=False, **of).select_related("variant__test")
    return {row.template_id: row for row in found if row.template_id is not None}


def wording_of(deal_id: int, template_id: int) -> Change | None:
    """The words that a deal gets by a template; None when they are as for everybody."""
    return wordings(deal_id, template=template_id).get(template_id)


def way_of(deal_id: int, automation: int) -> Change | None:
    """What a deal's variant does otherwise with an automation, until its test is decided; None when it does as everybody."""
    return Change.objects.filter(variant__in=_drawn(deal_id), automation=automation).select_related("variant__test").first()


def arms_since(automation: int, since: datetime) -> list[Variant]:
    """The variants of the tests of an automation that were in force at some time since."""
    varying = Change.objects.filter(variant__test=OuterRef("pk"), automation=automation)
    tests = SplitTest.objects.filter(Exists(varying), Q(decided_at=None) | Q(decided_at__gt=since), started_at__isnull=False)
    found = Variant.objects.filter(test__in=tests).select_related("test").prefetch_related("changes")
    return list(found.order_by("test", "position"))


def run_for(automation: int) -> QuerySet[Assignment, Any]:
    """The deals (as `deal_id`) for which a test in force runs an automation, whatever becomes of it for everybody."""
    running = Change.objects.filter(automation=automation, said__on=True).values("variant_id")
    return Assignment.objects.filter(test__decided_at=None, variant__in=running).order_by().values("deal_id")


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """A version of the process that changed what a test compares with while it was in force: the parts it changed, and whether
    it took each away."""

    number: int
    at: datetime
    parts: Mapping[Part, bool]

    @property
    def gone(self) -> bool:
        return any(self.parts.values())


#: The changes of a version that may be of what is varied, by what they begin with.
GOING = ("stage.retired", "stage.merged")
CODES = {
    PLAYBOOK: ("playbook.", *GOING),
    TEMPLATE: ("playbook.template_", *GOING),
    NEEDS: ("requirement.", *GOING),
    CLOCK: ("clock.",),
    AUTOMATION: ("automation.",),
}


def changed_meanwhile(test: SplitTest, varied: set[Part], *, as_of: datetime) -> list[Meanwhile]:
    """The versions that changed what the control does since a test was started, oldest first. Two statements; the second only
    when a version may have."""
    if test.started_at is None or not varied:
        return []
    since = ProcessVersion.objects.filter(pipeline_id=test.pipeline_id, at__gt=test.started_at, at__lte=as_of)
    codes = tuple(start for name in {name for name, _key in varied} for start in CODES[name])
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
        was = {} if before is None else parts_of(varied, before.definition)
        now = parts_of(varied, row.definition)
        changed = {part: said is None for part, said in now.items() if part not in was or was[part] != said}
        if changed:
            found.append(Meanwhile(number, row.at, changed))
    return found


def parts_of(varied: Iterable[Part], definition: Mapping[str, Any]) -> dict[Part, Any]:
    """What a definition says of what a test varies; None where it says nothing."""
    stages = {stage["id"]: stage for stage in definition.get("stages", ())}
    texts = {text["id"]: text for stage in stages.values() for text in stage.get("playbook", {}).get("templates", ())}
    rules = {row["id"]: row for row in definition.get(AUTOMATIONS, ())}

    def said(name: str, key: int) -> Any:
        if name in (TEMPLATE, AUTOMATION):
            return (texts if name == TEMPLATE else rules).get(key)
        if name == CLOCK:
            return definition.get("clock", {})
        here = stages.get(key)
        if here is None:
            return None
        return here["requirements"] if name == NEEDS else here.get("playbook", {})

    return {(name, key): said(name, key) for name, key in varied}
