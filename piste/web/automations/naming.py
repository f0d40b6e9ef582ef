"""The names that a recipe speaks of, fetched once for a page."""

from __future__ import annotations

from functools import cached_property

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from piste.activities.models import ActivityKind, Outcome
from piste.company.models import CustomField, FieldSubject, Member, Team
from piste.deals.models import LossReason, Source
from piste.experiments.models import Variant
from piste.pipelines.models import Pipeline, Stage
from piste.playbooks.models import Template


class Names:
    """Names by their numbers, of what is in use and of what no longer is; each table is asked once, when it is first needed."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline

    @cached_property
    def stage_rows(self) -> list[Stage]:
        return list(Stage.objects.filter(pipeline=self.pipeline).order_by("position", "pk"))

    @cached_property
    def members(self) -> list[Member]:
        return list(Member.objects.get_queryset().order_by("name", "pk"))

    @cached_property
    def teams(self) -> list[Team]:
        return list(Team.objects.all())

    @cached_property
    def sources(self) -> list[Source]:
        return list(Source.objects.all())

    @cached_property
    def reasons(self) -> list[LossReason]:
        return list(LossReason.objects.all())

    @cached_property
    def templates(self) -> list[Template]:
        found = Template.objects.filter(stage__pipeline=self.pipeline, kind="email").select_related("stage")
        return list(found.order_by("stage__position", "position", "pk"))

    @cached_property
    def fields(self) -> list[CustomField]:
        return list(CustomField.objects.filter(subject=FieldSubject.DEAL))

    @cached_property
    def outcomes(self) -> list[Outcome]:
        return list(Outcome.objects.all())

    @cached_property
    def variants(self) -> list[Variant]:
        found = Variant.objects.filter(test__stage__pipeline=self.pipeline).select_related("test")
        return list(found.order_by("-test__pk", "position"))

    def variant(self, key: object) -> str:
        return next((f"{row.test}, {row.name}" for row in self.variants if str(row.pk) == str(key)), "…")

    def stage(self, key: object) -> str:
        return next((row.name for row in self.stage_rows if str(row.pk) == str(key)), "…")

    def member(self, key: object) -> str:
        return next((row.name for row in self.members if str(row.pk) == str(key)), "…")

    def team(self, key: object) -> str:
        return next((row.name for row in self.teams if str(row.pk) == str(key)), "…")

    def source(self, key: object) -> str:
        return next((row.name for row in self.sources if str(row.pk) == str(key)), "…")

    def template(self, key: object) -> str:
        return next((row.name for row in self.templates if str(row.pk) == str(key)), "…")

    def reason(self, key: object) -> str:
        return next((row.name for row in self.reasons if str(row.pk) == str(key)), "…")

    def outcome(self, key: object) -> str:
        return next((row.name for row in self.outcomes if str(row.pk) == str(key)), "…")

    def field(self, fact: str) -> CustomField | None:
        key = fact.removeprefix("custom:")
        return next((row for row in self.fields if fact.startswith("custom:") and row.key == key), None)

    def fact(self, fact: str) -> str:
        """A fact of a deal, in the middle of a sentence."""
        field = self.field(fact)
        return field.label if field is not None else fact_labels().get(fact, fact)

    def value(self, fact: str, value: str) -> str:
        """A value of a fact, in words."""
        match fact:
            case "stage" | "owner" | "team" | "source" | "variant":
                find = {
                    "stage": self.stage,
                    "owner": self.member,
                    "team": self.team,
                    "source": self.source,
                    "variant": self.variant,
                }
                return find[fact](value)
        field = self.field(fact)
        if field is not None:
            from piste.web.parts import custom_fields

            return custom_fields.show(field, value == "yes" if field.kind == "yes_no" else value)
        return value


def fact_labels() -> dict[str, str]:
    """Facts of a deal in the middle of a sentence."""
    return {
        "amount": _("the amount"),
        "amount_minor": _("the amount"),
        "stage": _("the stage"),
        "owner": _("the owner"),
        "team": _("the team"),
        "source": _("the source"),
        "tag": _("a tag"),
        "variant": _("the variant of a split test"),
        "tags": _("the tags"),
        "expected_close_on": _("the expected close date"),
    }


def headed(text: str) -> str:
    """Words of a sentence as the label of a choice."""
    return str(capfirst(text))


def kind_name(kind: str) -> str:
    """What one does, in the middle of a sentence."""
    return str(dict(ActivityKind.choices).get(kind, kind)).lower()
