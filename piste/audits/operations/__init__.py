"""What is done with audits: made, followed by tasks, made by themselves from time to time."""

from .acting import NoLongerHere, act
from .making import fall_due, make
from .scheduling import NotAReader, end, schedule

__all__ = ["NoLongerHere", "NotAReader", "act", "end", "fall_due", "make", "schedule"]
