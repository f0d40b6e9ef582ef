"""The table of searchable texts."""

from __future__ import annotations

from django.db import models


class Document(models.Model):
    """The searchable text of one subject. `words` is normalised (no accents, lower case); `label` is what is shown.

    `owner_id` and `team_id` are copies that let a search keep to what a member may see (None: everybody's).
    """

    kind = models.CharField(max_length=10)
    object_id = models.BigIntegerField()
    label = models.CharField(max_length=240)
    words = models.TextField()
    owner_id = models.BigIntegerField(null=True, blank=True)
    team_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="finding_document_subject")]

    def __str__(self) -> str:
        return self.label
