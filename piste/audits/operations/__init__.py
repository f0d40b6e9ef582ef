"""What is done with audits: made, followed by tasks, made by themselves from time to time."""

from .acting import NoLongerHere, act
from .making import bring_in, fall_due, make
from .scheduling import NotAReader, end, schedule

__all__ = ["NoLongerHere", "NotAReader", "act", "bring_in", "end", "fall_due", "make", "schedule"]
