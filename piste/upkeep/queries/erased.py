"""What was erased is gone, and each erasure is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from piste.activities.models import Activity, Attachment, Note
from piste.activities.operations.erasing import UNTITLED
from piste.deals.models import Deal, DealContact, DealProduct, Move
from piste.deals.operations.erasing import NOTHING, OF_BOTH
from piste.journal.models import Entry
from piste.people.models import Company, Consent, Contact

from .check import Check

NAME = "what is erased is gone"
RECORDS: dict[str, Any] = {"deal": Deal, "company": Company, "contact": Contact}


def erased() -> Check:
    """Nothing erased has a word left, here or in the journal; and nothing was emptied but by an erasure that is told."""
    counted = 0
    for kind, model in RECORDS.items():
        gone = model.objects.filter(erased_at__isnull=False)
        counted += gone.count()
        for rows, key, what in _left(kind, gone):
            first = rows.order_by("pk").values_list(key, flat=True).first()
            if first is not None:
                return Check(NAME, counted, f"{kind} {first} was erased and {what}")
    untold = Entry.objects.filter(erased_at__isnull=False).exclude(
        Exists(
            Entry.objects.filter(
                subject_kind=OuterRef("subject_kind"),
                subject_id=OuterRef("subject_id"),
                verb__endswith="erased",
                at=OuterRef("erased_at"),
            )
        )
    )
    first = untold.order_by("pk").values_list("pk", flat=True).first()
    return Check(NAME, counted, f"entry {first} was emptied and no erasure tells of it" if first else "")


def _left(kind: str, gone: QuerySet[Any]) -> Iterator[tuple[QuerySet[Any], str, str]]:
    """What may be left of erased records of a kind: rows, the column that says of which, and what is said of them."""
    mine = Exists(gone.filter(pk=OuterRef("subject_id")))
    nothing = NOTHING[kind] if kind == "deal" else NOTHING[kind] | OF_BOTH
    yield gone.exclude(**nothing, deleted_at__isnull=False), "pk", "still has facts"
    about = Entry.objects.filter(mine, subject_kind=kind, erased_at=None).exclude(verb__endswith="erased")
    yield about, "subject_id", "the journal still tells of it"
    yield Note.objects.filter(mine, subject_kind=kind).exclude(text=""), "subject_id", "a note still tells of it"
    yield Attachment.objects.filter(mine, subject_kind=kind).exclude(name="", sha256=""), "subject_id", "a file is still there"
    here = Exists(gone.filter(pk=OuterRef(f"{kind}_id")))
    named = Activity.objects.filter(here).exclude(title=UNTITLED, detail="", result="")
    if kind != "deal":
        named = named.filter(deal=None) if kind == "contact" else named.filter(deal=None, contact=None)
    yield named, f"{kind}_id", "an activity still tells of it"
    if kind == "deal":
        words = Move.objects.filter(here).exclude(why="", override="")
        yield words, "deal_id", "its ledger still has words"
        for model in (DealContact, DealProduct, Deal.tags.through):
            rows: Any = model
            yield rows.objects.filter(here), "deal_id", "something still stands around it"
    else:
        linked: Any = DealContact.objects.filter(here) if kind == "contact" else Deal.objects.filter(here)
        yield linked, "pk", "a deal still names it"
    if kind == "contact":
        yield Consent.objects.filter(here), "contact_id", "its consents are still there"
