"""Verbs of the automations room."""

from .clearing import clear_away, clear_runs
from .delivering import deliver
from .drafting import NoSuchAutomation, Wanted, put_back, take_out, write
from .following import follow, look, make_up
from .later import catch_up
from .running import forget
from .shaping import AlreadySo, create, enter_test, leave_test, pause, renew_secret, resume
from .writing import still_wanted

__all__ = [
    "AlreadySo",
    "NoSuchAutomation",
    "Wanted",
    "catch_up",
    "clear_away",
    "clear_runs",
    "create",
    "deliver",
    "enter_test",
    "follow",
    "forget",
    "leave_test",
    "look",
    "make_up",
    "pause",
    "put_back",
    "renew_secret",
    "resume",
    "still_wanted",
    "take_out",
    "write",
]
