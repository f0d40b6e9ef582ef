"""What a draft does to split tests that run, and to automations, said before it is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from piste.automations.rules import Recipe, stages_named
from piste.deals.models import Deal
from piste.experiments.models import SplitTest
from piste.experiments.queries.varied import parts, parts_of
from piste.foundations import typography
from piste.pipelines.queries import Wanted
from piste.web.templatetags.piste import tongue


@dataclass(slots=True)
class Foreseen:
    """What a draft means for some deals of a stage: `deals` are the first of them that the reader may see, `others` how many
    more there are. For what else it touches, `links` lead there: an address and its name."""

    said: str
    stage: int = 0
    deals: list[Deal] = field(default_factory=list)
    others: int = 0
    links: list[tuple[str, str]] = field(default_factory=list)


def interfering(state: Wanted, pipeline_id: int, leaving: Mapping[int, str]) -> list[Foreseen]:
    """Tests in force whose stage leaves, or of which the draft changes what everybody, the control among them, does."""
    found = []
    tests = SplitTest.objects.in_force().filter(pipeline_id=pipeline_id).order_by("number").prefetch_related("variants__changes")
    for test in tests:
        links = [(reverse("test", args=[pipeline_id, test.number]), test.title)]
        varied = parts(test, test.variants.all())
        if test.stage_id in leaving:
            said = gettext("The split test “%(title)s” runs at %(stage)s: no deal will enter it any more.")
            facts = {"title": test.title, "stage": leaving[test.stage_id]}
            found.append(Foreseen(typography.sentence(said % facts, tongue()), test.stage_id, links=links))
        elif parts_of(varied, state.now) != parts_of(varied, state.definition):
            said = gettext(
                "The split test “%(title)s” compares with what this draft changes: decide it first, or it will be blurred."
            )
            found.append(Foreseen(typography.sentence(said % {"title": test.title}, tongue()), test.stage_id, links=links))
    return found


def orphaned(state: Wanted, pipeline_id: int, leaving: Mapping[int, str]) -> list[Foreseen]:
    """The automations that name a stage about to leave, by the stage."""
    rows = state.definition.get("automations", ()) if leaving else ()
    named = [(row, stages_named(Recipe.of(row["recipe"]))) for row in rows]
    found = []
    for key, stage in leaving.items():
        links = [(reverse("automation", args=[pipeline_id, row["id"]]), row["name"]) for row, stages in named if key in stages]
        if links:
            said = ngettext(
                "%(count)s automation names %(stage)s: it would no longer do what it says.",
                "%(count)s automations name %(stage)s: they would no longer do what they say.",
                len(links),
            ) % {"count": typography.number(len(links), tongue()), "stage": stage}
            found.append(Foreseen(typography.sentence(said, tongue()), key, links=links))
    return found
