"""What the frame's bars lead to; a new screen adds its line here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from piste.company.models import Member


@dataclass(frozen=True, slots=True)
class Place:
    """A section of the product: url name, words, icon, the key after `G`; `section` is what a page names as its own."""

    section: str
    url_name: str
    label: Promise
    icon: str
    key: str
    managers_only: bool = False


PLACES: tuple[Place, ...] = (
    Place("today", "today", _("My day"), "today", "d"),
    Place("board", "home", _("Pipeline"), "columns", "b"),
    Place("contacts", "contacts", _("Contacts"), "user", "c"),
    Place("companies", "companies", _("Companies"), "org", "o"),
    Place("insights", "insights_home", _("Insights"), "glass", "i"),
    Place("forecast", "forecast", _("Forecast"), "target", "f"),
    Place("process", "process", _("Process"), "sliders", "p"),
    Place("settings", "settings", _("Settings"), "gear", "s"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the bars, ready to show."""

    section: str
    url: str
    label: str
    icon: str
    key: str


def links(member: Member) -> Sequence[Link]:
    """The sections this member may go to, as far as their screens exist, in the language of the request."""
    return _links(member.may_manage, get_language())


@lru_cache(maxsize=20)
def _links(may_manage: bool, _tongue: str | None) -> Sequence[Link]:
    found = []
    for place in PLACES:
        if place.managers_only and not may_manage:
            continue
        try:
            url = reverse(place.url_name)
        except NoReverseMatch:
            continue
        found.append(Link(place.section, url, str(place.label), place.icon, place.key))
    return tuple(found)
