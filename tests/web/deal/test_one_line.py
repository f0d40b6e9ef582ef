"""A new deal written in one line."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from piste.people.operations import create_company, create_contact
from piste.web.deal.one_line import is_one_line, read_line
from tests import make
from tests.cast import NOW, Cast

STAGES = {"Prospecting": 1, "Rendez-vous": 2}


@pytest.mark.parametrize(
    ("text", "locale", "found"),
    [
        ("+Alba", "en", {"company": "Alba"}),
        ("Alba, Anna Berg, 12,500", "en", {"company": "Alba", "contact": "Anna Berg", "amount": "12,500"}),
        ("Alba,Anna Berg,12k", "en", {"company": "Alba", "contact": "Anna Berg", "amount": "12k"}),
        ("Alba; 12 500,50 €; Anna", "fr", {"company": "Alba", "contact": "Anna", "amount": "12 500,50 €", "currency": "EUR"}),
        ("3M, 40k USD", "en", {"company": "3M", "amount": "40k", "currency": "USD"}),
        ("Alba, a@berg.example, +33 6 12 34", "en", {"company": "Alba", "email": "a@berg.example", "phone": "+33 6 12 34"}),
        ("Alba, rendez vous, #Trade fair #hot", "fr", {"company": "Alba", "stage": 2, "tags": "Trade fair, hot"}),
        ("A, B, Plan, 2 sites, 5k, 6k", "en", {"company": "A", "contact": "B", "title": "Plan, 2 sites, 6k", "amount": "5k"}),
        (" , ;", "en", {}),
    ],
)  # fmt: skip
def test_each_piece_finds_its_field(text: str, locale: str, found: dict[str, Any]) -> None:
    assert read_line(text, locale=locale, stages=STAGES) == found


def test_a_search_is_not_taken_for_a_deal() -> None:
    said = [is_one_line(text) for text in ("Alba", "alba anna", "12,500", "+Alba", "Alba, Anna", "")]
    assert said == [False, False, False, True, True, False]


def test_the_palette_offers_it_and_the_form_knows_who_is_meant(client: Client, cast: Cast) -> None:
    make.stages(make.pipeline("Sales"))
    company = create_company(name="Alba SA", by=cast.rosa, at=NOW)
    anna = create_contact(name="Anna Berg", by=cast.rosa, at=NOW, company=company, email="anna@berg.example")
    client.force_login(cast.rosa)
    offered = client.get("/search/", {"palette": 1, "q": "Alba, anna berg, 12k"}).content.decode()
    assert 'href="/deals/new/?line=Alba%2C+anna+berg%2C+12k"' in offered
    form = client.get("/deals/new/", {"line": "Alba, anna berg, 12k"}).context["form"]
    assert form["contact_id"].value() == anna.pk
    assert [form[name].value() for name in ("company", "contact", "email", "amount")] == [
        "Alba", "Anna Berg", "anna@berg.example", "12k",
    ]  # fmt: skip
    stranger = Client()
    stranger.force_login(cast.olga)
    form = stranger.get("/deals/new/", {"line": "Alba, anna@berg.example"}).context["form"]
    assert form["contact_id"].value() is None
