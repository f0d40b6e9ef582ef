"""Verbs of the automations room."""

from .delivering import clear_away, deliver
from .following import follow, look, make_up
from .later import catch_up
from .running import forget, still_wanted
from .shaping import AlreadySo, Wanted, amend, create, pause, renew_secret, resume, retire

__all__ = [
    "AlreadySo",
    "Wanted",
    "amend",
    "catch_up",
    "clear_away",
    "create",
    "deliver",
    "follow",
    "forget",
    "look",
    "make_up",
    "pause",
    "renew_secret",
    "resume",
    "retire",
    "still_wanted",
]
