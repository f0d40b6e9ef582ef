"""Letters, written and carried."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from piste.company.models import Member


class LetterSet(models.QuerySet["Letter"]):
    """Words to speak of letters."""

    def waiting(self) -> LetterSet:
        return self.filter(sent_at=None, dropped_at=None)

    def over(self) -> LetterSet:
        """Sent or dropped."""
        return self.filter(Q(sent_at__isnull=False) | Q(dropped_at__isnull=False))


class Letter(models.Model):
    """A letter to a member, or on a member's behalf to an `address` outside. `about` holds what `purpose` needs to say whether
    it is still wanted; nobody else carries it before `held_until`; after `expires_at` it is worth nothing."""

    key = models.CharField(max_length=120, unique=True)
    purpose = models.CharField(max_length=20)
    about = models.JSONField(default=dict)
    member = models.ForeignKey(Member, models.CASCADE, related_name="+", db_index=False)
    address = models.EmailField(max_length=254, blank=True, db_default="")
    message_id = models.CharField(max_length=160)
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField()
    written_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    held_until = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    why_dropped = models.CharField(max_length=200, blank=True)

    objects = LetterSet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(sent_at=None) | Q(dropped_at=None), name="post_letter_one_end")]
        indexes = [
            models.Index(fields=["held_until"], condition=Q(sent_at=None, dropped_at=None), name="post_letter_waiting"),
            models.Index(fields=["written_at"], name="post_letter_age"),
        ]

    def __str__(self) -> str:
        return self.key


class Enclosure(models.Model):
    """A file that leaves with a letter; it goes when the letter is over."""

    letter = models.OneToOneField(Letter, models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=100)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name
