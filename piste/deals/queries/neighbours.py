"""The deals beside one in its column, in the board's usual order (expected close, then age)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from piste.company.models import Member
from piste.deals.models import Deal


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where a deal stands among those of its column that a member may see; ids of the ones before and after it."""

    place: int
    count: int
    previous: int | None
    next: int | None


def neighbours(deal: Deal, *, member: Member) -> Neighbours | None:
    """The neighbours of a deal; None for one that stands in no column. Three statements."""
    if deal.column_id is None:
        return None
    own = (deal.closing_key, deal.pk)
    before = Q(closing_key__lt=own[0]) | Q(closing_key=own[0], pk__lt=own[1])
    after = Q(closing_key__gt=own[0]) | Q(closing_key=own[0], pk__gt=own[1])
    column = Deal.objects.visible_to(member).present().filter(column_id=deal.column_id)
    counted = column.aggregate(count=Count("pk"), before=Count("pk", filter=before))
    previous = column.filter(before).order_by("-closing_key", "-pk").values_list("pk", flat=True).first()
    following = column.filter(after).order_by("closing_key", "pk").values_list("pk", flat=True).first()
    return Neighbours(counted["before"] + 1, counted["count"], previous, following)
