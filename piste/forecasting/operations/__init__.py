"""Verbs of the room: setting targets, saying calls."""

from .targets import NotAllowed, NotAPeriod, Overtaken, set_targets

__all__ = ["NotAPeriod", "NotAllowed", "Overtaken", "set_targets"]
