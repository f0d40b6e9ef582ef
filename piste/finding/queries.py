"""Finding by fragments: each word of the question somewhere in the words of a document, accents and case ignored.

When nothing is found, one mistyped word is forgiven: documents that share enough three-letter pieces are proposed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from piste.company.models import Member, Sees
from piste.foundations.names import likeness, search_words

from .models import Document

CANDIDATES = 60
FORGIVING = "finding_document.id IN (SELECT rowid FROM finding_match WHERE words MATCH %s ORDER BY rank LIMIT 200)"
PIECE = 3


@dataclass(frozen=True, slots=True)
class Found:
    """One answer: what it is, which one, and how it is called."""

    kind: str
    object_id: int
    label: str
    words: str


def find(text: str, *, member: Member, kinds: Sequence[str] = (), limit: int = 8) -> list[Found]:
    """The best answers that this member may see: beginnings of the whole text first, then of a word, then fragments."""
    words = search_words(text).split()[:6]
    if not words:
        return []
    rows = _candidates(words, member=member, kinds=kinds)
    if not rows and max(len(word) for word in words) >= 4:
        rows = _forgiving(words, member=member, kinds=kinds)
        return rows[:limit]
    rows.sort(key=lambda row: _rank(row, words))
    return rows[:limit]


def _candidates(words: Sequence[str], *, member: Member, kinds: Sequence[str]) -> list[Found]:
    """Some documents that hold every word, by the index of pieces; short words by the beginning of the text."""
    found = _visible(member, kinds)
    long = [word for word in words if len(word) >= PIECE]
    if not long:
        beginning = " ".join(words)
        found = found.filter(words__gte=beginning, words__lt=beginning + "\U0010ffff").order_by("words")
    elif connection.vendor == "sqlite":
        question = " AND ".join(f'"{word}"' for word in long)
        found = found.extra(where=["finding_document.id IN (SELECT rowid FROM finding_match WHERE words MATCH %s LIMIT 2000)"],
                            params=[question])  # fmt: skip
    else:
        for word in long:
            found = found.filter(words__contains=word)
    for word in words:
        if len(word) < PIECE and long:
            found = found.filter(words__contains=word)
    return [Found(*row) for row in found.values_list("kind", "object_id", "label", "words")[:CANDIDATES]]


def _forgiving(words: Sequence[str], *, member: Member, kinds: Sequence[str]) -> list[Found]:
    """Documents that share pieces with the longest word, best likeness first, when likely enough."""
    word = max(words, key=len)
    pieces = [word[place : place + PIECE] for place in range(len(word) - PIECE + 1)]
    found = _visible(member, kinds)
    if connection.vendor == "sqlite":
        question = " OR ".join(f'"{piece}"' for piece in pieces)
        found = found.extra(where=[FORGIVING], params=[question])
    else:
        found = found.extra(where=["%s <%% finding_document.words"], params=[word])
    rows = [Found(*row) for row in found.values_list("kind", "object_id", "label", "words")[:200]]
    scored = [(max(likeness(word, part) for part in row.words.split()), row) for row in rows if row.words]
    return [row for score, row in sorted(scored, key=lambda pair: -pair[0]) if score >= 0.3]


def _visible(member: Member, kinds: Sequence[str]) -> QuerySet[Document]:
    """The rule of `visible_to` on the copies the documents carry; what has no owner is everybody's."""
    found = Document.objects.all()
    if kinds:
        found = found.filter(kind__in=kinds)
    if member.sees_all:
        return found
    seen = Q(owner_id=member.pk) | Q(owner_id=None)
    if member.sees == Sees.TEAM and member.team_id:
        seen |= Q(team_id=member.team_id)
    return found.filter(seen)


def _rank(row: Found, words: Sequence[str]) -> tuple[int, int, str]:
    label = search_words(row.label)
    whole = " ".join(words)
    if label.startswith(whole):
        place = 0
    elif any(part.startswith(words[0]) for part in label.split()):
        place = 1
    elif words[0] in label:
        place = 2
    else:
        place = 3
    return (place, len(label), label)
