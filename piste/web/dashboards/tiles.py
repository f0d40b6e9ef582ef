"""The tiles of a dashboard: each of its figures drawn, and the catalogue one chooses from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from piste.web.insights import catalogue
from piste.web.insights.advancing import Words
from piste.web.insights.asking import InsightLinks
from piste.web.parts.charts.figure import Figure

from .looking import Opened
from .now import NOW, Now

#: The figures of the ready-made dashboard.
TEAM = ("now-won", "now-open", "now-feed", "now-new", "now-moves", "now-done")
#: Parts of a dashboard that are fetched anew each at its own pace: what is made from little, and what from the whole history.
LIVE, REST, ALL = "live", "rest", "all"
GROUPS: tuple[tuple[Promise, str], ...] = (
    (gettext_lazy("Right now"), ""),
    (gettext_lazy("Pipeline"), "insights"),
    (gettext_lazy("Team"), "insights_team"),
    (gettext_lazy("Sources"), "insights_sources"),
    (gettext_lazy("Losses"), "insights_losses"),
    (gettext_lazy("Forecast"), "forecast_ahead"),
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure at its place among the others; `before` and `after` are those it would have one step on, None at the ends."""

    key: str
    figure: Figure
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A figure of the catalogue."""

    key: str
    title: str
    is_there: bool


def known(keys: Collection[str]) -> list[str]:
    """The keys that a figure has."""
    there = catalogue.entries_of(keys)
    return [key for key in keys if key in NOW or key in there]


def tiles(opened: Opened, part: str) -> list[Tile]:
    """The tiles of a part, drawn for who looks."""
    entries = catalogue.entries_of(opened.board.figures)
    keys = [key for key in opened.board.figures if key in NOW or key in entries]
    now = Now(opened.question)
    return [
        Tile(
            key,
            _drawn(opened, now, key, entries.get(key)),
            place - 1 if place else None,
            place + 1 if place + 1 < len(keys) else None,
        )
        for place, key in enumerate(keys)
        if part == ALL or (key in NOW) == (part == LIVE)
    ]


def figure(opened: Opened, key: str) -> Figure | None:
    """One figure that the dashboard has, drawn for who looks."""
    entry = catalogue.entries_of([key]).get(key)
    if key not in opened.board.figures or (key not in NOW and entry is None):
        return None
    return _drawn(opened, Now(opened.question), key, entry)


def _drawn(opened: Opened, now: Now, key: str, entry: catalogue.Entry | None) -> Figure:
    if entry is None:
        return replace(NOW[key].draw(now), csv=opened.links.csv(key))
    found = None
    if opened.question.began is not None:
        links = InsightLinks(opened.board.pipeline_id, opened.asked, entry.screen)
        found = entry.draw(opened.question.asked_by(links))
    if found is None:
        return Figure(key, str(entry.title), Words(gettext("Nothing to show for this period and this filter.")))
    # Two pages may call figures of theirs by one name.
    return replace(found, key=key)


def offers(opened: Opened) -> list[tuple[str, list[Offer]]]:
    """The catalogue, by what its figures are about."""
    there = set(opened.board.figures)
    every = [("", entry.key, str(entry.title)) for entry in NOW.values()]
    every += [(entry.screen, entry.key, str(entry.title)) for entry in (*catalogue.ENTRIES, *catalogue.own_entries())]
    return [
        (str(label), [Offer(key, title, key in there) for of, key, title in every if of == screen]) for label, screen in GROUPS
    ]
