"""Which days were told to whom."""

from __future__ import annotations

from django.db import models

from piste.company.models import Member


class Digest(models.Model):
    """The day (in the member's zone) has been told; `has_letter` says whether there was anything to say."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    at = models.DateTimeField()
    has_letter = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "day"], name="digests_digest_once")]
        indexes = [models.Index(fields=["day"], name="digests_digest_day")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.day}"
