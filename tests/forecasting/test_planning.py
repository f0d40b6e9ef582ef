"""A plan from a ledger: rates, delays, what stands open, whose it is, and the same answer everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from piste.commands import main
from piste.company.queries import working_time
from piste.deals import operations as deals
from piste.deals.operations import Arrival, PastMove, bring_in
from piste.forecasting.operations import set_targets
from piste.forecasting.queries.planning import Ask, Planned, planned
from piste.forecasting.rules import Goal, Key
from piste.insights.queries import Scope, reading
from piste.pipelines.models import Pipeline, Stage
from piste.stats.reverse import WhatIf
from tests import make
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def past(stages: list[Stage], came: datetime, *, wins: bool) -> Iterator[PastMove]:
    """A deal that went from the first stage to the second after 10 days, and was won or lost 10 days later."""
    for to, status, days in ((0, "open", 0), (1, "open", 10), (1, "won" if wins else "lost", 20)):
        yield PastMove(to=stages[to], status=status, at=came + days * DAY, by=None)


@pytest.fixture
def pipeline(cast: Cast) -> Pipeline:
    """Forty past deals of €1,000 each, half of them won after 20 days, and four open ones: Rosa's and Remi's."""
    made = make.pipeline(by=cast.alice)
    stages = make.stages(made)
    arrivals = []
    for number in range(40):
        owner = cast.rosa if number % 4 < 2 else cast.remi
        facts = {"title": f"Past {number}", "owner": owner, "team_id": owner.team_id, "amount_minor": 100_000, "currency": "EUR"}
        told = list(past(stages, NOW - (120 + number) * DAY, wins=number % 2 == 0))
        arrivals.append(Arrival(facts=facts, past=told, contacts=[], products=[]))
    bring_in(arrivals=arrivals, by=cast.alice, at=NOW, cause="import")
    for owner, count in ((cast.rosa, 3), (cast.remi, 1)):
        for _ in range(count):
            deal = make.deal(stages[0], owner, amount_minor=100_000, at=NOW - 12 * DAY)
            deals.move(deal=deal, to=stages[1], by=owner, at=NOW - 2 * DAY)
    return made


def ask(pipeline: Pipeline, target: int, last: date, **more: object) -> Planned:
    read = reading(Scope(pipeline=pipeline, as_of=NOW))
    asked = Ask(target=target, measure="amount", currency="EUR", first=date(2026, 11, 1), last=last, **more)  # type: ignore[arg-type]
    return planned(read, asked, zone=working_time().zone)


def test_the_numbers_follow_from_the_past(pipeline: Pipeline, cast: Cast) -> None:
    found = ask(pipeline, 500_000, date(2026, 12, 31), by_rep={cast.rosa.pk: 300_000, cast.remi.pk: 300_000})
    assert found.plan is not None
    assert (found.won, found.gap, found.sales, found.elsewhere) == (0, 500_000, 20, 0)
    first, second = found.plan.needs[0], found.plan.needs[1]
    assert found.plan.wins == 5
    assert (first.standing, second.standing) == (0, 4)
    assert first.rate == pytest.approx(0.5, abs=0.06)
    assert (second.median, second.soonest) == (pytest.approx(10), pytest.approx(10))
    assert first.median == pytest.approx(20)
    # One in two is won: eleven to fourteen suffice for five, and those open spare some.
    assert first.needed is not None
    assert 11 <= first.needed <= 14
    assert second.missing is not None
    assert second.needed is not None
    assert 0 < second.missing < second.needed
    rosa, remi = (next(rep.plan for rep in found.reps if rep.member_id == one.pk) for one in (cast.rosa, cast.remi))
    assert (rosa.needs[1].standing, remi.needs[1].standing) == (3, 1)
    assert (rosa.needs[1].missing or 0) < (remi.needs[1].missing or 0)
    assert (found.lever is not None and found.lever.place == 4) or found.lever is not None


def test_what_takes_longer_than_the_days_left_is_too_late(pipeline: Pipeline) -> None:
    found = ask(pipeline, 500_000, date(2026, 12, 8))
    assert found.plan is not None
    assert [need.place for need in found.too_late][:1] == [0]
    assert found.plan.needs[0].needed is None
    assert found.plan.needs[1].needed
    faster = ask(pipeline, 500_000, date(2026, 12, 8), suppose=WhatIf(delay=0.5))
    assert faster.plan is not None
    assert faster.plan.needs[0].needed


def test_a_period_to_come_does_not_count_what_is_won_before(pipeline: Pipeline) -> None:
    read = reading(Scope(pipeline=pipeline, as_of=NOW))
    soon, later = (
        planned(read, Ask(100_000, "amount", "EUR", first, date(2027, 6, 30)), zone=working_time().zone)
        for first in (date(2026, 11, 1), date(2027, 3, 1))
    )
    assert soon.plan is not None
    assert later.plan is not None
    assert soon.plan.reach > 0.8
    assert later.plan.expected < soon.plan.expected


def test_few_sales_are_said(cast: Cast) -> None:
    empty = make.pipeline("New", by=cast.alice)
    found = ask(empty, 100, date(2026, 12, 31))
    assert (found.plan, found.sales, found.lever, found.too_late) == (None, 0, None, [])


def test_page_file_and_command_say_the_same(
    client: Client, pipeline: Pipeline, cast: Cast, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    goals = [Goal(Key("company", 0, 3, date(2026, 10, 1), "amount"), 500_000)]
    goals.append(Goal(Key("rep", cast.rosa.pk, 3, date(2026, 10, 1), "amount"), 300_000))
    set_targets(pipeline=pipeline, goals=goals, by=cast.alice, at=NOW)
    client.force_login(cast.alice)
    address = f"/forecast/{pipeline.pk}/plan/"
    file = client.get(f"{address}plan.json?conversion=120").json()
    command = ["plan", str(pipeline.pk), "--target", "5000", "--by", "2026-12-31", "--conversion", "1.2", "--json"]
    assert main(command) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == file
    assert printed["reps"][0]["name"] == "Rosa Rep"
    page = client.get(f"{address}?conversion=120").content.decode()
    stage = printed["plan"]["stages"][1]
    assert f"<b>{stage['needed']}</b>" in page
    assert f"<b>{stage['missing']}</b>" in page
    assert main(command[:-1]) == 0
    assert f"{printed['plan']['wins']} more sales" in capsys.readouterr().out


def test_the_page_answers_its_sliders_with_the_plan_alone(client: Client, pipeline: Pipeline, cast: Cast) -> None:
    client.force_login(cast.rosa)
    address = f"/forecast/{pipeline.pk}/plan/?target=5000"
    part = client.get(f"{address}&conversion=150", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<div")
    assert 'id="plan"' in part
    assert "What if" not in part
    wrong = client.get(f"{address}&delay=9999")
    assert wrong.status_code == 422
    assert "Suppose between 50 and 200 per cent of what is." in wrong.content.decode()
    assert "This is not an amount" in client.get(f"/forecast/{pipeline.pk}/plan/?target=lots").content.decode()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--target", "x", "--by", "2026-12-31"], "not an amount"),
        (["--target", "5", "--by", "soon"], "not a day"),
        (["--target", "5", "--by", "2026-12-31", "--chance", "2"], "not a chance"),
        (["--target", "5", "--by", "2026-12-31", "--delay", "99"], "not a number between"),
    ],
)
def test_what_the_command_cannot_read_is_said(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["plan", "Sales", *words])
    assert said in capsys.readouterr().err


def test_the_command_names_what_is_wrong(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    make.pipeline(by=cast.alice)
    assert main(["plan", "Nothing", "--target", "5", "--by", "2026-12-31"]) == 2
    assert main(["plan", "Sales", "--target", "5", "--from", "2027-01-01", "--by", "2026-12-31"]) == 2
    assert main(["plan", "Sales", "--target", "5.123", "--by", "2026-12-31"]) == 2
    told = capsys.readouterr().err
    assert "no pipeline" in told
    assert "ends before it begins" in told
    assert "more decimals" in told
