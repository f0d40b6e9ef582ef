"""Tables of the experiments room, one file per subject."""

from .ideas import Effort, Idea, Vote
from .split import Assignment, Change, Decision, Measure, SplitTest, SplitTestSet, Unit, Variant

__all__ = [
    "Assignment",
    "Change",
    "Decision",
    "Effort",
    "Idea",
    "Measure",
    "SplitTest",
    "SplitTestSet",
    "Unit",
    "Variant",
    "Vote",
]
