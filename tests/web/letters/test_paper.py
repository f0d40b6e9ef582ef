"""A dashboard on paper: the page's figures, for who reads it, in both languages, as an accessible PDF."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from piste.activities import operations as activities
from piste.company.models import Member, Settings
from piste.dashboards.models import Dashboard
from piste.dashboards.operations import make as make_dashboard
from piste.deals import operations as deals
from piste.pipelines.models import Stage
from piste.web.dashboards.now import NOW as PRESENT
from piste.web.insights.catalogue import CATALOGUE
from piste.web.letters import paper
from piste.web.letters.looking import as_member
from piste.web.letters.palette import PALETTE
from tests import make
from tests.cast import NOW, Cast
from tests.web.letters.reading import words_of

type SignIn = Callable[[Any], Client]
TOKENS = Path(paper.__file__).resolve().parents[1] / "assets" / "css" / "tokens.css"


@pytest.fixture
def board(cast: Cast, stages: list[Stage]) -> Dashboard:
    """All figures there are, over deals of Rosa's and one of Olga's, some won, lost, moved and worked on."""
    for days in (0, 0, 1, 3, 20, 70):
        deal = make.deal(stages[days % 3], cast.rosa, title=f"Row of {days}", at=NOW - timedelta(days=days, hours=1))
        deals.move(deal=deal, to=stages[3], by=cast.rosa, at=NOW - timedelta(days=days, minutes=30))
        if days % 3 == 0:
            deals.win(deal=deal, by=cast.rosa, at=NOW - timedelta(days=days))
    make.deal(stages[1], cast.olga, title="Olga’s own #strong[*]", at=NOW - timedelta(minutes=10), amount_minor=7_700_00)
    step = activities.plan(
        wanted=activities.Wanted(title="Call", kind="call"), assignee=cast.rosa, deal=deal, by=cast.rosa, at=NOW
    )
    activities.do(activity=step, at=NOW, by=cast.rosa)
    every = [*PRESENT, *CATALOGUE]
    facts: dict[str, Any] = {"is_shared": True, "asked": "period=quarter", "by": cast.alice, "at": NOW}
    return make_dashboard(name="All = #1", pipeline=stages[0].pipeline, figures=every, **facts)


def read(member: Member, board: Dashboard, language: str = "en") -> str:
    with as_member(member, str(board.pk), language=language, now=timezone.now()) as opened:
        return plain(words_of(paper.pdf(opened)))


def plain(text: str) -> str:
    return re.sub(r"[\s\u2060]+", " ", text)


def test_the_paper_says_what_the_page_says(cast: Cast, board: Dashboard, sign_in: SignIn) -> None:
    said = read(cast.alice, board)
    html = sign_in(cast.alice).get(f"/dashboards/{board.pk}/").content.decode()
    titles = [unescape(title) for title in re.findall(r'<h2 id="[\w-]+-title">(.*?)</h2>', html)]
    assert len(titles) == len(board.figures)
    for title in titles:
        assert said.count(plain(title)) >= 1, title
    assert "Today 2 €25k This week 2 €25k This month 3 €37.5k" in said
    assert "Rosa Rep 1 Call 1" in said
    for words in (
        "Nordvik",
        "All = #1",
        "Sales · Oct – Dec 2026",
        "As of Tuesday 24 November 2026, 10:00",
        "Alice Admin",
        "Page 1 / ",
    ):
        assert words in said
    # Every definition stands at the end.
    assert said.index("How this is counted") > said.index("Latest moves")
    for basis in re.findall(r"<h4>How this is counted</h4><p>(.*?)</p>", html):
        assert plain(unescape(basis)) in said, basis


def test_each_sees_on_paper_what_they_may_see(cast: Cast, board: Dashboard) -> None:
    """What people wrote is never read as an instruction."""
    assert "Olga’s own #strong[*]" in read(cast.olga, board)
    assert "Row of 0" not in read(cast.olga, board)
    said = read(cast.rosa, board)
    assert "Row of 0" in said
    assert "Olga’s own" not in said
    for who, counts in ((cast.alice, (3, 4, 6)), (cast.rosa, (2, 3, 5)), (cast.olga, (1, 1, 1))):
        assert "New deals Tue 24 Nov Today {} This week {} This month {}".format(*counts) in read(who, board)


def test_in_french(cast: Cast, board: Dashboard) -> None:
    said = read(cast.alice, board, "fr")
    for words in ("Aujourd’hui 2 25 k€", "État au mardi 24 novembre 2026, 10 h.", "Comment c’est compté", "Page 1 / "):
        assert words in said
    assert not re.search(r"\b(Today|the|deals)\b", said.replace("Olga’s own", ""))


def test_a_dashboard_without_figures_and_one_without_deals(cast: Cast, stages: list[Stage]) -> None:
    facts: dict[str, Any] = {"pipeline": stages[0].pipeline, "by": cast.alice, "at": NOW}
    assert "No figure yet." in read(cast.alice, make_dashboard(name="None", figures=[], **facts))
    every = make_dashboard(name="Every", figures=[*PRESENT, *CATALOGUE], **facts)
    assert "Nothing to show for this period and this filter." in read(cast.alice, every)


def test_the_file(cast: Cast, board: Dashboard, sign_in: SignIn) -> None:
    answer = sign_in(cast.olga).get(f"/dashboards/{board.pk}/pdf/?other=1&period=month")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''all-1-2026-11-24.pdf"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in answer.content
    assert b"/Lang" in answer.content
    assert "Nov 2026" in plain(words_of(answer.content))


def test_the_same_second_gives_the_same_file(cast: Cast, board: Dashboard) -> None:
    made = []
    for _ in range(2):
        with as_member(cast.alice, str(board.pk), language="en", now=NOW) as opened:
            made.append(paper.pdf(opened))
    assert made[0] == made[1]


def test_the_company_names_the_paper(cast: Cast, board: Dashboard) -> None:
    Settings.objects.update(name="Zugspitze & fils")
    assert "Zugspitze & fils · All = #1 ·" in read(cast.alice, board)


def test_the_colours_are_those_of_the_screen() -> None:
    found = re.findall(r"--([\w-]+): light-dark\(oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)", TOKENS.read_text())
    screen = {name: as_code(float(light) / 100, float(chroma), float(hue)) for name, light, chroma, hue in found}
    assert {name: screen[name] for name in PALETTE} == PALETTE


def as_code(light: float, chroma: float, hue: float) -> str:
    """A colour of oklch (Björn Ottosson, 2020) as sRGB."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )

    def shown(value: float) -> int:
        value = min(max(value, 0.0), 1.0)
        return round(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))

    return "#" + "".join(f"{shown(value):02x}" for value in linear)
