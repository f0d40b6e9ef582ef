"""Keeping the searchable texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from piste.foundations.names import search_words

from . import models


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
    rows = [
        models.Document(
            kind=document.kind,
            object_id=document.object_id,
            label=document.label[:240],
            head=search_words(document.label)[:240],
            words=search_words(document.text),
            owner_id=document.owner_id,
            team_id=document.team_id,
        )
        for document in documents
    ]
    models.Document.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["kind", "object_id"],
        update_fields=["label", "head", "words", "owner_id", "team_id"],
    )


def forget(kind: str, object_ids: Sequence[int]) -> None:
    """Makes subjects unfindable."""
    models.Document.objects.filter(kind=kind, object_id__in=list(object_ids)).delete()
