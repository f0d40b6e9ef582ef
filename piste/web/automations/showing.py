"""What the pages of automations show, prepared from the room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from piste.automations.models import Automation, Delivery, Run, RunState
from piste.automations.queries import Once, Tried, automations_of, tried
from piste.automations.rules import Recipe
from piste.deals.models import Deal
from piste.foundations import typography
from piste.pipelines.models import Pipeline
from piste.pipelines.queries import Wanted
from piste.web.access import MemberRequest
from piste.web.process import marking
from piste.web.templatetags.piste import moment, tongue

from . import reasons, words
from .forms import AutomationForm
from .naming import Names

#: Runs on one page, and over how many days a list counts them.
PAGE, DAYS = 50, 30
ICONS = {"silence": "hourglass", "in_stage": "hourglass", "date": "calendar", "chance": "target", "activity_done": "check-circle"}


@dataclass(frozen=True, slots=True)
class Line:
    """An automation of a list: its sentence with what the draft changes, whether it acts, its last run, how many of each kind
    lately. `key` is below 0 while it is only in the draft; `mark` says what the draft does with it."""

    key: int
    title: str
    name: marking.Line
    sentence: marking.Line
    limits: marking.Line
    mark: str
    icon: str
    automation: Automation | None
    last_at: object
    done: int
    not_met: int
    refused: int

    @property
    def is_on(self) -> bool:
        return self.automation is not None and self.automation.paused_at is None

    @property
    def is_paused(self) -> bool:
        return self.automation is not None and not self.is_on

    @property
    def why_paused(self) -> str:
        return _("paused by itself: too many runs") if self.automation and self.automation.paused_why == "rate" else ""

    @property
    def is_unsigned(self) -> bool:
        """Whether its messages to other systems carry no signature, for nobody has taken its secret yet."""
        row = self.automation
        return row is not None and not row.secret and any(one["kind"] == "webhook" for one in row.recipe.get("do", ()))


def lines(request: MemberRequest, pipeline: Pipeline, state: Wanted, *, stage: int | None = None) -> list[Line]:
    """The automations of a pipeline as they are to be, each beside what is in force, or those that wait for something in one of
    its stages; counts are of all deals."""
    names = Names(pipeline)
    now, then = ({row["id"]: row for row in side.get("automations", ())} for side in (state.now, state.definition))
    keys = [*now, *(key for key in then if key not in now)]
    if stage is not None:
        keys = [key for key in keys if any(_waits_in(side.get(key), stage) for side in (now, then))]
    rows = {row.pk: row for row in automations_of(pipeline.pk)} if keys else {}
    since = request.now - timedelta(days=DAYS)
    counted = Run.objects.filter(automation__in=rows, at__gt=since).values("automation_id").order_by()
    told = counted.annotate(
        done=Count("pk", filter=Q(state=RunState.DONE)),
        not_met=Count("pk", filter=Q(state=RunState.NOT_MET)),
        refused=Count("pk", filter=Q(state__in=(RunState.REFUSED, RunState.FAILED))),
        last=Max("at"),
    )
    found: dict[int, Mapping[str, Any]] = {row["automation_id"]: row for row in told} if rows else {}
    return [_line(key, now.get(key), then.get(key), rows.get(key), found.get(key, {}), names) for key in keys]


def _waits_in(row: Mapping[str, Any] | None, stage: int) -> bool:
    return row is not None and row["recipe"]["when"].get("stage") == stage


def _line(
    key: int,
    was: Mapping[str, Any] | None,
    wanted: Mapping[str, Any] | None,
    row: Automation | None,
    told: Mapping[str, Any],
    names: Names,
) -> Line:
    counts = [told.get(name, 0) for name in ("done", "not_met", "refused")]
    present: Mapping[str, Any] = wanted or was or {}
    before, after = (said_of(side, names) if side else ("", "", "") for side in (was, wanted))
    mark = "added" if was is None else "removed" if wanted is None else "changed" if before != after else ""
    if mark == "removed":
        # Struck out as one: its name says it already.
        after = before
    elif mark == "added":
        before = after
    name, sentence, limits = (marking.between(one, other) for one, other in zip(before, after, strict=True))
    icon = ICONS.get(present["recipe"]["when"]["kind"], "flag")
    shown = limits if before[2] != after[2] else []
    return Line(key, present["name"], name, sentence, shown, mark, icon, row, told.get("last"), *counts)


def said_of(row: Mapping[str, Any], names: Names) -> tuple[str, str, str]:
    """An automation as a definition keeps it, in words: its name, its sentence, its limits."""
    limits = [most(row["most_per_hour"])]
    if row.get("past"):
        limits.append(_("also for the deals that have waited long enough already"))
    return row["name"], words.sentence(Recipe.of(row["recipe"]), names), ", ".join(limits)


def most(count: int) -> str:
    said = ngettext("at most %(count)s run per hour", "at most %(count)s runs per hour", count)
    return said % {"count": typography.number(count, tongue())}


def past_lines(definition: Mapping[str, Any], names: Names) -> dict[int, tuple[str, list[str]]]:
    """The automations that a version keeps, by their ids: the name of each, and the lines that tell it."""
    found = {}
    for row in definition.get("automations", ()):
        name, sentence, limits = said_of(row, names)
        found[row["id"]] = (name, [sentence, limits, *([] if row["on"] else [_("paused")])])
    return found


@dataclass(frozen=True, slots=True)
class Attempted:
    """What an automation would have done: how often, on what this rests, and the latest times (deal, when, why, what stood
    against it: a condition, or the variant that the deal had in a split test)."""

    done: int
    not_met: int
    held: int
    said: str
    basis: str
    rows: Sequence[tuple[Deal, datetime, str, str, str]]


def attempted(
    request: MemberRequest, pipeline: Pipeline, form: AutomationForm, names: Names, *, automation: int | None
) -> Attempted | None:
    """What the rows of a form would have done on the deals this member may see, in the place of the automation in force that is
    named; None when a row must be mended first."""
    if [row for row in form.rows if not row.is_valid()]:
        return None
    recipe = form.recipe()
    seen = Deal.objects.visible_to(request.user)
    found = tried(recipe, pipeline, among=seen, at=request.now, automation=automation)
    rows = [
        (
            one.deal,
            one.at,
            reasons.because(one.because, names, one.deal.currency),
            *_against(one, recipe, names),
        )
        for one in found.latest
    ]
    told = {"count": typography.number(found.done, tongue()), "days": DAYS}
    said = ngettext(
        "In the last %(days)s days it would have run %(count)s time.",
        "In the last %(days)s days it would have run %(count)s times.",
        found.done,
    )
    return Attempted(found.done, found.not_met, found.held, said % told, _basis(found, request), rows)


def _against(one: Once, recipe: Recipe, names: Names) -> tuple[str, str]:
    """The condition that stood against it, and what its variant in a split test does otherwise."""
    if one.arm is None:
        drawn = ""
    else:
        about = {"letter": one.arm.letter, "number": one.arm.test.number}
        goes = _("variant %(letter)s of split test %(number)s goes without it")
        drawn = (goes if one.is_held else _("in the way of variant %(letter)s of split test %(number)s")) % about
    unmet = one.unmet is not None and not one.is_held
    return words.condition(recipe.conditions[one.unmet or 0], names) if unmet else "", drawn


def _basis(found: Tried, request: MemberRequest) -> str:
    """On what a trial rests, and what it leaves out."""
    tested = _("A split test varies it: each time is counted by the variant that the deal had on that day.")
    if found.is_of_today:
        today = _(
            "Chances of winning are not kept of the past: these are the deals that stand beyond it now, held against what they "
            "are."
        )
        return f"{today} {tested}" if found.is_tested else today
    said = [
        _(
            "Counted on the deals of this pipeline that you may see, closed since or not, with the facts they had on that day. "
            "Left out: what it would have changed itself, and its rest of an hour."
        )
    ]
    if found.since > request.now - timedelta(days=DAYS):
        said.append(_("So much has happened that it looks back to %(moment)s alone.") % {"moment": moment(found.since)})
    if found.is_tested:
        said.append(tested)
    if found.is_partial:
        said.append(_("Looked at: the deals that changed last."))
    return " ".join(said)


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run of the log: which deal, why, what came of it."""

    run: Run
    because: str
    outcome: Sequence[str]
    problems: Sequence[str]


def run_lines(request: MemberRequest, automation: Automation, state: str) -> tuple[list[RunLine], Page[Run]]:
    """A page of the runs on deals that this member may see, newest first."""
    found = Run.objects.filter(automation=automation, deal__in=Deal.objects.visible_to(request.user).present().order_by())
    if state in RunState.values:
        found = found.filter(state=state)
    page = Paginator(found.select_related("deal__company", "deal__stage").order_by("-at", "-pk"), PAGE).get_page(
        request.GET.get("page")
    )
    names = Names(automation.pipeline)
    rows = list(page.object_list)
    late = _messages([row.pk for row in rows])
    return [
        RunLine(row, reasons.because(row.because, names, row.deal.currency), reasons.outcome(row, names), late.get(row.pk, ()))
        for row in rows
    ], page


def cleared(automation: Automation) -> str:
    """How many runs the log no longer holds, by what became of them; empty when it holds all."""
    told = [
        f"{typography.number(count, tongue())} {RunState(state).label.lower()}" for state, count in automation.cleared.items()
    ]
    return _("Earlier ones: %(counts)s.") % {"counts": ", ".join(told)} if told else ""


def _messages(runs: Sequence[int]) -> dict[int, list[str]]:
    """What became of messages that were not taken yet, or never will be."""
    found: dict[int, list[str]] = {}
    for row in Delivery.objects.filter(run__in=runs, sent_at=None).order_by("pk") if runs else ():
        found.setdefault(row.run_id, []).append(_message(row))
    return found


def _message(row: Delivery) -> str:
    why = {
        "address": _("the address is none"),
        "unknown": _("nobody has this name"),
        "private": _("the address lies inside a network, not on the public Internet"),
        "unreachable": _("the other system is out of reach"),
        "time": _("the other system took too long"),
        "certificate": _("its certificate is not valid"),
        "elsewhere": _("it leads elsewhere, and Piste does not follow"),
        "status": _("it answered %(status)s") % {"status": row.status},
        "erased": _("the deal was erased"),
    }.get(row.problem, "")
    if row.dropped_at is not None:
        return _("message given up: %(why)s") % {"why": why}
    return _("message waits: %(why)s") % {"why": why} if why else _("message waits to be sent")


def states(automation: Automation, chosen: str) -> list[tuple[str, str, bool]]:
    """The filters of a log: value, label, whether it is chosen."""
    listed = [("", _("All")), *((value, str(label)) for value, label in RunState.choices)]
    return [(value, label, value == chosen) for value, label in listed]
