"""What a draft means for the deals that are already there, said before it is published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.utils.translation import ngettext

from piste.deals.models import Deal, DealSet, Status
from piste.deals.queries import lacking_one, stands, stood_over
from piste.foundations import typography
from piste.pipelines.models import Draft
from piste.pipelines.queries import Wanted
from piste.pipelines.rules import homeless, staying
from piste.web.access import MemberRequest
from piste.web.templatetags.piste import today, tongue

from . import words
from .forms import PublishForm
from .interfering import Foreseen, interfering, orphaned
from .retiring import NAMED, retiring

#: Warnings under which deals are named, so that the statement stays of a bounded size.
SAID = 12
HERE = (Status.OPEN, Status.HELD)


@dataclass(frozen=True, slots=True)
class Announced:
    """The draft as its panel tells it; `running` says how many deals may adopt a new playbook."""

    draft: Draft
    number: int
    changes: list[str]
    contested: list[str]
    overtaken: bool
    warnings: list[Foreseen]
    running: str
    form: PublishForm

    @property
    def counted(self) -> str:
        said = ngettext("%(count)s change", "%(count)s changes", len(self.changes))
        return said % {"count": typography.number(len(self.changes), tongue())}


def announced(request: MemberRequest, state: Wanted, form: PublishForm | None) -> Announced | None:
    """What the panel of the draft says; nothing without one."""
    if state.draft is None or not request.user.may_manage:
        return None
    names = words.labels()
    start = {"seen": state.number, "written": state.draft.at.isoformat()}
    if form is None:
        form = PublishForm(stages=state.definition["stages"], today=today(), retires=state.leaving is not None, initial=start)
    running = 0 if state.leaving is not None else _running(state)
    if not running:
        form.fields.pop("adopt", None)
    form.auto_id = "publish_%s"
    return Announced(
        draft=state.draft,
        number=state.number + 1,
        changes=[words.difference(change, names) for change in state.changes],
        contested=[words.contested_part(stage, part) for stage, part in state.contested],
        overtaken=state.draft.base_number != state.number,
        warnings=warnings(request, state, names),
        running=words.running(running) if running else "",
        form=form,
    )


def _running(state: Wanted) -> int:
    """How many open deals stand in stages whose standard activities change."""
    before = {stage["id"]: _standards(stage) for stage in state.now["stages"]}
    changed = [stage["id"] for stage in staying(state.definition) if before.get(stage["id"], []) != _standards(stage)]
    return Deal.objects.open().filter(stage__in=changed).count() if changed else 0


def _standards(stage: Any) -> list[Any]:
    return list(stage.get("playbook", {}).get("activities", []))


@dataclass(frozen=True, slots=True)
class Concern:
    """A change, which deals of a stage it concerns, and its words, given how many they are."""

    stage: int
    which: Q
    said: Any


def warnings(request: MemberRequest, state: Wanted, names: dict[str, str]) -> list[Foreseen]:
    """What the draft asks of deals that are there, or does with them: how many, and who they are; and what it does to split tests
    and automations. Four statements, however many deals and changes. The counts speak of all deals, for the change touches all;
    named are those that the reader may see."""
    if state.draft is not None and state.leaving is not None:
        return retiring(request, state.draft.pipeline, state)
    found = [Foreseen(words.nowhere(stage["name"]), stage["id"]) for stage in homeless(state.definition)]
    if state.draft is not None:
        leaving = {stage["id"]: stage["name"] for stage in state.definition["stages"] if stage.get("leaving")}
        found += [*interfering(state, state.draft.pipeline_id, leaving), *orphaned(state, state.draft.pipeline_id, leaving)]
    concerns = list(_concerns(state, names, request.now))
    if not concerns:
        return found
    present = Deal.objects.present()
    counts = present.filter(stage__in={concern.stage for concern in concerns}).aggregate(
        **{f"c{place}": Count("pk", filter=concern.which) for place, concern in enumerate(concerns)}
    )
    told = [(concern, counts[f"c{place}"]) for place, concern in enumerate(concerns) if counts[f"c{place}"]]
    named = _named(Deal.objects.visible_to(request.user).present(), [concern for concern, _count in told[:SAID]])
    for (concern, count), deals in zip(told, [*named, *([[]] * (len(told) - len(named)))], strict=True):
        found.append(Foreseen(concern.said(count), concern.stage, deals, count - len(deals)))
    return found


def _named(seen: DealSet, concerns: list[Concern]) -> list[list[Deal]]:
    """The first deals of each, those that came into their stage first."""
    if not concerns:
        return []
    first = [Q(pk__in=seen.filter(concern.which).order_by("entered_stage_at", "pk").values("pk")[:NAMED]) for concern in concerns]
    marks = {f"c{place}": ExpressionWrapper(each, output_field=BooleanField()) for place, each in enumerate(first)}
    rows = list(seen.filter(reduce(or_, first)).select_related("company").annotate(**marks).order_by("entered_stage_at", "pk"))
    return [[row for row in rows if getattr(row, f"c{place}")] for place in range(len(concerns))]


def _concerns(state: Wanted, names: dict[str, str], at: datetime) -> Iterator[Concern]:
    """The changes of the draft that concern deals already there."""
    for stage in state.definition["stages"]:
        key, name, before = stage["id"], stage["name"], state.stage_now(stage["id"])
        if before is None:
            continue
        here = Q(stage=key, status__in=HERE)
        if said := stage.get("leaving"):
            to = (state.stage(said["to"]) or {}).get("name", "…")
            yield Concern(key, Q(stage=key) & stands(), words.will_go(name, to))
            continue
        asked = {need["fact"] for need in before["requirements"] if need["to_leave"]}
        for need in stage["requirements"]:
            if need["to_leave"] and need["fact"] not in asked:
                yield Concern(key, here & lacking_one([need["fact"]]), words.will_need(name, need["fact"], names))
        known = {row["id"] for row in before.get("playbook", {}).get("criteria", [])}
        for row in stage.get("playbook", {}).get("criteria", []):
            if row["id"] not in known:
                yield Concern(key, here, words.will_answer(name, row["text"]))
        if (norm := stage["norm_days"]) is not None and (before["norm_days"] is None or norm < before["norm_days"]):
            slow = Q(stage=key, status=Status.OPEN) & stood_over(norm, at)
            if before["norm_days"] is not None:
                slow &= ~stood_over(before["norm_days"], at)
            yield Concern(key, slow, words.will_stall(name))
