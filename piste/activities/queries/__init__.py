"""Questions of the activities room, one file per subject."""

from .papers import attachments, mentions_of, names_of_subjects, notes, readers, unread_count, withdrawn
from .steps import Progress, Step, next_steps, outcomes, progress, steps_of

__all__ = [
    "Progress",
    "Step",
    "attachments",
    "mentions_of",
    "names_of_subjects",
    "next_steps",
    "notes",
    "outcomes",
    "progress",
    "readers",
    "steps_of",
    "unread_count",
    "withdrawn",
]
