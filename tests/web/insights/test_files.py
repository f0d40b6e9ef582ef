"""A figure as a file is the figure of the page, computed without the others of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from piste.company.operations import add_field
from piste.deals import operations as deals
from piste.deals.models import Deal
from piste.pipelines.models import Stage
from piste.stats.shares import share
from piste.stats.traits import Trait, Traits
from piste.web.insights import stage_page
from piste.web.insights.advancing import traits_shown
from piste.web.insights.asking import Question
from piste.web.insights.catalogue import on_page
from piste.web.insights.files import csv_of
from piste.web.insights.views import PAGES
from piste.web.parts.charts.figure import Figure
from tests.cast import NOW, Cast

from .conftest import SignIn

PATHS = {"insights": "", "insights_team": "team/", "insights_sources": "sources/", "insights_losses": "losses/"}


def figures_of(shown: dict[str, Any]) -> dict[str, Figure]:
    found = [one for value in shown.values() for one in (value if isinstance(value, list) else [value])]
    return {one.key: one for one in found if isinstance(one, Figure)}


@pytest.fixture
def told(cast: Cast, history: list[Deal]) -> str:
    """Losses by a field of the company's own; returns its key."""
    field = add_field(subject="deal", label="Hosting", kind="choice", options=["Here", "There"], by=cast.alice, at=NOW)
    for deal in Deal.objects.filter(status="lost", deleted_at=None):
        deals.amend(deal=deal, facts={}, custom={field.key: "There"}, by=cast.alice, at=NOW)
    return f"own-{field.key}"


@pytest.mark.parametrize("screen", PAGES)
def test_a_figure_drawn_alone_is_that_of_its_page(
    cast: Cast, stages: list[Stage], told: str, sign_in: SignIn, screen: str
) -> None:
    key = stages[0].pipeline_id
    seen: set[str] = set()
    for who, query in ((cast.alice, "?period=ever"), (cast.alice, "?period=quarter&as_of=2026-10-20"), (cast.olga, "")):
        request = sign_in(who).get(f"/insights/{key}/{PATHS[screen]}{query}").wsgi_request
        page = figures_of(PAGES[screen](Question.at(request, key, screen, request.GET)))
        assert page
        for name, figure in page.items():
            entry = on_page(screen, name)
            assert entry is not None, name
            assert entry.draw(Question.at(request, key, screen, request.GET)) == figure
        seen |= set(page)
    assert told in seen or screen not in ("insights_losses", "insights_sources")


def test_a_figure_of_a_stage_drawn_alone_is_that_of_its_page(
    cast: Cast, stages: list[Stage], history: list[Deal], sign_in: SignIn
) -> None:
    key = stages[0].pipeline_id
    for stage in (stages[1], stages[-1]):
        request = sign_in(cast.alice).get(f"/insights/{key}/stages/{stage.pk}/?period=ever").wsgi_request
        page = figures_of(stage_page.page(Question.at(request, key, "insights", request.GET), stage.pk))
        assert set(page) >= {"incoming", "outgoing"}
        for name in stage_page.FIGURES:
            alone = stage_page.figure(Question.at(request, key, "insights", request.GET), stage.pk, name)
            assert alone == page.get(name)


def test_a_file_asks_nothing_for_the_rest_of_its_page(
    cast: Cast, stages: list[Stage], history: list[Deal], sign_in: SignIn, time_machine: Any
) -> None:
    client = sign_in(cast.alice)
    asked = {}
    files = (("insights", "won"), ("insights", "traits"), ("insights_team", "following"), ("insights_losses", "reasons"))
    for number, (screen, name) in enumerate(files):
        # Nothing is kept from one to the next.
        time_machine.move_to(NOW + timedelta(days=1 + number))
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/insights/{stages[0].pipeline_id}/files/{screen}/{name}.csv?period=ever").status_code == 200
        asked[name] = " ".join(row["sql"] for row in found)
    assert "catalogue_product" in asked["traits"]
    assert "catalogue_product" not in asked["won"]
    assert "forecasting_target" not in asked["following"]
    assert "deals_lossreason" in asked["reasons"]
    assert "deals_lossreason" not in asked["won"]


STRANGE = ("insights/reasons", "insights/outcomes", "insights_sources/own-nothing", "forecast_ahead/course", "x/won")


@pytest.mark.parametrize("rest", STRANGE)
def test_a_page_gives_no_file_of_what_stands_on_another(
    cast: Cast, stages: list[Stage], history: list[Deal], sign_in: SignIn, rest: str
) -> None:
    address = f"/insights/{stages[0].pipeline_id}/files/{rest}.csv?period=ever"
    assert sign_in(cast.alice).get(address).status_code == 404


def test_the_difference_of_a_trait_is_a_number(cast: Cast, stages: list[Stage], sign_in: SignIn) -> None:
    """`+13.1 pt` was written with the apostrophe that keeps a spreadsheet from taking it for a formula."""
    request = sign_in(cast.alice).get(f"/insights/{stages[0].pipeline_id}/").wsgi_request
    trait = Trait("contacts", "yes", share(30, 40), share(10, 40), 0.7, 0.3, 0.5, 0.283, 0.66, 0.0004, True)
    told = Traits(80, 40, 30.0, 5, [trait], [])
    question = Question.at(request, stages[0].pipeline_id, "insights", request.GET)
    text = csv_of(traits_shown(question, told, "Meeting", key="traits"), "traits").content.decode("utf-8-sig")
    assert text.splitlines()[1] == "Two people or more,75.0% (40),25.0% (40),0.4,28.3\u00a0–\u2060\u00a066.0\u00a0pt,0.0004,yes"
