"""What is done with dashboards: put together, given to readers by e-mail, delivered."""

from .arranging import FACTS, Full, NameTaken, NotAllowed, add, change, make, place, remove, take_off

__all__ = ["FACTS", "Full", "NameTaken", "NotAllowed", "add", "change", "make", "place", "remove", "take_off"]
