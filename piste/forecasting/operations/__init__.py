"""Verbs of the room: setting targets, saying calls."""

from .calls import Closed, PeriodOver, bring_calls, say, sort
from .targets import NotAllowed, NotAPeriod, Overtaken, set_targets

__all__ = ["Closed", "NotAPeriod", "NotAllowed", "Overtaken", "PeriodOver", "bring_calls", "say", "set_targets", "sort"]
