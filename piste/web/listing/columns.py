"""The columns a list may have, and those a member has chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from piste.company.models import CustomField, FieldKind
from piste.deals.queries.listing import CUSTOM
from piste.web.deal.facts import LABELS


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column: its name in addresses, its head, the fact one edits in it, whether it holds figures, and whether its greatest
    values come first when one sorts by it, and whether one can."""

    name: str
    label: str | Promise
    fact: str = ""
    is_figure: bool = False
    greatest_first: bool = False
    field: CustomField | None = None
    is_order: bool = True


STANDARD = (
    ListColumn("deal", _("Deal")),
    ListColumn("title", LABELS["title"], "title"),
    ListColumn("stage", _("Stage")),
    ListColumn("status", _("Status")),
    ListColumn("owner", LABELS["owner"], "owner"),
    ListColumn("team", LABELS["team"]),
    ListColumn("amount", LABELS["amount"], "amount", True, True),
    ListColumn("weighted", _("Weighted"), "", True, True),
    ListColumn("chance", pgettext_lazy("of being won", "Chance"), "", True, is_order=False),
    ListColumn("expected_close_on", LABELS["expected_close_on"], "expected_close_on"),
    ListColumn("step", _("Next step")),
    ListColumn("days", _("Days in stage"), "", True, True),
    ListColumn("source", LABELS["source"]),
    ListColumn("campaign", LABELS["campaign"]),
    ListColumn("tags", LABELS["tags"], "tags"),
    ListColumn("created", _("Created"), "", False, True),
    ListColumn("activity", _("Last activity"), "", False, True),
)
#: The deal itself heads every line.
FIRST = "deal"
USUAL = ("deal", "title", "stage", "owner", "amount", "weighted", "expected_close_on", "step", "days")


def available(fields: Iterable[CustomField]) -> list[ListColumn]:
    """All columns there are, the company's own fields last."""
    own = [
        ListColumn(f"{CUSTOM}{field.key}", field.label, f"{CUSTOM}{field.key}", field.kind == FieldKind.NUMBER, False, field)
        for field in fields
    ]
    return [*STANDARD, *own]


def chosen(columns: Sequence[ListColumn], names: Iterable[str]) -> list[ListColumn]:
    """Those of these names, in this order, after the one that heads every line; the usual ones when none of them is there any
    more."""
    known = {column.name: column for column in columns}
    found = [known[name] for name in dict.fromkeys((FIRST, *names)) if name in known]
    return found if len(found) > 1 else [column for column in columns if column.name in USUAL]


def to_choose_from(columns: Sequence[ListColumn], shown: Iterable[str]) -> list[ListColumn]:
    """All but the first, those shown before the others, each in its order."""
    known = {column.name: column for column in columns}
    return [known[name] for name in dict.fromkeys((*shown, *known)) if name in known and name != FIRST]


def moved(names: Sequence[str], asked: str) -> list[str]:
    """Names with one of them a place further: `asked` is `<name>:up` or `<name>:down`; as they are when that says nothing."""
    name, _colon, way = asked.rpartition(":")
    if name not in names or way not in ("up", "down"):
        return list(names)
    kept = list(names)
    place = kept.index(name)
    kept.insert(max(0, place - 1) if way == "up" else place + 1, kept.pop(place))
    return kept
