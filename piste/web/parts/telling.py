"""The journal in words: one line of a timeline for each entry, names resolved in a constant number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from piste.activities.models import Note
from piste.activities.queries import notes
from piste.activities.rules import Piece, pieces
from piste.catalogue.models import Product
from piste.company.models import CustomField
from piste.deals.models import LossReason, PurchaseRole
from piste.forecasting.models import Category
from piste.foundations import typography
from piste.journal.models import Entry
from piste.people.models import Contact
from piste.pipelines.models import Stage
from piste.web.templatetags.piste import amount, day, tongue

from . import activities_told
from .facts_told import FACTS, MERGES, ROWS, acted, by_itself, consented, merged

#: What each filter of a timeline shows, by the name it has in addresses.
KINDS: dict[str, tuple[str, ...]] = {
    "notes": ("note.written",),
    "activities": activities_told.VERBS,
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
    "facts": (
        "deal.amended",
        "deal.contacts",
        "deal.products",
        "deal.tagged",
        "deal.called",
        "deal.criterion_met",
        "deal.criterion_unmet",
        "company.amended",
        "contact.amended",
        "contact.consent",
        *MERGES,
    ),
    "files": ("file.attached", "file.detached", "file.brought_back"),
}
KIND_LABELS = {
    "notes": gettext_lazy("Notes"),
    "activities": gettext_lazy("Activities"),
    "moves": gettext_lazy("Stages"),
    "facts": gettext_lazy("Facts"),
    "files": gettext_lazy("Files"),
}
#: Entries that no timeline shows: it is seen on the note itself, or follows from the move beside them.
ERASURES = ("note.erased", "file.erased", "activity.erased", "company.twin_erased", "contact.twin_erased")
UNTOLD = ("note.rewritten", "note.withdrawn", "note.brought_back", "deal.clock_started", *ERASURES)
ICONS = {
    "deal.created": "plus",
    "deal.skipped": "skip",
    "deal.returned": "undo",
    "deal.won": "flag",
    "deal.lost": "ban",
    "deal.held": "pause",
    "deal.resumed": "repeat",
    "deal.reopened": "repeat",
    "deal.changed_pipeline": "split",
    "deal.undone": "undo",
    "note.written": "note",
    "note.pinned": "pin",
    "note.unpinned": "pin",
    "file.attached": "clip",
    "file.brought_back": "clip",
    "file.detached": "trash",
    "deal.contacts": "users",
    "deal.products": "card",
    "deal.tagged": "pin",
    "deal.called": "target",
    "deal.assigned_to_variant": "split",
    "deal.criterion_met": "check",
    "deal.criterion_unmet": "undo",
    "deal.discarded": "trash",
    "company.discarded": "trash",
    "contact.discarded": "trash",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a timeline.

    A move between two stages has `origin` and `goal`; anything else is `who` and what they did (`said`). `detail` is a reason
    or what changed; `rank` the glyph of the stage come to; `note` is shown cut at the members it names (`pieces`).
    """

    entry: Entry
    icon: str
    who: str
    said: str
    detail: str = ""
    origin: str = ""
    goal: str = ""
    is_move: bool = False
    rank: str = ""
    note: Note | None = None
    pieces: Sequence[Piece] = field(default_factory=tuple)
    file_id: int | None = None

    @property
    def is_imported(self) -> bool:
        return self.entry.cause == "import"


def lines(
    entries: Sequence[Entry], *, currency: str = "", ranks: Mapping[int, str] | None = None, stages: Sequence[Stage] = ()
) -> list[Line]:
    """Entries (with their actor) as lines; notes taken away are left out.

    `currency` is the subject's present one; `ranks` and `stages` (in order) give moves their glyph and the names of stages
    skipped.
    """
    teller = _Teller(entries, currency, ranks or {}, stages)
    told = [teller.line(entry) for entry in entries]
    return [line for line in told if line is not None]


def written(kind: str, keys: Sequence[int], ids: Sequence[int]) -> list[Entry]:
    """The entries that tell of notes of a subject, in the order of the ids given; nothing is asked for none."""
    if not ids:
        return []
    found = Entry.objects.filter(subject_kind=kind, subject_id__in=keys, verb="note.written", data__note__in=ids)
    by_note = {entry.data["note"]: entry for entry in found.select_related("actor")}
    return [by_note[pk] for pk in ids if pk in by_note]


def _sorted(data: Mapping[str, Any]) -> str:
    """From which category to which."""
    names = dict(Category.choices)
    before, after = (str(names.get(data.get(name, ""), "…")) for name in ("before", "after"))
    return f"{before} → {after}"


class _Teller:
    """What the lines refer to, fetched once for all of them."""

    def __init__(self, entries: Iterable[Entry], currency: str, ranks: Mapping[int, str], stages: Sequence[Stage]) -> None:
        rows = list(entries)
        self.currency, self.ranks, self.stages = currency, ranks, list(stages)
        self.notes = notes([entry.data["note"] for entry in rows if entry.verb == "note.written" and "note" in entry.data])
        changes = [(fact, pair) for entry in rows for fact, pair in (entry.data.get("changes") or {}).items()]
        self.found = _names_of_rows(changes)
        reasons = {entry.data["loss_reason"] for entry in rows if entry.data.get("loss_reason")}
        self.reasons = dict(LossReason.objects.filter(pk__in=reasons).values_list("pk", "name")) if reasons else {}
        own = any(fact.startswith("custom:") for fact, _pair in changes)
        self.labels = {(row.subject, row.key): row.label for row in CustomField.objects.all()} if own else {}
        self.contacts = _names_in(Contact, rows, "deal.contacts")
        self.products = _names_in(Product, rows, "deal.products")

    def line(self, entry: Entry) -> Line | None:
        if entry.verb in UNTOLD:
            return None
        who = entry.actor.first_name if entry.actor else by_itself(entry.cause, entry.data)
        note = self.notes.get(entry.data.get("note", 0)) if entry.verb == "note.written" else None
        if entry.verb == "note.written":
            if note is None:
                return None
            named = [(mention.member_id, mention.member.name) for mention in note.mentions.all()]
            cut = pieces(note.text, named)
            return Line(entry, "note", who, _("wrote a note"), note=note, pieces=cut)
        if entry.verb in KINDS["moves"]:
            return self._move(entry, who)
        if entry.verb in activities_told.VERBS:
            return self._activity(entry, who)
        said, detail = self._said(entry)
        file_id = entry.data.get("file") if entry.verb in ("file.attached", "file.brought_back") else None
        return Line(entry, ICONS.get(entry.verb, "info"), who, said, detail, file_id=file_id)

    def _activity(self, entry: Entry, who: str) -> Line:
        icon, said, detail = activities_told.said(entry)
        return Line(entry, icon, who, said, detail)

    def _move(self, entry: Entry, who: str) -> Line:
        data = entry.data
        origin, goal = data.get("from_name", ""), data.get("to_name", "")
        between = entry.verb in ("deal.advanced", "deal.skipped", "deal.returned")
        detail = data.get("why", "")
        if data.get("override"):
            spite = _("in spite of missing facts: %(why)s") % {"why": data["override"]}
            detail = f"{detail} · {spite}" if detail else spite
        said = self._moved(entry, {"to": goal, "from": origin})
        if entry.verb == "deal.skipped" and (skipped := self._between(data.get("from"), data.get("to"))):
            said = _("skipping %(stages)s") % {"stages": ", ".join(skipped)}
        return Line(
            entry,
            ICONS.get(entry.verb, ""),
            who,
            said,
            detail,
            origin if between else "",
            goal if between else "",
            is_move=True,
            rank=self.ranks.get(data.get("to", 0), "") if entry.verb == "deal.advanced" else "",
        )

    def _moved(self, entry: Entry, places: dict[str, str]) -> str:
        """What a move did, after the name of who did it; empty where the two stages say it all."""
        match entry.verb:
            case "deal.created":
                return _("created the deal in %(to)s") % places
            case "deal.won":
                return _("won the deal")
            case "deal.lost":
                reason = self.reasons.get(entry.data.get("loss_reason", 0), "")
                return _("lost the deal (%(reason)s)") % {"reason": reason} if reason else _("lost the deal")
            case "deal.held":
                return _("put the deal on hold until %(day)s") % {"day": _iso_day(entry.data.get("hold_until", ""))}
            case "deal.resumed":
                return _("resumed the deal in %(to)s") % places
            case "deal.reopened":
                return _("reopened the deal in %(to)s") % places
            case "deal.changed_pipeline":
                return _("moved the deal to another pipeline, in %(to)s") % places
            case "deal.undone":
                return _("took back the last move: %(to)s again") % places
            case "deal.skipped":
                return _("skipping ahead")
        return ""

    def _between(self, origin: int | None, goal: int | None) -> list[str]:
        order = [stage.pk for stage in self.stages]
        if origin not in order or goal not in order:
            return []
        return [stage.name for stage in self.stages[order.index(origin) + 1 : order.index(goal)]]

    def _said(self, entry: Entry) -> tuple[str, str]:
        data = entry.data
        name = {"name": data.get("name", "") or "…"}
        match entry.verb:
            case "file.attached":
                return _("attached %(name)s") % name, ""
            case "file.detached":
                return _("took %(name)s away") % name, ""
            case "file.brought_back":
                return _("brought %(name)s back") % name, ""
            case "deal.contacts":
                return _taken_back(data) or _("changed the contacts"), self._people(data.get("before", []), data.get("after", []))
            case "deal.products":
                return _taken_back(data) or _("changed the products"), self._goods(data.get("before", []), data.get("after", []))
            case "deal.tagged":
                return _taken_back(data) or _("changed the tags"), _gone_and_come(data.get("before", []), data.get("after", []))
            case "deal.called":
                return _("sorted the deal in the forecast"), _sorted(data)
            case "deal.assigned_to_variant":
                return _("drew variant %(letter)s of split test %(number)s") % data, data.get("name", "")
            case "deal.criterion_met":
                return _("met an exit criterion"), data.get("text", "")
            case "deal.criterion_unmet":
                return _("took back an exit criterion"), data.get("text", "")
            case "automation.acted":
                return acted(data)
            case "deal.discarded" | "company.discarded" | "contact.discarded":
                return _("put it in the bin"), ""
            case "deal.restored" | "company.restored" | "contact.restored":
                return _("brought it back from the bin"), ""
            case "company.created" | "contact.created":
                return _("created %(name)s") % name, ""
            case "note.pinned":
                return _("pinned a note"), ""
            case "note.unpinned":
                return _("unpinned a note"), ""
            case "contact.consent":
                return consented(data)
            case verb if verb in MERGES:
                return merged(verb, name), ""
            case "deal.amended" | "company.amended" | "contact.amended":
                return self._changes(entry.subject_kind, data.get("changes") or {}, _taken_back(data))
        return _("changed something (%(what)s)") % {"what": entry.verb}, ""

    def _changes(self, kind: str, changes: Mapping[str, Sequence[Any]], back: str) -> tuple[str, str]:
        """« changed the amount », « 10 € → 20 € » for one fact; all of them in the detail for several."""
        parts = []
        after_currency = (changes.get("currency") or ["", ""])[1] or self.currency
        before_currency = (changes.get("currency") or [""])[0] or self.currency
        told = {fact: pair for fact, pair in changes.items() if not (fact.startswith("team") and "owner" in changes)}
        if "currency" in told and "amount_minor" in told:
            del told["currency"]
        for fact, (before, after) in told.items():
            values = {
                "fact": self._label(kind, fact),
                "before": self._value(fact, before, before_currency) or "—",
                "after": self._value(fact, after, after_currency) or "—",
            }
            if len(told) == 1:
                said = (_("took back a change of %(fact)s") if back else _("changed %(fact)s")) % values
                return said, _("%(before)s → %(after)s") % values
            parts.append(_("%(fact)s %(before)s → %(after)s") % values)
        return back or _("changed several facts"), " · ".join(parts)

    def _label(self, kind: str, fact: str) -> str:
        if fact.startswith("custom:"):
            key = fact.removeprefix("custom:")
            return self.labels.get((kind, key), key)
        return str(FACTS.get(fact.removesuffix("_id"), fact))

    def _value(self, fact: str, value: Any, currency: str) -> str:
        if value in (None, "", []):
            return ""
        if fact in self.found:
            return self.found[fact].get(value, "…")
        if fact == "amount_minor":
            return amount(value, currency) if currency else typography.number(value / 100, tongue(), places=2)
        if fact == "expected_close_on":
            return _iso_day(value)
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)

    def _people(self, before: Sequence[Sequence[Any]], after: Sequence[Sequence[Any]]) -> str:
        roles = dict(PurchaseRole.choices)

        def spoken(row: Sequence[Any]) -> str:
            name, role = self.contacts.get(row[0], "…"), roles.get(row[1])
            return f"{name} ({str(role).lower()})" if role and row[1] != PurchaseRole.OTHER else name

        told = _gone_and_come([spoken(row) for row in before], [spoken(row) for row in after])
        if before and after and before[0][0] != after[0][0]:
            main = _("main contact %(name)s") % {"name": self.contacts.get(after[0][0], "…")}
            told = f"{told} · {main}" if told else main
        return told

    def _goods(self, before: Sequence[Sequence[Any]], after: Sequence[Sequence[Any]]) -> str:
        def spoken(row: Sequence[Any]) -> str:
            words = f"{quantity(row[1])} × {self.products.get(row[0], '…')}"
            price = amount(row[2], self.currency) if self.currency else ""
            return _("%(goods)s at %(price)s") % {"goods": words, "price": price} if price else words

        return _gone_and_come([spoken(row) for row in before], [spoken(row) for row in after])


def _taken_back(data: Mapping[str, Any]) -> str:
    """What an entry says that takes an edit back; empty for an edit."""
    return _("took back an edit") if "undoes" in data else ""


def quantity(milli: int) -> str:
    """A quantity in thousandths as one writes it: 2, 1.5."""
    whole, rest = divmod(milli, 1000)
    if not rest:
        return typography.number(whole, tongue())
    places = len(f"{rest:03d}".rstrip("0"))
    return typography.number(milli / 1000, tongue(), places=places)


def _names_of_rows(changes: Iterable[tuple[str, Sequence[Any]]]) -> dict[str, dict[Any, str]]:
    """The names of the rows that changed facts point at, by fact and id; one statement a table."""
    wanted: dict[Any, set[int]] = {}
    facts = set()
    for fact, pair in changes:
        if fact in ROWS:
            facts.add(fact)
            wanted.setdefault(ROWS[fact], set()).update(value for value in pair if isinstance(value, int))
    names = {
        model: dict(model._default_manager.filter(pk__in=keys).values_list("pk", "name")) if keys else {}
        for model, keys in wanted.items()
    }
    return {fact: names[ROWS[fact]] for fact in facts}


def _names_in(model: Any, rows: Iterable[Entry], verb: str) -> dict[int, str]:
    """The names of contacts or products that entries of a verb list before and after."""
    keys = {row[0] for entry in rows if entry.verb == verb for side in ("before", "after") for row in entry.data.get(side) or []}
    return dict(model._default_manager.filter(pk__in=keys).values_list("pk", "name")) if keys else {}


def _gone_and_come(before: Sequence[str], after: Sequence[str]) -> str:
    """« + new, − old »."""
    come = [f"+ {item}" for item in after if item not in before]
    gone = [f"− {item}" for item in before if item not in after]
    return ", ".join(come + gone)


def _iso_day(text: str) -> str:
    try:
        return day(date.fromisoformat(text[:10]))
    except (ValueError, TypeError):
        return ""
