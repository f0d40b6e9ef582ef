"""Decisions of the activities room, one file per subject."""

from .papers import NAME_LENGTH, NOTE_LENGTH, Piece, mentioned, picture_type, pieces, safe_name
from .steps import DEFAULT_OUTCOMES, Due, due_state, next_day

__all__ = [
    "DEFAULT_OUTCOMES",
    "NAME_LENGTH",
    "NOTE_LENGTH",
    "Due",
    "Piece",
    "due_state",
    "mentioned",
    "next_day",
    "picture_type",
    "pieces",
    "safe_name",
]
