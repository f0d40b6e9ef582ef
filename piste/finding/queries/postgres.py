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
#: Letters that a piece of a guess needs for its index to tell few documents from many.
TELLING = 3
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
                parts.append(_part(f"{ROWS} {held}{condition}", pieces, is_guess=len(sought) > 1))
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


def _part(found: str, pieces: Sought, *, is_guess: bool) -> str:
    """Some of the rows found by the pieces of one guess, or of what was asked."""
    if is_guess and len(pieces) > 1:
        # Thought rare, and found by their pieces alone; where they are not, any of them do.
        return f"{found} LIMIT %s"
    if is_guess and len(pieces[0].text) >= TELLING:
        # Rare or not, found by its letters: told how few are wanted, the database would read all documents in order until it has
        # met so many. Those of the inner statement are read no further than they are taken.
        return f"WITH likely AS MATERIALIZED ({found}) SELECT * FROM likely LIMIT %s"  # noqa: S608 (made of constants)
    # In an order that an index has: without it the whole table is read for a frequent piece, other kinds first.
    return f"{found} ORDER BY object_id LIMIT %s"


def _pattern(piece: Piece) -> str:
    return f"%{' ' if piece.begins else ''}{piece.text}{' ' if piece.ends else ''}%"
