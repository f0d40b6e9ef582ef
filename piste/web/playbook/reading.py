"""A playbook as people read it, from the form in which queries and process versions give it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from piste.activities.models import KINDS, ActivityKind
from piste.activities.queries import Adherence
from piste.company.models import Member
from piste.foundations import typography
from piste.playbooks.models import Assigns
from piste.web.templatetags.piste import percent, tongue

from .prose import as_html

ICONS = {"task": "check-circle", "call": "phone", "meeting": "calendar", "email": "mail"}
#: Over how many days adherence is measured.
DAYS = 90


@dataclass(frozen=True, slots=True)
class Activity:
    """A standard activity: when it is due, and who gets it when that is not the owner of the deal."""

    key: int
    icon: str
    kind: str
    title: str
    detail: str
    when: str
    who: str


@dataclass(frozen=True, slots=True)
class Text:
    """A template."""

    key: int
    icon: str
    kind: str
    name: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Playbook:
    """All that a playbook says."""

    activities: list[Activity]
    criteria: list[tuple[int, str]]
    templates: list[Text]
    script: SafeString

    @property
    def is_empty(self) -> bool:
        return not (self.activities or self.criteria or self.templates or self.script)


def read(said: Mapping[str, Any], names: Mapping[int, str]) -> Playbook:
    """A playbook as `playbooks.queries.told` gives that of one stage; `names` are those of members."""
    rows = said.get("activities", [])
    titles = {row["id"]: row["title"] for row in rows}
    return Playbook(
        activities=[
            Activity(
                row["id"],
                ICONS.get(row["kind"], "info"),
                kind_name(row["kind"]),
                row["title"],
                row["detail"],
                when(row["offset_days"], titles.get(row["after"], "")),
                _who(row, names),
            )
            for row in rows
        ],
        criteria=[(row["id"], row["text"]) for row in said.get("criteria", [])],
        templates=[
            Text(row["id"], ICONS.get(row["kind"], "info"), kind_name(row["kind"]), row["name"], row["subject"], row["body"])
            for row in said.get("templates", [])
        ],
        script=as_html(said.get("script", "")),
    )


def names_in(playbooks: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """The names of the members whom playbooks name; one statement at most."""
    keys = {row["member"] for said in playbooks for row in said.get("activities", []) if row["member"]}
    return dict(Member.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}


def kind_name(kind: str) -> str:
    return str(ActivityKind(kind).label) if kind in KINDS else kind


def when(offset: int, after: str) -> str:
    """When a standard activity is due; `after` is the title of the one it waits for."""
    said = {"count": typography.number(offset, tongue()), "title": after}
    if after and not offset:
        return _("as soon as “%(title)s” is done") % said
    if after:
        words = ngettext("%(count)s working day after “%(title)s”", "%(count)s working days after “%(title)s”", offset)
        return words % said
    if not offset:
        return _("on entry")
    return ngettext("%(count)s working day after entry", "%(count)s working days after entry", offset) % said


def _who(row: Mapping[str, Any], names: Mapping[int, str]) -> str:
    if row["assigns"] == Assigns.MEMBER:
        return names.get(row["member"], "…")
    return str(Assigns.MOVER.label) if row["assigns"] == Assigns.MOVER else ""


def since(today: date) -> date:
    """The first day over which adherence is measured."""
    return today - timedelta(days=DAYS)


def followed(found: Adherence | None) -> str:
    """« followed 72 %, n = 41 deals »; empty when nothing was asked."""
    if found is None or found.share is None:
        return ""
    said = {"share": percent(found.share), "deals": typography.number(found.deals, tongue())}
    return ngettext("followed %(share)s, n = %(deals)s deal", "followed %(share)s, n = %(deals)s deals", found.deals) % said
