"""Why deals of a bulk edit were refused, or could not be taken back, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from piste.company.models import CustomField, FieldSubject, Member
from piste.deals.models import BulkPart, Deal
from piste.web.board.words import fact_name, name_of
from piste.web.deal.facts import LABELS


@dataclass(frozen=True, slots=True)
class Told:
    """One deal with what stood in the way; without address when the member may no longer see it."""

    name: str
    why: str
    is_seen: bool
    deal_id: int


def told(parts: Iterable[BulkPart], member: Member) -> list[Told]:
    """The parts in words; two statements however many."""
    rows = list(parts)
    labels = dict(CustomField.objects.filter(subject=FieldSubject.DEAL).values_list("key", "label"))
    keys = [part.deal_id for part in rows]
    seen = set(Deal.objects.visible_to(member).present().filter(pk__in=keys).values_list("pk", flat=True))
    hidden = _("A deal out of your sight")
    return [
        Told(name_of(part.deal) if part.deal_id in seen else hidden, why(part, labels), part.deal_id in seen, part.deal_id)
        for part in rows
    ]


def why(part: BulkPart, labels: dict[str, str]) -> str:
    """What stood in the way of one deal."""
    facts = ", ".join(_named(fact, labels) for fact in part.facts)
    match part.reason:
        case "missing":
            return _("Missing: %(facts)s. Fill them in, then move it.") % {"facts": facts}
        case "changed":
            return _("Changed since: %(facts)s. It stays as it is.") % {"facts": facts}
        case "moved_on":
            return _("It has moved on since. It stays where it is.")
        case "retired":
            return _("The stage has left the process: choose another.")
        case "owner_left":
            return _("The new owner has left: choose another.")
        case "not_allowed":
            return _("The former owner has left: choose another owner.")
        case "date":
            return _("It was created later than this.")
    return _("It is in the bin, or no longer yours to see.")


def _named(fact: str, labels: dict[str, str]) -> str:
    if fact in LABELS:
        return str(LABELS[fact])
    return str(LABELS["amount"]) if fact in ("amount_minor", "currency") else fact_name(fact, labels)
