"""The filters over a timeline, with how much each would show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from django.utils.translation import gettext as _

from piste.web.parts.telling import KIND_LABELS


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter: its address, its name, how many entries it shows, whether it is the present one."""

    href: str
    label: str
    count: int
    is_set: bool


@dataclass(frozen=True, slots=True)
class Trail:
    """The address of a timeline, its filters, and the one in force."""

    href: str
    only: str
    choices: tuple[Choice, ...]

    @classmethod
    def of(cls, href: str, only: str, counts: Mapping[str, int]) -> Self:
        """The filters for a timeline at an address; `counts` by kind, all of them under the empty name."""
        labels = {"": _("All")} | {kind: str(label) for kind, label in KIND_LABELS.items()}
        only = only if only in labels else ""
        choices = tuple(
            Choice(f"{href}?only={kind}" if kind else href, label, counts.get(kind, 0), kind == only)
            for kind, label in labels.items()
        )
        return cls(href, only, choices)
