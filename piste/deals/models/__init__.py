"""Tables of the deals room, one file per subject."""

from .around import DealContact, DealProduct, LossReason, PurchaseRole, Source, Tag
from .bulk import BulkEdit, BulkPart, PartState
from .deal import Deal, DealSet, Status, seen_by, sees
from .ledger import Move, MoveKind
from .totals import Total
from .views import Habit, SavedView, SavedViewSet, Screen

__all__ = [
    "BulkEdit",
    "BulkPart",
    "Deal",
    "DealContact",
    "DealProduct",
    "DealSet",
    "Habit",
    "LossReason",
    "Move",
    "MoveKind",
    "PartState",
    "PurchaseRole",
    "SavedView",
    "SavedViewSet",
    "Screen",
    "Source",
    "Status",
    "Tag",
    "Total",
    "seen_by",
    "sees",
]
