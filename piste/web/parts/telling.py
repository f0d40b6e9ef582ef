"""The journal in words: one line of a timeline for each entry, names resolved in a constant number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from piste.activities.models import Note
from piste.activities.queries import notes
from piste.company.models import CustomField, Member, Team
from piste.deals.models import LossReason, Source
from piste.foundations import typography
from piste.journal.models import Entry
from piste.people.models import Company
from piste.web.templatetags.piste import amount, day, tongue

KINDS = {
    "moves": (
        "deal.created",
        "deal.advanced",
        "deal.skipped",
        "deal.returned",
        "deal.won",
        "deal.lost",
        "deal.held",
        "deal.resumed",
        "deal.reopened",
        "deal.changed_pipeline",
        "deal.undone",
    ),
    "notes": ("note.written",),
    "files": ("file.attached", "file.detached"),
    "facts": ("deal.amended", "deal.contacts", "deal.products", "deal.tagged", "company.amended", "contact.amended"),
}
HIDDEN = ("note.rewritten", "note.withdrawn")
ICONS = {
    "deal.created": "plus",
    "deal.advanced": "arrow-right",
    "deal.skipped": "skip",
    "deal.returned": "undo",
    "deal.won": "flag",
    "deal.lost": "ban",
    "deal.held": "pause",
    "deal.resumed": "repeat",
    "deal.reopened": "repeat",
    "deal.undone": "undo",
    "note.written": "note",
    "file.attached": "clip",
    "file.detached": "trash",
    "deal.discarded": "trash",
}
FACTS = {
    "title": gettext_lazy("title"),
    "company": gettext_lazy("company"),
    "owner": gettext_lazy("owner"),
    "team": gettext_lazy("team"),
    "amount_minor": gettext_lazy("amount"),
    "currency": gettext_lazy("currency"),
    "expected_close_on": gettext_lazy("expected close date"),
    "source": gettext_lazy("source"),
    "campaign": gettext_lazy("campaign"),
    "name": gettext_lazy("name"),
    "email": gettext_lazy("e-mail"),
    "phone": gettext_lazy("phone"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a timeline."""

    entry: Entry
    icon: str
    who: str
    said: str
    detail: str
    is_move: bool
    note: Note | None = None


def lines(entries: Sequence[Entry], *, currency: str = "") -> list[Line]:
    """Entries (with their actor) as lines; notes taken away are left out. `currency` is the subject's present one."""
    names = _Names(entries, currency)
    told = [names.line(entry) for entry in entries]
    return [line for line in told if line is not None]


class _Names:
    """What the lines refer to, fetched once for all of them."""

    def __init__(self, entries: Iterable[Entry], currency: str) -> None:
        rows = list(entries)
        wanted: dict[str, set[int]] = {"owner": set(), "team": set(), "company": set(), "source": set()}
        note_ids: set[int] = set()
        self.notes: dict[int, Note] = {}
        for entry in rows:
            for fact, pair in (entry.data.get("changes") or {}).items():
                if fact in wanted:
                    wanted[fact] |= {value for value in pair if isinstance(value, int)}
            if entry.verb == "note.written" and "note" in entry.data:
                note_ids.add(entry.data["note"])
        kinds = {entry.subject_kind for entry in rows}
        for kind in kinds if note_ids else ():
            self.notes |= notes(kind, sorted(note_ids))
        models: dict[str, Any] = {"owner": Member, "team": Team, "company": Company, "source": Source}
        self.found = {
            fact: {row.pk: row.name for row in models[fact]._default_manager.filter(pk__in=keys)} if keys else {}
            for fact, keys in wanted.items()
        }
        reasons = {entry.data["loss_reason"] for entry in rows if entry.data.get("loss_reason")}
        self.reasons = dict(LossReason.objects.filter(pk__in=reasons).values_list("pk", "name")) if reasons else {}
        own = any(key.startswith("custom:") for entry in rows for key in (entry.data.get("changes") or {}))
        self.labels = dict(CustomField.objects.values_list("key", "label")) if own else {}
        self.currency = currency

    def line(self, entry: Entry) -> Line | None:
        if entry.verb in HIDDEN:
            return None
        is_move = entry.verb in KINDS["moves"]
        note = self.notes.get(entry.data.get("note", 0)) if entry.verb == "note.written" else None
        if entry.verb == "note.written" and note is None:
            return None
        said, detail = self._said(entry)
        who = entry.actor.first_name if entry.actor else "Piste"
        return Line(entry, ICONS.get(entry.verb, "info"), who, said, detail, is_move, note)

    def _said(self, entry: Entry) -> tuple[str, str]:
        data = entry.data
        why = data.get("why", "")
        if data.get("override"):
            why = "; ".join(part for part in (why, _("in spite of missing facts: %(why)s") % {"why": data["override"]}) if part)
        places = {"from": data.get("from_name", ""), "to": data.get("to_name", "")}
        match entry.verb:
            case "deal.created":
                return _("created the deal in %(to)s") % places, why
            case "deal.advanced":
                return _("moved from %(from)s to %(to)s") % places, why
            case "deal.skipped":
                return _("skipped ahead from %(from)s to %(to)s") % places, why
            case "deal.returned":
                return _("went back from %(from)s to %(to)s") % places, why
            case "deal.won":
                return _("won the deal"), why
            case "deal.lost":
                reason = self.reasons.get(data.get("loss_reason", 0), "")
                return (_("lost the deal: %(reason)s") % {"reason": reason} if reason else _("lost the deal")), why
            case "deal.held":
                until = _iso_day(data.get("hold_until", ""))
                return _("put the deal on hold until %(day)s") % {"day": until}, why
            case "deal.resumed":
                return _("resumed the deal in %(to)s") % places, why
            case "deal.reopened":
                return _("reopened the deal in %(to)s") % places, why
            case "deal.changed_pipeline":
                return _("moved the deal to another pipeline, in %(to)s") % places, why
            case "deal.undone":
                return _("undid the last move: back in %(to)s") % places, ""
            case "note.written":
                return _("wrote a note"), ""
            case "file.attached":
                return _("attached %(name)s") % data, ""
            case "file.detached":
                return _("took %(name)s away") % data, ""
            case "deal.contacts":
                return _("changed the contacts"), ""
            case "deal.products":
                return _("changed the products"), ""
            case "deal.tagged":
                return _("changed the tags: %(tags)s") % {"tags": ", ".join(data.get("after", [])) or "—"}, ""
            case "deal.discarded" | "company.discarded" | "contact.discarded":
                return _("put it in the bin"), ""
            case "deal.restored" | "company.restored" | "contact.restored":
                return _("brought it back from the bin"), ""
            case "company.created" | "contact.created":
                return _("created %(name)s") % {"name": data.get("name", "")}, ""
            case "company.merged" | "contact.merged":
                return _("merged %(name)s into this one") % {"name": data.get("name", "")}, ""
            case "deal.amended" | "company.amended" | "contact.amended":
                return self._changes(data.get("changes") or {}), ""
            case verb:
                return verb, ""

    def _changes(self, changes: dict[str, list[Any]]) -> str:
        parts = []
        currency = (changes.get("currency") or ["", ""])[0] or self.currency
        for fact, (before, after) in changes.items():
            if fact == "team" and "owner" in changes:
                continue
            label = self.labels.get(fact.removeprefix("custom:"), fact) if fact.startswith("custom:") else FACTS.get(fact, fact)
            old, new = self._value(fact, before, currency), self._value(fact, after, currency)
            parts.append(_("%(fact)s: %(before)s → %(after)s") % {"fact": label, "before": old or "—", "after": new or "—"})
        return "; ".join(parts)

    def _value(self, fact: str, value: Any, currency: str) -> str:
        if value in (None, ""):
            return ""
        if fact in self.found:
            return self.found[fact].get(value, str(value))
        if fact == "amount_minor":
            return amount(value, currency) if currency else typography.number(value / 100, tongue(), places=2)
        if fact == "expected_close_on":
            return _iso_day(value)
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        return ", ".join(value) if isinstance(value, list) else str(value)


def _iso_day(text: str) -> str:
    return day(date.fromisoformat(text[:10])) if text else ""
