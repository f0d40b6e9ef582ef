"""The figures of the insights by their keys: each can be drawn alone, without the others of its page."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from piste.company.models import CustomField
from piste.insights.queries.losses import losses
from piste.web.forecast import catalogue as ahead
from piste.web.parts.charts.figure import Figure

from . import losing, sourcing, teaming
from .advancing import trait_figure
from .asking import Question
from .flowing import flow_map
from .glass_shown import glass_figure
from .groups import OWN, groups, own_fields
from .sales import won_figure
from .stage_table import stage_figure, stake_figure
from .wins import outcome_figure


@dataclass(frozen=True, slots=True)
class Entry:
    """A figure one may ask for: what it is called, the page it stands on (by the name of its address), and how it is drawn; None
    where there is nothing to draw. `name` is what that page calls it, where its key says more."""

    key: str
    title: Promise | str
    screen: str
    draw: Callable[[Question], Figure | None]
    name: str = ""


def _products(question: Question) -> Figure | None:
    return sourcing.group_figure(question, "product", gettext("By product"))


def _campaigns(question: Question) -> Figure | None:
    return sourcing.group_figure(question, "campaign", gettext("By campaign"))


def _value(question: Question) -> Figure:
    return sourcing.value_figure(question, groups(question, "source"))


def _rates(question: Question) -> Figure:
    return sourcing.rate_figure(question, groups(question, "source"))


def _wins(question: Question) -> Figure:
    return teaming.win_figure(question, teaming.everybody(question)[0])


def _work(question: Question) -> Figure:
    return teaming.work_figure(question, *teaming.everybody(question))


ENTRIES = (
    Entry("glass", gettext_lazy("The glass"), "insights", lambda asked: glass_figure(asked, asked.bottleneck)),
    Entry(
        "stages", gettext_lazy("Conversion and time by stage"), "insights", lambda asked: stage_figure(asked, asked.bottleneck)
    ),
    Entry("traits", gettext_lazy("What advancing deals share"), "insights", lambda asked: trait_figure(asked, asked.bottleneck)),
    Entry("won", gettext_lazy("Won by quarter"), "insights", won_figure),
    Entry("outcomes", gettext_lazy("Wins, losses and pace"), "insights", outcome_figure, "wins"),
    Entry("flows", gettext_lazy("Where deals go"), "insights", flow_map),
    Entry("stakes", gettext_lazy("What each stage holds back"), "insights", lambda asked: stake_figure(asked, asked.ranked)),
    Entry("wins", gettext_lazy("Win rate by owner"), "insights_team", _wins),
    Entry("targets", gettext_lazy("Targets, pace and coverage"), "insights_team", ahead.targets),
    Entry("work", gettext_lazy("Activities and what they yield"), "insights_team", _work),
    Entry("following", gettext_lazy("Do those who follow the playbook win more?"), "insights_team", teaming.following_figure),
    Entry("value", gettext_lazy("What each source brought"), "insights_sources", _value),
    Entry("rates", gettext_lazy("Win rate by source"), "insights_sources", _rates),
    Entry("products", gettext_lazy("By product"), "insights_sources", _products, "product"),
    Entry("campaigns", gettext_lazy("By campaign"), "insights_sources", _campaigns, "campaign"),
    Entry(
        "reasons",
        gettext_lazy("Why deals are lost"),
        "insights_losses",
        lambda asked: losing.reason_figure(asked, losses(asked.reading, asked.within)),
    ),
    Entry(
        "places",
        gettext_lazy("Where deals are lost"),
        "insights_losses",
        lambda asked: losing.place_figure(asked, losses(asked.reading, asked.within)),
    ),
    Entry("sizes", gettext_lazy("Losses by size of the deal"), "insights_losses", losing.size_figure),
    Entry("course", gettext_lazy("How the period comes along"), "forecast_ahead", ahead.course),
    Entry("methods", gettext_lazy("The forecast beside the usual ones"), "forecast_ahead", ahead.methods),
    Entry("forecasts", gettext_lazy("Forecast by team, rep and product"), "forecast_ahead", ahead.of_whom, "groups"),
)
CATALOGUE = {entry.key: entry for entry in ENTRIES}
#: What the key of losses by an own field begins with; one of sources begins as the grouping does.
LOST_BY = "lost-"


def own_entries() -> list[Entry]:
    """The figures by the company's own fields, which differ from company to company."""
    found = own_fields()
    return [*(_by_field(field) for field in found), *(_lost_by_field(field) for field in found)]


def entries_of(keys: Collection[str]) -> dict[str, Entry]:
    """The figures of these keys that there are; own fields are asked only where a key may be of one."""
    own = {entry.key: entry for entry in own_entries()} if any(key.startswith((OWN, LOST_BY)) for key in keys) else {}
    every = CATALOGUE | own
    return {key: every[key] for key in keys if key in every}


def on_page(screen: str, name: str) -> Entry | None:
    """The figure that a page calls so; None where it has none of the name."""
    every = (*ENTRIES, *own_entries()) if name.startswith(OWN) else ENTRIES
    return next((entry for entry in every if (entry.screen, entry.name or entry.key) == (screen, name)), None)


def _by_field(field: CustomField) -> Entry:
    title = gettext("By %(field)s") % {"field": field.label}
    key = OWN + field.key
    return Entry(key, title, "insights_sources", lambda asked: sourcing.group_figure(asked, key, title))


def _lost_by_field(field: CustomField) -> Entry:
    title = gettext("Losses by %(field)s") % {"field": field.label}

    def draw(asked: Question) -> Figure | None:
        return losing.own_figure(asked, field, losses(asked.reading, asked.within))

    return Entry(LOST_BY + field.key, title, "insights_losses", draw, OWN + field.key)
