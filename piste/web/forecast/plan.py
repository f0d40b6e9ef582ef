"""The page of the plan: what it takes to reach a target, stage by stage, for whom, and what if."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from math import floor
from typing import Any

from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from piste.company.models import Member
from piste.forecasting.models import Whose
from piste.forecasting.queries.planning import CHANCE, ENOUGH, Ask, Planned, planned
from piste.forecasting.queries.targets import of_reps
from piste.forecasting.queries.told import told
from piste.forecasting.rules import Key, standing
from piste.insights.queries import StagePlace
from piste.stats.reverse import LEAST_WINS, Need, WhatIf
from piste.web.access import MemberRequest, member_view
from piste.web.answering import wants_fragment
from piste.web.board.forms import NumberField
from piste.web.insights import words
from piste.web.parts.charts.figure import Definition
from piste.web.templatetags.piste import day, stage_rank

from .asking import Look
from .forms import read_value, written

#: How far one may suppose, in percent of what is.
LEAST, MOST = 50, 200
#: The chances one may plan for, in percent.
CHANCES = (50, 80, 90)
FACTORS = {
    "conversion": gettext_lazy("Conversion"),
    "amount": gettext_lazy("Value of a sale"),
    "delay": gettext_lazy("Delays"),
    "arrivals": gettext_lazy("New prospects"),
}


class PlanForm(forms.Form):
    """The target and what one supposes; all may be left out."""

    target = NumberField(required=False)
    chance = forms.TypedChoiceField(required=False, choices=[(one, "") for one in CHANCES], coerce=int)

    def __init__(self, look: Look) -> None:
        super().__init__(look.request.GET)
        self.look = look
        for name in FACTORS:
            said = gettext("Suppose between %(least)s and %(most)s per cent of what is.") % {"least": LEAST, "most": MOST}
            errors = {"invalid": said, "min_value": said, "max_value": said}
            self.fields[name] = forms.IntegerField(required=False, min_value=LEAST, max_value=MOST, error_messages=errors)

    def clean_target(self) -> int | None:
        return read_value(self.cleaned_data["target"], self.look.measure, self.look.currency)

    def factor(self, name: str) -> int:
        return self.cleaned_data.get(name) or 100


@dataclass(frozen=True, slots=True)
class Slider:
    """A supposition: its name, its label, its value in per cent."""

    name: str
    label: str
    value: int

    @property
    def share(self) -> float:
        return self.value / 100


@dataclass(frozen=True, slots=True)
class Line:
    """A stage of the plan in words."""

    name: str
    rank: str
    need: Need
    needed: str
    open: str
    open_href: str
    missing: str
    bar: int
    rate: str
    interval: str
    in_time: str
    days: str
    by: str


class PlanPage:
    """The plan that an address asks for."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.form = PlanForm(look)
        self.form.is_valid()

    @cached_property
    def kept_target(self) -> int | None:
        """The target in force of the widest that the member may see: company, team or their own."""
        user, values = self.look.request.user, {key: row.value for key, row in self.look.rows.items() if row.value is not None}
        widest = [(Whose.COMPANY, 0)] if user.sees_all else []
        widest += [(Whose.TEAM, user.team_id)] if user.sight == "team" and user.team_id else []
        for whose, subject in [*widest, (Whose.REP, user.pk)]:
            key = Key(whose, subject, int(self.look.period.span), self.look.period.first, self.look.measure)
            found = standing(values, key)
            if found is not None:
                return found.value
            if user.sees_all or whose == Whose.TEAM:
                break
        return None

    @cached_property
    def target(self) -> int | None:
        asked: int | None = self.form.cleaned_data.get("target")
        return asked if asked is not None else self.kept_target

    @cached_property
    def found(self) -> Planned | None:
        """The plan; None without any target."""
        if not self.target:
            return None
        look, form = self.look, self.form
        reps = of_reps(look.pipeline, look.period, measure=look.measure, member=look.request.user)
        ask = Ask(
            target=self.target,
            measure=look.measure,
            currency=look.currency,
            first=look.period.first,
            last=look.period.last,
            chance=(form.cleaned_data.get("chance") or round(CHANCE * 100)) / 100,
            suppose=WhatIf(**{name: form.factor(name) / 100 for name in FACTORS}),
            by_rep=reps,
        )
        return planned(look.reading, ask, zone=look.zone)

    def sliders(self) -> list[Slider]:
        return [Slider(name, str(label), self.form.factor(name)) for name, label in FACTORS.items()]

    def lines(self) -> list[Line]:
        """The stages, the one nearest to the sale first."""
        found = self.found
        if found is None or found.plan is None:
            return []
        stages = {stage.place: stage for stage in found.stages}
        selling = len(found.stages)
        order = {stage.place: number for number, stage in enumerate(found.stages)}
        return [
            Line(
                name=stages[need.place].name,
                rank=stage_rank(order[need.place], selling, stages[need.place].role),
                need=need,
                needed=words.count(need.needed) if need.needed is not None else "–",
                open=words.count(need.standing),
                open_href=self.look.deals(f"stage.{stages[need.place].id}.standing") if need.standing else "",
                missing=words.count(need.missing) if need.missing is not None else "–",
                bar=min(100, round(100 * need.standing / need.needed)) if need.needed else 0,
                rate=words.rate(need.rate, 0),
                interval=f"{words.rate(need.low, 0)}\u00a0–\u2060\u00a0{words.rate(need.high, 0)}",
                in_time=words.rate(need.in_time, 0),
                days=words.days(need.median),
                by=self._by(need),
            )
            for need in reversed(found.plan.needs)
        ]

    def _by(self, need: Need) -> str:
        """The day until which a deal must be there for half of the sales to come in time."""
        if need.median is None:
            return "–"
        return day(self.look.period.last - timedelta(days=floor(need.median)))

    def reps(self) -> list[dict[str, Any]]:
        """Each rep with a target: what it takes of them."""
        found = self.found
        if found is None:
            return []
        names = dict(Member.objects.filter(pk__in=[rep.member_id for rep in found.reps]).values_list("pk", "name"))
        rows = [
            {
                "name": names.get(rep.member_id, ""),
                "target": self.look.worth(rep.target),
                "left": self.look.worth(max(0, rep.target - rep.won)),
                "chance": words.rate(rep.plan.reach, 0),
                "is_low": rep.plan.reach < 0.5,
                "missing": [words.count(need.missing) if need.missing is not None else "–" for need in reversed(rep.plan.needs)],
            }
            for rep in found.reps
        ]
        return sorted(rows, key=lambda row: str(row["name"]))

    @property
    def won(self) -> str:
        return self.look.worth(self.found.won if self.found is not None else None)

    @property
    def expected(self) -> str:
        return self.look.about(self.found.plan.expected) if self.found is not None and self.found.plan is not None else "–"

    @property
    def expected_said(self) -> str:
        """Between what the rest lies."""
        if self.found is None or self.found.plan is None:
            return ""
        told = {"low": self.look.about(self.found.plan.low), "high": self.look.about(self.found.plan.high)}
        return gettext("8 chances in 10: %(low)s to %(high)s") % told

    @property
    def lever_href(self) -> str:
        """The open deals of the nearest lever."""
        lever = self.found.lever if self.found is not None else None
        if self.found is None or lever is None or not lever.standing:
            return ""
        return self.look.deals(f"stage.{self._stage(lever).id}.standing")

    @property
    def lever_said(self) -> str:
        lever = self.found.lever if self.found is not None else None
        if lever is None:
            return ""
        told = {"count": words.count(lever.standing), "stage": self._stage(lever).name}
        said = ngettext("Open the %(count)s deal in %(stage)s", "Open the %(count)s deals in %(stage)s", lever.standing)
        return said % told

    def _stage(self, need: Need) -> StagePlace:
        assert self.found is not None
        return next(stage for stage in self.found.stages if stage.place == need.place)

    def sentence(self) -> str:
        """What there is to find, and how likely it is as things stand."""
        found = self.found
        assert found is not None
        if not found.gap:
            return gettext("The target is reached: %(won)s won.") % {"won": self.look.worth(found.won)}
        if found.plan is None:
            return ngettext(
                "%(count)s sale so far is too few to count back with: from %(least)s on, the plan stands here.",
                "%(count)s sales so far are too few to count back with: from %(least)s on, the plan stands here.",
                found.sales,
            ) % {"count": words.count(found.sales), "least": LEAST_WINS}
        said = ngettext(
            "%(gap)s to find: %(count)s more sale, to be sure in %(chance)s of cases.",
            "%(gap)s to find: %(count)s more sales, to be sure in %(chance)s of cases.",
            found.plan.wins,
        )
        return said % {
            "gap": self.look.worth(found.gap),
            "count": words.count(found.plan.wins),
            "chance": words.rate(found.plan.chance, 0),
        }

    def warnings(self) -> list[str]:
        """Which stages can no longer help, and where the nearest lever is."""
        found = self.found
        if found is None or found.plan is None or not found.gap:
            return []
        names = {stage.place: stage.name for stage in found.stages}
        said = []
        if late := [names[need.place] for need in found.too_late]:
            told = {"stages": ", ".join(late), "period": self.look.said}
            said.append(
                gettext(
                    "Too late for %(period)s: %(stages)s. Of what enters there now, fewer than one sale in ten would be in time."
                )
                % told
            )
        if (lever := found.lever) is not None:
            told = {"stage": names[lever.place], "count": words.count(lever.missing or 0), "open": words.count(lever.standing)}
            said.append(gettext("Nearest lever: %(stage)s, where %(count)s more are missing beside the %(open)s open.") % told)
        return said

    def definition(self) -> Definition:
        """How a plan is counted."""
        found = self.found
        assert found is not None
        since = (
            gettext("Rates, delays and amounts: of the last 12 months (%(sales)s sales).")
            if found.since is not None
            else gettext("Rates, delays and amounts: of all there is (%(sales)s sales; with %(enough)s of a year, of that year).")
        )
        return Definition(
            basis=gettext(
                "2,000 runs: in each, every open deal is won in time or not, new prospects come as they did in the last 90 days, "
                "and each sale brings the amount of a past one. Needed: deals entering a stage today that would alone bring what "
                "is left. Missing: those needed beside the deals that stand open and those still to come."
            ),
            sample=since % {"sales": words.count(found.sales), "enough": ENOUGH},
            interval=gettext(
                "Rates: 8 chances in 10, by how many fates are known. Numbers: enough in the share of runs asked for."
            ),
            rules=[
                gettext("Deals still on their way count as unknown, not as lost (Aalen–Johansen)."),
                gettext("An open deal is judged by those that had stood in its stage for as long as it has."),
                gettext("Too late: of a stage’s sales, less than one in ten comes within the days left."),
                gettext("Reps are judged by everybody’s rates, with their own deals and their share of the new prospects."),
            ],
        )


@member_view
@require_safe
def plan(request: MemberRequest, key: int) -> HttpResponse:
    """What it takes to reach a target; asked by the page's own sliders, the answer alone."""
    look = Look.at(request, key, "forecast_plan")
    page = PlanPage(look)
    problems = [error for errors in page.form.errors.values() for error in errors]
    context = look.shown() | {
        "page": page,
        "wrong": problems,
        "found": page.found,
        "target": written(page.target, look.measure, look.currency),
        "kept": [(name, value) for name, value in look.asked.items()],
        "chances": CHANCES,
        "chance": page.form.cleaned_data.get("chance") or round(CHANCE * 100),
        "next_href": look.href(first=look.period.next.first.isoformat()),
        "json_href": f"{reverse('forecast_plan_json', args=[look.pipeline.pk])}?{request.GET.urlencode()}",
        "set_href": look.href("forecast_target") if request.user.may_manage else "",
    }
    template = "forecast/plan.html#answer" if wants_fragment(request) else "forecast/plan.html"
    # The page's own script shows what is wrong too.
    status = 422 if (context["problems"] or problems) and not wants_fragment(request) else 200
    return render(request, template, context, status=status)


@member_view
@require_safe
def plan_json(request: MemberRequest, key: int) -> HttpResponse:
    """The same as a file: what `piste plan --json` prints."""
    look = Look.at(request, key, "forecast_plan")
    page = PlanPage(look)
    problems = [str(error) for errors in [*look.form.errors.values(), *page.form.errors.values()] for error in errors]
    if page.found is None and not problems:
        problems = [gettext("No target is set for this period.")]
    if problems or page.found is None:
        return JsonResponse({"problems": problems}, status=422)
    answer = JsonResponse(told(look.reading, page.found, look.zone), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="piste-plan-{look.period.first.isoformat()}.json"'
    answer["Cache-Control"] = "private, no-store"
    return answer
