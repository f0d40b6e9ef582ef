"""Whether every deal got the variant that chance gives its unit."""

from __future__ import annotations

from piste.experiments.models import Assignment
from piste.experiments.rules import drawn
from piste.journal.models import Entry

from .check import Check

NAME = "every deal has the variant it drew"


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
