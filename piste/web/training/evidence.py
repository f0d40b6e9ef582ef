"""The figures that lessons name, asked anew each time: traits of the deals that went on from a stage, and decided split tests.

They are the company's published figures, over all its deals, whoever reads: a rep who sees their own deals alone would have too
few to learn from. They name no deal and nobody; the page behind a trait, which does, is linked for those who see all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from piste.experiments.models import SplitTest
from piste.foundations import typography
from piste.foundations.numbers import row_number
from piste.insights.queries import Reading, Scope, StagePlace, reading, settled
from piste.insights.queries.figures import Within
from piste.insights.queries.traits import NO, YES, traits_of
from piste.pipelines.models import Pipeline
from piste.stats.traits import Trait, Traits
from piste.training import rules
from piste.web.access import MemberRequest
from piste.web.experiments import kept
from piste.web.insights import words
from piste.web.insights.advancing import TraitNames
from piste.web.parts.charts import strip
from piste.web.templatetags.piste import tongue

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A figure in words: what, how much, what it rests on; `holds` is False for one that no longer stands out."""

    key: str
    words: str
    said: str
    rests_on: str
    href: str
    holds: bool
    strip: strip.Strip | None = None
    where: str = ""
    helps: bool = True


class Figures:
    """The figures of a pipeline within a year; each stage's are made when first asked for."""

    def __init__(self, request: MemberRequest, pipeline: Pipeline) -> None:
        self.request, self.pipeline = request, pipeline
        self.within = Within(settled(request.now) - YEAR)

    @cached_property
    def read(self) -> Reading:
        return reading(Scope(self.pipeline, settled(self.request.now)))

    @cached_property
    def names(self) -> TraitNames:
        return TraitNames()

    @cached_property
    def tests(self) -> dict[int, SplitTest]:
        """The decided split tests, newest first."""
        found = SplitTest.objects.filter(pipeline=self.pipeline, decided_at__isnull=False)
        return {test.pk: test for test in found.select_related("stage", "winner", "decided_by").order_by("-decided_at")}

    @property
    def stages(self) -> list[StagePlace]:
        return [stage for stage in self.read.stages if stage.in_use and stage.is_selling]

    def traits(self, stage: StagePlace) -> Traits:
        return traits_of(self.read, stage.place, self.within)

    def found(self, stage: StagePlace) -> list[Evidence]:
        """The traits that stand out at a stage, the strongest first; one of two that say the same."""
        told = self.traits(stage)
        affirmed = {trait.field for trait in told.found if trait.value == YES}
        kept = [one for one in told.found if one.is_found and not (one.value == NO and one.field in affirmed)]
        return [self._trait(stage, one, told) for one in kept]

    def decided(self) -> list[Evidence]:
        """The split tests that were decided."""
        return [self._test(test) for test in self.tests.values()]

    def offered(self, named: Iterable[str] = ()) -> list[Evidence]:
        """Everything a lesson may name, with what it names already."""
        found = [one for stage in self.stages for one in self.found(stage)] + self.decided()
        known = {one.key for one in found}
        return found + [one for one in self.of(named) if one.key not in known]

    def of(self, keys: Iterable[str]) -> list[Evidence]:
        """The figures that a lesson names, as they are now."""
        return [found for key in keys if (found := self._of(key)) is not None]

    def _of(self, key: str) -> Evidence | None:
        parts = rules.read_key(key)
        if parts[0] == rules.TEST:
            number = row_number(parts[1])
            test = self.tests.get(number) if number is not None else None
            return self._test(test) if test is not None else None
        if len(parts) != 4:
            return None
        stage = next((one for one in self.read.stages if str(one.id) == parts[1]), None)
        if stage is None:
            return None
        told = self.traits(stage)
        trait = next((one for one in told.found if (one.field, one.value) == parts[2:]), None)
        if trait is None:
            said = _("too few deals to say")
            return Evidence(key, self.names.said(parts[2], parts[3]), said, "", self._page(stage), holds=False)
        return self._trait(stage, trait, told)

    def _trait(self, stage: StagePlace, trait: Trait, told: Traits) -> Evidence:
        numbers = {
            "without": typography.number(round(trait.lacking_shrunken * 100), tongue()),
            "with": words.rate(trait.having_shrunken, 0),
            "stage": stage.name,
        }
        rests_on = {
            "low": words.points(trait.low), "high": words.points(trait.high), "having": words.count(trait.having.n),
            "lacking": words.count(trait.lacking.n),
        }  # fmt: skip
        return Evidence(
            key=rules.trait_key(stage.id, trait.field, trait.value),
            words=self.names.of(trait),
            said=_("%(without)s to %(with)s go on from %(stage)s") % numbers,
            rests_on=_("%(having)s deals with it, %(lacking)s without; difference between %(low)s and %(high)s") % rests_on,
            href=self._page(stage),
            holds=trait.is_found,
            strip=strip.draw(
                *sorted((trait.lacking_shrunken, trait.having_shrunken)), tone="success" if trait.gap > 0 else "danger"
            ),
            where=stage.name,
            helps=trait.gap > 0,
        )

    def _test(self, test: SplitTest) -> Evidence:
        letter = kept.letter_of(test)
        told = [kept.gap(test, letter), kept.interval(test, letter)]
        if drawn := kept.units(test):
            told.append(ngettext("%(count)s drawn", "%(count)s drawn", drawn) % {"count": words.count(drawn)})
        said = str(test.get_decision_display())
        if test.winner is not None:
            said = _("%(decision)s: %(variant)s") % {"decision": said, "variant": test.winner.name}
        return Evidence(
            key=rules.test_key(test.pk),
            words=test.title,
            said=said,
            rests_on=", ".join(part for part in told if part),
            href=reverse("test", args=[self.pipeline.pk, test.number]),
            holds=test.decision == "adopt",
            where=test.stage.name,
            helps=test.decision == "adopt",
        )

    def _page(self, stage: StagePlace) -> str:
        return reverse("insights_stage", args=[self.pipeline.pk, stage.id]) if self.request.user.sees_all else ""
