"""What the pages of ideas and split tests show, prepared from the room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from piste.experiments.models import Assignment, Idea, SplitTest, Variant
from piste.experiments.queries import idea_rows, ideas
from piste.experiments.rules import guards_from_json
from piste.foundations import typography
from piste.pipelines.models import Pipeline, Stage
from piste.pipelines.queries import stages_in_use
from piste.web.access import MemberRequest
from piste.web.process.showing import ranked
from piste.web.process.tabs import tabs
from piste.web.templatetags.piste import tongue

from . import words
from .varied import Varied

#: Tests of a group shown beside a page; the decided ones are told by the latest.
LATEST = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A test in the list."""

    test: SplitTest
    counted: int
    note: str
    tone: str
    until: str

    @property
    def share(self) -> int:
        return min(100, self.counted * 100 // self.test.planned_count)

    @property
    def so_far(self) -> str:
        total = words.units(self.test.unit, self.test.planned_count)
        return _("%(count)s of %(total)s") % {"count": words.count(self.counted), "total": total}


@dataclass(frozen=True, slots=True)
class Phase:
    """A step of a test's life: `done`, `todo` or empty where it stands now."""

    name: str
    when: str
    state: str


def around(
    request: MemberRequest, pipeline: Pipeline, *, test: SplitTest | None = None, idea: Idea | None = None
) -> dict[str, Any]:
    """The head of the page and the list beside it."""
    drawn = Assignment.objects.filter(test=OuterRef("pk")).order_by().values("test")
    counted = Coalesce(Subquery(drawn.annotate(units=Count("unit", distinct=True)).values("units")), 0)
    found = SplitTest.objects.kept().filter(pipeline=pipeline).select_related("version").annotate(counted=counted)
    lines = [_line(row, getattr(row, "counted", 0), request.now) for row in found.order_by("-number")[: 5 * LATEST]]
    groups = [
        (_("Running"), [line for line in lines if line.test.state in ("running", "paused")], False),
        (_("To decide"), [line for line in lines if line.test.state == "stopped"], False),
        (_("In design"), [line for line in lines if line.test.state == "design"], True),
        (_("Decided"), [line for line in lines if line.test.state in ("decided", "rolled_out")][:LATEST], False),
    ]
    rows = idea_rows(pipeline.pk, member=request.user)
    return {
        "section": "process",
        "pipeline": pipeline,
        "pipelines": list(Pipeline.objects.in_use()),
        "tabs": tabs(pipeline, "tests"),
        "is_manager": request.user.may_manage,
        "groups": [group for group in groups if group[1] or not group[2]],
        "ideas": [row for row in rows if row.state == ideas.OPEN],
        "other_ideas": [(row, words.idea_state(row.state)) for row in rows if row.state != ideas.OPEN],
        "here": test.pk if test else None,
        "idea_here": idea.pk if idea else None,
    }


def _line(test: SplitTest, counted: int, now: datetime) -> Line:
    tone = {"adopt": "is-success", "reject": "is-danger"}.get(test.decision, "")
    until = ""
    if test.state in ("running", "paused"):
        ends = ending(test, counted, now)
        until = _("until about %(day)s") % {"day": words.on_day(ends)} if ends else ""
    elif test.decided_at:
        until = f"v{test.version.number}, {words.on_day(test.rolled_out_at)}" if test.version else words.on_day(test.decided_at)
    return Line(test, counted, words.state(test), tone, until)


def ending(test: SplitTest, counted: int, now: datetime) -> datetime | None:
    """When the last unit is known, at the pace so far (at the planned one in the first two weeks); None when nothing comes."""
    assert test.started_at is not None
    passed = (now - test.started_at).total_seconds() / 604_800
    planned = float(test.expected.get("per_week", 0) or 0)
    pace = planned if passed < 2 else counted / passed
    left = max(0, test.planned_count - counted)
    if left and pace <= 0:
        return None
    return now + timedelta(weeks=left / pace if left else 0, days=test.within_days)


def phases(test: SplitTest, *, counted: int, now: datetime) -> list[Phase]:
    """The six steps of the mock-up."""
    state = test.state
    reached = {"design": 1, "running": 2, "paused": 2, "stopped": 3, "decided": 4, "rolled_out": 5}[state]
    if state == "decided" and test.decision != "adopt":
        reached = 3  # what is not adopted ends with its result
    begun = words.on_day(test.started_at) if test.started_at else ""
    if test.stopped_at and test.started_at:
        begun = typography.day_range(test.started_at.date(), test.stopped_at.date(), tongue())
    elif test.started_at and (ends := ending(test, counted, now)):
        begun = _("since %(day)s, to about %(end)s") % {"day": begun, "end": words.on_day(ends)}
    rolled = f"{words.on_day(test.rolled_out_at)}, v{test.version.number}" if test.version else words.on_day(test.rolled_out_at)
    retest = _("due %(day)s") % {"day": words.on_day(test.retest_on)} if test.retest_on else ""
    told = [
        (_("Idea"), words.on_day(test.idea.created_at) if test.idea else "—"),
        (_("Design"), words.on_day(test.designed_at)),
        (_("Running"), begun),
        (_("Result"), words.on_day(test.decided_at)),
        (_("Rolled out"), rolled),
        (_("Re-test"), retest),
    ]
    return [
        Phase(name, when, "done" if place < reached else "" if place == reached else "todo")
        for place, (name, when) in enumerate(told)
    ]


def design_rows(test: SplitTest, variants: Sequence[Variant], goals: dict[int, str], varied: Varied) -> list[tuple[str, str]]:
    """What the design says, as pairs of a name and words."""
    goal = goals.get(test.goal_id or 0, "")
    present = test.expected.get("mean")
    measure = words.measure(test.measure, test.within_days, goal)
    if present:
        measure = _("%(measure)s, today %(figure)s") % {
            "measure": measure,
            "figure": words.figure(test.measure, float(present), test.currency),
        }
    weeks, pace = test.expected.get("weeks"), test.expected.get("per_week")
    sample = words.units(test.unit, test.planned_count)
    if weeks and pace:
        sample = _("%(units)s, %(weeks)s at %(pace)s a week (95%% confidence, 80%% power)") % {
            "units": sample,
            "weeks": words.weeks(float(weeks)),
            "pace": typography.number(float(pace), tongue(), places=1),
        }
    told = varied.what()
    rows = [
        *([(_("What varies"), "; ".join(told))] if told else []),
        (_("Who"), words.among(test.among, test.unit, [variant.share for variant in variants])),
        (_("Measure"), measure),
        (_("Worth finding"), words.bar(test.measure, test.smallest, test.currency)),
        (_("Sample"), sample),
        (_("Adopt if"), _("the estimate is at least %(bar)s, zero outside the interval") % {
            "bar": words.bar(test.measure, test.bar, test.currency)
        }),
    ]  # fmt: skip
    for guard in guards_from_json(test.guards):
        rows.append((_("Guard"), words.guard(guard, goals.get(guard.goal or 0, ""), test.currency)))
    if test.is_factorial:
        rows.append((_("Factorial"), _("runs beside another test on this stage")))
    return rows


def of_variant(test: SplitTest, variant: Variant) -> dict[str, Any]:
    """What all pages of a variant show, those that write and the one that reads."""
    return {
        "section": "process",
        "pipeline": test.stage.pipeline,
        "stage": test.stage,
        "rank": stage_mark_of(test.stage),
        "test": test,
        "variant": variant,
    }


def stage_names(pipeline_id: int) -> dict[int, str]:
    """The stages of a pipeline by their keys, those out of use too."""
    return dict(Stage.objects.filter(pipeline_id=pipeline_id).values_list("pk", "name"))


def stage_mark_of(stage: Stage | None) -> str:
    """The drawing of a stage; none once it is out of use."""
    return "" if stage is None else ranked(stages_in_use(stage.pipeline_id)).get(stage.pk, "")
