"""Statements that the ORM writes once and that are then asked with other values.

To write a statement takes the ORM ten to thirty times as long as the database to answer it, and what a page asks is each time
the same but for a few values: who asks, the day, the moment. Here the ORM writes it with marks in their place.
"""

from .days import LocalDay
from .kept import Kept, KeptCounts, KeptRecords
from .plans import plans_kept

__all__ = ["Kept", "KeptCounts", "KeptRecords", "LocalDay", "plans_kept"]
