"""Targets and calls: every row says what was set or said, by whom and when; the database refuses to change one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from piste.company.models import Member, Sees
from piste.deals.models import Deal
from piste.foundations.calendar import Period, Span
from piste.pipelines.models import Pipeline


class Whose(models.TextChoices):
    """Who or what is to reach a target; `subject_id` says which (0 for the company)."""

    COMPANY = "company", _("Company")
    TEAM = "team", _("Team")
    REP = "rep", _("Rep")
    PRODUCT = "product", _("Product")


class Measure(models.TextChoices):
    """What is counted: the value of the sales, or how many they are."""

    AMOUNT = "amount", _("Value")
    WINS = "wins", _("Number of wins")


class Category(models.TextChoices):
    """How sure its owner is that a deal will be won by its expected day; nobody said anything of one without a row."""

    COMMIT = "commit", _("Commit")
    BEST = "best", _("Best case")
    PIPELINE = "pipeline", _("Pipeline")
    OMITTED = "omitted", _("Left out")


class TargetSet(models.QuerySet["Target"]):
    """Words to speak of targets."""

    def visible_to(self, member: Member) -> TargetSet:
        """Those of whom a member sees all deals: everybody's, the team's and its reps', or their own."""
        if not member.is_active:
            return self.none()
        if member.sees_all:
            return self
        seen = Q(whose=Whose.REP, subject_id=member.pk)
        if member.sight == Sees.TEAM and member.team_id is not None:
            mates = Member.objects.get_queryset().filter(team_id=member.team_id).values("pk")
            seen |= Q(whose=Whose.TEAM, subject_id=member.team_id) | Q(whose=Whose.REP, subject_id__in=mates)
        return self.filter(seen)


class Target(models.Model):
    """What was set at a moment for a period that begins on `first` and lasts `span` months; `value` is in minor units of
    `currency` or a number of wins, None when the target was taken back."""

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+")
    whose = models.CharField(max_length=8, choices=Whose)
    # A team may be removed, and what was set for it stays.
    subject_id = models.BigIntegerField(default=0)
    span = models.PositiveSmallIntegerField()
    first = models.DateField()
    measure = models.CharField(max_length=6, choices=Measure)
    value = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    why = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = TargetSet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(span__in=[int(span) for span in Span]), name="forecasting_target_span"),
            models.CheckConstraint(condition=Q(value=None) | Q(value__gte=0), name="forecasting_target_value"),
            models.CheckConstraint(
                condition=Q(whose="company", subject_id=0) | (~Q(whose="company") & Q(subject_id__gt=0)),
                name="forecasting_target_subject",
            ),
        ]
        indexes = [models.Index(fields=["pipeline", "first"], name="forecasting_target_by_period")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.whose} {self.subject_id} {self.first} {self.value}"

    @property
    def period(self) -> Period:
        return Period(Span(self.span), self.first)


class RepCall(models.Model):
    """What a rep said at a moment that they would bring in a period: an amount in minor units, with a note."""

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    span = models.PositiveSmallIntegerField()
    first = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(span__in=[int(span) for span in Span]), name="forecasting_repcall_span"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="forecasting_repcall_amount"),
        ]
        indexes = [models.Index(fields=["pipeline", "member", "first"], name="forecasting_repcall_by_period")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.member_id} {self.first} {self.amount_minor}"

    @property
    def period(self) -> Period:
        return Period(Span(self.span), self.first)


class DealCall(models.Model):
    """The category somebody put a deal in at a moment."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="+")
    category = models.CharField(max_length=8, choices=Category)
    by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["deal", "id"], name="forecasting_dealcall_by_deal")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.category}"


class Snapshot(models.Model):
    """A forecast as it was said on a `day` (of the company) for a period that begins on `first` and lasts `span` months: never
    changed afterwards. Amounts in `said` are major units of `currency`. `chances` are those of the open deals, a row each: the
    deal, its chance within the period, and of ever; only of quarters, and apart from what pages read, for they are many."""

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+")
    span = models.PositiveSmallIntegerField()
    first = models.DateField()
    day = models.DateField()
    at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    said = models.JSONField(default=dict)
    chances = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(span__in=[int(span) for span in Span]), name="forecasting_snapshot_span"),
        ]
        indexes = [models.Index(fields=["pipeline", "span", "first", "at"], name="forecasting_snapshot_by_period")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.pipeline_id} {self.first} {self.day}"

    @property
    def period(self) -> Period:
        return Period(Span(self.span), self.first)


class Chance(models.Model):
    """The chance of an open deal as last computed: of being won `ever`, and `within` the days until `until`; `low` to `high` is
    the interval that `like` earlier deals of the same chance give, `table` what its stage alone would say. `reasons` are themes
    with the points they move it by, the strongest first."""

    deal = models.OneToOneField(Deal, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    until = models.DateField()
    ever = models.FloatField()
    within = models.FloatField()
    table = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    like = models.PositiveIntegerField()
    reasons = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.deal_id} {self.ever:.2f}"


class Computing(models.Model):
    """A computing of a pipeline's forecasts, asked for or nightly: how far it has come (0 to 1), and how it ended."""

    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    progress = models.FloatField(default=0.0)
    failed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pipeline"], condition=Q(ended_at=None), name="forecasting_computing_one_at_a_time"),
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.pipeline_id} {self.progress:.0%}"
