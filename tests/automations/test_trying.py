"""An automation tried on the past: on the deals that were there, with the facts they had then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from piste.activities import operations as activities
from piste.automations.queries import tried
from piste.automations.queries.past import entries_since
from piste.automations.rules import Action, Condition, Recipe, When
from piste.deals import operations as deals
from piste.deals.models import Deal, LossReason
from piste.journal.models import Entry
from tests import make
from tests.cast import NOW, Cast

DAY = timedelta(days=1)
DO = (Action("tag", text="seen"),)
#: What is asked, under which condition, and when each would have acted, in days before now; those below 0 not.
CASES = [
    (When("stage_entered"), (), [20, 5], []),
    (When("stage_entered"), (Condition("owner", "is", ("rosa",)),), [20], [5]),
    (When("stage_entered"), (Condition("amount", "at_least", ("20000",)),), [5], [20]),
    (When("stage_entered"), (Condition("tag", "is", ("hot",)),), [5], [20]),
    (When("stage_entered"), (Condition("custom:size", "is", ("S",)),), [20], [5]),
    (When("amount_reaches", amount="20000"), (), [10], []),
    (When("lost"), (Condition("stage", "is", ("second",)),), [4], []),
    (When("in_stage", days=6), (), [13, 23], []),
    (When("in_stage", days=6), (Condition("owner", "is", ("rosa",)),), [13, 23], []),
    (When("date", fact="expected_close_on", days=-2), (), [7, 14], []),
    (When("silence", days=10), (), [5], []),
]


@pytest.fixture
def deal(cast: Cast) -> Deal:
    """A month of a deal that is lost since: moved, handed on, worth more, tagged, dated anew."""
    first, second, third = make.stages(make.pipeline(by=cast.alice))[:3]

    def ago(days: int) -> dict[str, object]:
        return {"by": cast.alice, "at": NOW - days * DAY}

    made = make.deal(first, cast.rosa, at=NOW - 30 * DAY + timedelta(hours=1), amount_minor=1_250_000)
    deals.amend(deal=made, facts={"expected_close_on": (NOW - 12 * DAY).date()}, custom={"size": "S"}, **ago(29))
    deals.move(deal=made, to=second, **ago(20))
    call = activities.Wanted(title="Call", kind="call")
    activities.do(activity=activities.plan(wanted=call, assignee=cast.rosa, deal=made, **ago(20)), **ago(20))
    deals.amend(deal=made, facts={"amount_minor": 3_000_000, "expected_close_on": (NOW - 5 * DAY).date()}, **ago(10))
    deals.amend(deal=made, facts={"owner": cast.remi}, custom={"size": "L"}, **ago(9))
    deals.name_tags(deal=made, tags=["hot"], **ago(8))
    deals.move(deal=made, to=third, **ago(6))
    deals.move(deal=made, to=second, **ago(5))
    deals.lose(deal=made, reason=LossReason.objects.create(name="Price"), **ago(4))
    return made


@pytest.mark.parametrize(("when", "conditions", "done", "unmet"), CASES, ids=[f"{n}" for n in range(len(CASES))])
def test_held_against_what_was(
    cast: Cast, deal: Deal, when: When, conditions: tuple[Condition, ...], done: list[int], unmet: list[int]
) -> None:
    second = make.stages(deal.pipeline)[1].pk
    named = {"rosa": str(cast.rosa.pk), "second": str(second)}
    asked = tuple(Condition(one.fact, one.how, tuple(named.get(value, value) for value in one.values)) for one in conditions)
    if when.kind == "stage_entered":
        when = When("stage_entered", stage=second)
    found = tried(Recipe(when, asked, DO), deal.pipeline, among=Deal.objects.all(), at=NOW)
    told: dict[bool, list[int]] = {True: [], False: []}
    for one in found.latest:
        told[one.unmet is None].append(round((NOW - one.at) / DAY))
    assert (sorted(told[True]), sorted(told[False])) == (sorted(done), sorted(unmet))
    assert (found.done, found.not_met) == (len(done), len(unmet))


def test_the_journal_is_not_read_whole(deal: Deal) -> None:
    blank: dict[str, Any] = {
        "verb": "deal.amended",
        "subject_kind": "deal",
        "number": 1,
        "digest": b"",
        "previous_hash": b"",
        "hash": b"",
    }
    old = NOW - 400 * DAY
    made = (Entry(at=old, subject_id=10**6 + n, pipeline_id=deal.pipeline_id + n % 2, **blank) for n in range(3000))
    Entry.objects.bulk_create(made, batch_size=500)
    with CaptureQueriesContext(connection) as asked:
        assert entries_since(deal.pipeline_id, NOW - 30 * DAY, NOW)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + asked[0]["sql"])
        assert "journal_entry_pipeline" in str(cursor.fetchall())
