"""Verbs of the deals room: the only place that writes deals, their ledger and their totals."""

from .amending import amend, discard, hand_over, name_contacts, name_products, name_tags, restore
from .bringing import Arrival, PastMove, bring_in
from .closing import landing, lose, win
from .creating import create
from .errors import (
    AlreadyThere,
    CannotUndo,
    DataMissing,
    DealError,
    NotAllowed,
    Overtaken,
    StageRetired,
    WrongDate,
)
from .holding import hold, resume, wake_due
from .moving import move
from .reshaping import retire_stage
from .supplying import Supplied, SuppliedContact
from .undoing import undo

__all__ = [
    "AlreadyThere",
    "Arrival",
    "CannotUndo",
    "DataMissing",
    "DealError",
    "NotAllowed",
    "Overtaken",
    "PastMove",
    "StageRetired",
    "Supplied",
    "SuppliedContact",
    "WrongDate",
    "amend",
    "bring_in",
    "create",
    "discard",
    "hand_over",
    "hold",
    "landing",
    "lose",
    "move",
    "name_contacts",
    "name_products",
    "name_tags",
    "restore",
    "resume",
    "retire_stage",
    "undo",
    "wake_due",
    "win",
]
