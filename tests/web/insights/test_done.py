"""Activities done: each number leads to as many activities, each figure is a file too, of a stage and of now as well."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from piste.activities import operations as activities
from piste.company.operations import add_field
from piste.dashboards.operations import make as make_dashboard
from piste.deals import operations as deals
from piste.deals.models import Deal
from piste.pipelines.models import Stage
from piste.web.dashboards.now import NOW as PRESENT
from piste.web.insights.catalogue import CATALOGUE
from tests import make
from tests.cast import NOW, Cast

from .conftest import SignIn, _sold
from .test_pages import page

LINK = re.compile(r'<a [^>]*href="([^"]*/activities/\?[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
FILE = re.compile(r'<a class="menu__item" href="([^"]*\.csv[^"]*)"')


@pytest.fixture
def busy(cast: Cast, stages: list[Stage]) -> list[Stage]:
    """Deals of Rosa's and Olga's, with things done on different days by different people; two of them lie in the bin."""
    make.remembered("a busy quarter", lambda: _worked(cast, stages))
    return stages


def _worked(cast: Cast, stages: list[Stage]) -> None:
    made = [make.deal(stages[n % 3], owner, title=f"Deal {n}", at=NOW - timedelta(days=90)) for n, owner in enumerate(
        (cast.rosa, cast.rosa, cast.olga, cast.rosa)
    )]  # fmt: skip
    for number in range(14):
        who, at = (cast.rosa, cast.remi, cast.marc)[number % 3], NOW - timedelta(days=6 * (number // 2), minutes=5)
        wanted = activities.Wanted(title=f"Done {number}", kind=("call", "email", "meeting", "task")[number % 4])
        step = activities.plan(wanted=wanted, assignee=who, by=who, at=at, deal=made[number % 4])
        activities.do(activity=step, by=who, at=at)
        if number in (3, 4):
            activities.discard(activity=step, by=cast.alice, at=NOW - timedelta(minutes=1))
    deals.discard(deal=made[3], by=cast.alice, at=NOW)


def counted(html: str) -> dict[str, int]:
    found = {unescape(href): re.sub(r"<[^>]*>", "", said).strip() for href, said in LINK.findall(html)}
    return {href: int(said) for href, said in found.items() if said.isdecimal()}


@pytest.mark.parametrize("who", ["alice", "rosa", "olga"])
@pytest.mark.parametrize("query", ["", "?period=month", "?period=ever&owner={rosa}", "?as_of=2026-11-01"])
def test_behind_each_number_stand_as_many_activities(
    cast: Cast, busy: list[Stage], sign_in: SignIn, who: str, query: str
) -> None:
    client = sign_in(getattr(cast, who))
    told = counted(page(client, busy, "team/" + query.format(rosa=cast.rosa.pk)))
    assert told or (who == "olga" and query)
    for href, count in told.items():
        answer = client.get(href)
        text = answer.content.decode()
        assert re.search(r"data-behind>(\d+)<", text)[1] == str(count), href
        assert text.split("<tbody>")[1].count("<tr>") == count
        assert len(re.findall(r'<td><a href="/deals/\d+/">', text)) == count
        if who == "olga":
            assert {int(key) for key in re.findall(r"Deal (\d)", text)} == {2}


def test_what_lies_in_the_bin_was_not_done_but_had_been_by_then(cast: Cast, busy: list[Stage], sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    assert sum(counted(page(client, busy, "team/?period=ever")).values()) == 14 - 4
    before = page(client, busy, f"team/?period=ever&as_of={(NOW - timedelta(days=1)).date()}")
    assert sum(counted(before).values()) == 12


def test_those_of_today_on_a_dashboard(cast: Cast, busy: list[Stage], sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    html = client.get(f"/dashboards/ready-{busy[0].pipeline_id}/").content.decode()
    told = counted(html.split('id="tile-now-done"')[1])
    assert sorted(told.values()) == [1, 1, 1, 1]
    for href, count in told.items():
        assert f"data-behind>{count}<" in client.get(href).content.decode()


@pytest.mark.parametrize("key", ["done.1.all", "team.x.all", "team.99999.all", "team.{who}.dance", "team", "", "team.²."])
def test_a_key_that_no_number_has(cast: Cast, busy: list[Stage], sign_in: SignIn, key: str) -> None:
    address = f"/insights/{busy[0].pipeline_id}/activities/"
    assert sign_in(cast.alice).get(address, {"figure": key.format(who=cast.rosa.pk)}).status_code == 404


def test_every_figure_is_a_file(cast: Cast, stages: list[Stage], sign_in: SignIn) -> None:
    """On every page, and on a dashboard that has them all."""
    make.remembered("a busy quarter, two years of selling", lambda: (_worked(cast, stages), _sold(cast, stages)))
    busy = stages
    client = sign_in(cast.alice)
    facts: dict[str, Any] = {"pipeline": busy[0].pipeline, "asked": "period=ever", "by": cast.alice, "at": NOW}
    board = make_dashboard(name="All", figures=[*PRESENT, *CATALOGUE], **facts)
    pages = [page(client, busy, f"{rest}?period=ever") for rest in ("", "team/", "sources/", "losses/", f"stages/{busy[1].pk}/")]
    pages.append(client.get(f"/dashboards/{board.pk}/").content.decode())
    seen = set()
    for html in pages:
        for figure in html.split(" data-plot>")[1:]:
            title = re.search(r"-title\">(.*?)</h", figure)[1]
            # Where there is nothing to show there is nothing to take away.
            if "Nothing to show" in figure or "figures wait" in figure:
                continue
            found = FILE.search(figure)
            assert found is not None, title
            href = unescape(found[1])
            rows = list(csv.reader(io.StringIO(client.get(href).content.decode("utf-8-sig"))))
            if "plot__figures" in figure:
                table = figure.split('<table class="table plot__figures')[1].split("</table>")[0]
                assert len(rows) == table.count("<tr"), (title, href)
                head = table.split("</thead>")[0]
                names = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', head)
                assert rows[0] == [unescape(name) for name in names], (title, href)
            seen.add(href.split("?")[0].rsplit("/", 1)[1])
    assert {"work.csv", "flows.csv", "incoming.csv", "trend.csv", "now-won.csv", "now-feed.csv", "traits.csv"} <= seen


def test_a_dashboard_gives_no_file_of_what_it_has_not(cast: Cast, busy: list[Stage], sign_in: SignIn) -> None:
    ready = f"/dashboards/ready-{busy[0].pipeline_id}/files/"
    client = sign_in(cast.alice)
    assert client.get(f"{ready}now-won.csv").status_code == 200
    assert client.get(f"{ready}won.csv").status_code == 404
    assert client.get(f"{ready}nothing.csv").status_code == 404


def test_own_fields_are_figures_of_dashboards(cast: Cast, busy: list[Stage], sign_in: SignIn) -> None:
    field = add_field(subject="deal", label="Hosting", kind="choice", options=["Here", "There"], by=cast.alice, at=NOW)
    deal = Deal.objects.filter(owner=cast.rosa, deleted_at=None).first()
    assert deal is not None
    deals.amend(deal=deal, facts={}, custom={field.key: "There"}, by=cast.rosa, at=NOW)
    deals.win(deal=deal, by=cast.rosa, at=NOW)
    client = sign_in(cast.rosa)
    ready = f"/dashboards/ready-{busy[0].pipeline_id}/"
    catalogue = client.get(f"{ready}figures/").content.decode()
    assert "By Hosting" in catalogue
    assert "Losses by Hosting" in catalogue
    answer = client.post(f"{ready}figures/", {"figure": [f"own-{field.key}", f"lost-{field.key}", "own-nothing"]})
    own = answer.headers["Location"].split("#")[0]
    html = client.get(own).content.decode()
    tile = html.split(f'id="tile-own-{field.key}"')[1].split('<li class="tile"')[0]
    assert "There" in tile
    assert "Losses by Hosting" in html
    assert "own-nothing" not in html
    (href,) = FILE.findall(tile)
    assert "There" in client.get(unescape(href)).content.decode()
