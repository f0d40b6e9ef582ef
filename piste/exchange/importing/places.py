"""Which stage and status a row means: by the mapping, by the company's own names, by other programs' usual names."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from piste.company.models import Member
from piste.deals.models import LossReason
from piste.deals.operations import add_loss_reason
from piste.exchange.reading.headers import STAGE_ROLES, status_of
from piste.exchange.reading.mapping import Mapping
from piste.foundations.names import search_words
from piste.pipelines.models import Pipeline, Stage
from piste.pipelines.operations import add_stage, create_pipeline
from piste.pipelines.queries import stages_in_use
from piste.pipelines.rules import Shape

from .report import Report

#: What stands in a mapping written by `--write-map` until a person answers.
UNANSWERED = "?"
#: The meaning of a value that becomes a stage of its own.
NEW = "new"
#: As many values are asked about one by one.
ASKED = 60


@dataclass(frozen=True, slots=True)
class Place:
    """A stage (None: where the deal is) and a status (empty: not said)."""

    stage: Stage | None
    status: str = ""
    ignored: bool = False


class Places:
    """The stages of the pipeline an import goes to."""

    def __init__(self, mapping: Mapping, *, by: Member | None, at: datetime, dry: bool) -> None:
        self.by, self.at, self.dry = by, at, dry
        #: What had to be made, for the undoing: kind and key.
        self.made: list[tuple[str, int]] = []
        self.pipeline, self.stages = self._pipeline(mapping)
        self.by_name = {search_words(stage.name): stage for stage in self.stages}
        self.by_role: dict[str, Stage] = {}
        for stage in self.stages:
            self.by_role.setdefault(stage.role, stage)
        self.told = {search_words(value): meaning for value, meaning in mapping.values.items()}
        for spec in mapping.stages:
            for value in spec.values:
                self.told[search_words(value)] = spec.name
        self.status_of_stage = {search_words(spec.name): spec.status for spec in mapping.stages if spec.name}
        self.unknown: Counter[str] = Counter()
        self.reasons = {search_words(reason.name): reason for reason in LossReason.objects.all()}

    def _pipeline(self, mapping: Mapping) -> tuple[Pipeline, list[Stage]]:
        found = Pipeline.objects.in_use()
        pipeline = (
            found.filter(name__iexact=mapping.pipeline).first() if mapping.pipeline else found.order_by("position", "pk").first()
        )
        if pipeline is not None:
            return pipeline, _with(pipeline, stages_in_use(pipeline.pk))
        name = mapping.pipeline or _("Sales")
        named = [spec for spec in mapping.stages if spec.name]
        steps = max(1, len(named))
        shape = [
            (spec.name, spec.role, 100 if spec.status == "won" else round(90 * place / steps), None)
            for place, spec in enumerate(named)
        ]
        if self.dry:
            pipeline = Pipeline(name=name)
            return pipeline, [
                Stage(pk=-place, pipeline=pipeline, name=label, role=role, position=place)
                for place, (label, role, _chance, _norm) in enumerate(shape or _DRY_SHAPE, start=1)
            ]
        pipeline = create_pipeline(name=name, stages=shape or None, by=self.by, at=self.at, why=_("Import"), cause="import")
        self.made.append(("pipeline", pipeline.pk))
        return pipeline, _with(pipeline, stages_in_use(pipeline.pk))

    def of(self, value: str, *, count: bool = True) -> Place | None:
        """What a value of the stage column means; None when it is unknown (it is counted, to be asked about)."""
        words = search_words(value)
        if not words:
            return Place(None)
        meaning = self.told.get(words)
        if meaning is not None and meaning != UNANSWERED:
            if meaning in ("won", "lost"):
                return Place(None, meaning)
            if meaning in ("ignore", ""):
                return Place(None, ignored=True)
            if meaning == NEW:
                return Place(self.by_name.get(words) or self._new_stage(value.strip()))
            words = search_words(meaning)
        stage = self.by_name.get(words)
        if stage is not None:
            return Place(stage, self.status_of_stage.get(words, ""))
        status = status_of(value)
        if status:
            return Place(None, status)
        role = STAGE_ROLES.get(words)
        if role is not None and role in self.by_role:
            return Place(self.by_role[role])
        if count:
            self.unknown[value.strip()] += 1
        return None

    def _new_stage(self, name: str) -> Stage:
        """A stage of this name, made behind the last one before the customers'."""
        before = [stage for stage in self.stages if stage.role != "retention"]
        last = before[-1] if before else None
        if self.dry:
            made = Stage(pk=-len(self.stages) - 1, pipeline=self.pipeline, name=name[:80], role="qualification")
        else:
            shape = Shape(name=name[:80], role="qualification", probability=last.probability if last else 10)
            made = add_stage(pipeline=self.pipeline, shape=shape, after=last, by=self.by, at=self.at, why=_("Import"))
            self.made.append(("stage", made.pk))
            made.pipeline = self.pipeline
        self.stages.insert(len(before), made)
        self.by_name[search_words(name)] = made
        return made

    @property
    def first(self) -> Stage:
        return self.stages[0]

    @property
    def landing(self) -> Stage | None:
        """Where won deals go on."""
        return self.by_role.get("retention")

    def reason(self, text: str) -> LossReason:
        """The reason of this name, made when it is missing; one that says it is unknown when the file says nothing."""
        name = text.strip()[:120] or _("Not told by the import")
        key = search_words(name)
        if key not in self.reasons:
            if self.dry:
                self.reasons[key] = LossReason(name=name)
            else:
                self.reasons[key] = add_loss_reason(name=name, by=self.by, at=self.at, cause="import")
                self.made.append(("reason", self.reasons[key].pk))
        return self.reasons[key]

    def ask(self, report: Report) -> None:
        """Adds a question for each value that no stage is known for; a column of thousands of them is no column of stages."""
        for value, count in self.unknown.most_common(ASKED):
            report.questions.append(("ask_stage", {"value": value, "count": count}))


_DRY_SHAPE = [(role, role, 0, None) for role in ("prospecting", "qualification", "meeting", "proposal", "closing", "retention")]


def _with(pipeline: Pipeline, stages: list[Stage]) -> list[Stage]:
    for stage in stages:
        stage.pipeline = pipeline
    return stages
