"""Questions of the activities room, one file per subject."""

from .adherence import Adherence, Verdict, adherence_of_deals, adherence_of_members, adherence_of_stages, asked
from .following import criteria_met, standards_of, unplanned
from .papers import attachments, files_away, mentions_of, names_of_subjects, notes, notes_away, pinned, readers, withdrawn
from .steps import (
    Progress,
    Step,
    beside_a_deal,
    hour_passed,
    left_undone,
    outcomes,
    place_of,
    planned_with,
    progress,
    sees_deal,
    steps_of,
)
from .steps import read as read_step
from .waiting import waiting_for

__all__ = [
    "Adherence",
    "Progress",
    "Step",
    "Verdict",
    "adherence_of_deals",
    "adherence_of_members",
    "adherence_of_stages",
    "asked",
    "attachments",
    "beside_a_deal",
    "criteria_met",
    "files_away",
    "hour_passed",
    "left_undone",
    "mentions_of",
    "names_of_subjects",
    "notes",
    "notes_away",
    "outcomes",
    "pinned",
    "place_of",
    "planned_with",
    "progress",
    "read_step",
    "readers",
    "sees_deal",
    "standards_of",
    "steps_of",
    "unplanned",
    "waiting_for",
    "withdrawn",
]
