"""What an audit stands on: the deals that its eyes see, and the history of the pipeline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np

from piste.company.models import Member
from piste.deals.models import Deal, DealSet
from piste.insights.queries import Reading, Scope, earlier, reading, settled
from piste.insights.queries.figures import StageFigures, Within, estimates, stage_figures, value
from piste.insights.queries.whole_numbers import in_days, table
from piste.pipelines.models import Pipeline, Stage
from piste.pipelines.queries import stages_in_use
from piste.stats.conversion import Incidence
from piste.stats.history import Ints

#: What figures of an audit are counted over, and what a stage or field that nobody used has been left alone for.
YEAR, HALF, QUARTER = timedelta(days=365), timedelta(days=180), timedelta(days=90)


@dataclass(frozen=True)
class Ground:
    """A pipeline as somebody sees it (`eyes`; None sees all) at a moment; `today` is the company's day."""

    pipeline: Pipeline
    eyes: Member | None
    at: datetime
    today: date
    currency: str

    @cached_property
    def seen(self) -> DealSet:
        """All present deals of the pipeline, however they ended."""
        deals = Deal.objects.all() if self.eyes is None else Deal.objects.visible_to(self.eyes)
        return deals.present().filter(pipeline=self.pipeline)

    @cached_property
    def open(self) -> DealSet:
        """Those that are to be won."""
        return self.seen.filter(status="open", stage__in=[stage.pk for stage in self.selling])

    @cached_property
    def open_count(self) -> int:
        return self.open.count()

    @cached_property
    def stages(self) -> list[Stage]:
        return stages_in_use(self.pipeline.pk)

    @cached_property
    def selling(self) -> list[Stage]:
        return [stage for stage in self.stages if stage.role != "retention"]

    @cached_property
    def read(self) -> Reading:
        return reading(Scope(self.pipeline, settled(self.at), member=self.eyes))

    @cached_property
    def year(self) -> Within:
        return Within(self.at - YEAR)

    @cached_property
    def figures(self) -> list[StageFigures]:
        return stage_figures(self.read, self.year)

    @cached_property
    def rates_before(self) -> dict[int, Incidence]:
        """The estimates of conversion of the year before by the place of the stage, watched for as long."""
        return estimates(earlier(self.read, self.at - YEAR), Within(self.at - 2 * YEAR, self.at - YEAR))

    def since(self, span: timedelta) -> float:
        """A moment so long ago, as histories say it."""
        return in_days(self.at - span)

    def ids(self, deals: DealSet) -> Ints:
        """Ascending ids of deals: numbers alone, for there may be a hundred thousand."""
        return table(deals.order_by("pk").values_list("pk"))[:, 0]

    def worth(self, deals: Iterable[int]) -> dict[str, int]:
        """What deals are worth by currency, in minor units."""
        wanted = np.fromiter(deals, dtype=np.int64)
        return value(self.read, wanted[np.isin(wanted, self.read.facts.id)])
