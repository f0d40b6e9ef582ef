"""Each number of the insights' pages leads to exactly as many deals; pages, tables and files say the same."""

from __future__ import annotations

import csv
import io
import random
import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from piste.deals import operations
from piste.deals.models import Deal, LossReason, Source
from piste.forecasting.operations import set_targets
from piste.forecasting.rules import Goal, Key
from piste.pipelines.models import Stage
from piste.pipelines.operations import rename_pipeline
from tests import make
from tests.activities.asking import asking_stages, done_at_random
from tests.cast import NOW, Cast

from .conftest import SignIn

PAGES = ("", "team/", "sources/", "losses/")
#: A link to deals and the whole of what it says; in drawings the figure comes first or last.
NUMBER = re.compile(r'<a [^>]*href="([^"]*/deals/\?[^"]*figure=[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


def page(client: Any, stages: list[Stage], rest: str = "", status: int = 200) -> str:
    answer = client.get(f"/insights/{stages[0].pipeline_id}/{rest}")
    assert answer.status_code == status
    text: str = answer.content.decode()
    return text


def numbers(html: str) -> dict[str, int]:
    """By address, the count that a table's cell says."""
    found = {}
    for table in re.findall(r"<table.*?</table>", html, re.DOTALL):
        for href, said in NUMBER.findall(table):
            if re.fullmatch(r"[\d,]+", said.strip()):
                found[unescape(href)] = int(said.replace(",", ""))
    return found


@pytest.mark.parametrize("query", ["", "?period=quarter&back=2", "?period=ever", "?as_of=2026-03-31"])
def test_behind_each_number_stand_as_many_deals(
    cast: Cast, stages: list[Stage], history: list[Deal], sign_in: SignIn, query: str
) -> None:
    client = sign_in(cast.alice)
    told: dict[str, int] = {}
    for rest in (*PAGES, f"stages/{stages[2].pk}/"):
        found = numbers(page(client, stages, rest + query))
        assert len(found) >= 3 or query not in ("", "?period=ever")
        told |= found
    for href, count in told.items():
        behind = client.get(href)
        assert behind.status_code == 200, href
        text = behind.content.decode()
        assert re.search(r"data-behind>(\d+)<", text)[1] == str(count), href
        rows = text.split("<tbody>")[1].count("<tr>")
        assert rows == min(count, 50), href


def test_what_was_expected_of_somebody_is_named_behind_its_share(cast: Cast, sign_in: SignIn) -> None:
    stages, people = asking_stages(cast), [cast.rosa, cast.remi, cast.olga, cast.marc]
    done_at_random(random.Random(11), stages[2], people, LossReason.objects.create(name="Price"))
    client = sign_in(cast.alice)
    html = page(client, stages, "team/?period=ever")
    found = re.findall(r'href="([^"]*figure=(asked|contacts)[^"]*)"[^>]*>\d+% \(\d+ of (\d+)\)', html)
    assert "asked" in {key for _href, key, _n in found}
    for href, _key, count in found:
        behind = client.get(unescape(href)).content.decode()
        assert re.search(r"data-behind>(\d+)<", behind)[1] == count
    assert client.get(unescape(found[0][0]).replace("asked.", "asked.9")).status_code == 404


@pytest.mark.parametrize("query", ["?period=ever", "?period=quarter&back=2", "?as_of=2026-03-31"])
def test_a_way_gone_twice_has_a_line_for_each_move(
    cast: Cast, stages: list[Stage], history: list[Deal], sign_in: SignIn, query: str
) -> None:
    """What a chart of flows writes is a number of moves; the table beside it tells of how many deals."""
    client, counted = sign_in(cast.alice), 0
    for rest in ("", f"stages/{stages[2].pk}/"):
        for href, said in re.findall(
            r'href="([^"]*figure=flow[^"]*\.moves[^"]*)"[^>]*>(.*?)</a>', page(client, stages, rest + query), re.S
        ):
            words = re.sub(r"<[^>]+>", " ", said).split()
            behind = client.get(unescape(href)).content.decode()
            assert re.search(r"data-behind>(\d+)<", behind)[1] in words, said
            assert "a line for each move" in behind
            counted += 1
    assert counted > 5


def test_behind_a_rate_stand_all_that_it_is_a_share_of(
    cast: Cast, stages: list[Stage], history: list[Deal], sign_in: SignIn
) -> None:
    client = sign_in(cast.alice)
    shown = page(client, stages, "sources/?period=ever")
    rows = re.findall(r'<a class="forest__row" href="([^"]*)".*?<small>(\d+) closed</small>', shown, re.S)
    assert rows
    for href, closed in rows:
        assert f"data-behind>{closed}<" in client.get(unescape(href)).content.decode()


def test_every_deal_of_the_period_is_in_exactly_one_place_of_the_glass(
    cast: Cast, stages: list[Stage], history: list[Deal], sign_in: SignIn
) -> None:
    html = page(sign_in(cast.alice), stages, "?period=ever")
    said = re.search(r"Every deal is accounted for: (\d+) in, (\d+) won, (\d+) lost, (\d+) on hold, (\d+) open\.", html)
    assert said is not None
    whole, *parts = (int(text) for text in said.groups())
    assert whole == sum(parts) == Deal.objects.present().count()
    states = dict.fromkeys(("won", "lost", "held", "open"), 0)
    for status in Deal.objects.present().values_list("status", flat=True):
        states[status] += 1
    assert parts == [states["won"], states["lost"], states["held"], states["open"]]


def test_who_sees_their_own_sees_their_own_figures(cast: Cast, stages: list[Stage], history: list[Deal], sign_in: SignIn) -> None:
    html = page(sign_in(cast.olga), stages, "?period=ever")
    own = Deal.objects.present().filter(owner=cast.olga).count()
    assert f"Every deal is accounted for: {own} in" in html
    assert "Rosa" not in page(sign_in(cast.olga), stages, "team/?period=ever")
    for href, count in numbers(html).items():
        answer = sign_in(cast.olga).get(href).content.decode()
        assert f"data-behind>{count}<" in answer
        assert "Rosa" not in answer


def test_a_filter_narrows_every_figure(cast: Cast, stages: list[Stage], history: list[Deal], sign_in: SignIn) -> None:
    fair = Source.objects.get(name="Fair")
    html = page(sign_in(cast.alice), stages, f"?period=ever&source={fair.pk}&owner={cast.rosa.pk}")
    count = Deal.objects.present().filter(source=fair, owner=cast.rosa).count()
    assert f"Every deal is accounted for: {count} in" in html
    for href, behind in numbers(html).items():
        assert f"source={fair.pk}" in href
        assert f"data-behind>{behind}<" in sign_in(cast.alice).get(href).content.decode()


def test_a_figure_as_a_file_says_what_its_table_says(
    cast: Cast, stages: list[Stage], history: list[Deal], sign_in: SignIn
) -> None:
    client = sign_in(cast.alice)
    html = page(client, stages, "?period=ever")
    href = unescape(re.search(r'href="([^"]*/files/insights/stages\.csv[^"]*)"', html)[1])
    answer = client.get(href)
    assert answer["Content-Disposition"] == 'attachment; filename="piste-stages.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["Stage", "Entered", "Went on"]
    table = html.split('id="stages"')[1].split('data-plot-part="table"')[1].split("</table>")[0]
    for row in rows[1:]:
        line = next(part for part in table.split("<tr>") if f">{row[0]}<" in part)
        cells = [unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<td[^>]*>(.*?)</td>", line, re.DOTALL)]
        assert [cell.replace(",", "").replace("–", "0") for cell in cells[:2]] == row[1:3]


def test_each_figure_of_a_stage_says_how_it_is_counted(
    cast: Cast, stages: list[Stage], history: list[Deal], sign_in: SignIn
) -> None:
    shown = page(sign_in(cast.alice), stages, f"stages/{stages[2].pk}/?period=ever")
    panels = re.findall(r'<section class="panel[^"]*"[^>]*aria-labelledby="([\w-]+)"(.*?)</section>', shown, re.S)
    assert {"stage-title", "why-title", "standing-title", "incoming-title", "trend-title"} <= {name for name, _ in panels}
    for name, text in panels:
        assert "How this is counted" in text, name
        assert "<dt>Counted</dt>" in text, name


def test_a_link_keeps_a_figure_as_of_today(cast: Cast, stages: list[Stage], history: list[Deal], sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    for rest in ("?period=quarter", "team/?period=quarter", f"stages/{stages[2].pk}/?period=quarter"):
        shown = page(client, stages, rest)
        kept = re.findall(r'href="\?([^"#]*)#\w+"[^>]*><svg[^>]*><use[^>]*/></svg>Link to it as of today', shown)
        assert {unescape(one) for one in kept} == {"period=quarter&as_of=2026-11-24"}, rest
    assert "Link to it as of today" not in page(client, stages, "?as_of=2026-11-20")


@pytest.mark.parametrize("figure", ["stakes", "won", "wins"])
def test_no_number_of_a_file_is_a_text(
    cast: Cast, stages: list[Stage], history: list[Deal], sign_in: SignIn, figure: str
) -> None:
    """A spreadsheet can count with amounts and differences: none has a sign of money, a unit, or the mark of a text before it."""
    answer = sign_in(cast.alice).get(f"/insights/{stages[0].pipeline_id}/files/insights/{figure}.csv?period=ever")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) > 1
    cells = [cell for row in rows[1:] for cell in row if "–" not in cell]
    assert any(re.fullmatch(r"-?[\d.]+", cell) for cell in cells)
    assert not [cell for cell in cells if re.match(r"['+−-]?€|'", cell)]


def test_a_page_of_a_past_day_says_what_was_said_that_day(
    cast: Cast, stages: list[Stage], history: list[Deal], sign_in: SignIn, time_machine: Any
) -> None:
    """Printed on the evening of the day; read later, after moves, amendments, the bin, a new name."""
    client = sign_in(cast.alice)
    evening = NOW.replace(hour=22, minute=59, second=59)
    time_machine.move_to(evening, tick=False)
    goal = Goal(Key("rep", cast.rosa.pk, 3, date(2026, 10, 1), "amount"), 9_000_000)
    set_targets(pipeline=stages[0].pipeline, goals=[goal], why="", by=cast.alice, at=NOW)
    told = {rest: tables(page(client, stages, f"{rest}?period=quarter")) for rest in PAGES}
    later = NOW + timedelta(days=3)
    time_machine.move_to(later)
    set_targets(pipeline=stages[0].pipeline, goals=[replace(goal, value=1)], why="", by=cast.alice, at=later)
    for deal in Deal.objects.filter(status="open", deleted_at=None).order_by("pk")[:6]:
        operations.amend(deal=deal, facts={"amount_minor": 1, "owner": cast.marc, "source": None}, by=cast.alice, at=later)
    for deal in Deal.objects.filter(status="open", deleted_at=None).order_by("-pk")[:4]:
        operations.win(deal=deal, by=cast.alice, at=later, override="Known")
    for deal in Deal.objects.filter(status="lost", deleted_at=None).order_by("pk")[:2]:
        operations.discard(deal=deal, by=cast.alice, at=later)
    operations.reshape_stage(
        stage=stages[1],
        shape=make_shape(stages[1]),
        by=cast.alice,
        at=later,
        why="Clearer",
        seen=stages[1].pipeline.version.number,
    )
    rename_pipeline(pipeline=stages[0].pipeline, name="Sold", by=cast.alice, at=later, why="Clearer")
    for rest in PAGES:
        assert tables(page(client, stages, f"{rest}?period=quarter&as_of=2026-11-24")) == told[rest], rest


def make_shape(stage: Stage) -> Any:
    from piste.pipelines.queries import shape_of

    return replace(shape_of(stage), name="Another name", norm_days=99)


def tables(html: str) -> list[str]:
    """The words of every table, without addresses."""
    return [unescape(re.sub(r"<[^>]+>", "|", table)) for table in re.findall(r"<table.*?</table>", html, re.DOTALL)]


def test_what_cannot_be_read_of_a_period_is_said(cast: Cast, stages: list[Stage], sign_in: SignIn) -> None:
    client = sign_in(cast.rosa)
    assert "This is not a day" in page(client, stages, "?period=free&first=yesterday", 422)
    assert "The end comes before the beginning" in page(client, stages, "?first=2026-03-01&last=2026-02-01&period=free", 422)
    assert "history" not in page(client, stages, "deals/?figure=stage.1.nothing", 404)


def test_a_pipeline_without_deals_has_its_pages(cast: Cast, stages: list[Stage], sign_in: SignIn) -> None:
    client = sign_in(cast.rosa)
    for rest in (*PAGES, f"stages/{stages[0].pk}/"):
        for query in ("", "?period=ever", "?period=month&back=3", "?as_of=2020-01-01"):
            assert "Insights" in page(client, stages, rest + query)


def test_pages_ask_as_much_for_many_deals_as_for_few(cast: Cast, stages: list[Stage], sign_in: SignIn) -> None:
    client, counts = sign_in(cast.alice), []
    for grown in (1, 3, 30):
        for number in range(grown):
            deal = make.deal(stages[number % 5], cast.rosa, at=NOW - timedelta(days=30))
            if number % 3 == 0:
                operations.win(deal=deal, by=cast.rosa, at=NOW, override="Known")
        asked = []
        for rest in PAGES:
            with CaptureQueriesContext(connection) as seen:
                page(client, stages, rest)
            asked.append(len(seen))
        counts.append(asked)
    assert counts[1] == counts[2]
    assert max(counts[2]) <= 40


def test_a_home_without_a_pipeline_says_so(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.rosa).get("/insights/")
    assert answer.status_code == 200
    assert "There is no pipeline yet" in answer.content.decode()
