"""Questions of the activities room, one file per subject."""

from .papers import attachments, mentions_of, names_of_subjects, notes, readers, unread_count, withdrawn
from .steps import Progress, Step, beside_a_deal, next_steps, outcomes, progress, steps_of
from .steps import read as read_step

__all__ = [
    "Progress",
    "Step",
    "attachments",
    "beside_a_deal",
    "mentions_of",
    "names_of_subjects",
    "next_steps",
    "notes",
    "outcomes",
    "progress",
    "read_step",
    "readers",
    "steps_of",
    "unread_count",
    "withdrawn",
]
