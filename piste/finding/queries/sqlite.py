"""Fragments on SQLite: its full-text index of three-letter pieces also knows owner, team and kind of each document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from piste.finding.models import Document
from piste.finding.rules import Piece, Sought

from .seeing import Seen

#: The signs that stand for an owner, a team and a kind (migration 0003 writes them).
OWNER, TEAM, KIND = 63728, 63729, 63730
FIRST, RANGE = 57344, 6000
BY_PIECES = (
    "SELECT d.kind, d.object_id, d.label, d.head, d.words FROM finding_match m "
    "CROSS JOIN finding_document d ON d.id = m.rowid WHERE m.finding_match MATCH %s LIMIT %s"
)
BY_LABEL = (
    "SELECT kind, object_id, label, head, words FROM finding_document INDEXED BY finding_document_head "
    "WHERE kind = %s AND head >= %s AND head < %s{seen} ORDER BY head LIMIT %s"
)


class Engine:
    """How SQLite is asked."""

    @staticmethod
    def statement(sought: Sequence[Sought], kinds: Sequence[str], seen: Seen, limit: int, begins: str) -> tuple[str, list[Any]]:
        """One statement over all kinds."""
        parts, values = [], []
        for kind in kinds:
            for pieces in sought:
                parts.append(BY_PIECES)
                values += [_question(pieces, kind, seen), limit]
            if begins:
                condition, own = seen.condition()
                parts.append(BY_LABEL.format(seen=condition))
                values += [kind, begins, begins + "\U0010ffff", *own, limit]
        return " UNION ALL ".join(f"SELECT * FROM ({part})" for part in parts), values  # noqa: S608 (constants joined)

    @staticmethod
    def holding(sought: Sought, kind: str) -> QuerySet[Document]:
        """The documents of a kind that hold all pieces."""
        question = _question(sought, kind, Seen(everything=True, owner_id=0, team_id=None))
        rows = RawSQL("SELECT rowid FROM finding_match WHERE finding_match MATCH %s", [question])
        return Document.objects.filter(kind=kind, pk__in=rows)


def _question(pieces: Sought, kind: str, seen: Seen) -> str:
    asked = [_phrase(piece) for piece in pieces]
    asked = [phrase for phrase in asked if len(phrase) >= 5]
    asked.append(_sign(KIND, ord(kind[0]), ord(kind[2])))
    if not seen.everything:
        owners = [_id(OWNER, seen.owner_id), _id(OWNER, 0)]
        teams = [_id(TEAM, seen.team_id)] if seen.team_id else []
        asked.append(f"({' OR '.join(owners + teams)})")
    return " AND ".join(asked)


def _phrase(piece: Piece) -> str:
    """A piece in quotes; one space marks an edge of a word, two where one leaves it shorter than three signs."""
    edge = " " if len(piece.text) > 1 else "  "
    return f'"{edge if piece.begins else ""}{piece.text}{edge if piece.ends else ""}"'


def _id(what: int, number: int) -> str:
    return _sign(what, FIRST + number % RANGE, FIRST + number // RANGE)


def _sign(*codes: int) -> str:
    return f'"{"".join(map(chr, codes))}"'
