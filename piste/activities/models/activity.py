"""What people do and did: tasks, calls, meetings, e-mails; an undone one with a day is a step."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from piste.company.models import Member
from piste.deals.models import Deal
from piste.people.models import Company, Contact
from piste.playbooks.models import StandardActivity


class ActivityKind(models.TextChoices):
    """What one does. The first is for all that is none of the others."""

    TASK = "task", _("Task")
    CALL = "call", _("Call")
    MEETING = "meeting", _("Meeting")
    EMAIL = "email", _("E-mail")


KINDS: tuple[str, ...] = tuple(ActivityKind.values)


class Repeats(models.TextChoices):
    """How often an activity comes back once done."""

    WEEK = "week", _("Every week")
    MONTH = "month", _("Every month")
    QUARTER = "quarter", _("Every quarter")
    YEAR = "year", _("Every year")


class Outcome(models.Model):
    """What can come of an activity of one kind; a company's own list. `is_contact` says that the prospect was reached."""

    kind = models.CharField(max_length=8, choices=ActivityKind)
    name = models.CharField(max_length=80)
    is_contact = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("kind", Lower("name"), condition=Q(retired_at=None), name="activities_outcome_name")
        ]
        ordering = ["kind", "position", "pk"]

    def __str__(self) -> str:
        return self.name


def of_deal_in_play() -> Q:
    """The activities whose deal is there, and neither lost nor on hold; and those of no deal. Of what playbooks ask of a deal
    that is won, the customers’ stages alone: the sale has made the rest needless."""
    # A subquery, which only what is about a won deal comes to: a join would look up the stage of every step.
    of_customers = StandardActivity.objects.filter(stage__role="retention").order_by().values("pk")
    won = Q(deal__deleted_at=None, deal__status="won") & (Q(standard=None) | Q(standard__in=of_customers))
    return Q(deal=None) | Q(deal__deleted_at=None, deal__status="open") | won


class ActivitySet(models.QuerySet["Activity"]):
    """Words to speak of activities."""

    def present(self) -> ActivitySet:
        """All but those in the bin."""
        return self.filter(deleted_at=None)

    def undone(self) -> ActivitySet:
        return self.present().filter(done_at=None)

    def done(self) -> ActivitySet:
        return self.present().filter(done_at__isnull=False)

    def steps(self) -> ActivitySet:
        """Undone ones with a day."""
        return self.undone().filter(due_on__isnull=False)

    def in_play(self) -> ActivitySet:
        """Steps that count: as `of_deal_in_play` says, which is kept."""
        return self.steps().filter(in_play=True)

    def ahead(self) -> ActivitySet:
        """What is to be done, the first of a deal being its next step: what counts, and all of a deal on hold, which is to wake
        with a step."""
        return self.undone().filter(Q(in_play=True) | Q(deal__status="held"))

    def visible_to(self, member: Member) -> ActivitySet:
        """One's own, and those on what one may see."""
        deals = Deal.objects.visible_to(member).present()
        if not member.is_active:
            return self.none()
        if member.sees_all:
            return self
        contacts, companies = Contact.objects.visible_to(member), Company.objects.visible_to(member)
        seen = Q(assignee=member) | Q(deal__in=deals.order_by().values("pk"))
        seen |= Q(deal=None, contact__in=contacts.order_by().values("pk"))
        seen |= Q(deal=None, contact=None, company__in=companies.order_by().values("pk"))
        return self.filter(seen)

    def in_order(self) -> ActivitySet:
        """The earliest first, those without a day last; within a day those with an hour by it, then the others in the order
        they were planned."""
        return self.order_by(models.F("due_on").asc(nulls_last=True), models.F("due_at").asc(nulls_last=True), "pk")


class Activity(models.Model):
    """A task, call, meeting or e-mail about a deal, a contact or a company, or about the work itself; done or to be done.

    `due_on` is the day in the assignee's zone; `due_at` the moment when an hour was given too; `minutes` how long it takes.
    `standard` is the standard activity of a playbook that it came from; a deal has it once. `repeats` brings it back when
    done; `follows` is the one whose doing led to it. `in_play` is kept of what is undone and not in the bin: whether it is
    `of_deal_in_play`; of all else it says nothing. One `erased_at` some moment stays as a figure without a word.
    """

    kind = models.CharField(max_length=8, choices=ActivityKind, default=ActivityKind.TASK)
    title = models.CharField(max_length=200)
    detail = models.TextField(blank=True)
    deal = models.ForeignKey(Deal, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, blank=True, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="+")
    assignee = models.ForeignKey(Member, models.PROTECT, related_name="+", db_index=False)
    due_on = models.DateField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveIntegerField(null=True, blank=True)
    repeats = models.CharField(max_length=8, choices=Repeats, blank=True)
    standard = models.ForeignKey(StandardActivity, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    follows = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    updated_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    outcome = models.ForeignKey(Outcome, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    result = models.TextField(blank=True)
    in_play = models.BooleanField(default=True, db_default=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = ActivitySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(due_at=None) | Q(due_on__isnull=False), name="activities_activity_due"),
            models.CheckConstraint(condition=~Q(title=""), name="activities_activity_title"),
            models.CheckConstraint(condition=Q(outcome=None) | Q(done_at__isnull=False), name="activities_activity_outcome"),
            models.UniqueConstraint(
                fields=["deal", "standard"], condition=Q(standard__isnull=False), name="activities_standard_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["deal", "due_on"],
                condition=Q(done_at=None, deleted_at=None),
                name="activities_activity_to_do",
            ),
            # Steps that count, with all that a day asks to count and to order them: they are not looked up one by one, nor those
            # that lost deals have left undone by the thousands.
            models.Index(
                fields=["assignee", "due_on", "due_at", "id", "in_play", "done_at", "deleted_at"],
                condition=Q(in_play=True, done_at=None, deleted_at=None),
                name="activities_activity_of_member",
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(done_at=None, deleted_at=None, due_at__isnull=False),
                name="activities_activity_at_hour",
            ),
            models.Index(fields=["deal", "-done_at"], name="activities_activity_of_deal"),
            models.Index(
                fields=["deleted_at"],
                condition=Q(deleted_at__isnull=False, erased_at=None),
                name="activities_activity_in_bin",
            ),
            # Of what is done alone: a plan of the database would take it for what is not done, and read all of that.
            models.Index(
                fields=["assignee", "-done_at", "deleted_at"],
                condition=Q(done_at__isnull=False),
                name="activities_activity_done_of",
            ),
            models.Index(
                fields=["due_on", "due_at", "id", "deal", "assignee", "contact", "company", "in_play", "done_at", "deleted_at"],
                condition=Q(in_play=True, done_at=None, deleted_at=None),
                name="activities_activity_on_day",
            ),
            models.Index(
                fields=["assignee", "due_on"],
                condition=Q(due_at__isnull=False, deleted_at=None),
                name="activities_activity_agenda",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> tuple[str, int]:
        """What it is about, as the journal names it; itself where it is about nobody."""
        if self.deal_id is not None:
            return "deal", self.deal_id
        if self.contact_id is not None:
            return "contact", self.contact_id
        return ("company", self.company_id) if self.company_id is not None else ("activity", self.pk)
