"""Verbs of the deals room: the only place that writes deals, their ledger and their totals."""

from .amending import (
    amend,
    discard,
    discard_many,
    hand_over,
    keep_activities,
    keep_next_step,
    name_contacts,
    name_products,
    name_tags,
    restore,
)
from .bringing import Arrival, PastMove, bring_in
from .closing import landing, lose, win
from .creating import create
from .erasing import NotInTheBin, StillNamed, erase, erase_person
from .errors import (
    AlreadyThere,
    CannotUndo,
    DataMissing,
    DealError,
    Discarded,
    FactsChanged,
    NotAllowed,
    Overtaken,
    StageRetired,
    WrongDate,
)
from .holding import hold, resume, wake_due
from .ledger import lock
from .listing import (
    NameTaken,
    add_loss_reason,
    add_source,
    add_tag,
    place_loss_reason,
    remove_tag,
    rename_item,
    restore_item,
    retire_item,
)
from .moving import move
from .owning import SuccessorMissing, change_member, say_goodbye
from .publishing import NoDraft, NowhereToGo, apply_definition, publish_draft
from .reshaping import HoldsDeals, LastPipeline, reshape_stage, retire_pipeline, retire_stage
from .starting import FirstChoices, first_start
from .supplying import Supplied, SuppliedContact
from .taking_back import EDITS, take_back
from .undoing import undo
from .views import change_view, choose_columns, open_with, remove_view, save_view

__all__ = [
    "EDITS",
    "AlreadyThere",
    "Arrival",
    "CannotUndo",
    "DataMissing",
    "DealError",
    "Discarded",
    "FactsChanged",
    "FirstChoices",
    "HoldsDeals",
    "LastPipeline",
    "NameTaken",
    "NoDraft",
    "NotAllowed",
    "NotInTheBin",
    "NowhereToGo",
    "Overtaken",
    "PastMove",
    "StageRetired",
    "StillNamed",
    "SuccessorMissing",
    "Supplied",
    "SuppliedContact",
    "WrongDate",
    "add_loss_reason",
    "add_source",
    "add_tag",
    "amend",
    "apply_definition",
    "bring_in",
    "change_member",
    "change_view",
    "choose_columns",
    "create",
    "discard",
    "discard_many",
    "erase",
    "erase_person",
    "first_start",
    "hand_over",
    "hold",
    "keep_activities",
    "keep_next_step",
    "landing",
    "lock",
    "lose",
    "move",
    "name_contacts",
    "name_products",
    "name_tags",
    "open_with",
    "place_loss_reason",
    "publish_draft",
    "remove_tag",
    "remove_view",
    "rename_item",
    "reshape_stage",
    "restore",
    "restore_item",
    "resume",
    "retire_item",
    "retire_pipeline",
    "retire_stage",
    "save_view",
    "say_goodbye",
    "take_back",
    "undo",
    "wake_due",
    "win",
]
