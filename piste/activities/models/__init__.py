"""Tables of the activities room, one file per subject."""

from .activity import KINDS, Activity, ActivityKind, ActivitySet, Outcome, Repeats
from .adoption import Adoption
from .criterion import CriterionMet
from .papers import Attachment, Mention, Note
from .reminder import Reminder

__all__ = [
    "KINDS",
    "Activity",
    "ActivityKind",
    "ActivitySet",
    "Adoption",
    "Attachment",
    "CriterionMet",
    "Mention",
    "Note",
    "Outcome",
    "Reminder",
    "Repeats",
]
