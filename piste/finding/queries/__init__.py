"""Finding by fragments: each word of the question somewhere in the words of a document, accents and case ignored.

The index of the database answers with the rows a member may see and no other, a sample of them where there are very many;
the best stand first. Where no word begins so, a slip of the fingers is forgiven.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from piste.company.models import Member
from piste.finding import rules
from piste.finding.models import Document

from . import postgres, sqlite
from .seeing import Seen

KINDS = ("deal", "company", "contact")
#: Rows looked at of each kind. A question that more of them answer gets the best beginnings besides.
SAMPLE = 120
BEGINNINGS = 40
GUESSES = 60


@dataclass(frozen=True, slots=True)
class Found:
    """One answer: what it is, which one, and how it is called; `is_guess` when a slip was forgiven."""

    kind: str
    object_id: int
    label: str
    head: str
    words: str
    is_guess: bool = False


def find(text: str, *, member: Member, kinds: Sequence[str] = KINDS, limit: int = 8) -> list[Found]:
    """The best answers that this member may see, at most `limit` of each kind: labels that begin like the question first,
    then those with words that do, then other fragments, then likely slips. At most three statements."""
    words = rules.asked(text)
    if not words or not member.is_active:
        return []
    seen = Seen.by(member)
    rows = _rows([rules.anywhere(words)], kinds, seen, SAMPLE)
    many = [kind for kind in kinds if sum(row.kind == kind for row in rows) == SAMPLE]
    if many:
        rows += _rows([rules.at_beginnings(words)], many, seen, BEGINNINGS, begins=" ".join(words))
    ranked = sorted(dict.fromkeys(rows), key=lambda row: rules.nearness(row.head, words))
    if len(rows) < limit and not any(rules.nearness(row.head, words)[0] < 2 for row in ranked):
        ranked += _guesses(words, kinds, seen, set(rows), limit)
    return _first_of_each(ranked, limit)


def matching(text: str, *, kind: str) -> QuerySet[Document]:
    """All documents of a kind that hold every word of a text, for lists that count; who may see them is up to the caller."""
    sought = rules.anywhere(rules.asked(text))
    return _engine().holding(sought, kind) if sought else Document.objects.none()


def _guesses(words: Sequence[str], kinds: Sequence[str], seen: Seen, known: set[Found], limit: int) -> list[Found]:
    """What may have been meant, the nearest first; two slips in a word only of the kinds where one alone does not answer enough,
    for they stand behind it."""
    near = _near(words, rules.mistyped(words), kinds, seen, known)
    few = [kind for kind in kinds if sum(row.kind == kind and away < 2 for row, away in near.items()) < limit]
    if few:
        near |= _near(words, rules.mistyped_twice(words), few, seen, known | near.keys())
    ranked = sorted(near, key=lambda row: (near[row], rules.nearness(row.head, words)))
    return [Found(row.kind, row.object_id, row.label, row.head, row.words, is_guess=True) for row in ranked]


def _near(
    words: Sequence[str], sought: Sequence[rules.Sought], kinds: Sequence[str], seen: Seen, known: set[Found]
) -> dict[Found, int]:
    """Documents that may have been meant, each with how many slips it is away; without those that are known."""
    found = {}
    # One document may answer several of the ways a slip can have happened.
    for row in dict.fromkeys(_rows(sought, kinds, seen, GUESSES) if sought else ()):
        away = rules.distance(words, row.words.split()) if row not in known else None
        if away is not None:
            found[row] = away
    return found


def _rows(sought: Sequence[rules.Sought], kinds: Sequence[str], seen: Seen, limit: int, begins: str = "") -> list[Found]:
    """Documents that hold all pieces of one of these, and those whose label begins so, `limit` a kind of each."""
    statement, values = _engine().statement(sought, kinds, seen, limit, begins)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Found(*row) for row in cursor.fetchall()]


def _engine() -> type[sqlite.Engine] | type[postgres.Engine]:
    return sqlite.Engine if connection.vendor == "sqlite" else postgres.Engine


def _first_of_each(rows: Iterable[Found], limit: int) -> list[Found]:
    taken: dict[str, int] = {}
    found = []
    for row in rows:
        taken[row.kind] = taken.get(row.kind, 0) + 1
        if taken[row.kind] <= limit:
            found.append(row)
    return found
