"""The board's page and fragments."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from piste.activities import operations as activities
from piste.activities.operations import Wanted
from piste.company.operations import add_field
from piste.deals import operations
from piste.deals.models import Deal, Source, Tag
from piste.deals.operations import Arrival, PastMove
from piste.people.operations import create_company
from piste.qualification.models import ContactClock
from piste.web.board import filtering
from tests import make
from tests.cast import NOW, Cast

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def stages(cast: Cast) -> list:
    return make.stages(make.pipeline(by=cast.alice))


def signed_in(member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def test_home_leads_to_the_first_pipeline(cast, stages):
    answer = signed_in(cast.rosa).get("/")
    assert answer.status_code == 302
    assert answer.url == f"/pipelines/{stages[0].pipeline_id}/"


def test_a_stranger_is_sent_to_sign_in(cast, stages):
    answer = Client().get(f"/pipelines/{stages[0].pipeline_id}/")
    assert answer.status_code == 302
    assert "login" in answer.url


def test_a_pipeline_out_of_use_is_not_found(cast, stages):
    assert signed_in(cast.rosa).get("/pipelines/999/").status_code == 404


def test_cards_stand_in_their_columns_with_true_heads(cast, stages):
    company = create_company(name="Nettoyage Alba", by=cast.rosa, at=NOW)
    make.deal(stages[2], cast.rosa, company=company, title="Planning", amount_minor=1_990_000)
    make.deal(stages[2], cast.rosa, title="Alone", amount_minor=10_050)
    html = signed_in(cast.rosa).get(f"/pipelines/{stages[0].pipeline_id}/").content.decode()
    column = html.split(f'id="col-{stages[2].pk}"')[1].split("</section>")[0]
    assert "Nettoyage Alba" in column
    assert "€20,000.50" in column
    # What is computed has no cents; what was said keeps them.
    assert re.search(r"weighted €6,000(?![.\d])", column)
    assert '<span class="n">2</span>' in column


def test_who_may_not_see_a_deal_sees_neither_card_nor_sum(cast, stages):
    make.deal(stages[0], cast.rosa, title="Secret planning", amount_minor=777_700)
    html = signed_in(cast.olga).get(f"/pipelines/{stages[0].pipeline_id}/").content.decode()
    assert "Secret planning" not in html
    assert "7,777" not in html
    assert "Fresh snow" in html


@pytest.mark.parametrize("address", ["move", "win", "lose", "hold", "resume", "undo", "needs"])
def test_who_may_not_see_a_deal_cannot_move_it(cast, stages, address):
    deal = make.deal(stages[0], cast.rosa)
    client = signed_in(cast.olga)
    assert client.get(f"/deals/{deal.pk}/{address}/").status_code == 404
    assert client.post(f"/deals/{deal.pk}/{address}/", {"to": stages[1].pk}).status_code == 404
    deal.refresh_from_db()
    assert deal.ledger_number == 1


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"Big", "Small", "Late"}),
        ("least=5000", {"Big"}),
        ("most=5 000,00", {"Small"}),
        ("after=2026-12-01&before=2026-12-31", {"Big"}),
        ("undated=1", {"Small"}),
        ("pace=stalling", {"Late"}),
        ("q=bi", {"Big"}),
        ("owner={remi}", {"Small"}),
        ("team={north}", {"Big", "Small", "Late"}),
        ("source={fair}", {"Big"}),
        ("tag={vip}", {"Late"}),
        ("f_region=loire", {"Late"}),
        ("least=5000&tag={vip}", set()),
        ("step=none", {"Big", "Small", "Late"}),
        ("step=overdue&step=today", set()),
        ("days=30", {"Late"}),
        ("quiet=30", {"Late"}),
        ("status=open", {"Big", "Small", "Late"}),
        ("stage={second}", set()),
        ("f_size.from=10", {"Late"}),
        ("f_size.from=1&f_size.to=11,5", set()),
        ("f_kind=Old&f_kind=New", {"Big", "Late"}),
        ("f_signed=yes", {"Big"}),
        ("f_since.to=2026-01-31", {"Late"}),
    ],
)
def test_filters_keep_what_they_say_and_counters_agree(cast, stages, query, expected):
    fair = Source.objects.create(name="Fair")
    day = date(2026, 12, 10)
    for label, kind in (("Size", "number"), ("Kind", "choice"), ("Signed", "yes_no"), ("Since", "date"), ("Region", "text")):
        options = ["Old", "New"] if kind == "choice" else []
        add_field(subject="deal", label=label, kind=kind, options=options, by=cast.alice, at=NOW)
    big = {"kind": "New", "signed": True}
    make.deal(stages[0], cast.rosa, title="Big", amount_minor=900_000, expected_close_on=day, source=fair, custom=big)
    make.deal(stages[0], cast.remi, title="Small", amount_minor=100_000)
    late = make.deal(
        stages[0],
        cast.rosa,
        at=NOW - timedelta(days=400),
        title="Late",
        amount_minor=None,
        expected_close_on=date(2026, 11, 1),
        custom={"region": "Pays de la Loire", "size": "12", "kind": "Old", "since": "2026-01-31"},
        tags=["VIP"],
    )
    assert late.pk
    names = {"remi": cast.remi.pk, "north": cast.north.pk, "fair": fair.pk, "vip": Tag.objects.get().pk, "second": stages[1].pk}
    address = f"/pipelines/{stages[0].pipeline_id}/?{query.format(**names)}"
    html = signed_in(cast.rosa).get(address).content.decode()
    shown = {title for title in ("Big", "Small", "Late") if f">{title}</a>" in html}
    assert shown == expected
    column = html.split(f'id="col-{stages[0].pk}"')[1].split("</section>")[0]
    assert f'<span class="n">{len(expected)}</span>' in column
    assert ("No deal matches these filters" in html) is not bool(expected)


def test_a_filter_that_cannot_be_read_is_said_with_its_form(cast, stages):
    add_field(subject="deal", label="Size", kind="number", by=cast.alice, at=NOW)
    board = f"/pipelines/{stages[0].pipeline_id}/"
    client = signed_in(cast.rosa)
    for asked, said in (
        ("least=much&after=soon", "This is not an amount"),
        ("after=soon", "This is not a day"),
        ("days=many", "This is not a number of days"),
        ("quiet=-1", "This is not a number of days"),
        ("step=never", ""),
        ("f_size.from=big", "This is not an amount"),
        ("f_size.from=3&f_size.to=2", "The end comes before the beginning"),
    ):
        answer = client.get(f"{board}?{asked}")
        assert answer.status_code == 422, asked
        assert said in answer.content.decode(), asked


def test_the_filters_form_offers_own_fields_as_their_kinds_ask(cast, stages):
    for label, kind in (("Size", "number"), ("Kind", "choice"), ("Signed", "yes_no"), ("Since", "date")):
        options = ["Old", "New"] if kind == "choice" else []
        add_field(subject="deal", label=label, kind=kind, options=options, by=cast.alice, at=NOW)
    url = f"/pipelines/{stages[0].pipeline_id}/filter/"
    html = signed_in(cast.rosa).get(url).content.decode()
    assert '<details class="ask-own">' in html
    html = signed_in(cast.rosa).get(f"{url}?f_kind=New&f_size.to=7&f_since.from=2026-01-01").content.decode()
    assert '<details class="ask-own" open>' in html
    assert 'name="f_kind" value="New" checked' in html
    assert re.search(r'name="f_size.to"[^>]*value="7"', html)
    assert re.search(r'name="f_since.from" type="date" value="2026-01-01"', html)
    assert 'name="f_signed" value="yes"' in html


def test_the_filters_form_says_what_it_does_not_offer_and_keeps_what_is_chosen(cast, stages, monkeypatch):
    monkeypatch.setattr(filtering, "OFFERED", 2)
    tags = [Tag.objects.create(name=name) for name in ("amber", "blue", "crimson")]
    url = f"/pipelines/{stages[0].pipeline_id}/filter/"
    html = signed_in(cast.rosa).get(url).content.decode()
    assert "The first 2 by name; 1 more is not offered." in html
    assert "crimson" not in html
    html = signed_in(cast.rosa).get(f"{url}?tag={tags[2].pk}").content.decode()
    assert f'name="tag" value="{tags[2].pk}" checked' in html
    assert "not offered" not in html


def test_totals_are_written_by_currency(cast, stages):
    make.deal(stages[0], cast.rosa, amount_minor=100_00, currency="EUR")
    make.deal(stages[0], cast.rosa, amount_minor=200_00, currency="USD")
    make.deal(stages[0], cast.rosa, amount_minor=5000, currency="JPY")
    html = signed_in(cast.rosa).get(f"/pipelines/{stages[0].pipeline_id}/").content.decode()
    for text in ("<b>€100</b>", "<b>$200</b>", "<b>¥5,000</b>"):
        assert text in html


@pytest.mark.parametrize("sort", ["", "closing", "amount", "longest", "newest"])
def test_more_cards_follow_without_gap_or_double_in_every_order(cast, stages, sort):
    made = []
    for number in range(60):
        closes = None if number % 3 == 0 else date(2026, 12, 1) + timedelta(days=number % 7)
        made.append(
            make.deal(
                stages[0],
                cast.rosa,
                at=NOW - timedelta(hours=number % 10),
                title=f"Deal {number}",
                amount_minor=(number % 5) * 1000 or None,
                expected_close_on=closes,
            ).pk
        )
    client = signed_in(cast.rosa)
    html = client.get(f"/pipelines/{stages[0].pipeline_id}/?sort={sort}").content.decode()
    seen = cards(html)
    assert len(seen) == 25
    assert "35 others" in html
    while found := re.search(r'hx-get="(/pipelines/\d+/columns/[^"]+)"', html):
        html = client.get(found[1].replace("&amp;", "&"), headers=HTMX).content.decode()
        seen += cards(html)
    assert len(seen) == 60
    assert set(seen) == set(made)


def cards(html: str) -> list[int]:
    return [int(part.split(" ")[0]) for part in html.split("id=deal-")[1:]]


def test_more_of_a_column_has_a_page_of_its_own(cast, stages):
    for number in range(30):
        make.deal(stages[0], cast.rosa, title=f"Deal {number}")
    html = signed_in(cast.rosa).get(f"/pipelines/{stages[0].pipeline_id}/?column={stages[0].pk}:50").content.decode()
    assert len(cards(html)) == 30


@pytest.mark.parametrize("after", ["", "nonsense", "2026-12-01~", "~4", "9999-99-99~1", "2026-12-01~" + "9" * 40])
def test_a_bad_place_leads_back_to_the_board(cast, stages, after):
    answer = signed_in(cast.rosa).get(f"/pipelines/{stages[0].pipeline_id}/columns/{stages[0].pk}/?after={after}", headers=HTMX)
    assert answer.status_code == 302


def test_the_number_of_statements_is_at_most_eight_and_does_not_grow(cast, stages):
    client = signed_in(cast.rosa)
    address = f"/pipelines/{stages[0].pipeline_id}/"
    counts = []
    for count in (1, 3, 40):
        while Deal.objects.count() < count * len(stages):
            number = Deal.objects.count()
            deal = make.deal(stages[number % len(stages)], cast.rosa, title=f"Deal {number}")
            if number % 5 == 0:
                operations.hold(deal=deal, until=date(2027, 1, 4), by=cast.rosa, at=NOW, today=NOW.date(), why="Later")
        with CaptureQueriesContext(
            connection,
        ) as spent:
            client.get(address)
        counts.append(len(spent))
    first = PastMove(to=stages[0], status="open", at=NOW)
    facts = {"owner": cast.rosa, "team": cast.north, "currency": "EUR", "amount_minor": 100}
    arrivals = [Arrival(facts=facts | {"title": f"Brought {number}"}, past=[first]) for number in range(2000)]
    operations.bring_in(arrivals=arrivals, by=cast.alice, at=NOW)
    with CaptureQueriesContext(connection) as spent:
        html = client.get(address).content.decode()
    counts.append(len(spent))
    assert "2,007 others" in html
    assert len(set(counts)) == 1
    assert counts[0] <= 8


def test_a_filtered_board_spends_no_more_than_two_statements_besides(cast, stages):
    make.deal(stages[0], cast.rosa)
    client = signed_in(cast.rosa)
    with CaptureQueriesContext(connection) as spent:
        client.get(f"/pipelines/{stages[0].pipeline_id}/?owner={cast.rosa.pk}&least=1&tag=4&source=2&team=1")
    assert len(spent) <= 8


def test_six_full_columns_weigh_less_than_100_kb(cast, stages):
    companies = [create_company(name=f"Établissements Marchand {n}", by=cast.rosa, at=NOW) for n in range(5)]
    for number in range(26 * len(stages)):
        make.deal(
            stages[number % len(stages)],
            cast.rosa,
            at=NOW - timedelta(days=number % 50),
            title="Maintenance préventive des lignes",
            company=companies[number % 5],
            amount_minor=1_234_500 + number * 100,
            expected_close_on=date(2026, 11, 10) + timedelta(days=number % 40),
        )
    ContactClock.objects.update(due_at=timezone.now() + timedelta(days=30))
    cast.rosa.language = "fr"
    cast.rosa.save()
    answer = signed_in(cast.rosa).get(f"/pipelines/{stages[0].pipeline_id}/")
    assert len(cards(answer.content.decode())) == 150
    assert answer.content.decode().count("data-due=hot") == 25
    assert len(answer.content) <= 100_000


@pytest.mark.parametrize(
    ("hours", "due", "left"),
    [(0, "hot", "8\u00a0h"), (5, "pressing", "3\u00a0h"), (30, "missed", "\u22126\u00a0h")],
)
def test_a_card_shows_the_clock_of_its_deal_until_the_contact(cast, stages, hours, due, left):
    """Qualified at 9 in Paris on a Tuesday: until 9 on Wednesday in Rosa's own hours, 9 to 17."""
    cast.rosa.opens, cast.rosa.closes = clock(9), clock(17)
    cast.rosa.save()
    began = datetime(2026, 11, 24, 8, tzinfo=UTC)
    deal = make.deal(stages[0], cast.rosa, at=began)
    other = make.deal(stages[0], cast.rosa, at=began)
    operations.move(deal=deal, to=stages[1], by=cast.rosa, at=began)
    now = began + timedelta(hours=hours)
    with time_machine.travel(now, tick=False):
        sees_the_clock_until_the_contact(signed_in(cast.rosa), cast, deal, other, due, left)


def sees_the_clock_until_the_contact(client, cast, deal, other, due, left):
    url = f"/pipelines/{deal.pipeline_id}/"
    html = client.get(url).content.decode()
    card = html.split(f"id=deal-{deal.pk} ")[1].split("</article>")[0]
    assert f"data-due={due} data-tenths=" in card
    assert f"<p>First contact</p><time>{left}</time>" in card
    assert "First contact" not in html.split(f"id=deal-{other.pk} ")[1].split("</article>")[0]
    page = client.get(f"/deals/{deal.pk}/").content.decode()
    assert "First contact" in page
    assert ("late" if due == "missed" else left) in page
    call = Wanted(title="Call", kind="call", due_on=date(2026, 11, 24))
    planned = activities.plan(wanted=call, assignee=cast.rosa, by=cast.rosa, at=NOW, deal=deal)
    activities.do(activity=planned, by=cast.rosa, at=timezone.now())
    assert "First contact" not in client.get(url).content.decode()


def test_a_card_kept_from_somebodys_look_is_not_shown_to_another_as_it_was(cast, stages):
    """Cards already written are kept: whatever they show must make another card of them."""
    company = create_company(name="Alba", by=cast.rosa, at=NOW)
    deal = make.deal(stages[0], cast.rosa, company=company, expected_close_on=date(2027, 3, 4))
    url = f"/pipelines/{stages[0].pipeline_id}/"
    english = signed_in(cast.rosa).get(url).content.decode()
    cast.remi.language = "fr"
    cast.remi.save()
    french = signed_in(cast.remi).get(url).content.decode()
    assert "€12,500" in english
    assert "12\u202f500\u00a0€" in french
    operations.amend(deal=deal, facts={"amount_minor": 990_000}, by=cast.rosa, at=NOW)
    cast.rosa.hue = (cast.rosa.hue + 90) % 360
    cast.rosa.name = "Rosa Renamed"
    cast.rosa.save()
    again = signed_in(cast.remi).get(url).content.decode()
    assert "9\u202f900\u00a0€" in again
    assert 'title="Rosa Renamed"' in again
    assert 'title="Rosa Rep"' not in again
