"""Which deals were in the pipeline rather than in the bin."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from piste.deals.models import Deal, DealSet
from piste.journal.models import Entry


def present_at(moment: datetime | None) -> DealSet:
    """The deals that are, or were at a moment, in the pipeline rather than in the bin; None is now."""
    if moment is None:
        return Deal.objects.present()
    later = Entry.objects.filter(subject_kind="deal", verb__in=("deal.discarded", "deal.restored"), at__gt=moment)
    sooner = later.filter(subject_id=OuterRef("subject_id"), number__lt=OuterRef("number"))
    # What was brought back first of all that happened since lay in the bin then.
    back = later.filter(~Exists(sooner), verb="deal.restored").values("subject_id")
    return Deal.objects.filter(Q(deleted_at=None) | Q(deleted_at__gt=moment)).exclude(pk__in=back)
