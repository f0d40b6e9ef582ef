"""The deal itself."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from piste.company.models import Member, Sees, Team
from piste.people.models import Company
from piste.pipelines.models import Pipeline, Stage

from .around import LossReason, Source, Tag


class Status(models.TextChoices):
    """Where a deal stands as a whole."""

    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    HELD = "held", _("On hold")


def seen_by(member: Member, *, through: str = "") -> Q:
    """Which deals an active member may see, as a condition on deals or on rows that reach one `through` a relation."""
    if member.sees_all:
        return Q()
    seen = Q((f"{through}owner_id", member.pk))
    if member.sees == Sees.TEAM and member.team_id:
        seen |= Q((f"{through}team_id", member.team_id))
    return seen


def sees(member: Member, *, owner_id: int, team_id: int | None) -> bool:
    """The same rule for one deal whose owner and team are known."""
    if not member.is_active or member.sees_all:
        return member.is_active
    return owner_id == member.pk or (member.sees == Sees.TEAM and member.team_id is not None and member.team_id == team_id)


class DealSet(models.QuerySet["Deal"]):
    """Words to speak of deals."""

    def visible_to(self, member: Member) -> DealSet:
        """The deals this member may see; every door goes through here."""
        if not member.is_active:
            return self.none()
        return self if member.sees_all else self.filter(seen_by(member))

    def present(self) -> DealSet:
        """All but those in the bin or withdrawn by the undoing of an import."""
        return self.filter(deleted_at=None)

    def kept(self) -> DealSet:
        """Present ones and those that can still come back from the bin: all but the erased."""
        return self.filter(erased_at=None)

    def open(self) -> DealSet:
        return self.present().filter(status=Status.OPEN)

    def held(self) -> DealSet:
        return self.present().filter(status=Status.HELD)

    def without_next_step(self) -> DealSet:
        """Open deals for which nothing is planned on any day; the sort key besides, because an index serves it."""
        return self.open().filter(next_step_on=None, step_key=date.max)

    def due_to_wake(self, today: date) -> DealSet:
        """Held deals whose day of return has come."""
        return self.held().filter(hold_until__lte=today)


class Deal(models.Model):
    """One prospect's possible purchase.

    The state (pipeline, stage, status, entered_stage_at, closed_at, hold_until, loss_*) is written only together with a
    move of the ledger; `ledger_number` and `ledger_hash` are those of the last one. `column` is the stage in which the
    board shows the deal, None when it shows on no column. `amount_minor` is in minor units of `currency`. `next_step_on` is the
    day of its earliest undone activity that counts, `last_activity_at` when the last one was done. A deal `erased_at` some
    moment stays in the bin for good as figures without a word: it has its moves, its stage, its amount.
    """

    title = models.CharField(max_length=200)
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(Member, models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    amount_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    expected_close_on = models.DateField(null=True, blank=True)
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="+")
    campaign = models.CharField(max_length=120, blank=True)
    tags = models.ManyToManyField(Tag, related_name="+", blank=True)
    custom = models.JSONField(default=dict, blank=True)
    external_id = models.CharField(max_length=120, blank=True, db_index=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+", db_index=False)
    status = models.CharField(max_length=4, choices=Status, default=Status.OPEN)
    entered_stage_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    hold_until = models.DateField(null=True, blank=True)
    loss_reason = models.ForeignKey(LossReason, models.PROTECT, null=True, blank=True, related_name="+")
    loss_note = models.TextField(blank=True)
    column = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    # Kept for the activities room, which alone says when they change (`deals.operations.keep_activities`).
    next_step_on = models.DateField(null=True, blank=True)
    last_activity_at = models.DateTimeField(null=True, blank=True)
    ledger_number = models.PositiveIntegerField(default=0)
    ledger_hash = models.BinaryField(max_length=32, default=bytes)

    # Sort keys without NULL, so that one index serves each order of the board on both databases.
    closing_key = models.GeneratedField(
        expression=Coalesce(F("expected_close_on"), Value(date(9999, 12, 31))),
        output_field=models.DateField(),
        db_persist=True,
    )
    step_key = models.GeneratedField(
        expression=Coalesce(F("next_step_on"), Value(date(9999, 12, 31))),
        output_field=models.DateField(),
        db_persist=True,
    )
    amount_key = models.GeneratedField(
        expression=Coalesce(F("amount_minor"), Value(0)),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    objects = DealSet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status="lost") | Q(loss_reason=None), name="deals_deal_loss_reason"),
            models.CheckConstraint(
                condition=Q(status="held", hold_until__isnull=False) | (~Q(status="held") & Q(hold_until=None)),
                name="deals_deal_hold",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["won", "lost"]) | Q(closed_at__isnull=False),
                name="deals_deal_closed",
            ),
            models.CheckConstraint(
                condition=Q(column=None) | Q(column=F("stage"), deleted_at=None),
                name="deals_deal_column",
            ),
            models.CheckConstraint(
                condition=~Q(status="open", deleted_at=None) | Q(column=F("stage")),
                name="deals_deal_open_in_column",
            ),
        ]
        indexes = [
            models.Index(fields=["column", "closing_key", "id"], name="deals_deal_by_closing"),
            models.Index(fields=["column", "step_key", "id"], name="deals_deal_by_step"),
            models.Index(fields=["owner", "status", "step_key"], name="deals_deal_owner_step"),
            models.Index(fields=["column", "-amount_key", "id"], name="deals_deal_by_amount"),
            models.Index(fields=["column", "entered_stage_at", "id"], name="deals_deal_by_entry"),
            models.Index(fields=["column", "-created_at", "id"], name="deals_deal_by_creation"),
            # For the list; it has an entry of the deals in a column alone.
            models.Index("column", Lower("title"), "id", condition=Q(column__isnull=False), name="deals_deal_by_title"),
            models.Index(fields=["stage", "status"], name="deals_deal_by_stage"),
            models.Index(fields=["pipeline", "status", "hold_until"], name="deals_deal_by_status"),
            models.Index(fields=["owner", "status"], name="deals_deal_by_owner"),
            # All that counting and ordering them asks: a team's are not looked up one by one.
            models.Index(
                fields=["owner", "last_activity_at", "team", "step_key", "status", "next_step_on", "deleted_at"],
                condition=Q(status="open", next_step_on=None, deleted_at=None),
                name="deals_deal_stepless",
            ),
            models.Index(fields=["deleted_at"], condition=Q(deleted_at__isnull=False, erased_at=None), name="deals_deal_in_bin"),
        ]

    def __str__(self) -> str:
        return self.title
