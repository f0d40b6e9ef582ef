"""What is asked of a pipeline's history."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

from piste.company.models import Member
from piste.deals.queries.filtering import NO_FILTER, Filter
from piste.pipelines.models import Pipeline


@dataclass(frozen=True, slots=True)
class Scope:
    """What is asked about. `past` says that `as_of` is a moment gone by and facts are to be those of then. `member` is who
    looks (None: the command line, which sees all); `versions` narrows to deals created under one of these process versions."""

    pipeline: Pipeline
    as_of: datetime
    past: bool = False
    member: Member | None = None
    wanted: Filter = NO_FILTER
    versions: tuple[int, ...] = ()

    @property
    def key(self) -> Hashable:
        """What two scopes have in common that ask the same."""
        who = self.member
        sight = (who.pk, who.sight, who.team_id) if who is not None and not (who.is_active and who.sees_all) else "all"
        return (self.pipeline.pk, self.as_of, self.past, sight, self.wanted, self.versions)
