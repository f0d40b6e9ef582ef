"""What can stand in the way of a deal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from piste.deals.models import Move


class DealError(Exception):
    """An operation on a deal was refused; nothing was written."""


class Overtaken(DealError):
    """Somebody else moved the deal since the caller last saw it; `last` is the move that did."""

    def __init__(self, last: Move) -> None:
        super().__init__(f"overtaken by move {last.number}")
        self.last = last


class FactsChanged(DealError):
    """Facts are no longer what the caller expected; `now` holds their present values as the journal keeps them."""

    def __init__(self, now: Mapping[str, Any]) -> None:
        super().__init__(", ".join(now))
        self.now = now


class DataMissing(DealError):
    """Facts that must be known before this move; `facts` in the words of `pipelines.rules.FACTS`."""

    def __init__(self, facts: list[str]) -> None:
        super().__init__(", ".join(facts))
        self.facts = facts


class AlreadyThere(DealError):
    """The deal already is where the move would bring it."""


class StageRetired(DealError):
    """The stage no longer takes deals."""


class Discarded(DealError):
    """The deal is in the bin: it must be restored first."""


class NotAllowed(DealError):
    """The member's role does not allow this."""


class CannotUndo(DealError):
    """Only the last move of a deal, other than its creation, can be undone."""


class WrongDate(DealError):
    """A date that cannot be: a return from hold in the past, a move before the one it follows."""

    def __init__(self, earliest: datetime | None = None) -> None:
        super().__init__("wrong date")
        self.earliest = earliest
