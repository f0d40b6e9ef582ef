"""Dashboards on the page: the ready-made one, one's own, shared ones, and that each number leads to as many deals."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from piste.activities import operations as activities
from piste.dashboards.models import Dashboard
from piste.dashboards.operations import make as make_dashboard
from piste.deals import operations as deals
from piste.foundations.calendar import Period, Span
from piste.pipelines.models import Stage
from piste.web.dashboards.now import NOW as PRESENT
from piste.web.insights.catalogue import CATALOGUE
from tests import make
from tests.cast import NOW, Cast
from tests.make.forecast import snapshot
from tests.web.scene import HTMX

type SignIn = Callable[[Any], Client]
LINK = re.compile(r'<a[^>]* href="(/insights/\d+/deals/\?[^"]*)"[^>]*>(.*?)</a>', re.DOTALL)


@pytest.fixture
def busy(cast: Cast, stages: list[Stage]) -> list[Stage]:
    """Deals of two months, some of today; of Rosa's, and one of Olga's."""
    for days in (0, 0, 1, 3, 20, 70):
        deal = make.deal(stages[days % 3], cast.rosa, title=f"{days} days", at=NOW - timedelta(days=days, hours=1))
        if days % 3 == 0:
            deals.win(deal=deal, by=cast.rosa, at=NOW - timedelta(days=days))
    make.deal(stages[1], cast.olga, title="Olga’s own", at=NOW - timedelta(minutes=10), amount_minor=7_700_00)
    call = activities.Wanted(title="Call", kind="call")
    step = activities.plan(wanted=call, assignee=cast.rosa, deal=deal, by=cast.rosa, at=NOW)
    activities.do(activity=step, at=NOW, by=cast.rosa)
    return stages


def ready(stages: list[Stage]) -> str:
    return f"/dashboards/ready-{stages[0].pipeline_id}/"


def test_the_ready_made_one_is_there_without_being_stored(cast: Cast, busy: list[Stage], sign_in: SignIn) -> None:
    client = sign_in(cast.rosa)
    assert client.get("/dashboards/").headers["Location"] == ready(busy)
    html = client.get(ready(busy)).content.decode()
    assert re.findall(r'data-tile="([\w-]+)"', html) == ["now-won", "now-open", "now-feed", "now-new", "now-moves", "now-done"]
    assert f'data-live="/live?pipeline={busy[0].pipeline_id}"' in html
    assert "Olga’s own" not in html
    assert "Olga’s own" in sign_in(cast.olga).get(ready(busy)).content.decode()
    assert not Dashboard.objects.exists()


@pytest.mark.parametrize("who", ["alice", "rosa", "olga"])
def test_each_number_leads_to_as_many_deals(cast: Cast, busy: list[Stage], sign_in: SignIn, who: str) -> None:
    every = [*PRESENT, *CATALOGUE]
    board = make_dashboard(
        name="All", pipeline=busy[0].pipeline, figures=every, is_shared=True, asked="period=ever", by=cast.alice, at=NOW
    )
    client = sign_in(getattr(cast, who))
    html = client.get(f"/dashboards/{board.pk}/").content.decode()
    assert len(re.findall(r'data-tile="', html)) == len(every)
    checked = 0
    for href, said in LINK.findall(html):
        number = re.fullmatch(r"\s*(\d+)\s*", re.sub(r"<[^>]*>", "", said))
        if number is None:
            continue
        behind = client.get(unescape(href))
        assert behind.status_code == 200, href
        assert behind.context["count"] == int(number[1]), href
        checked += 1
    assert checked > (15 if who != "olga" else 4)


def test_the_numbers_of_today(cast: Cast, busy: list[Stage], sign_in: SignIn) -> None:
    html = sign_in(cast.alice).get(ready(busy)).content.decode()

    def tile(key: str) -> str:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html.split(f'id="tile-{key}"')[1].split('<li class="tile"')[0]))

    assert "Today 2 €25k This week 2 €25k This month 3 €37.5k" in tile("now-won")
    assert "Today 3 This week 4 This month 6" in tile("now-new")
    assert "Rosa Rep 1 Call 1" in tile("now-done")


def test_changing_the_ready_made_one_makes_it_ones_own(cast: Cast, busy: list[Stage], sign_in: SignIn) -> None:
    client = sign_in(cast.rosa)
    assert client.post(ready(busy) + "figures/", {}).status_code == 422
    assert client.post(ready(busy) + "figures/", {"figure": "nothing"}).status_code == 422
    answer = client.post(ready(busy) + "figures/", {"figure": ["won", "nothing"]}, headers=HTMX)
    board = Dashboard.objects.get()
    assert answer.headers["HX-Redirect"] == f"/dashboards/{board.pk}/#won"
    assert (board.name, board.owner, board.is_shared) == ("Team", cast.rosa, False)
    assert board.figures[-2:] == ["now-done", "won"]
    own = f"/dashboards/{board.pk}/"
    assert client.post(f"{own}figures/won/place/", {"place": "0"}, headers=HTMX).status_code == 204
    assert client.post(f"{own}figures/now-won/off/").headers["Location"] == own
    assert client.post(f"{own}figures/won/place/", {"place": "x"}).headers["Location"] == f"{own}#won"
    board.refresh_from_db()
    assert board.figures == ["now-open", "now-feed", "now-new", "now-moves", "now-done", "won"]
    assert client.post(ready(busy) + "figures/now-won/off/").status_code == 302
    assert sorted(Dashboard.objects.values_list("name", flat=True)) == ["Team", "Team 2"]


def test_period_and_filter_are_tried_then_kept(cast: Cast, busy: list[Stage], sign_in: SignIn) -> None:
    client = sign_in(cast.rosa)
    board = make_dashboard(
        name="Mine", pipeline=busy[0].pipeline, figures=["won", "now-open"], asked="period=month", by=cast.rosa, at=NOW
    )
    own = f"/dashboards/{board.pk}/"
    html = client.get(own).content.decode()
    assert "Nov 2026" in html
    assert "Keep this period" not in html
    tried = f"{own}?other=1&period=quarter&owner={cast.remi.pk}"
    html = client.get(tried).content.decode()
    assert "Keep this period" in html
    assert "Remi Rep" in html
    # Links to deals know nothing of dashboards; those of the page itself keep what is tried.
    assert "other=1" not in "".join(href for href, _said in LINK.findall(html))
    assert f"{own}filter/?period=quarter&amp;owner={cast.remi.pk}&amp;other=1" in html
    assert client.get(f"{own}?other=1&least=x").status_code == 422
    assert 'name="as_of"' not in client.get(f"{own}period/").content.decode()
    action = f"{own}keep/?other=1&period=quarter&owner={cast.remi.pk}&as_of=2026-01-01&page=3"
    assert client.post(action).headers["Location"] == own
    board.refresh_from_db()
    assert board.asked == f"owner={cast.remi.pk}&period=quarter"
    assert client.post(f"{own}keep/?other=1").status_code == 302
    board.refresh_from_db()
    assert board.asked == ""


def test_a_shared_one_is_seen_by_all_and_changed_by_few(cast: Cast, busy: list[Stage], sign_in: SignIn) -> None:
    rosa, olga, marc = (sign_in(who) for who in (cast.rosa, cast.olga, cast.marc))
    answer = rosa.post(ready(busy) + "new/?other=1&period=month", {"name": "Wall", "is_shared": "on", "with_figures": "on"})
    board = Dashboard.objects.get()
    own = f"/dashboards/{board.pk}/"
    assert answer.headers["Location"] == own
    assert (board.asked, len(board.figures)) == ("period=month", 6)
    assert rosa.post(ready(busy) + "new/", {"name": "wall"}).status_code == 422
    assert rosa.post(ready(busy) + "new/", {"name": "Empty"}).status_code == 302
    assert Dashboard.objects.get(name="Empty").figures == []
    html = olga.get(own).content.decode()
    assert "Olga’s own" in html
    assert "3 days" not in html
    assert "data-tile-grip" not in html
    for path in ("figures/", "settings/"):
        assert olga.get(own + path).status_code == 403
    assert olga.post(f"{own}remove/").status_code == 403
    assert olga.post(f"{own}figures/now-won/off/").status_code == 403
    assert marc.post(f"{own}settings/", {"name": "Wall of North", "is_shared": "on"}).headers["Location"] == own
    assert marc.post(f"{own}settings/", {"name": ""}).status_code == 422
    assert rosa.post(f"{own}settings/", {"name": "empty"}).status_code == 422
    assert marc.post(f"{own}remove/", headers=HTMX).headers["HX-Redirect"] == ready(busy)
    assert rosa.get(own).status_code == 404


def test_the_wall_shows_the_tiles_and_nothing_to_press_on_them(cast: Cast, busy: list[Stage], sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    html = client.get(ready(busy) + "?wall=1").content.decode()
    assert 'class="topbar"' not in html
    assert "data-tile-grip" not in html
    assert html.count('class="tile"') == 6


def test_tiles_are_fetched_by_parts(cast: Cast, busy: list[Stage], sign_in: SignIn) -> None:
    client = sign_in(cast.alice)
    board = make_dashboard(name="Both", pipeline=busy[0].pipeline, figures=["won", "now-open"], by=cast.alice, at=NOW)

    def targets(part: str) -> list[str]:
        html = client.get(f"/dashboards/{board.pk}/tiles/{part}/", headers=HTMX).content.decode()
        return re.findall(r'hx-target="#([\w-]+)"', html)

    assert targets("live") == ["tile-now-open"]
    assert targets("rest") == ["tile-won"]
    assert targets("all") == ["tiles"]


def test_a_figure_that_is_no_longer_known_is_left_out(cast: Cast, busy: list[Stage], sign_in: SignIn) -> None:
    board = make_dashboard(name="Old", pipeline=busy[0].pipeline, figures=["gone", "won"], by=cast.alice, at=NOW)
    html = sign_in(cast.alice).get(f"/dashboards/{board.pk}/").content.decode()
    assert re.findall(r'data-tile="([\w-]+)"', html) == ["won"]


def test_the_forecast_stands_on_a_dashboard_as_on_its_page(cast: Cast, busy: list[Stage], sign_in: SignIn) -> None:
    pipeline = busy[0].pipeline
    snapshot(pipeline, Period(Span.MONTH, NOW.date().replace(day=1)), at=NOW, day=NOW.date())
    keys = ["course", "methods", "forecasts"]
    client = sign_in(cast.alice)
    board = make_dashboard(name="Ahead", pipeline=pipeline, figures=keys, asked="period=month", by=cast.alice, at=NOW)
    html = client.get(f"/dashboards/{board.pk}/?part=all").content.decode()
    for told in ("How the period comes along", "€50,000", "8 chances in 10: €38,000 to €66,000", "Run-rate"):
        assert told in html, told
    # Who sees some deals alone is told nothing of the whole pipeline.
    board = make_dashboard(name="Own", pipeline=pipeline, figures=keys, asked="period=month", by=cast.olga, at=NOW)
    html = sign_in(cast.olga).get(f"/dashboards/{board.pk}/?part=all").content.decode()
    assert "€50,000" not in html
    assert "Nothing to show for this period and this filter." in html
