"""What a test varies, in words: the text of a template or an automation; and what each variant does with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from piste.automations.models import Automation
from piste.automations.queries import automations_of
from piste.automations.rules import Recipe, action_of
from piste.experiments.models import SplitTest, Variant
from piste.experiments.queries.varied import changed_meanwhile, subjects
from piste.experiments.rules import AUTOMATION, TEMPLATE, way_from_json
from piste.foundations import typography
from piste.pipelines.models import Pipeline
from piste.playbooks.models import Template
from piste.web.automations import words as automation_words
from piste.web.automations.naming import Names
from piste.web.templatetags.piste import tongue


def choices(pipeline: Pipeline) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a test may vary besides how its stage is worked, for a choice in groups; a group of none is left out."""
    templates = Template.objects.filter(
        stage__pipeline=pipeline, stage__retired_at=None, retired_at=None, arm=None, kind="email"
    ).select_related("stage")
    texts = [
        (f"{TEMPLATE}:{row.pk}", _("Template “%(name)s” (%(stage)s)") % {"name": row.name, "stage": row.stage.name})
        for row in templates.order_by("stage__position", "position", "pk")
    ]
    own = [(f"{AUTOMATION}:{row.pk}", _("Automation “%(name)s”") % {"name": row.name}) for row in automations_of(pipeline.pk)]
    return [(name, rows) for name, rows in ((_("The text of a template"), texts), (_("An automation"), own)) if rows]


@dataclass(frozen=True, slots=True)
class Varied:
    """What a test varies besides a playbook: its template, or its automation with the names that its recipe speaks of."""

    template: Template | None = None
    automation: Automation | None = None
    names: Names | None = None

    @property
    def name(self) -> str:
        return str(self.template or self.automation or "")

    @property
    def runs(self) -> bool:
        """Whether the automation runs for everybody."""
        return self.automation is not None and self.automation.retired_at is None and self.automation.paused_at is None


def varied(test: SplitTest) -> Varied:
    """What a test varies; nothing of it when that is how its stage is worked."""
    if test.automation is not None:
        return Varied(automation=Automation.objects.filter(pk=test.automation).first(), names=Names(test.pipeline))
    return Varied(template=test.template)


def what(test: SplitTest, of: Varied) -> str:
    """« the text of “First mail” (Qualification) », « the automation “Watch”: when …: … »; empty for a playbook."""
    if of.template is not None:
        return _("the text of “%(name)s” (%(stage)s)") % {"name": of.name, "stage": of.template.stage.name}
    if of.automation is None or of.names is None:
        return ""
    said = automation_words.sentence(Recipe.of(of.automation.recipe), of.names)
    return _("the automation “%(name)s”: %(sentence)s") % {"name": of.name, "sentence": said}


def done(variant: Variant, of: Varied) -> list[str]:
    """What a variant does otherwise than everybody with what its test varies."""
    if variant.wording is not None:
        said = {"name": of.name, "subject": variant.wording["subject"] or of.name}
        return [_("writes by “%(name)s”: “%(subject)s”") % said]
    if variant.way is None:
        return []
    way = way_from_json(variant.way)
    if not way.on:
        return [_("does not run “%(name)s”") % {"name": of.name}]
    if way.do is None or of.names is None or of.automation is None:
        return [_("runs “%(name)s”") % {"name": of.name}]
    recipe = Recipe(Recipe.of(of.automation.recipe).when, (), tuple(action_of(one) for one in way.do))
    return [_("runs “%(name)s” with other actions: %(do)s") % {"name": of.name, "do": automation_words.doing(recipe, of.names)}]


def everybodys(of: Varied) -> list[str]:
    """What everybody, the control among them, does with it today."""
    if of.template is not None:
        return [_("writes by “%(name)s”: “%(subject)s”") % {"name": of.name, "subject": of.template.subject or of.name}]
    if of.automation is None:
        return []
    return [(_("runs “%(name)s”") if of.runs else _("does not run “%(name)s”")) % {"name": of.name}]


def meanwhile(test: SplitTest, variants: Sequence[Variant], *, as_of: datetime) -> list[str]:
    """What was done to what the test compares with while it ran, and what stopped by itself."""
    told = []
    names = subjects(variants)
    of = varied(test)
    for one in changed_meanwhile(test, names, as_of=as_of):
        said = {"number": one.number, "day": typography.day(one.at.date(), tongue(), weekday=False), "name": of.name}
        told.append((_gone(names) if one.gone else _changed(names)) % said)
    automation = of.automation
    stopped = automation is not None and automation.paused_why == "rate" and not automation.is_acting
    if test.decided_at is None and stopped and any((variant.way or {}).get("on") for variant in variants):
        told.append(_("“%(name)s” has paused by itself: no variant runs it any more.") % {"name": of.name})
    return told


def _changed(names: set[str]) -> str:
    if TEMPLATE in names:
        return _("v%(number)s of %(day)s changed “%(name)s” while the test ran: A wrote one thing before, another since.")
    if AUTOMATION in names:
        return _("v%(number)s of %(day)s changed, paused or resumed “%(name)s” while the test ran: A is not the same throughout.")
    return _("v%(number)s of %(day)s changed how everybody works here while the test ran: A is not the same throughout.")


def _gone(names: set[str]) -> str:
    if names & {TEMPLATE, AUTOMATION}:
        return _("v%(number)s of %(day)s took “%(name)s” out of use: from there on all variants are alike.")
    return _("v%(number)s of %(day)s took the stage out of use: no deal comes in any more.")


def kept_rows(variants: Sequence[Variant], test: SplitTest, of: Varied) -> dict[int, list[str]]:
    """By the key of a variant, what it does with what the test varies; of the control, and of who does as everybody, what that is
    today as long as the test is not decided."""
    today: list[str] = [] if test.decided_at is not None else everybodys(of)
    return {variant.pk: done(variant, of) or ([] if variant.position else today) for variant in variants}


def way_of(variant: Variant) -> Any:
    """What a variant does with the automation; None when it does as everybody."""
    return None if variant.way is None else way_from_json(variant.way)
