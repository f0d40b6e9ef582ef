"""What the figures say that a stage holds back, for an idea about it."""

from __future__ import annotations

from datetime import timedelta

from piste.experiments.rules import Gain
from piste.insights.queries import Scope, reading, settled
from piste.insights.queries.figures import Within, stage_figures
from piste.insights.queries.pipeline import stakes
from piste.pipelines.models import Pipeline, Stage
from piste.stats.bottleneck import LEAST
from piste.web.access import MemberRequest
from piste.web.member import company_of

#: The gain is that of a quarter, reckoned from the last year.
YEAR = timedelta(days=365)


def gain_of(request: MemberRequest, pipeline: Pipeline, stage: Stage | None) -> Gain | None:
    """What a quarter would bring if one in ten of those who stop in the stage went on; of the pipeline, that of the stage which
    holds most back. None when too few deals entered it."""
    settings = company_of(request)
    currency = settings.currency if settings else "EUR"
    as_of = settled(request.now)
    read = reading(Scope(pipeline=pipeline, as_of=as_of))
    within = Within(as_of - YEAR, as_of)
    figures = stage_figures(read, within)
    entered = {one.stage.place: (one.stage.id, len(one.conversion.entered)) for one in figures}
    for found in stakes(read, figures, {}, within, currency).stakes:
        key, count = entered[found.place]
        if (stage is None or key == stage.pk) and found.gain and count >= LEAST:
            return Gain(round(found.gain / 4), currency)
    return None
