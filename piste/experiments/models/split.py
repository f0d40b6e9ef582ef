"""Split tests, their variants, and which deal got which."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from piste.company.models import Member
from piste.deals.models import Deal
from piste.experiments.rules import Way, Wording, way_from_json
from piste.pipelines.models import Pipeline, ProcessVersion, Stage
from piste.playbooks.models import Template

from .ideas import Idea


class Unit(models.TextChoices):
    """What is drawn."""

    DEAL = "deal", _("each deal")
    COMPANY = "company", _("each company, with all its deals")
    REP = "rep", _("each rep, with all their deals")


class Measure(models.TextChoices):
    """What variants are compared by; every one within a number of days from the entry into the stage."""

    REACHES = "reaches", _("reaches a stage")
    WINS = "wins", _("is won")
    AMOUNT = "amount", _("amount won")
    DAYS = "days", _("days in the stage")


class Decision(models.TextChoices):
    """What was concluded."""

    ADOPT = "adopt", _("Adopt")
    REJECT = "reject", _("Reject")
    NONE = "none", _("No effect seen")


class SplitTestSet(models.QuerySet["SplitTest"]):
    """Words to speak of split tests."""

    def kept(self) -> SplitTestSet:
        """All but the designs that were dropped."""
        return self.filter(dropped_at=None)

    def in_force(self) -> SplitTestSet:
        """Those whose variants still apply to the deals that have one: started, not decided."""
        return self.filter(started_at__isnull=False, decided_at=None)

    def drawing(self) -> SplitTestSet:
        """Those that give deals a variant as they enter."""
        return self.in_force().filter(paused_at=None, stopped_at=None)


class SplitTest(models.Model):
    """A comparison of variants, each of which does one or more things otherwise (`Variant`, `Change`).

    Deals that enter `stage` for the first time and are among `among` (a filter as `rules.among_as_json` writes it) are drawn.
    `smallest` is the smallest difference worth finding, `bar` the least estimate at which the winner is adopted: in points of
    per cent for shares, in whole currency units for amounts, in days for days. `planned_count` units are drawn in all;
    `expected` keeps what the plan was reckoned from. `arms` are [variant, share in per cent], fixed at the start with `salt`.
    `guards` are as `rules.Guard` tells them, `verdict` what the figures said when it was decided.
    """

    number = models.PositiveIntegerField()
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    idea = models.ForeignKey(Idea, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=120)
    unit = models.CharField(max_length=8, choices=Unit, default=Unit.DEAL)
    among = models.JSONField(default=dict, blank=True)
    measure = models.CharField(max_length=8, choices=Measure, default=Measure.REACHES)
    goal = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True, related_name="+")
    within_days = models.PositiveSmallIntegerField(default=30)
    currency = models.CharField(max_length=3, blank=True)
    smallest = models.DecimalField(max_digits=14, decimal_places=3)
    bar = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    guards = models.JSONField(default=list, blank=True)
    planned_count = models.PositiveIntegerField()
    expected = models.JSONField(default=dict, blank=True)
    is_factorial = models.BooleanField(default=False)
    salt = models.CharField(max_length=32)
    arms = models.JSONField(default=list, blank=True)

    designed_at = models.DateTimeField()
    designed_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    dropped_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    paused_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.CharField(max_length=8, choices=Decision, blank=True)
    words = models.TextField(blank=True)
    verdict = models.JSONField(default=dict, blank=True)
    winner = models.ForeignKey("Variant", models.PROTECT, null=True, blank=True, related_name="+")
    version = models.ForeignKey(ProcessVersion, models.PROTECT, null=True, blank=True, related_name="+")
    rolled_out_at = models.DateTimeField(null=True, blank=True)
    retest_on = models.DateField(null=True, blank=True)

    objects = SplitTestSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pipeline", "number"], name="experiments_test_number"),
            models.CheckConstraint(condition=Q(stopped_at=None) | Q(started_at__isnull=False), name="experiments_test_stopped"),
            models.CheckConstraint(condition=Q(decided_at=None) | Q(stopped_at__isnull=False), name="experiments_test_decided"),
            models.CheckConstraint(condition=Q(planned_count__gt=0), name="experiments_test_planned"),
        ]
        indexes = [
            models.Index(
                fields=["stage"], condition=Q(started_at__isnull=False, decided_at=None), name="experiments_test_in_force"
            )
        ]
        ordering = ["-number"]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> str:
        """`design`, `running`, `paused`, `stopped`, `decided` or `rolled_out`."""
        for name, moment in (
            ("rolled_out", self.rolled_out_at),
            ("decided", self.decided_at),
            ("stopped", self.stopped_at),
            ("paused", self.paused_at),
            ("running", self.started_at),
        ):
            if moment is not None:
                return name
        return "design"


class Variant(models.Model):
    """One way of working, made of as many changes as one likes; what it leaves None, and of what it has no `Change`, is as for
    everybody.

    `guide` is a whole playbook (`rules.guide_as_json`), `needs` the facts required to leave the stage, `clock_days` the working
    days that the contact clock gives from the entry (0: no clock). The one at position 0 is the control: it changes nothing.
    """

    test = models.ForeignKey(SplitTest, models.CASCADE, related_name="variants")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    share = models.PositiveSmallIntegerField()
    guide = models.JSONField(null=True, blank=True)
    needs = models.JSONField(null=True, blank=True)
    clock_days = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["test", "position"], name="experiments_variant_position"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lt=100), name="experiments_variant_share"),
        ]
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name

    @property
    def letter(self) -> str:
        return "ABCDEFGH"[self.position]

    @property
    def wordings(self) -> dict[int, Wording]:
        """What it says otherwise by templates, by their keys."""
        return {row.template_id: row.wording for row in self.changes.all() if row.template_id is not None}

    @property
    def ways(self) -> dict[int, Way]:
        """What it does otherwise with automations, by their keys."""
        return {row.automation: row.way for row in self.changes.all() if row.automation is not None}


class Change(models.Model):
    """What a variant does otherwise with one template or one automation (its key): `said` is `rules.Wording` or `rules.Way`."""

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="changes")
    template = models.ForeignKey(Template, models.PROTECT, null=True, blank=True, related_name="+")
    automation = models.BigIntegerField(null=True, blank=True, db_index=True)
    said = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(template=None, automation__isnull=False) | Q(template__isnull=False, automation=None),
                name="experiments_change_of_one",
            ),
            models.UniqueConstraint(fields=["variant", "template"], name="experiments_change_template"),
            models.UniqueConstraint(fields=["variant", "automation"], name="experiments_change_automation"),
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.variant_id} {self.template_id or self.automation}"

    @property
    def wording(self) -> Wording:
        return Wording(**self.said)

    @property
    def way(self) -> Way:
        return way_from_json(self.said)


class Assignment(models.Model):
    """A deal got a variant as it entered the stage; never changed nor removed. `unit` is what was drawn, `deal:12` or so;
    `amount_minor` is what the deal was worth at that moment, which no variant can have changed."""

    test = models.ForeignKey(SplitTest, models.PROTECT, related_name="+", db_index=False)
    variant = models.ForeignKey(Variant, models.PROTECT, related_name="+", db_index=False)
    deal = models.ForeignKey(Deal, models.PROTECT, related_name="+")
    unit = models.CharField(max_length=28)
    amount_minor = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["test", "deal"], name="experiments_assignment_one")]
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.unit} {self.variant_id}"
