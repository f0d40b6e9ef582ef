"""Keeping the board's totals: every change of a deal shifts the cells it leaves and enters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from piste.deals.models import Deal, Total

UPSERT = """
    INSERT INTO deals_total (stage_id, status, owner_id, team_key, currency, counted, amount_minor)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (stage_id, status, owner_id, team_key, currency) DO UPDATE
    SET counted = deals_total.counted + excluded.counted,
        amount_minor = deals_total.amount_minor + excluded.amount_minor
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """The cell of the totals a deal counts in, and its amount; `present` is False for a deal in the bin."""

    stage_id: int
    status: str
    owner_id: int
    team_key: int
    currency: str
    amount: int
    present: bool

    @classmethod
    def of(cls, deal: Deal) -> Cell:
        return cls(
            deal.stage_id,
            deal.status,
            deal.owner_id,
            deal.team_id or 0,
            deal.currency,
            deal.amount_minor or 0,
            deal.deleted_at is None,
        )

    @property
    def key(self) -> tuple[int, str, int, int, str]:
        return (self.stage_id, self.status, self.owner_id, self.team_key, self.currency)


def shift(changes: Iterable[tuple[Cell, int, int]]) -> None:
    """Adds a count and an amount to each cell; cells of absent deals are left alone.

    Cells are written in the order of their keys, so that two transactions never wait for each other in a ring.
    """
    sums: dict[tuple[int, str, int, int, str], list[int]] = {}
    for cell, count, amount in changes:
        if cell.present:
            found = sums.setdefault(cell.key, [0, 0])
            found[0] += count
            found[1] += amount
    rows: list[tuple[int | str, ...]] = [(*key, *values) for key, values in sorted(sums.items()) if values != [0, 0]]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(UPSERT, rows)


def entered(deals: Iterable[Deal]) -> None:
    """Counts deals that have just come to be."""
    shift((Cell.of(deal), 1, deal.amount_minor or 0) for deal in deals)


def rebuild() -> None:
    """Computes all cells anew from the deals (after a restore, or when a check asks for it)."""
    from django.db.models import Count, Sum
    from django.db.models.functions import Coalesce

    Total.objects.all().delete()
    rows = (
        Deal.objects.present()
        .values("stage_id", "status", "owner_id", "currency", seat=Coalesce("team_id", 0))
        .annotate(counted=Count("pk"), amount=Sum("amount_key"))
        .order_by()
    )
    Total.objects.bulk_create(
        [
            Total(
                stage_id=row["stage_id"],
                status=row["status"],
                owner_id=row["owner_id"],
                team_key=row["seat"],
                currency=row["currency"],
                counted=row["counted"],
                amount_minor=row["amount"],
            )
            for row in rows
        ],
        batch_size=500,
    )
