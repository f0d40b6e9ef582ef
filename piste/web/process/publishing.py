"""Publishing the draft, and abandoning it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from piste.activities.tasks import adopt
from piste.deals import operations as deals
from piste.deals.models import Move
from piste.pipelines import operations
from piste.pipelines.models import Pipeline
from piste.pipelines.queries import wanted
from piste.playbooks.operations import NobodyNamed
from piste.web import access
from piste.web.access import MemberRequest, manager_view
from piste.web.answering import go
from piste.web.templatetags.piste import today

from . import views, words
from .answers import ask
from .forms import DraftForm, PublishForm
from .reshaping import say_retired


@manager_view
@require_POST
def publish(request: MemberRequest, key: int) -> HttpResponse:
    """Makes the draft the next version."""
    pipeline = access.process(request, key)
    found = wanted(pipeline)
    if found.draft is None:
        messages.info(request, gettext("There is nothing to publish: the draft has been published or abandoned."))
        return redirect("process_pipeline", key)
    retires = found.leaving is not None
    form = PublishForm(request.POST, stages=found.definition["stages"], today=today(), retires=retires)
    shown = words.keys_in(request.POST.get("stage", ""))
    if form.is_valid() and _published(request, pipeline, form):
        if retires:
            return redirect("process_versions", key)
        if request.POST.get("page") == "automations":
            return redirect("automations", key)
        stages = [stage["id"] for stage in pipeline.version.definition["stages"]] if pipeline.version else []
        return redirect("process_stage", key, shown[0]) if shown and shown[0] in stages else redirect("process_pipeline", key)
    stage = shown[0] if shown and found.stage(shown[0]) else found.definition["stages"][0]["id"]
    return views.page(request, access.process(request, key), stage, publishing=form, status=422)


def _published(request: MemberRequest, pipeline: Pipeline, form: PublishForm) -> bool:
    """Whether it is in force now; else what stood in the way is on the form."""
    found = form.cleaned_data
    try:
        version = deals.publish_draft(
            pipeline=pipeline,
            by=request.user,
            at=request.now,
            why=found["why"],
            seen=found["seen"] or 0,
            written=form.draft_seen,
            promise=form.promise,
            adopt=form.adopts,
        )
    except deals.NoDraft:
        form.add_error(None, gettext("There is nothing to publish: the draft has been published or abandoned."))
    except operations.ProcessOvertaken as late:
        form.add_error(None, words.overtaken(late.last))
        form.catch_up(late.last.number)
    except operations.DraftOvertaken as late:
        form.add_error(None, words.draft_overtaken(late.draft))
        form.show_draft(late.draft)
    except deals.HoldsDeals:
        form.add_error(None, gettext("Deals stand there by now: say where they go."))
    except deals.StageRetired:
        form.add_error(None, gettext("The stage that its deals were to go to has gone: say where else they go."))
    except deals.LastPipeline:
        form.add_error(None, gettext("It is the only pipeline: make another first."))
    except deals.NowhereToGo as homeless:
        form.add_error(None, words.nowhere(homeless.stage.name))
    except operations.NameTaken as taken:
        form.add_error(None, words.name_taken(str(taken)))
    except NobodyNamed:
        form.add_error(None, gettext("A playbook gives an activity to somebody who has left: give it to somebody else first."))
    else:
        if form.adopts:
            adopt.enqueue()
        if pipeline.retired_at is not None:
            gone = Move.objects.filter(kind="changed_pipeline", at=request.now, from_stage__pipeline=pipeline)
            say_retired(request, pipeline.name, gone)
            return True
        messages.success(request, gettext("v%(number)s is in force.") % {"number": version.number})
        return True
    return False


@manager_view
def abandon(request: MemberRequest, key: int) -> HttpResponse:
    """Drops the draft, once one has said so."""
    pipeline = access.pipeline(request, key)
    if request.method != "POST":
        found = wanted(pipeline)
        names = words.labels()
        shown = {"draft": found.draft, "changes": [words.difference(change, names) for change in found.changes]}
        return ask(request, "abandon", DraftForm(), pipeline, shown)
    if operations.abandon_draft(pipeline=pipeline, by=request.user, at=request.now):
        messages.success(request, gettext("The draft is abandoned: the process stays as it is."))
    return go(request, "process_pipeline", key)
