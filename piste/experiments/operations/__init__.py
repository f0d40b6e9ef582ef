"""Verbs of the room, one file per subject."""

from .assigning import assign, bring_in
from .deciding import NothingToRollOut, NotStopped, decide, roll_out
from .designing import (
    AlreadyStarted,
    BadShares,
    NoGoal,
    NotVaried,
    design,
    drop_design,
    redesign,
    set_variant_guide,
    set_variant_way,
    set_variant_wording,
)
from .ideas import drop_idea, take_up_idea, unvote, vote, write_idea
from .running import NothingThere, NothingVaried, NotRunning, Overlaps, pause, resume, start, stop

__all__ = [
    "AlreadyStarted",
    "BadShares",
    "NoGoal",
    "NotRunning",
    "NotStopped",
    "NotVaried",
    "NothingThere",
    "NothingToRollOut",
    "NothingVaried",
    "Overlaps",
    "assign",
    "bring_in",
    "decide",
    "design",
    "drop_design",
    "drop_idea",
    "pause",
    "redesign",
    "resume",
    "roll_out",
    "set_variant_guide",
    "set_variant_way",
    "set_variant_wording",
    "start",
    "stop",
    "take_up_idea",
    "unvote",
    "vote",
    "write_idea",
]
