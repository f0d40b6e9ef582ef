"""Invented deals, ways and histories, shown by the same code as the true ones."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from piste.activities.models import Note
from piste.activities.queries import Step
from piste.activities.rules import Piece
from piste.company.models import Member
from piste.deals.models import Deal, Move
from piste.deals.queries.board import Row
from piste.foundations import typography
from piste.journal.models import Entry
from piste.pipelines.models import Stage
from piste.web.board.showing import Writer
from piste.web.parts.telling import Line
from piste.web.parts.track import Track, track
from piste.web.templatetags.piste import tongue, zone

ICONS = Path(__file__).resolve().parents[1] / "assets" / "icons.svg"
COLOURS = ("canvas", "sunken", "surface", "raised", "hover", "line", "line-strong", "line-control", "ink", "ink-2", "ink-3")
MEANINGS = ("accent", "danger", "warning", "success")
RANKS = ("1", "2", "3", "4", "5", "kept", "held", "won", "lost")
NORM = 21


@dataclass(frozen=True, slots=True)
class Shown:
    """Something shown, and the state it is in."""

    state: str
    html: SafeString


def stages() -> list[tuple[str, str]]:
    """Glyph and name of each stage of the usual pipeline, and of the three ends."""
    names = (_("Prospecting"), _("Qualification"), _("Meeting"), _("Proposal"), _("Closing"), _("Retention"))
    return list(zip(RANKS, (*names, _("On hold"), _("Won"), _("Lost")), strict=True))


def cards(at: datetime) -> list[Shown]:
    """A deal's card in each of its states."""
    today = timezone.localdate(at)
    wanted: list[tuple[str, date | None, int, int | None, str]] = [
        (_("later"), today + timedelta(days=40), 9, 5_800_000, "open"),
        (_("today"), today, 9, 5_800_000, "open"),
        (_("overdue"), today - timedelta(days=3), 9, 5_800_000, "open"),
        (_("missing"), None, 9, None, "open"),
        (_("above the norm"), today + timedelta(days=5), NORM + 5, 5_800_000, "open"),
        (_("rotting: twice the norm"), today + timedelta(days=40), 2 * NORM + 5, 5_800_000, "open"),
        (_("won"), None, 9, 5_800_000, "won"),
    ]
    writer = Writer(at=at, today=today)
    made = []
    for key, (state, due, days, amount, status) in enumerate(wanted, start=1):
        entered = at - timedelta(days=days)
        row = Row(
            id=key,
            column=4,
            seen=1,
            title=_("Three workshops"),
            company="Fonderie Marsac",
            amount_minor=amount,
            currency="EUR",
            expected_close_on=None,
            entered_stage_at=entered,
            closed_at=entered if status == "won" else None,
            status=status,
            owner="Camille Morel",
            hue=20,
            key=key,
            beside=(_step(key, due), None),
        )
        made.append(Shown(state, writer.cards([row], NORM)))
    return made


def _step(key: int, due: date | None) -> str | None:
    """A next step as a board's statement fetches it."""
    if due is None:
        return None
    step = Step(key, key, "call", _("Call about the contract"), due, None, 1)._asdict()
    return json.dumps(step | {"due_on": due.isoformat()})


def buttons() -> list[tuple[str, str, str]]:
    """What each button is for, its class and its word."""
    return [
        (_("primary, one a page"), "btn--primary", _("Publish")),
        (_("neutral"), "", _("Done")),
        (_("quiet"), "btn--quiet", _("Put off")),
        (_("win"), "btn--success", _("Won")),
        (_("destroy"), "btn--danger", _("Delete")),
    ]


def members() -> list[Member]:
    """People in different colours."""
    names = ("Inès Benali", "Camille Morel", "Hugo Lemaire", "Thomas Girard", "Naïma Roux")
    return [Member(pk=key, name=name, hue=key * 67 % 360) for key, name in enumerate(names, start=1)]


def way(at: datetime) -> Track:
    """A way with a stage skipped and a return."""
    names = [name for _rank, name in stages()[:6]]
    roles = ("prospecting", "qualification", "meeting", "proposal", "closing", "retention")
    made = [
        Stage(pk=key, name=name, role=role, norm_days=NORM)
        for key, (name, role) in enumerate(zip(names, roles, strict=True), start=1)
    ]
    ago = [at - timedelta(days=days) for days in (48, 47, 41, 27, 11)]
    steps = zip((1, 2, 4, 3, 4), ("created", "advanced", "skipped", "returned", "advanced"), ago, strict=True)
    moves = [Move(kind=kind, to_stage_id=key, at=when, to_status="open") for key, kind, when in steps]
    deal = Deal(pk=1, stage_id=4, status="open", entered_stage_at=ago[-1], currency="EUR")
    return track(deal, moves, made, dict(enumerate(RANKS[:6], start=1)), at)


def history(at: datetime) -> list[Line]:
    """A move, a note that names somebody, and a change of facts."""

    def entry(hours: int, cause: str = "page") -> Entry:
        return Entry(at=at - timedelta(hours=hours), verb="deal.advanced", cause=cause)

    said = _("Ready to sign before the holidays. @Camille Morel, the contract?")
    note = Note(text=said, author_id=None)
    cut = said.partition("@Camille Morel")
    before, after = (typography.amount(minor, "EUR", tongue()) for minor in (4_650_000, 5_800_000))
    pieces = (Piece(cut[0], None), Piece(cut[1], 1), Piece(cut[2], None))
    return [
        Line(entry(2), "arrow-right", "Inès Benali", "", origin=_("Meeting"), goal=_("Proposal"), is_move=True, rank="4"),
        Line(entry(26), "note", "Inès Benali", _("wrote a note"), note=note, pieces=pieces),
        Line(entry(400, "import"), "card", "Hugo Lemaire", _("changed the amount"), detail=f"{before} → {after}"),
    ]


def written(at: datetime) -> list[tuple[str, list[str]]]:
    """Amounts, numbers, days and hours as they are written."""
    lang, today = tongue(), timezone.localdate(at)
    amounts = [typography.amount(minor, code, lang) for minor, code in ((1_250_000, "EUR"), (1_250_050, "EUR"), (-5, "GBP"))]
    shares = [typography.percent(0.31, lang), typography.number(1_234_567, lang), typography.days(31, lang)]
    days = [typography.day_near(today + timedelta(days=away), lang, today=today) for away in (-3, 0, 1, 9, 400)]
    hours = [typography.moment(at, lang, zone=zone(), today=today), typography.hour_said(at, lang, zone())]
    return [(_("Amounts"), amounts), (_("Numbers"), shares), (_("Days"), days), (_("Hours"), hours)]


@cache
def icons() -> list[str]:
    """The name of every icon of the sheet."""
    return re.findall(r'<symbol id="i-([\w-]+)"', ICONS.read_text("utf-8"))
