"""Ideas: writing one, voting, dropping."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from piste.experiments import operations
from piste.experiments.models import Idea, SplitTest
from piste.pipelines.models import Pipeline
from piste.pipelines.queries import stages_in_use
from piste.web import access
from piste.web.access import MemberRequest, manager_view, member_view

from .forms import DropForm, IdeaForm
from .gain import gain_of
from .showing import around, stage_mark_of


@member_view
def new(request: MemberRequest, key: int) -> HttpResponse:
    """Writes an idea; `stage` of the address is the one proposed."""
    pipeline = access.pipeline(request, key)
    stages = stages_in_use(key)
    form = IdeaForm(request.POST or None, stages=stages, initial={"stage": request.GET.get("stage", "")})
    if request.method == "POST" and form.is_valid():
        stage = next((stage for stage in stages if stage.pk == form.cleaned_data["stage"]), None)
        gain = gain_of(request, pipeline, stage)
        made = operations.write_idea(pipeline=pipeline, stage=stage, said=form.said(), by=request.user, at=request.now, gain=gain)
        return redirect("idea", key, made.pk)
    context = around(request, pipeline) | {"form": form}
    return render(request, "experiments/idea_form.html", context, status=422 if form.is_bound else 200)


@member_view
def idea(request: MemberRequest, key: int, idea: int) -> HttpResponse:
    """An idea, whole."""
    return _page(request, access.pipeline(request, key), idea)


@member_view
@require_POST
def vote(request: MemberRequest, key: int, idea: int) -> HttpResponse:
    """Gives one's vote, or takes it back (`no`)."""
    found = get_object_or_404(Idea, pk=idea, pipeline=access.pipeline(request, key))
    act = operations.unvote if request.POST.get("no") else operations.vote
    act(idea=found, by=request.user, at=request.now)
    return redirect("idea", key, idea)


@manager_view
@require_POST
def drop(request: MemberRequest, key: int, idea: int) -> HttpResponse:
    """Says that an idea is not followed up, or takes it up again (`back`)."""
    pipeline = access.pipeline(request, key)
    found = get_object_or_404(Idea, pk=idea, pipeline=pipeline)
    if request.POST.get("back"):
        operations.take_up_idea(idea=found, by=request.user, at=request.now)
        return redirect("idea", key, idea)
    form = DropForm(request.POST)
    if not form.is_valid():
        return _page(request, pipeline, idea, form)
    operations.drop_idea(idea=found, by=request.user, at=request.now, why=form.cleaned_data["why"])
    return redirect("idea", key, idea)


def _page(request: MemberRequest, pipeline: Pipeline, key: int, form: DropForm | None = None) -> HttpResponse:
    shown = get_object_or_404(Idea.objects.select_related("stage__pipeline", "author"), pk=key, pipeline=pipeline)
    names = list(shown.votes.select_related("member").order_by("at", "pk"))
    context = around(request, pipeline, idea=shown) | {
        "idea": shown,
        "rank": stage_mark_of(shown.stage),
        "votes": names,
        "mine": any(vote.member_id == request.user.pk for vote in names),
        "tests": list(SplitTest.objects.kept().filter(idea=shown).order_by("number")),
        "drop": form or DropForm(),
        "said": gettext("dropped") if shown.dropped_at else "",
    }
    return render(request, "experiments/idea.html", context, status=422 if form else 200)
