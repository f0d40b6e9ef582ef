"""What deals belong to: sources, owners, products, tags, and the figures of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from django.utils.translation import gettext

from piste.catalogue.models import Product
from piste.company.models import CustomField, FieldKind, FieldSubject, Member
from piste.deals.models import Source
from piste.insights.queries import Reading
from piste.insights.queries.facts import NONE
from piste.insights.queries.figures import Belonging, Group, belonging, by_product, group
from piste.insights.queries.figures import groups as grouped
from piste.insights.queries.reading import made_once
from piste.insights.queries.traits import COMPARED, YES, by_text
from piste.web.parts import custom_fields
from piste.web.templatetags.piste import tongue

from .asking import Question

#: What deals are grouped by, as addresses say it.
KINDS = ("source", "owner", "product", "campaign")
NO_KEY = "none"
#: What a grouping by one of the company's own fields begins with; its key follows.
OWN = "own-"
#: Own fields that deals are grouped by on a page.
MOST_FIELDS = 6


#: A group as pages show it: with its name, and a key that addresses say.
type GroupFigures = Group[str]


def empty(question: Question, key: str, name: str) -> GroupFigures:
    """A group without any deal."""
    return replace(group(question.reading, key, {}), name=name)


def own_fields() -> list[CustomField]:
    """The company's own fields of deals whose values are few enough to group by."""
    found = CustomField.objects.filter(subject=FieldSubject.DEAL, kind__in=COMPARED, retired_at=None)
    return list(found.order_by("position", "pk")[:MOST_FIELDS])


def is_kind(kind: str) -> bool:
    """Whether deals may be grouped by it."""
    return kind in KINDS or kind.startswith(OWN)


def groups(question: Question, kind: str) -> list[GroupFigures]:
    """Every group with a deal in any of the figures, most won value first, then most created."""
    read = question.reading
    return made_once(read, ("groups", kind, question.within, question.currency, tongue()), lambda: _groups(question, kind))


def _groups(question: Question, kind: str) -> list[GroupFigures]:
    names = _names_of(kind)
    found = grouped(question.reading, question.within, _belonging(question.reading, kind))
    rows = [replace(row, name=names(row.key)) for row in found]
    return sorted(rows, key=lambda row: (-row.value.get(question.currency, 0), -len(row.won), -len(row.created), row.name))


def group_of(question: Question, kind: str, key: str) -> GroupFigures | None:
    """One group; None when no deal belongs to it."""
    return next((row for row in groups(question, kind) if row.key == key), None)


def _belonging(read: Reading, kind: str) -> Belonging[str]:
    """The keys of the deals' groups."""
    facts = read.facts
    if kind.startswith(OWN):
        return by_text(read, kind.removeprefix(OWN), NO_KEY)
    match kind:
        case "owner":
            return belonging(facts.owner, str)
        case "source":
            return belonging(facts.source, _key)
        case "product":
            found = by_product(read, NONE)
            return Belonging(found.row, found.place, [_key(number) for number in found.keys])
    return belonging(facts.campaign, lambda number: facts.texts[number] or NO_KEY)


def _key(number: int) -> str:
    return NO_KEY if number == NONE else str(number)


def _names_of(kind: str) -> Callable[[str], str]:
    """The name of a group."""
    if kind.startswith(OWN):
        return _own_names(kind)
    match kind:
        case "owner":
            return _names(Member.objects.values_list("pk", "name"), "")
        case "source":
            return _names(Source.objects.values_list("pk", "name"), gettext("No source"))
        case "product":
            return _names(Product.objects.values_list("pk", "name"), gettext("No product"))
    missing = gettext("No campaign")
    return lambda key: missing if key == NO_KEY else key


def _own_names(kind: str) -> Callable[[str], str]:
    field = CustomField.objects.filter(subject=FieldSubject.DEAL, key=kind.removeprefix(OWN)).first()
    missing = gettext("Not said")

    def name(key: str) -> str:
        if key == NO_KEY:
            return missing
        return custom_fields.show(field, key == YES) if field is not None and field.kind == FieldKind.YES_NO else key

    return name


def _names(rows: Iterable[tuple[int, str]], none: str) -> Callable[[str], str]:
    known = {str(key): name for key, name in rows} | {NO_KEY: none}
    return lambda key: known.get(key, "")
