"""Tables of the deals room, one file per subject."""

from .around import DealContact, DealProduct, LossReason, PurchaseRole, Source, Tag
from .deal import Deal, DealSet, Status, seen_by
from .ledger import Move, MoveKind
from .totals import Total

__all__ = [
    "Deal",
    "DealContact",
    "DealProduct",
    "DealSet",
    "LossReason",
    "Move",
    "MoveKind",
    "PurchaseRole",
    "Source",
    "Status",
    "Tag",
    "Total",
    "seen_by",
]
