"""Writing the playbook of a stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from piste.company.models import Member
from piste.pipelines.models import ProcessVersion, Stage
from piste.pipelines.operations import NoSuchStage, ProcessOvertaken
from piste.playbooks.operations import NobodyNamed, WaitsForItself, set_guide
from piste.playbooks.queries import guide, told
from piste.playbooks.rules import MERGE_FIELDS, changes
from piste.web import access
from piste.web.access import MemberRequest, manager_view
from piste.web.answering import wants_fragment

from . import showing, words
from .playbook_forms import PlaybookForm, State, arranged, state_in, state_of
from .playbook_merging import Written, together, written_in
from .views import published


@manager_view
def playbook(request: MemberRequest, key: int, stage: int) -> HttpResponse:
    """The form of a stage's playbook; its buttons (`do`) arrange rows without writing anything."""
    found = access.stage(request, stage)
    if found.pipeline_id != key:
        raise Http404
    people = list(Member.objects.order_by("name", "pk"))
    if request.method != "POST":
        now = guide(found.pk)
        start = {"script": now.script, "seen": number_of(found)}
        return _page(request, found, PlaybookForm(state=state_of(now), people=people, initial=start))
    state = state_in(request.POST)
    if request.POST.get("do") == "both":
        return _together(request, found, state, people)
    if do := request.POST.get("do"):
        state, focus = arranged(state, do)
        typed = {name: request.POST.get(name, "") for name in ("script", "why", "seen")}
        form = PlaybookForm(state=state, people=people, initial=typed)
        form.focus(focus)
        return _page(request, found, form, focus=focus)
    form = PlaybookForm(request.POST, state=state, people=people)
    late: Late | None = None
    if form.is_valid():
        late = _publish(request, found, form)
        if late is None and not form.errors:
            return redirect("process_stage", key, stage)
    form.show_problem()
    return _page(request, found, form, status=422, late=late)


@dataclass(frozen=True, slots=True)
class Late:
    """A version that overtook what one was writing: what it changed in this playbook, its script when that is changed, and what
    both changed in two ways."""

    last: ProcessVersion
    said: str
    changes: list[str]
    script: str
    contested: list[str]


def _publish(request: MemberRequest, stage: Stage, form: PlaybookForm) -> Late | None:
    """Makes what was filled in the next version, or puts what stood in the way on the form. Who was overtaken replaces what a
    colleague wrote here only when they say so (`over`, the number of the version they were told of)."""
    before, why, seen = stage.pipeline.version_id, form.cleaned_data["why"], form.cleaned_data["seen"]
    over = request.POST.get("over", "")
    try:
        try:
            number = int(over) if over.isdecimal() and len(over) < 9 else seen
            set_guide(stage=stage, guide=form.guide(), by=request.user, at=request.now, why=why, seen=number)
        except ProcessOvertaken as overtaken:
            late = _late(stage, form, overtaken.last)
            if late.changes:
                return late
            # The other version changed something else: nothing of it is lost.
            number = overtaken.last.number
            set_guide(stage=stage, guide=form.guide(), by=request.user, at=request.now, why=why, seen=number)
    except NoSuchStage:
        raise Http404 from None
    except ProcessOvertaken as again:
        form.add_error(None, words.overtaken(again.last))
        return None
    except (NobodyNamed, WaitsForItself):
        # Somebody has left while this was being saved.
        form.add_error(None, gettext("Somebody named here has just left: look at whom the activities are given to."))
        return None
    published(request, stage.pipeline, before)
    return None


def _late(stage: Stage, form: PlaybookForm, last: ProcessVersion) -> Late:
    old, now = _told_in(stage, form["seen"].value()), told([stage.pk]).get(stage.pk, {})
    mine = Written(state_in(cast(QueryDict, form.data)), str(form["script"].value()))
    both = together(written_in(old), mine, written_in(now))
    changed = [words.playbook(change) for change in changes(stage.name, old, now)]
    contested = [words.contested(part) for part in both.contested]
    script = now.get("script", "") if now.get("script", "") != old.get("script", "") else ""
    return Late(last, words.overtaken_here(last), changed, script, contested)


def _together(request: MemberRequest, stage: Stage, state: State, people: Sequence[Member]) -> HttpResponse:
    """The form with what a colleague published and what was typed in one: to be looked at, then published."""
    now = told([stage.pk]).get(stage.pk, {})
    mine = Written(state, request.POST.get("script", ""))
    both = together(written_in(_told_in(stage, request.POST.get("seen"))), mine, written_in(now))
    start = {"script": both.script, "why": request.POST.get("why", ""), "seen": number_of(stage)}
    form = PlaybookForm(state=both.rows, people=people, initial=start)
    return _page(request, stage, form, notice=words.together([words.contested(part) for part in both.contested]))


def _told_in(stage: Stage, seen: Any) -> Mapping[str, Any]:
    """The playbook of a stage as the version one began with keeps it; empty when there is no such version."""
    number = str(seen or "")
    if not number.isdecimal() or len(number) > 9:
        return {}
    version = ProcessVersion.objects.filter(pipeline=stage.pipeline_id, number=int(number)).first()
    stages = version.definition.get("stages", []) if version is not None else []
    return next((row.get("playbook", {}) for row in stages if row["id"] == stage.pk), {})


def number_of(stage: Stage) -> int:
    """The number of the version in force."""
    return stage.pipeline.version.number if stage.pipeline.version else 0


def _page(
    request: MemberRequest,
    stage: Stage,
    form: PlaybookForm,
    *,
    focus: str = "",
    status: int = 200,
    late: Late | None = None,
    notice: str = "",
) -> HttpResponse:
    number = late.last.number if late else number_of(stage)
    context = {
        "section": "process",
        "pipeline": stage.pipeline,
        "stage": stage,
        "rank": showing.rank_of(stage),
        "form": form,
        "focus": focus,
        "late": late,
        "notice": notice,
        "merge_fields": ["{" + name + "}" for name in MERGE_FIELDS],
        "next_number": number + 1,
    }
    template = "process/playbook.html#form" if wants_fragment(request) else "process/playbook.html"
    return render(request, template, context, status=status)
