"""Writing the playbook of a stage."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from piste.company.models import Member
from piste.pipelines.models import Stage
from piste.pipelines.operations import NoSuchStage, ProcessOvertaken
from piste.playbooks.operations import NobodyNamed, WaitsForItself, set_guide
from piste.playbooks.queries import guide
from piste.playbooks.rules import MERGE_FIELDS
from piste.web import access
from piste.web.access import MemberRequest, manager_view

from . import showing, words
from .answers import is_fragment
from .playbook_forms import PlaybookForm, arranged, state_in, state_of
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
    if do := request.POST.get("do"):
        state, focus = arranged(state, do)
        typed = {name: request.POST.get(name, "") for name in ("script", "why", "seen")}
        form = PlaybookForm(state=state, people=people, initial=typed)
        form.focus(focus)
        return _page(request, found, form, focus=focus)
    form = PlaybookForm(request.POST, state=state, people=people)
    if form.is_valid() and _publish(request, found, form):
        return redirect("process_stage", key, stage)
    form.show_problem()
    return _page(request, found, form, status=422)


def _publish(request: MemberRequest, stage: Stage, form: PlaybookForm) -> bool:
    """Makes what was filled in the next version; False, with what stood in the way on the form."""
    before, why, seen = stage.pipeline.version_id, form.cleaned_data["why"], form.cleaned_data["seen"]
    try:
        set_guide(stage=stage, guide=form.guide(), by=request.user, at=request.now, why=why, seen=seen)
    except NoSuchStage:
        raise Http404 from None
    except ProcessOvertaken as late:
        form.add_error(None, words.overtaken(late.last))
        form.catch_up(late.last.number)
        return False
    except (NobodyNamed, WaitsForItself):
        # Somebody has left while this was being saved.
        form.add_error(None, gettext("Somebody named here has just left: look at whom the activities are given to."))
        return False
    published(request, stage.pipeline, before)
    return True


def number_of(stage: Stage) -> int:
    """The number of the version in force."""
    return stage.pipeline.version.number if stage.pipeline.version else 0


def _page(request: MemberRequest, stage: Stage, form: PlaybookForm, *, focus: str = "", status: int = 200) -> HttpResponse:
    number = number_of(stage)
    context = {
        "section": "process",
        "pipeline": stage.pipeline,
        "stage": stage,
        "rank": showing.rank_of(stage),
        "form": form,
        "focus": focus,
        "merge_fields": ["{" + name + "}" for name in MERGE_FIELDS],
        "next_number": number + 1,
    }
    template = "process/playbook.html#form" if is_fragment(request) else "process/playbook.html"
    return render(request, template, context, status=status)
