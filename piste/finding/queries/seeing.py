"""What a member may see, said of documents: the rule of `visible_to` on the copies they carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from piste.company.models import Member, Sees


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything, or what has this owner, this team, or no owner."""

    everything: bool
    owner_id: int
    team_id: int | None

    @classmethod
    def by(cls, member: Member) -> Self:
        """What an active member sees."""
        return cls(member.sees_all, member.pk, member.team_id if member.sees == Sees.TEAM else None)

    def condition(self) -> tuple[str, list[int]]:
        """The same in SQL, over the columns of `finding_document`."""
        if self.everything:
            return "", []
        seen, values = "owner_id = %s OR owner_id IS NULL", [self.owner_id]
        if self.team_id:
            return f" AND ({seen} OR team_id = %s)", [*values, self.team_id]
        return f" AND ({seen})", values
