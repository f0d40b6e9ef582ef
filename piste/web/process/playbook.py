"""Writing the playbook of a stage, in the draft."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from piste.company.models import Member
from piste.journal.rules import digest_of
from piste.pipelines.models import Pipeline
from piste.pipelines.operations import DraftOvertaken, NoSuchStage, draft_addition
from piste.pipelines.queries import Wanted, wanted
from piste.playbooks.rules import MERGE_FIELDS, changes, told_guide
from piste.web import access
from piste.web.access import MemberRequest, manager_view
from piste.web.answering import wants_fragment

from . import drafting, showing, words
from .forms import read_back
from .playbook_forms import PlaybookForm, State, arranged, state_in
from .playbook_merging import Written, together, written_in


@dataclass(frozen=True, slots=True)
class Place:
    """The stage whose playbook is written: its name, and its playbook as it is to be, in the draft or in force."""

    pipeline: Pipeline
    key: int
    found: Wanted

    @property
    def name(self) -> str:
        return str(self._stage["name"])

    @property
    def said(self) -> dict[str, Any]:
        return dict(self._stage.get("playbook", {}))

    @property
    def _stage(self) -> Mapping[str, Any]:
        stage = self.found.stage(self.key)
        if stage is None:
            raise Http404
        return stage


@manager_view
def playbook(request: MemberRequest, key: int, stage: int) -> HttpResponse:
    """The form of a stage's playbook; its buttons (`do`) arrange rows without writing anything."""
    place = _place(request, key, stage)
    people = list(Member.objects.order_by("name", "pk"))
    if request.method != "POST":
        now = written_in(place.said)
        start = {"script": now.script, "seen": json.dumps(place.said)}
        return _page(request, place, PlaybookForm(state=now.rows, people=people, initial=start))
    state = state_in(request.POST)
    if request.POST.get("do") == "both":
        return _together(request, place, state, people)
    if do := request.POST.get("do"):
        state, focus = arranged(state, do)
        typed = {name: request.POST.get(name, "") for name in ("script", "seen")}
        form = PlaybookForm(state=state, people=people, initial=typed)
        form.focus(focus)
        return _page(request, place, form, focus=focus)
    form = PlaybookForm(request.POST, state=state, people=people)
    late: Late | None = None
    if form.is_valid():
        late = _save(request, place, form)
        if late is None:
            return redirect("process_stage", key, stage)
        place = _place(request, key, stage)
    form.show_problem()
    return _page(request, place, form, status=422, late=late)


def _place(request: MemberRequest, key: int, stage: int) -> Place:
    pipeline = access.pipeline(request, key)
    place = Place(pipeline, stage, wanted(pipeline))
    if place.found.stage(stage) is None:
        raise Http404
    return place


@dataclass(frozen=True, slots=True)
class Late:
    """What somebody else wrote in the playbook one was writing: what it changed, the script when that is changed, and what both
    changed in two ways. `answer` is what one sends to replace exactly this."""

    said: str
    changes: list[str]
    script: str
    contested: list[str]
    answer: str


def _save(request: MemberRequest, place: Place, form: PlaybookForm) -> Late | None:
    """Writes what was filled in into the draft. Who was overtaken replaces what a colleague wrote here only when they say so
    (`over`, the mark of what they were told of)."""
    seen = form.was_shown()
    if request.POST.get("over") == _mark(place.said):
        seen = place.said
    said = _as_seen(told_guide(form.guide()), seen)
    try:
        draft_addition(
            pipeline=place.pipeline, key=place.key, name="playbook", said=said, by=request.user, at=request.now, seen=seen
        )
    except NoSuchStage:
        raise Http404 from None
    except DraftOvertaken:
        return _late(_place(request, place.pipeline.pk, place.key), form)
    drafting.said(request, place.pipeline)
    return None


def _as_seen(said: dict[str, Any], seen: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in, with what differs from what was shown in the ends of lines alone as it was shown."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value

    found = dict(said)
    for part in ("activities", "criteria", "templates"):
        shown = {row["id"]: row for row in seen.get(part, [])}
        if part in found:
            found[part] = [shown[r["id"]] if plain(shown.get(r["id"])) == plain(r) else plain(r) for r in found[part]]
    if "script" in found:
        script = seen.get("script", "")
        found["script"] = script if plain(script) == plain(found["script"]) else plain(found["script"])
    return found


def _mark(said: Mapping[str, Any]) -> str:
    return digest_of(said).hex()


def _late(place: Place, form: PlaybookForm) -> Late:
    old, now = form.was_shown(), place.said
    mine = Written(state_in(cast(QueryDict, form.data)), str(form["script"].value()))
    both = together(written_in(old), mine, written_in(now))
    changed = [words.playbook(change) for change in changes(place.name, old, now)]
    contested = [words.contested(part) for part in both.contested]
    script = now.get("script", "") if now.get("script", "") != old.get("script", "") else ""
    in_force = (place.found.stage_now(place.key) or {}).get("playbook", {})
    draft = place.found.draft if now != in_force else None
    return Late(words.overtaken_here(draft, place.pipeline.version), changed, script, contested, _mark(now))


def _together(request: MemberRequest, place: Place, state: State, people: Sequence[Member]) -> HttpResponse:
    """The form with what a colleague wrote and what was typed in one: to be looked at, then saved."""
    now = place.said
    mine = Written(state, request.POST.get("script", ""))
    both = together(written_in(read_back(request.POST.get("seen"))), mine, written_in(now))
    start = {"script": both.script, "seen": json.dumps(now)}
    form = PlaybookForm(state=both.rows, people=people, initial=start)
    return _page(request, place, form, notice=words.together([words.contested(part) for part in both.contested]))


def _page(
    request: MemberRequest,
    place: Place,
    form: PlaybookForm,
    *,
    focus: str = "",
    status: int = 200,
    late: Late | None = None,
    notice: str = "",
) -> HttpResponse:
    stages = [showing.as_stage(place.pipeline, stage) for stage in place.found.definition["stages"]]
    context = {
        "section": "process",
        "pipeline": place.pipeline,
        "stage": next(stage for stage in stages if stage.pk == place.key),
        "rank": showing.ranked(stages)[place.key],
        "form": form,
        "focus": focus,
        "late": late,
        "notice": notice,
        "tested": showing.tested(request, place.key),
        "merge_fields": ["{" + name + "}" for name in MERGE_FIELDS],
    }
    template = "process/playbook.html#form" if wants_fragment(request) else "process/playbook.html"
    return render(request, template, context, status=status)
