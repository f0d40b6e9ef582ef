"""Fragments on PostgreSQL: its index of three-letter pieces, which knows the beginning and the end of words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Func, QuerySet, TextField

from piste.finding.models import Document
from piste.finding.rules import Piece, Sought

from .seeing import Seen

#: As the index of migration 0003 has it.
SPACED = "(' ' || words || ' ')"
ROWS = "SELECT kind, object_id, label, head, words FROM finding_document WHERE kind = %s"
BY_LABEL = f'{ROWS} AND head COLLATE "C" >= %s AND head COLLATE "C" < %s{{seen}} ORDER BY head COLLATE "C" LIMIT %s'


class Engine:
    """How PostgreSQL is asked."""

    @staticmethod
    def statement(sought: Sequence[Sought], kinds: Sequence[str], seen: Seen, limit: int, begins: str) -> tuple[str, list[Any]]:
        """One statement over all kinds."""
        condition, own = seen.condition()
        parts, values = [], []
        for kind in kinds:
            for pieces in sought:
                held = " AND ".join(f"{SPACED} LIKE %s" for _piece in pieces)
                parts.append(f"{ROWS} AND {held}{condition} LIMIT %s")
                values += [kind, *map(_pattern, pieces), *own, limit]
            if begins:
                parts.append(BY_LABEL.format(seen=condition))
                values += [kind, begins, begins + "\U0010ffff", *own, limit]
        return " UNION ALL ".join(f"({part})" for part in parts), values

    @staticmethod
    def narrowed(documents: QuerySet[Document], sought: Sought, kind: str) -> QuerySet[Document]:
        """The documents that hold all pieces."""
        spaced = Func(F("words"), template="(' ' || %(expressions)s || ' ')", output_field=TextField())
        found = documents.alias(spaced=spaced)
        for piece in sought:
            found = found.filter(spaced__contains=_pattern(piece)[1:-1])
        return found


def _pattern(piece: Piece) -> str:
    return f"%{' ' if piece.begins else ''}{piece.text}{' ' if piece.ends else ''}%"
