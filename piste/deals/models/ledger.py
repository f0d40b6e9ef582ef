"""The append-only ledger of moves."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from piste.company.models import Member
from piste.pipelines.models import ProcessVersion, Stage

from .around import LossReason


class MoveKind(models.TextChoices):
    """What a move did."""

    CREATED = "created", _("Created")
    ADVANCED = "advanced", _("Advanced")
    SKIPPED = "skipped", _("Skipped ahead")
    RETURNED = "returned", _("Went back")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    HELD = "held", _("Put on hold")
    RESUMED = "resumed", _("Resumed")
    REOPENED = "reopened", _("Reopened")
    CHANGED_PIPELINE = "changed_pipeline", _("Changed pipeline")
    UNDONE = "undone", _("Undone")


class MoveSet(models.QuerySet["Move"]):
    """Moves by what became of them."""

    def counted(self) -> MoveSet:
        """Those that nobody took back."""
        undone = Move.objects.filter(deal=models.OuterRef("deal"), undoes=models.OuterRef("number"))
        return self.exclude(models.Exists(undone))


class Move(models.Model):
    """One entry of a deal's ledger; never removed, and never changed but for its words (`why`, `override`), which the erasure of
    its deal takes out (`erased_at`): its hash stays, and the journal keeps the seal of what is left (`operations.ledger.seal`).

    `at` is when it happened (past for imported history), `recorded_at` when Piste learned of it. `undoes` is the number
    of the move that an `undone` one takes back. `override` is a manager's reason for moving in spite of missing facts.
    """

    deal = models.ForeignKey("deals.Deal", models.PROTECT, related_name="moves", db_index=False)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=MoveKind)
    from_stage = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True, related_name="+")
    to_stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    from_status = models.CharField(max_length=4, blank=True)
    to_status = models.CharField(max_length=4)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    why = models.TextField(blank=True)
    cause = models.CharField(max_length=16, default="page")
    loss_reason = models.ForeignKey(LossReason, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    hold_until = models.DateField(null=True, blank=True)
    undoes = models.PositiveIntegerField(null=True, blank=True)
    override = models.TextField(blank=True)
    process_version = models.ForeignKey(ProcessVersion, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = MoveSet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deal", "number"], name="deals_move_number")]
        indexes = [
            # All that counting progress asks of a move: the moves of a team's week are not looked up one by one.
            models.Index(fields=["by", "at", "kind", "deal", "number"], name="deals_move_by_person"),
            # Few moves take one back; whoever counts progress asks of each whether one did.
            models.Index(fields=["deal", "undoes"], condition=models.Q(undoes__isnull=False), name="deals_move_undoing"),
        ]
        ordering = ["deal_id", "number"]

    def __str__(self) -> str:
        return f"{self.deal_id}#{self.number} {self.kind}"
