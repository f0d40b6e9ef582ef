"""The chance of a deal of being won, on its page and in the list: who sees it, what it says, and when nothing is known."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from piste.company.models import CustomField
from piste.deals import operations
from piste.deals.models import Deal, LossReason
from piste.forecasting.models import Chance, Snapshot
from piste.pipelines.models import Pipeline, Stage
from tests import make
from tests.cast import NOW, Cast

type SignIn = Callable[[Any], Client]
AT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
QUARTER = (date(2026, 10, 1), date(2026, 12, 31))
REASONS = [["stage", 0.104], ["field:custom:size", -0.062], ["field:contacts", 0.006], ["expected", -0.0149]]


def said(pipeline: Pipeline, verdict: str = "reliable", *, by: str = "", **more: Any) -> None:
    """The forecast of the quarter, as far as chances rest on it."""
    told = {"verdict": {"code": verdict, "by": by, "gain": 0.2, "closed": 9}, "leaks": []} | more
    Snapshot.objects.create(pipeline=pipeline, span=3, first=QUARTER[0], day=AT.date(), at=AT, currency="EUR", said=told)


def chance(deal: Deal, **more: Any) -> Chance:
    facts: dict[str, Any] = {"ever": 0.342, "within": 0.121, "table": 0.29, "low": 0.221, "high": 0.468, "like": 60}
    return Chance.objects.create(deal=deal, at=AT, until=QUARTER[1], **facts | {"reasons": REASONS} | more)


def panel(client: Client, deal: Deal) -> str:
    """The panel of the page as one reads it."""
    html = client.get(f"/deals/{deal.pk}/").content.decode()
    part = html.split('id="deal-chance"')[1].split("</section>")[0].partition(">")[2]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", part))).replace("\u2060", "").strip()


def test_the_page_says_how_likely_a_deal_is_won_and_why(cast: Cast, stages: list[Stage], deal: Deal, sign_in: SignIn) -> None:
    CustomField.objects.create(subject="deal", key="size", label="Size of the fleet", kind="number")
    said(deal.pipeline, leaks=[["custom:size", "predicts"], ["source", "filled_after"]])
    chance(deal)
    assert panel(sign_in(cast.rosa), deal) == (
        "Chance of being won 29% by the stage alone "
        "34% 22 – 47% by what became of 60 earlier deals of which about the same was said "
        "By the end of the quarter, Thu 31 Dec: 12% "
        "What moves it, in points Stage +10 Size of the fleet −6 Number of contacts +1 Days to the expected close −1 "
        "Computed today 3:30 from earlier deals. It is no score of how good a fit the customer is. "
        "Not used, since they tell the outcome: Size of the fleet, Source."
    )


@pytest.mark.parametrize(
    ("verdict", "sentence"),
    [
        (
            "no_signal",
            (
                "No reliable score exists for these deals: nothing that is known of them tells who will buy better than the base "
                "rate does, so each is given the base rate."
            ),
        ),
        ("base_rate", "Not enough history: base rate. Closed deals so far: 9."),
    ],
)
def test_a_chance_that_tells_nothing_says_so(
    cast: Cast, stages: list[Stage], deal: Deal, sign_in: SignIn, verdict: str, sentence: str
) -> None:
    said(deal.pipeline, verdict)
    chance(deal, low=0.2, high=0.45, like=9, reasons=[])
    operations.choose_columns(member=cast.rosa, columns=["chance"])
    client = sign_in(cast.rosa)
    text = panel(client, deal)
    assert text.startswith(
        f"Chance of being won {sentence} 34% 20 – 45% the base rate: the share won of the 9 deals closed so far"
    )
    assert "by the stage alone" not in text
    assert "What moves it" not in text
    html = client.get(f"/pipelines/{deal.pipeline_id}/list/").content.decode()
    assert f"Chances: {sentence}" in html


def test_where_only_the_stage_tells_it_is_the_rate_of_the_stage(
    cast: Cast, stages: list[Stage], deal: Deal, sign_in: SignIn
) -> None:
    said(deal.pipeline, "no_signal", by="stage_table")
    chance(deal, low=0.2, high=0.45, like=76, reasons=[])
    text = panel(sign_in(cast.rosa), deal)
    assert "tells who will buy better than their stage does" in text
    assert "34% 20 – 45% the base rate of its stage: the share won of the 76 closed deals that came to it" in text


def test_without_a_chance_the_page_says_why(cast: Cast, stages: list[Stage], deal: Deal, sign_in: SignIn) -> None:
    client, night = sign_in(cast.rosa), "Chance of being won It is computed each night: this deal’s comes with the next."
    assert panel(client, deal) == night
    said(deal.pipeline)
    assert panel(client, deal) == night
    foreign = make.deal(stages[0], cast.rosa, currency="USD")
    assert "learned from amounts in EUR" in panel(client, foreign)
    # What was said of it in another pipeline is not said here.
    moved = make.deal(make.stages(make.pipeline("Elsewhere", by=cast.alice))[0], cast.rosa)
    chance(moved)
    assert panel(client, moved) == night


def test_too_young_a_history_says_so_without_a_figure(cast: Cast, stages: list[Stage], sign_in: SignIn) -> None:
    said(stages[0].pipeline, "base_rate")
    old = make.deal(stages[0], cast.rosa, at=datetime(2026, 11, 20, tzinfo=UTC))
    assert panel(sign_in(cast.rosa), old) == "Chance of being won Not enough history: base rate. Closed deals so far: 9."


def test_a_closed_deal_has_no_chance_any_more(cast: Cast, stages: list[Stage], deal: Deal, sign_in: SignIn) -> None:
    said(deal.pipeline)
    chance(deal)
    operations.choose_columns(member=cast.rosa, columns=["chance", "title"])
    client = sign_in(cast.rosa)
    operations.lose(deal=deal, reason=LossReason.objects.create(name="Price"), by=cast.rosa, at=NOW)
    assert panel(client, deal) == ""
    html = client.get(f"/pipelines/{deal.pipeline_id}/list/?status=lost").content.decode()
    assert re.search(r'<td class="n is-blank" data-label="Chance">—', html)


def test_who_may_not_see_the_deal_learns_nothing_of_its_chance(
    cast: Cast, stages: list[Stage], deal: Deal, sign_in: SignIn
) -> None:
    said(deal.pipeline)
    chance(deal)
    operations.choose_columns(member=cast.olga, columns=["chance"])
    client, here = sign_in(cast.olga), f"/pipelines/{deal.pipeline_id}/list/"
    assert client.get(f"/deals/{deal.pk}/").status_code == 404
    assert "34%" not in client.get(here).content.decode()
    assert len(exported(client, here)) == 1


def exported(client: Client, here: str) -> list[list[str]]:
    answer: Any = client.get(f"{here}export.csv")
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def test_the_list_has_it_as_a_column_for_who_chose_it(cast: Cast, stages: list[Stage], deal: Deal, sign_in: SignIn) -> None:
    said(deal.pipeline)
    chance(deal)
    client, here = sign_in(cast.rosa), f"/pipelines/{deal.pipeline_id}/list/"
    assert "Chance" not in client.get(here).content.decode()
    operations.choose_columns(member=cast.rosa, columns=["title", "chance"])
    html = client.get(f"{here}?by=-chance").content.decode()
    assert 'data-label="Chance">34%<' in html
    # One does not sort by it, and no head pretends so.
    assert "by=chance" not in html
    assert html.count("aria-sort") == 0
    assert exported(client, here) == [["Deal", "What they need", "Chance"], ["Planning", "Planning", "0.34"]]
    assert exported(sign_in(cast.remi), here)[0][:3] == ["Deal", "What they need", "Stage"]


def test_it_costs_as_many_statements_for_many_deals_as_for_one(cast: Cast, stages: list[Stage], sign_in: SignIn) -> None:
    said(stages[0].pipeline)
    operations.choose_columns(member=cast.rosa, columns=["chance"])
    client, counts, pages = sign_in(cast.rosa), [], []
    for grown in (1, 3, 30):
        for number in range(grown):
            made = make.deal(stages[number % 3], cast.rosa, title=f"Deal {grown} {number}")
            chance(made, reasons=REASONS[:grown])
        for found, address in ((counts, f"/pipelines/{made.pipeline_id}/list/"), (pages, f"/deals/{made.pk}/")):
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(address).status_code == 200
            found.append(sum("forecasting_" in query["sql"] for query in asked.captured_queries))
    # The page asks for the category besides.
    assert (set(counts), set(pages)) == ({2}, {3})
