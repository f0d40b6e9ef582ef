"""Tables of the activities room, one file per subject."""

from .activity import KINDS, Activity, ActivityKind, ActivitySet, Outcome, Repeats
from .papers import Attachment, Mention, Note

__all__ = [
    "KINDS",
    "Activity",
    "ActivityKind",
    "ActivitySet",
    "Attachment",
    "Mention",
    "Note",
    "Outcome",
    "Repeats",
]
