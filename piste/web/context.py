"""What every page of a member stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from piste.activities.queries.waiting import Waiting, waiting_for
from piste.company.models import Member, Settings

from .member import company_of
from .navigation import Link, links

#: How many links the lower bar of a phone holds beside its two buttons.
AT_HAND = 3
#: How many links the upper bar of a narrow window holds beside its « More ».
IN_SIGHT = 5


@dataclass(frozen=True, slots=True)
class Frame:
    """The bars around a page. `company` is None before the first start; `unread` counts the mentions not yet seen,
    `due` the steps that are overdue or due today.

    On a phone the first links of `nav` stand at hand in the lower bar, the others under « More »; in a narrow window
    the upper bar does the same with its last ones.
    """

    member: Member | None
    company: Settings | None
    nav: Sequence[Link]
    theme: str
    single_keys: bool
    unread: int
    due: int

    @property
    def at_hand(self) -> Sequence[Link]:
        return self.nav[:AT_HAND]

    @property
    def further(self) -> Sequence[Link]:
        return self.nav[AT_HAND:]

    @property
    def out_of_sight(self) -> Sequence[Link]:
        return self.nav[IN_SIGHT:]


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `frame` is built only when a template asks for it."""
    return {"frame": _Once(request)}


class _Once:
    """Builds the frame at its first use, so that fragments pay nothing for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._made: Frame | None = None

    def __getattr__(self, name: str) -> Any:
        if self._made is None:
            self._made = _frame_of(self._request)
        return getattr(self._made, name)


def _frame_of(request: HttpRequest) -> Frame:
    user = getattr(request, "user", None)
    member = user if isinstance(user, Member) and user.is_authenticated else None
    waiting = waiting_for(member, timezone.localdate()) if member else Waiting()
    return Frame(
        member=member,
        company=company_of(request) if member else None,
        nav=links(member) if member else (),
        theme=member.theme if member else "system",
        single_keys=member.single_keys if member else True,
        unread=waiting.unread,
        due=waiting.due,
    )
