"""Fragments on PostgreSQL: its index of three-letter pieces, which knows the beginning and the end of words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, F, Func, QuerySet, TextField, When

from piste.finding.models import Document
from piste.finding.rules import Piece, Sought

from .seeing import Seen

#: As the indexes of migration 0004 have it, one for each kind: what is frequent among deals may be rare among contacts, and
#: only so does the database know.
SPACED = {kind: f"(CASE WHEN kind = '{kind}' THEN ' ' || words || ' ' END)" for kind in ("deal", "company", "contact")}
ROWS = "SELECT kind, object_id, label, head, words FROM finding_document WHERE"
BY_LABEL = f'{ROWS} kind = %s AND head COLLATE "C" >= %s AND head COLLATE "C" < %s{{seen}} ORDER BY head COLLATE "C" LIMIT %s'


class Engine:
    """How PostgreSQL is asked."""

    @staticmethod
    def statement(sought: Sequence[Sought], kinds: Sequence[str], seen: Seen, limit: int, begins: str) -> tuple[str, list[Any]]:
        """One statement over all kinds."""
        condition, own = seen.condition()
        parts, values = [], []
        for kind in kinds:
            for pieces in sought:
                held = " AND ".join(f"{SPACED[kind]} LIKE %s" for _piece in pieces)
                # In an order that an index has: without it the whole table is read for a frequent piece, other kinds first. Of
                # guesses, those of two pieces are thought rare, and are found by their pieces alone; where they are not, any do.
                order = "" if len(sought) > 1 < len(pieces) else " ORDER BY object_id"
                parts.append(f"{ROWS} {held}{condition}{order} LIMIT %s")
                values += [*map(_pattern, pieces), *own, limit]
            if begins:
                parts.append(BY_LABEL.format(seen=condition))
                values += [kind, begins, begins + "\U0010ffff", *own, limit]
        return " UNION ALL ".join(f"({part})" for part in parts), values

    @staticmethod
    def holding(sought: Sought, kind: str) -> QuerySet[Document]:
        """The documents of a kind that hold all pieces."""
        spaced = Func(F("words"), template="' ' || %(expressions)s || ' '", output_field=TextField())
        found = Document.objects.alias(spaced=Case(When(kind=kind, then=spaced), output_field=TextField()))
        for piece in sought:
            found = found.filter(spaced__contains=_pattern(piece)[1:-1])
        return found


def _pattern(piece: Piece) -> str:
    return f"%{' ' if piece.begins else ''}{piece.text}{' ' if piece.ends else ''}%"
