"""Behind each number of a forecast stand the deals that it counted when it was said, and facts are told to the last figure."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.test import Client

from piste.deals import operations as ops
from piste.forecasting.models import Snapshot
from piste.forecasting.operations import set_targets
from piste.forecasting.rules import Goal, Key
from piste.foundations.calendar import Span, period
from piste.pipelines.models import Pipeline
from tests import make
from tests.cast import NOW, Cast
from tests.make.forecast import snapshot

pytestmark = pytest.mark.django_db
MONTH = period(Span.MONTH, NOW.date())
NUMBER = re.compile(r'<a href="(/insights/[^"]*figure=said[^"]*)">([^<]*)</a>')


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + timedelta(hours=3))


@pytest.fixture
def pipeline(cast: Cast) -> Pipeline:
    """A forecast of a sale, two open deals and one on hold of one stage, after which one of them goes on and one is sold."""
    pipeline = make.pipeline(by=cast.alice)
    stages = make.stages(pipeline)
    at = NOW - timedelta(days=3)
    first, second, held = (make.deal(stages[3], cast.rosa, at=at, title=f"Offer {place}") for place in range(3))
    make.deal(stages[3], cast.rosa, at=at, title="In francs", amount_minor=900_000, currency="CHF")
    sold = make.deal(stages[4], cast.rosa, at=at, title="Sold", amount_minor=2_034_500)
    ops.win(deal=sold, by=cast.rosa, at=at)
    ops.hold(deal=held, until=NOW.date() + timedelta(days=9), today=NOW.date(), by=cast.rosa, at=at)
    key = stages[3].pk
    told = {"won": 20_345.0, "won_deals": 1, "open_deals": 3, "stages": [[key, 3, 37500.0, 12000.0]]}
    told["groups"] = {f"rep:{cast.rosa.pk}": [20_345.0, 50_000.0, 38_000.0, 66_000.0, 44_000.0, 57_000.0]}
    goal = Goal(Key("rep", cast.rosa.pk, 1, MONTH.first, "amount"), 16_420_000)
    set_targets(pipeline=pipeline, goals=[goal], why="", by=cast.alice, at=NOW)
    snapshot(pipeline, MONTH, at=NOW, day=NOW.date(), **told)
    ops.move(deal=first, to=stages[4], by=cast.rosa, at=NOW + timedelta(hours=1), why="On", override="Known")
    second.refresh_from_db()
    ops.win(deal=second, by=cast.rosa, at=NOW + timedelta(hours=1))
    return pipeline


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return html.unescape(answer.content.decode())


def behind(client: Client, address: str) -> tuple[str, str]:
    """The title of the list behind a number and how many it names."""
    found = re.search(r'<h2 id="behind-title">(.*?) <span[^>]*data-behind>([^<]*)<', shown(client, address))
    assert found
    return found[1], found[2]


def test_behind_each_count_stand_the_deals_that_it_counted_then(client: Client, cast: Cast, pipeline: Pipeline) -> None:
    client.force_login(cast.alice)
    told = shown(client, f"/forecast/{pipeline.pk}/?span=month&table=parts")
    counts = [(href, said) for href, said in NUMBER.findall(told) if said.isdigit()]
    assert [said for _, said in counts] == ["1", "3"]
    for href, said in counts:
        assert behind(client, href)[1] == said
    assert behind(client, counts[1][0])[0].startswith("Proposal · Open or on hold, as of")
    back = shown(client, counts[1][0])
    assert f"/forecast/{pipeline.pk}/?span=month&first={MONTH.first.isoformat()}" in back


def test_what_is_a_sum_leads_to_what_it_sums(client: Client, cast: Cast, pipeline: Pipeline) -> None:
    client.force_login(cast.alice)
    told = shown(client, f"/forecast/{pipeline.pk}/?span=month")
    sums = {said: behind(client, href)[1] for href, said in NUMBER.findall(told) if said.startswith("€")}
    # What the weighted pipeline says, and what Rosa won.
    assert sums == {"€50,000": "3", "€20,345": "1"}
    head = re.search(r'figure__value is-success"><a href="([^"]*)">([^<]*)<', told)
    assert head
    assert head[2] == "€32,845"
    assert behind(client, head[1])[1] == "2"


def test_a_link_to_a_figure_names_its_period(client: Client, cast: Cast, pipeline: Pipeline) -> None:
    client.force_login(cast.alice)
    told = shown(client, f"/forecast/{pipeline.pk}/?span=month")
    links = re.findall(r'href="([^"#]*)#(\w+)"[^>]*><svg[^>]*><use[^>]*/></svg>Link to this figure', told)
    assert {query for query, _ in links} == {f"?span=month&first={MONTH.first.isoformat()}"}


def test_a_target_is_told_as_it_was_set(client: Client, cast: Cast, pipeline: Pipeline) -> None:
    client.force_login(cast.alice)
    told = shown(client, f"/forecast/{pipeline.pk}/?span=month")
    assert "€164,200" in told
    assert "€164,000" not in told


@pytest.mark.parametrize("figure", ["said.{}", "said.{}.99999", "said.0.open", "said.99999.won", "said.x.won"])
def test_a_key_that_no_number_has(client: Client, cast: Cast, pipeline: Pipeline, figure: str) -> None:
    client.force_login(cast.alice)
    key = figure.format(Snapshot.objects.get().pk)
    assert client.get(f"/insights/{pipeline.pk}/deals/?figure={key}").status_code == 404


def test_a_rep_opens_none_but_their_own(client: Client, cast: Cast, pipeline: Pipeline) -> None:
    client.force_login(cast.olga)
    assert behind(client, f"/insights/{pipeline.pk}/deals/?figure=said.{Snapshot.objects.get().pk}.open")[1] == "0"
