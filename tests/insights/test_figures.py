"""Figures of a pipeline in the database: whose deals they hold, which ones a filter leaves, what they cost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from piste.catalogue.operations import add_product
from piste.company.models import FieldKind, Member
from piste.deals import operations as ops
from piste.deals.models import Deal, LossReason, Source, Tag
from piste.deals.queries.custom import CustomWanted
from piste.deals.queries.filtering import NO_FILTER, Filter
from piste.insights.queries import Reading, Scope, reading
from piste.insights.queries.figures import Within, belonging, groups, mean_value, outcomes, stage_figures, value
from piste.insights.queries.told import told
from piste.pipelines.models import Pipeline, Stage
from piste.pipelines.operations import set_norm
from tests import make
from tests.cast import NOW, Cast

LATER = NOW + timedelta(days=30)
ALL = Within()


@pytest.fixture
def sales(cast: Cast) -> Pipeline:
    return make.pipeline()


@pytest.fixture
def stages(sales: Pipeline) -> list[Stage]:
    return make.stages(sales)


def read(pipeline: Pipeline, **asked: Any) -> Reading:
    return reading(Scope(pipeline=pipeline, as_of=asked.pop("as_of", LATER), **asked))


def named(found: Reading) -> list[int]:
    assert sorted(found.facts) == found.history.deals.id.tolist()
    return sorted(found.facts)


def test_each_sees_the_figures_of_what_they_may_see(cast: Cast, sales: Pipeline, stages: list[Stage]) -> None:
    of_rosa, of_olga = make.deal(stages[0], cast.rosa), make.deal(stages[0], cast.olga)
    ops.win(deal=of_rosa, by=cast.rosa, at=NOW + timedelta(days=2))
    both = [of_rosa.pk, of_olga.pk]
    sees: list[tuple[Member | None, list[int]]] = [
        (None, both),
        (cast.alice, both),
        (cast.marc, both[:1]),
        (cast.rosa, both[:1]),
        (cast.remi, both[:1]),
        (cast.olga, both[1:]),
        (cast.lea, []),
    ]
    for member, wanted in sees:
        found = read(sales, member=member)
        assert named(found) == wanted, member
        first = stage_figures(found, ALL)[0]
        assert first.conversion.entered.tolist() == wanted
        assert first.durations.n == len(wanted)
        won = outcomes(found, ALL).by_closing.won.tolist()
        assert won == [key for key in wanted if key == of_rosa.pk]
        text = str(told(found, ALL, ZoneInfo("UTC")))
        assert (cast.rosa.name in text) == (of_rosa.pk in wanted), "by owner names none whose deals one may not see"


def test_filters_leave_the_deals_that_are_asked_for(cast: Cast, sales: Pipeline, stages: list[Stage]) -> None:
    fair, box = Source.objects.create(name="Fair"), add_product(name="Box", by=cast.alice, at=NOW)
    one = make.deal(stages[0], cast.rosa, source=fair)
    ops.name_tags(deal=one, tags=["VIP"], by=cast.rosa, at=NOW)
    ops.name_products(deal=one, products=[(box.pk, 1000, None)], by=cast.rosa, at=NOW)
    ops.amend(deal=one, custom={"size": "large"}, by=cast.rosa, at=NOW)
    first = Pipeline.objects.get(pk=sales.pk).version_id
    set_norm(stage=stages[0], norm_days=3, by=cast.marc, at=NOW + timedelta(hours=1), why="faster")
    other = make.deal(stages[0], cast.olga, at=NOW + timedelta(hours=2))
    tag = Tag.objects.get(name="VIP")
    asked: list[dict[str, Any]] = [
        {"wanted": Filter(owners=(cast.rosa.pk,))},
        {"wanted": Filter(teams=(cast.north.pk,))},
        {"wanted": Filter(sources=(fair.pk,))},
        {"wanted": Filter(tags=(tag.pk,))},
        {"wanted": Filter(custom=(CustomWanted("size", FieldKind.CHOICE, ("large",)),))},
        {"wanted": Filter(products=(box.pk,))},
        {"versions": (first,)},
    ]
    assert named(read(sales)) == [one.pk, other.pk]
    for wish in asked:
        assert named(read(sales, **wish)) == [one.pk], wish
        assert named(read(sales, past=True, **wish)) == [one.pk], wish
    second = Pipeline.objects.get(pk=sales.pk).version_id
    assert named(read(sales, versions=(second,))) == [other.pk]


@pytest.mark.parametrize(
    ("kind", "held", "wanted", "holds"),
    [
        (FieldKind.NUMBER, "12.50", {"least": 12, "most": 13}, True),
        (FieldKind.NUMBER, "9", {"least": 10}, False),
        (FieldKind.NUMBER, None, {"most": 10}, False),
        (FieldKind.DATE, "2026-03-01", {"least": "2026-02-28", "most": "2026-03-01"}, True),
        (FieldKind.DATE, "2026-03-02", {"most": "2026-03-01"}, False),
        (FieldKind.YES_NO, True, {"values": ("yes",)}, True),
        (FieldKind.YES_NO, False, {"values": ("yes",)}, False),
        (FieldKind.YES_NO, None, {"values": ("no",)}, False),
        (FieldKind.CHOICES, ["Gant", "Été"], {"values": ("Été",)}, True),
        (FieldKind.CHOICES, ["Gant"], {"values": ("Gan",)}, False),
        (FieldKind.TEXT, "Rue de la PAIX", {"values": ("paix",)}, True),
        (FieldKind.TEXT, "Rue", {"values": ("paix",)}, False),
        (FieldKind.TEXT, None, {"values": ()}, True),
    ],
)
def test_a_custom_field_of_then_is_held_as_one_of_now(
    cast: Cast, sales: Pipeline, stages: list[Stage], kind: str, held: Any, wanted: dict[str, Any], holds: bool
) -> None:
    from datetime import date
    from decimal import Decimal

    bound = {FieldKind.NUMBER: Decimal, FieldKind.DATE: lambda text: date.fromisoformat(text)}.get(FieldKind(kind))
    bounds = {name: bound(told) if bound and name != "values" else told for name, told in wanted.items()}
    deal = make.deal(stages[0], cast.rosa)
    if held is not None:
        ops.amend(deal=deal, custom={"own": held}, by=cast.rosa, at=NOW)
    asked = Filter(custom=(CustomWanted("own", kind, **bounds),))
    for past in (False, True):
        assert bool(named(read(sales, wanted=asked, past=past))) is holds, past


def test_a_deal_in_the_bin_counts_nowhere_and_did_before(cast: Cast, sales: Pipeline, stages: list[Stage]) -> None:
    deal = make.deal(stages[0], cast.rosa)
    ops.discard(deal=deal, by=cast.rosa, at=NOW + timedelta(days=5))
    ops.restore(deal=deal, by=cast.rosa, at=NOW + timedelta(days=9))
    days = {day: named(read(sales, past=True, as_of=NOW + timedelta(days=day))) for day in (1, 6, 10)}
    assert days == {1: [deal.pk], 6: [], 10: [deal.pk]}
    ops.discard(deal=deal, by=cast.rosa, at=NOW + timedelta(days=12))
    assert named(read(sales)) == []
    assert stage_figures(read(sales), ALL)[0].conversion.plain.rate is None


def test_a_deal_that_went_to_another_pipeline_belongs_to_both(cast: Cast, sales: Pipeline, stages: list[Stage]) -> None:
    other = make.pipeline("Partners")
    deal = make.deal(stages[0], cast.rosa)
    ops.move(deal=deal, to=make.stages(other)[1], by=cast.rosa, at=NOW + timedelta(days=4))
    here, there = stage_figures(read(sales), ALL)[0], stage_figures(read(other), ALL)[1]
    assert here.conversion.left.tolist() == [deal.pk]
    assert (here.durations.n, here.durations.median.days) == (1, 4)
    assert there.conversion.open.tolist() == there.standing.tolist() == [deal.pk]
    ops.amend(deal=deal, facts={"amount_minor": 99}, by=cast.rosa, at=LATER)
    assert read(sales).facts[deal.pk].amount_minor == 99


def test_money_of_different_currencies_is_never_added_up(cast: Cast, sales: Pipeline, stages: list[Stage]) -> None:
    for currency, amount, at in (("EUR", 10_000, 1), ("EUR", 30_000, 3), ("USD", 50_000, 2), ("EUR", None, 2)):
        deal = make.deal(stages[0], cast.rosa, currency=currency, amount_minor=amount)
        ops.win(deal=deal, by=cast.rosa, at=NOW + timedelta(days=at))
    for currency in ("EUR", "EUR", "USD"):
        make.deal(stages[0], cast.rosa, currency=currency, amount_minor=100)
    lost = make.deal(stages[0], cast.rosa)
    ops.lose(deal=lost, reason=LossReason.objects.create(name="Price"), by=cast.rosa, at=NOW + timedelta(days=1))
    found = read(sales)
    whole = outcomes(found, ALL)
    assert value(found, whole.by_closing.won) == whole.won_value == {"USD": 50_000, "EUR": 40_000}
    assert mean_value(found, whole.by_closing.won) == {"EUR": 20_000, "USD": 50_000}
    assert whole.by_closing.rate.rate == 0.8
    assert whole.by_closing.cycle_won.mean == 2
    # Open deals in the currency × win rate × mean value ÷ mean cycle.
    assert whole.velocity == pytest.approx({"EUR": 2 * 0.8 * 20_000 / 2, "USD": 1 * 0.8 * 50_000 / 2})


def test_a_sale_counts_on_its_day_even_of_a_customer_lost(cast: Cast, sales: Pipeline, stages: list[Stage]) -> None:
    deal = make.deal(stages[0], cast.rosa)
    ops.win(deal=deal, by=cast.rosa, at=datetime(2026, 12, 30, tzinfo=UTC))
    ops.lose(deal=deal, reason=LossReason.objects.create(name="Price"), by=cast.rosa, at=datetime(2027, 5, 1, tzinfo=UTC))
    found = told(read(sales, as_of=datetime(2027, 6, 1, tzinfo=UTC)), ALL, ZoneInfo("UTC"))
    assert found["deals"]["won"] == 1
    assert {name: row["won"] for name, row in found["by_quarter"].items()} == {"2026Q4": 1}


def test_groups_hold_every_closed_deal(cast: Cast, sales: Pipeline, stages: list[Stage]) -> None:
    won = [make.deal(stages[0], owner) for owner in (cast.rosa, cast.olga, cast.rosa)]
    for deal in won:
        ops.win(deal=deal, by=cast.rosa, at=NOW)
    found = read(sales)
    by_owner = {group.key: group for group in groups(found, ALL, belonging(found.facts.owner, int))}
    assert by_owner[cast.rosa.pk].won.tolist() == [won[0].pk, won[2].pk]
    assert by_owner[cast.olga.pk].value == {"EUR": 1_250_000}


def test_two_of_the_same_name_stay_two(cast: Cast, sales: Pipeline, stages: list[Stage]) -> None:
    twin = cast.olga
    twin.name = cast.rosa.name
    twin.save()
    for owner in (cast.rosa, twin):
        ops.win(deal=make.deal(stages[0], owner), by=cast.rosa, at=NOW)
    ops.retire_stage(stage=stages[1], destination=stages[0], by=cast.marc, at=NOW, why="fewer")
    found = told(read(sales), ALL, ZoneInfo("UTC"))
    assert sorted(found["by_owner"]) == sorted(f"{owner.name} ({owner.pk})" for owner in (cast.rosa, twin))
    assert all(row["won"] == 1 for row in found["by_owner"].values())


def test_a_stage_of_customers_put_among_the_others_changes_no_rate(cast: Cast, sales: Pipeline, stages: list[Stage]) -> None:
    from piste.pipelines.operations import reorder

    deal = make.deal(stages[0], cast.rosa)
    ops.move(deal=deal, to=stages[2], by=cast.rosa, at=NOW + timedelta(days=1))
    ops.lose(deal=deal, reason=LossReason.objects.create(name="Price"), by=cast.rosa, at=NOW + timedelta(days=2))
    before = [len(one.conversion.advanced) for one in stage_figures(read(sales), ALL)]
    order = [stages[5].pk, *(stage.pk for stage in stages[:5])]
    reorder(pipeline=sales, order=order, by=cast.marc, at=NOW + timedelta(days=3), why="as we work")
    assert [len(one.conversion.advanced) for one in stage_figures(read(sales), ALL)] == before
    assert read(sales).history.selling == 5


@pytest.mark.parametrize("past", [False, True])
def test_as_many_statements_for_three_deals_as_for_one(cast: Cast, sales: Pipeline, stages: list[Stage], past: bool) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as statements:
            told(read(sales, past=past, member=cast.alice, wanted=NO_FILTER), ALL, ZoneInfo("UTC"))
        return len(statements)

    ops.win(deal=make.deal(stages[0], cast.rosa), by=cast.rosa, at=NOW)
    one = asked()
    for place in (1, 2):
        ops.win(deal=make.deal(stages[place], cast.olga), by=cast.rosa, at=NOW)
        ops.amend(deal=Deal.objects.latest("pk"), facts={"amount_minor": 5}, by=cast.rosa, at=LATER + timedelta(days=1))
    assert asked() == one <= 14


def test_moments_are_counted_to_the_microsecond(cast: Cast, sales: Pipeline, stages: list[Stage]) -> None:
    at = NOW.replace(microsecond=123_457)
    deal = make.deal(stages[0], cast.rosa, at=at)
    instant = timedelta(microseconds=1)
    assert named(read(sales, as_of=at)) == [deal.pk]
    assert named(read(sales, as_of=at - instant)) == []
    ops.move(deal=deal, to=stages[1], by=cast.rosa, at=at + timedelta(days=1) + instant)
    stay = stage_figures(read(sales), ALL)[0].durations.median.days
    assert stay == pytest.approx(1 + 1 / 86_400_000_000, abs=1e-11)
    inside = stage_figures(read(sales), Within(since=at, until=at + instant))[0]
    assert inside.conversion.entered.tolist() == [deal.pk]
    assert len(stage_figures(read(sales), Within(since=at + instant))[0].conversion.entered) == 0
