"""A dashboard on paper: its figures as they are on the page now, for who looks, set as an accessible PDF."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext

from piste.foundations import typography
from piste.web.board.filtering import chips
from piste.web.dashboards import tiles
from piste.web.dashboards.looking import Opened
from piste.web.member import company_of
from piste.web.parts.charts.figure import Definition
from piste.web.templatetags.piste import tongue

from .palette import PALETTE
from .printing import file_name, printed
from .shapes import shape

HERE = Path(__file__).resolve().parent


def pdf(opened: Opened, *, has_link: bool = True) -> bytes:
    """The dashboard as a PDF; without link for who cannot follow it."""
    return printed(HERE / "dashboard.typ", told(opened, has_link=has_link), at=opened.request.now)


def name(opened: Opened, *, is_quoted: bool = False) -> str:
    """What the file is called: the dashboard and the day; `is_quoted` as the head of an answer says it."""
    found = file_name(opened.board.name, today(opened))
    return quote(found) if is_quoted else found


def told(opened: Opened, *, has_link: bool = True) -> dict[str, Any]:
    """Everything the paper says, written in the present language."""
    company = company_of(opened.request)
    figures = [tile.figure for tile in tiles.tiles(opened, tiles.ALL)]
    question = opened.question
    counted = [(figure.title, _counted(figure.definition)) for figure in figures if figure.definition is not None]
    return {
        "lang": tongue(),
        "palette": PALETTE,
        "company": company.name if company else "",
        "title": opened.board.name,
        "pipeline": opened.board.pipeline.name,
        "period": question.said,
        "filter": [f"{chip.label}: {chip.value}" for chip in chips(question.look)],
        "read": read_on(opened),
        "rights": gettext("With what %(name)s may see.") % {"name": opened.request.user.name},
        "link": f"{settings.LINKS_URL}{opened.links.plain}" if has_link else "",
        "link_said": gettext("Open it in Piste"),
        "page": gettext("Page"),
        "figures": [
            {"title": figure.title, "note": figure.note, "foot": figure.foot, "shape": shape(figure)} for figure in figures
        ],
        "none": gettext("No figure yet."),
        "counted_title": gettext("How this is counted"),
        "counted": counted,
    }


def read_on(opened: Opened) -> str:
    """The moment of reading, in words: everything is as it was then."""
    zone = ZoneInfo(opened.request.user.time_zone)
    now = opened.request.now.astimezone(zone)
    hour = typography.hour_said(now, tongue(), zone)
    return gettext("As of %(day)s, %(hour)s") % {"day": said_day(now.date()), "hour": hour}


def said_day(day: date) -> str:
    """A day in full: Friday 27 November 2026, « vendredi 1er mai 2026 »."""
    return date_format(day, "l jS F Y" if tongue() == "fr" and day.day == 1 else "l j F Y")


def today(opened: Opened) -> date:
    """The day it is for who looks."""
    return opened.request.now.astimezone(ZoneInfo(opened.request.user.time_zone)).date()


def _counted(found: Definition) -> list[str]:
    """A definition as lines: its basis, then what it is out of, then its rules."""
    facts = (
        (gettext("Period"), found.period),
        (gettext("Counted"), found.sample),
        (gettext("Interval"), found.interval),
    )
    said = [f"{label}{_colon()}{value}" for label, value in facts if value]
    return [found.basis, *([" · ".join(said)] if said else []), *found.rules]


def _colon() -> str:
    return f"{typography.FIRM}: " if tongue() == "fr" else ": "
