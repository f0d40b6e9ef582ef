"""What can stand in the way of a change of the company."""

from __future__ import annotations


class LinkSpent(Exception):
    """A link that is unknown, used, withdrawn or out of date."""


class LastAdmin(Exception):
    """The installation would be left without an admin."""


class EmailTaken(ValueError):
    """Another member already uses this address."""


class NameTaken(ValueError):
    """Another one of its kind already has this name."""


class TeamInUse(Exception):
    """Members or deals still belong to the team."""


class AlreadySetUp(Exception):
    """The company of this installation exists already."""
