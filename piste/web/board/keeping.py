"""What boards showed last, kept for as long as nothing happens: many look at the same board, and all of them again at each move.

Whatever changes a board is told in the journal, and what goes by the clock on it goes by the minute: until the journal grows or
the minute ends, whoever sees the same deals gets what was made for the first of them. Only the embedded database tells news in
the order of their numbers; on a server an entry may come in below one that was seen already, so nothing is kept there.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

from django.db import connection

from piste.company.models import Member

#: Boards, columns and sums kept at once: a column of cards takes some 15 kB.
MOST = 256

_lock = Lock()
_kept: OrderedDict[Hashable, Any] = OrderedDict()


def sight(member: Member) -> Hashable:
    """What decides which deals a member sees: those who have the same see the same."""
    return "all" if member.sees_all else (member.sees, member.team_id, member.pk)


def kept[T](key: Hashable, make: Callable[[], T]) -> T:
    """What was made for this key, else what is made now. The key holds the last news: made after it was read, nothing in it is
    older than they are."""
    if connection.vendor != "sqlite":
        return make()
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            found: T = _kept[key]
            return found
    made = make()
    with _lock:
        _kept[key] = made
        if len(_kept) > MOST:
            _kept.popitem(last=False)
    return made


def forget() -> None:
    """For tests and measures: a transaction that was rolled back leaves its numbers to the next, and one wants to know what a
    board takes that nobody has seen."""
    with _lock:
        _kept.clear()
