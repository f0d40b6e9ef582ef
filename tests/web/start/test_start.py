"""The first start: everything leads there once, and never again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from piste.company.models import Member, Settings
from piste.deals.models import LossReason, Source
from piste.pipelines.models import Pipeline
from piste.web.start.regions import country_choices, country_of, currency_of
from tests import make
from tests.cast import PASSWORD, Cast

FACTS = {
    "company": "Alpages",
    "country": "CH",
    "currency": "CHF",
    "time_zone": "Europe/Zurich",
    "name": "Ada Alpe",
    "email": "ada@alpages.example",
    "password": PASSWORD,
}


@pytest.mark.parametrize(
    "path", ["/", "/account/login/", "/deals/1/", "/settings/members/", "/nowhere/", "/enter/x/", "/join/x/"]
)
def test_every_page_leads_to_the_first_start(db: None, path: str) -> None:
    assert Client().get(path).headers["Location"] == "/start/"


@pytest.mark.parametrize(
    ("accepted", "language", "first_stage", "welcome"),
    [
        ("fr-CH,fr;q=0.9", "fr", "Prospection", "Bienvenue"),
        ("en-GB,en;q=0.9", "en", "Prospecting", "Welcome"),
        ("de-DE,de;q=0.9", "en", "Prospecting", "Welcome"),
    ],
)
def test_it_takes_the_browsers_language(db: None, accepted: str, language: str, first_stage: str, welcome: str) -> None:
    client = Client(headers={"Accept-Language": accepted})
    assert welcome in client.get("/start/").text
    assert client.post("/start/", FACTS).headers["Location"] == "/"
    ada = Member.objects.get()
    assert (ada.name, ada.role, ada.language, ada.time_zone) == ("Ada Alpe", "admin", language, "Europe/Zurich")
    assert Settings.objects.get().currency == "CHF"
    assert make.stages(Pipeline.objects.get())[0].name == first_stage
    assert (LossReason.objects.count(), Source.objects.count()) == (6, 5)
    assert first_stage in client.get("/", follow=True).text


def test_from_nothing_to_a_colleague_on_the_board(db: None) -> None:
    """The first quarter of an hour: the company, the first deal, the first colleague, and nobody sets up again."""
    ada = Client(headers={"Accept-Language": "en"})
    board = ada.post("/start/", FACTS, follow=True)
    assert board.status_code == 200
    assert "Fresh snow" in board.text
    stage = make.stages(Pipeline.objects.get())[0]
    asked = {"stage": stage.pk, "owner": Member.objects.get().pk, "currency": "CHF", "title": "Refuge", "company": "Hospice"}
    deal = ada.post("/deals/new/", asked, follow=True)
    assert deal.status_code == 200, deal.context["form"].errors
    assert "Refuge" in ada.get("/", follow=True).text
    invited = ada.post("/settings/members/invite/", {"email": "bo@alpages.example", "role": "rep", "sees": "all"})
    bo = Client()
    joined = {"name": "Bo Berg", "password": PASSWORD, "language": "en"}
    assert "Refuge" in bo.post(invited.context["link"].removeprefix("http://testserver"), joined, follow=True).text
    assert bo.get("/start/").headers["Location"] == "/"
    ada.post("/account/logout/")
    assert ada.post("/account/login/", {"login": FACTS["email"], "password": PASSWORD}).headers["Location"] == "/"


def test_the_language_can_be_changed_on_the_way_without_losing_a_word(db: None) -> None:
    client = Client(headers={"Accept-Language": "en"})
    page = client.post("/start/", FACTS | {"speak": "fr"})
    assert page.status_code == 200
    assert "Bienvenue" in page.text
    assert "Alpages" in page.text
    assert PASSWORD not in page.text
    assert "Bienvenue" in client.get("/start/").text
    assert not Member.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"company": " "}, "company"),
        ({"currency": "XXX"}, "currency"),
        ({"country": "ZZ"}, "country"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"email": "ada"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"password": "ada@alpages.example"}, "password"),
        ({"name": "A" * 121}, "name"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_written(db: None, changed: dict[str, Any], field: str) -> None:
    page = Client().post("/start/", FACTS | changed)
    assert page.status_code == 422
    assert page.context["form"].errors[field]
    assert not Settings.objects.exists()
    assert not Member.objects.exists()


def test_it_happens_once(cast: Cast) -> None:
    assert Client().get("/start/").headers["Location"] == "/"
    assert Client().post("/start/", FACTS).headers["Location"] == "/"
    assert not Member.objects.filter(email="ada@alpages.example").exists()


def test_regions() -> None:
    assert [country_of(said) for said in ("fr-BE,fr", "fr", "en-US", "en", "de", "", ";;", "x-")] == [
        "BE", "FR", "US", "GB", "GB", "GB", "GB", "GB",
    ]  # fmt: skip
    assert [currency_of(country) for country in ("FR", "CH", "SN", "TN", "ZZ")] == ["EUR", "CHF", "XOF", "TND", "EUR"]
    french = dict(country_choices("fr"))
    assert (french["DE"], len(french) > 240, "EU" in french) == ("Allemagne", True, False)
