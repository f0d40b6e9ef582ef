"""The page of calls, and the category on the page of a deal."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from piste.forecasting.models import RepCall
from piste.forecasting.queries.calls import category_of
from piste.pipelines.models import Pipeline
from tests import make
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def pipeline(cast: Cast) -> Pipeline:
    return make.pipeline(by=cast.alice)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def test_a_rep_says_what_they_will_bring(client: Client, cast: Cast, pipeline: Pipeline) -> None:
    client.force_login(cast.rosa)
    address = f"/forecast/{pipeline.pk}/calls/"
    assert client.post(f"{address}say/?span=month", {"amount": "12.5k", "note": "Two big ones"}).status_code == 302
    row = RepCall.objects.get()
    assert (row.member, row.span, row.amount_minor) == (cast.rosa, 1, 1_250_000)
    shown = client.get(f"{address}?span=month").content.decode()
    assert "€12,500" in shown
    assert "Two big ones" in shown
    wrong = client.post(f"{address}say/?span=month", {"amount": ""})
    assert wrong.status_code == 422
    assert "Write an amount: it is the call." in wrong.content.decode()
    client.post(f"{address}say/?span=month&first=2026-09-01", {"amount": "5"}, follow=True)
    assert RepCall.objects.count() == 1, "a period that is over"


def test_one_looks_at_those_whose_deals_one_sees_and_says_for_nobody_else(client: Client, cast: Cast, pipeline: Pipeline) -> None:
    address = f"/forecast/{pipeline.pk}/calls/"
    client.force_login(cast.marc)
    shown = client.get(f"{address}?who={cast.rosa.pk}").content.decode()
    assert "Everybody’s calls" in shown
    assert "What I will bring" not in shown
    assert client.get(f"{address}?who={cast.olga.pk}").status_code == 404
    client.force_login(cast.olga)
    own = client.get(address).content.decode()
    assert "What I will bring" in own
    assert "Everybody’s calls" not in own


def test_a_deal_is_sorted_from_its_page_and_from_the_calls(client: Client, cast: Cast, pipeline: Pipeline) -> None:
    client.force_login(cast.rosa)
    deal = make.deal(make.stages(pipeline)[3], cast.rosa, expected_close_on=NOW.date())
    assert client.post(f"/deals/{deal.pk}/category/", {"category": "commit"}).status_code == 302
    assert category_of(deal) == "commit"
    page = client.get(f"/deals/{deal.pk}/").content.decode()
    assert "Pipeline → Commit" in page
    part = client.post(
        f"/forecast/{pipeline.pk}/calls/{deal.pk}/?span=month", {"category": "best"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert part.lstrip().startswith("<div")
    assert '<option value="best" selected>' in part
    assert category_of(deal) == "best"
    assert client.post(f"/deals/{deal.pk}/category/", {"category": "sure"}).status_code == 404


def test_who_watches_over_others_opens_on_all_of_them_together(client: Client, cast: Cast, pipeline: Pipeline) -> None:
    address = f"/forecast/{pipeline.pk}/calls/"
    for who, amount in ((cast.rosa, "100"), (cast.remi, "20")):
        client.force_login(who)
        client.post(f"{address}say/?span=month", {"amount": amount})
        make.deal(make.stages(pipeline)[3], who, expected_close_on=NOW.date(), title=f"Deal of {who.name}")
    client.force_login(cast.marc)
    page = client.get(f"{address}?span=month").content.decode()
    assert re.search(r'<h2 id="own-title">Everybody ', page)
    assert "€120" in page
    assert "Deal of Rosa Rep" in page
    assert "Deal of Remi Rep" in page
    assert "What I will bring" not in page
    one = client.get(f"{address}?span=month&who={cast.remi.pk}").content.decode()
    assert re.search(r'<h2 id="own-title">Remi Rep ', one)
    assert "Deal of Rosa Rep" not in one
    wrong = client.post(f"{address}say/?span=month", {"amount": ""})
    assert "Write an amount: it is the call." in wrong.content.decode()
