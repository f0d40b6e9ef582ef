"""The page of a pipeline: one sentence, the glass, conversion and time by stage, what advancing deals share, sales by quarter."""

from __future__ import annotations

from typing import Any

from .advancing import trait_figure
from .asking import Question
from .finding import finding
from .flowing import flow_map
from .glass_shown import glass_figure
from .sales import won_figure
from .stage_table import stage_figure, stake_figure
from .wins import outcome_figure


def page(question: Question) -> dict[str, Any]:
    """Everything the page shows."""
    first = question.bottleneck
    return {
        "finding": finding(question, question.ranked),
        "glass": glass_figure(question, first),
        "stage_figure": stage_figure(question, first),
        "traits": trait_figure(question, first),
        "won": won_figure(question),
        "outcomes": outcome_figure(question),
        "flows": flow_map(question),
        "stakes": stake_figure(question, question.ranked),
    }
