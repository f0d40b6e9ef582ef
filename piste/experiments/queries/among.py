"""The deals that a test asks for."""

from __future__ import annotations

from datetime import UTC, datetime

from piste.deals.models import Deal, DealSet
from piste.deals.queries.custom import CustomWanted
from piste.deals.queries.filtering import Filter, narrow
from piste.experiments.rules import Among


def narrowed(among: Among, at: datetime) -> DealSet:
    """The deals that a test asks for."""
    wanted = Filter(
        owners=among.owners,
        sources=among.sources,
        tags=among.tags,
        amount_from=among.amount_from,
        amount_to=among.amount_to,
        custom=tuple(CustomWanted(key, "choice", values) for key, values in among.custom),
    )
    return narrow(Deal.objects.all(), wanted, stages=(), at=at, today=at.astimezone(UTC).date())
