"""Keeping the searchable texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from piste.foundations.names import search_words
from piste.journal.rows import add_at_once

from . import models

COLUMNS = ("kind", "object_id", "label", "head", "words", "owner_id", "team_id")
IN_PLACE = "ON CONFLICT (kind, object_id) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[2:])


@dataclass(frozen=True, slots=True)
class Document:
    """What can be found of one subject; `text` as written, it is normalised here."""

    kind: str
    object_id: int
    label: str
    text: str
    owner_id: int | None
    team_id: int | None


def index(documents: Sequence[Document]) -> None:
    """Makes subjects findable under their present text, replacing what was there."""
    # Each once: of two texts of one subject the later counts.
    rows = {
        (document.kind, document.object_id): (
            document.kind,
            document.object_id,
            document.label[:240],
            search_words(document.label)[:240],
            search_words(document.text),
            document.owner_id,
            document.team_id,
        )
        for document in documents
    }
    add_at_once(models.Document, COLUMNS, list(rows.values()), otherwise=IN_PLACE)


def forget(kind: str, object_ids: Sequence[int]) -> None:
    """Makes subjects unfindable."""
    models.Document.objects.filter(kind=kind, object_id__in=list(object_ids)).delete()
