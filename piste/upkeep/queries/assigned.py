"""Whether every deal got the variant that chance gives its unit."""

from __future__ import annotations

from piste.automations.models import Automation
from piste.experiments.models import Assignment, Change, SplitTest
from piste.experiments.rules import drawn
from piste.journal.models import Entry
from piste.pipelines.models import Stage

from .check import Check

NAME = "every deal has the variant it drew"
MARKED = "what split tests vary is marked so"


def assigned() -> Check:
    """Each assignment is what its test's salt and its unit give, no unit has two variants, and the journal tells of each."""
    counted = 0
    found = Assignment.objects.order_by("pk").values_list(
        "pk", "deal_id", "test_id", "variant_id", "unit", "test__salt", "test__arms"
    )
    for _pk, deal, test, variant, unit, salt, arms in found.iterator(2000):
        counted += 1
        if drawn(salt, unit, arms) != variant:
            return Check(NAME, counted, f"deal {deal}: {unit} drew another variant of test {test} than {variant}")
    told = Entry.objects.filter(verb="deal.assigned_to_variant").count()
    return Check(NAME, counted, "" if told == counted else f"the journal tells {told} assignments, there are {counted}")


def marked() -> Check:
    """Stages and automations say of themselves whether a test in force concerns them: those that do not are never asked."""
    tests = dict(SplitTest.objects.in_force().values_list("pk", "stage"))
    changes = Change.objects.filter(variant__test__in=tests).values_list("template__stage", "automation")
    stages = {*tests.values(), *(stage for stage, _key in changes if stage is not None)}
    automations = {key for _stage, key in changes if key is not None}
    for kind, true, model in (("stage", stages, Stage), ("automation", automations, Automation)):
        said = set(model._default_manager.filter(is_tested=True).values_list("pk", flat=True))
        if stray := true ^ said:
            return Check(MARKED, len(tests), f"{kind} {min(stray)} says otherwise than the tests in force")
    return Check(MARKED, len(tests))
