"""The changelog: the versions of a process, each whole, any two side by side, any of them brought back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from piste.activities.tasks import adopt
from piste.deals import operations as deals
from piste.pipelines import operations, queries
from piste.pipelines.models import Pipeline, ProcessVersion
from piste.playbooks.operations import NobodyNamed
from piste.web import access
from piste.web.access import MemberRequest, manager_view, member_view
from piste.web.automations.naming import Names
from piste.web.automations.showing import past_lines
from piste.web.templatetags.piste import today

from . import comparing, showing, words
from .forms import RestoreForm
from .promised import promised
from .tabs import tabs


@member_view
def versions(request: MemberRequest, key: int) -> HttpResponse:
    """The changelog of a pipeline, in use or not."""
    found = access.process(request, key)
    names = words.labels()
    retired = Pipeline.objects.exclude(retired_at=None).order_by("-retired_at") if request.user.may_manage else []
    context = {
        "section": "process",
        "pipeline": found,
        "pipelines": list(Pipeline.objects.in_use()),
        "tabs": tabs(found, "changelog"),
        "retired": list(retired),
        "versions": showing.version_rows(request, found, queries.versions(found), names),
    }
    return render(request, "process/versions.html", context)


@member_view
def version(request: MemberRequest, key: int, number: int) -> HttpResponse:
    """A version, whole."""
    found = access.process(request, key)
    shown = get_object_or_404(ProcessVersion.objects.select_related("by"), pipeline=found, number=number)
    names = words.labels()
    in_force = shown.pk == found.version_id
    context = {
        "section": "process",
        "pipeline": found,
        "version": shown,
        "is_in_force": in_force and found.retired_at is None,
        "may_restore": request.user.may_manage and not in_force and found.retired_at is None,
        "said": words.differences(shown.changes, names),
        "promised": promised([shown], retested=request.user.may_manage)[shown.pk],
        "stages": showing.past_stages(shown.definition, names),
        "automations": past_lines(shown.definition, Names(found)).values(),
        "name": shown.definition["name"],
        "before": number - 1 if number > 1 else None,
        "after": number + 1 if found.version and found.version.number > number else None,
    }
    return render(request, "process/version.html", context)


@member_view
def compare(request: MemberRequest, key: int) -> HttpResponse:
    """Two versions side by side, which the address names; the last two when it names none."""
    found = access.process(request, key)
    numbers = list(ProcessVersion.objects.filter(pipeline=found).order_by("-number").values_list("number", flat=True))
    last = numbers[0]
    first, second = (_number(request, name, standing) for name, standing in (("from", max(last - 1, 1)), ("to", last)))
    rows = {row.number: row for row in ProcessVersion.objects.filter(pipeline=found, number__in=(first, second))}
    if first not in rows or second not in rows:
        raise Http404
    names = words.labels()
    before, after = rows[first].definition, rows[second].definition
    context = {
        "section": "process",
        "pipeline": found,
        "pipelines": list(Pipeline.objects.in_use()),
        "tabs": tabs(found, "changelog"),
        "numbers": numbers,
        "first": first,
        "second": second,
        "left": f"v{first}",
        "right": f"v{second}",
        "said": [words.difference(change, names) for change in queries.changes_between(before, after)],
        "sides": comparing.sides(before, after, names, found),
    }
    return render(request, "process/compare.html", context)


def _number(request: MemberRequest, name: str, standing: int) -> int:
    given = request.GET.get(name, "")
    if not given:
        return standing
    return int(given) if given.isdecimal() and len(given) < 9 else 0


@manager_view
def restore(request: MemberRequest, key: int, number: int) -> HttpResponse:
    """Brings a version back as a new one: what that changes is shown first."""
    found = access.pipeline(request, key)
    shown = get_object_or_404(ProcessVersion.objects.select_related("by"), pipeline=found, number=number)
    back = comparing.restored(found, shown)
    names = words.labels()
    options = {"stages": back.definition["stages"], "today": today(), "leaving": back.leaving, "remaining": back.remaining}
    start = {"seen": found.version.number if found.version else 0}
    form = RestoreForm(request.POST or None, initial=start, **options)
    if request.method == "POST" and form.is_valid() and _restored(request, found, back, form):
        return redirect("process_pipeline", key)
    if form.is_bound:
        form.show_problem()
    context = {
        "section": "process",
        "pipeline": found,
        "version": shown,
        "form": form,
        "said": [words.difference(change, names) for change in back.changes],
        "mended": back.mended,
        "destinations": form.destinations(),
        "next_number": start["seen"] + 1,
        "right": f"v{number}",
        "sides": comparing.sides(back.now, back.definition, names, found),
        "has_draft": back.has_draft,
    }
    return render(request, "process/restore.html", context, status=422 if form.is_bound else 200)


def _restored(request: MemberRequest, pipeline: Pipeline, back: comparing.Restored, form: RestoreForm) -> bool:
    """Whether it is in force now; else what stood in the way is on the form."""
    found, before = form.cleaned_data, pipeline.version_id
    try:
        version = deals.apply_definition(
            pipeline=pipeline,
            definition=back.definition,
            by=request.user,
            at=request.now,
            why=found["why"],
            seen=found["seen"] or 0,
            promise=form.promise,
            adopt=form.adopts,
            destinations=form.chosen(),
        )
    except operations.ProcessOvertaken as late:
        form.add_error(None, words.overtaken(late.last))
        form.catch_up(late.last.number)
    except (deals.NowhereToGo, deals.StageRetired, operations.NoSuchStage, NobodyNamed):
        form.add_error(None, gettext("The stages have changed while you were looking. Nothing was saved: look again."))
    else:
        if form.adopts:
            adopt.enqueue()
        if version.pk == before:
            messages.info(request, gettext("Nothing was different: no version was published."))
        else:
            messages.success(request, gettext("v%(number)s is in force.") % {"number": version.number})
        return True
    return False
