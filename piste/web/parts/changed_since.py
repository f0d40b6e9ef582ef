"""Who changed a fact since, and to what: for those who would overwrite it, or take back what stands no more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from piste.journal.models import Entry, EntrySet
from piste.web.board.words import ago

from .telling import lines

#: The fact that an entry changes when its verb says it all.
NAMED = {"deal.tagged": {"tags"}, "deal.contacts": {"contacts"}, "deal.products": {"products"}}
#: Entries looked through at most, the newest first.
MOST = 50


def named(entry: Entry) -> set[str]:
    """The facts that an edit changed."""
    return NAMED.get(entry.verb) or set(entry.data.get("changes") or {})


def latest(entries: EntrySet, facts: Collection[str]) -> Entry | None:
    """The last of these edits that changed one of these facts."""
    recent = entries.newest_first().select_related("actor")[:MOST]
    return next((entry for entry in recent if named(entry) & set(facts)), None)


def told(entry: Entry, now: datetime, *, currency: str = "") -> dict[str, str]:
    """Who did it, when and what, for a sentence."""
    line = next(iter(lines([entry], currency=currency)), None)
    return {
        "who": entry.actor.first_name if entry.actor else "Piste",
        "when": ago(entry.at, now),
        "what": (line.detail or line.said) if line else "",
    }


def why_it_stays(later: EntrySet, *, undone: Collection[int], facts: Collection[str], now: datetime, currency: str = "") -> str:
    """Why edits (by their numbers) of these facts can no longer be taken back: who changed the same later, to what."""
    entry = latest(later, facts)
    if entry is None:
        return _("This was changed meanwhile. It stays so: change it by hand if it should not.")
    if entry.data.get("undoes") in undone:
        return _("This has been taken back already.")
    said = _("%(who)s changed this %(when)s: %(what)s. It stays so: change it by hand if it should not.")
    return said % told(entry, now, currency=currency)
