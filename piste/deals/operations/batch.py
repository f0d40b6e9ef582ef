"""Edits of some hundred deals written together: what `amend` and `name_tags` do to one, in a handful of statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from piste.company.models import Member
from piste.deals.models import Deal, DealSet
from piste.finding.operations import index
from piste.journal.operations import Happening, record_together
from piste.journal.rows import add_values, change_values

from .amending import COLUMNS, alter, amended
from .around import by_name, searchable, tags_named
from .totals import Cell, shift

#: Facts whose change makes a deal findable otherwise, or by others.
FOUND_BY = frozenset({"title", "company", "owner", "team", "external_id"})


def lock_many(deals: DealSet, keys: Collection[int]) -> dict[int, Deal]:
    """Those of these deals that are present among some, as they stand now, locked until the end of the transaction."""
    if connection.features.has_select_for_update:
        list(Deal.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
    return {deal.pk: deal for deal in deals.present().filter(pk__in=keys).select_related("company").order_by("pk")}


class Tagging:
    """The tags of some deals: read once, told as the journal keeps them, set in two statements."""

    def __init__(self, keys: Collection[int]) -> None:
        self.through: Any = Deal.tags.through
        self.names: dict[int, dict[str, int]] = {key: {} for key in keys}
        rows = self.through.objects.filter(deal_id__in=keys).values_list("deal_id", "tag_id", "tag__name")
        for deal, tag, name in rows:
            self.names[deal][name] = tag

    def of(self, deal: int) -> list[str]:
        return sorted(self.names[deal])

    def put(self, wanted: Mapping[int, Sequence[str]]) -> dict[int, list[str]]:
        """Sets the tags of deals by their names; unknown ones are made. Returns the names they have now."""
        named = tags_named(by_name([name for names in wanted.values() for name in names]))
        known = {tag.name.casefold(): tag for tag in named}
        come: list[tuple[int, int]] = []
        after: dict[int, list[str]] = {}
        for deal, names in wanted.items():
            tags = {known[key].name: known[key].pk for key in by_name(names)}
            come += [(deal, tag) for tag in tags.values() if tag not in self.names[deal].values()]
            gone = [tag for tag in self.names[deal].values() if tag not in tags.values()]
            if gone:
                self.through.objects.filter(deal_id=deal, tag_id__in=gone).delete()
            self.names[deal] = tags
            after[deal] = sorted(tags)
        add_values(self.through, ["deal_id", "tag_id"], come)
        return after


class Batch:
    """Collects edits of locked deals, and writes them all at once; `besides` is what each entry of the journal says more."""

    def __init__(self, *, by: Member | None, at: datetime, cause: str, besides: Mapping[str, Any]) -> None:
        self.by, self.at, self.cause, self.besides = by, at, cause, dict(besides)
        self.altered: list[tuple[Deal, Cell]] = []
        self.names: set[str] = set()
        self.told: list[Happening] = []

    def amend(self, deal: Deal, facts: Mapping[str, Any], custom: Mapping[str, Any], **besides: Any) -> bool:
        """Sets facts of a deal; says whether anything was to change."""
        cell = Cell.of(deal)
        changed = alter(deal, facts, custom)
        if not changed:
            return False
        deal.updated_at = max(self.at, deal.updated_at)
        self.altered.append((deal, cell))
        self.names |= {"custom" if name.startswith("custom:") else name for name in changed}
        self._tell("deal.amended", deal, amended(changed), besides)
        return True

    def tagged(self, deal: Deal, before: Sequence[str], after: Sequence[str], **besides: Any) -> None:
        """Tells of tags that `Tagging` has set."""
        self._tell("deal.tagged", deal, {"before": list(before), "after": list(after)}, besides)

    def write(self) -> None:
        """Writes rows, totals, what they are found by, and the journal with what goes with it."""
        columns = [COLUMNS.get(name, name) for name in sorted(self.names)]
        rows = [[deal.pk, *(getattr(deal, name) for name in columns), deal.updated_at] for deal, _ in self.altered]
        change_values(Deal, [*columns, "updated_at"], rows)
        shift((cell, count, count * cell.amount) for deal, old in self.altered for cell, count in ((old, -1), (Cell.of(deal), 1)))
        if self.names & FOUND_BY:
            index([searchable(deal) for deal, _ in self.altered])
        record_together(happenings=self.told)

    def _tell(self, verb: str, deal: Deal, data: dict[str, Any], besides: Mapping[str, Any]) -> None:
        actor = self.by.pk if self.by else None
        said = data | self.besides | dict(besides)
        self.told.append(Happening(verb, "deal", deal.pk, actor, self.at, said, deal.pipeline_id, self.cause))
