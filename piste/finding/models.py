"""The table of searchable texts."""

from __future__ import annotations

from django.db import models


class Document(models.Model):
    """The searchable text of one subject. `words` and `head` (the label) are normalised: no accents, lower case, no
    punctuation; `label` is what is shown.

    `owner_id` and `team_id` are copies that let a search keep to what a member may see (None: everybody's).

    Each database keeps an index of its own over this table (migration 0003). On SQLite triggers keep it, which a migration
    that rebuilds the table loses: such a migration drops them before and lays them anew after, as 0003 does.
    """

    kind = models.CharField(max_length=10)
    object_id = models.BigIntegerField()
    label = models.CharField(max_length=240)
    head = models.CharField(max_length=240, blank=True)
    words = models.TextField()
    owner_id = models.BigIntegerField(null=True, blank=True)
    team_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="finding_document_subject")]

    def __str__(self) -> str:
        return self.label
