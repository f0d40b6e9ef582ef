"""Ways of looking at deals that people keep: saved views, and what each has chosen for themselves."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from piste.company.models import Member
from piste.pipelines.models import Pipeline


class Screen(models.TextChoices):
    """How the deals of a pipeline are shown."""

    BOARD = "board", _("Board")
    LIST = "list", _("List")


class SavedViewSet(models.QuerySet["SavedView"]):
    """Words to speak of saved views."""

    def visible_to(self, member: Member) -> SavedViewSet:
        """One's own, and those shared."""
        return self.filter(Q(author=member) | Q(is_shared=True))


class SavedView(models.Model):
    """A name for a screen of a pipeline with its filter and order (`asked`, as its address says them) and its columns (empty
    for those each member has chosen)."""

    name = models.CharField(max_length=60)
    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="+")
    author = models.ForeignKey(Member, models.CASCADE, related_name="+")
    is_shared = models.BooleanField(default=False)
    screen = models.CharField(max_length=5, choices=Screen, default=Screen.LIST)
    asked = models.CharField(max_length=4000, blank=True)
    columns = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = SavedViewSet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("author", "pipeline", Lower("name"), name="deals_savedview_name")]
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def may_be_changed_by(self, member: Member) -> bool:
        """Its author's, and a manager's when it is everybody's."""
        return self.author_id == member.pk or (self.is_shared and member.may_manage)


class Habit(models.Model):
    """What a member has chosen for themselves: the columns of their lists, and the view that Piste opens with."""

    member = models.OneToOneField(Member, models.CASCADE, related_name="+")
    columns = models.JSONField(default=list, blank=True)
    opens_with = models.ForeignKey(SavedView, models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.member_id}"
