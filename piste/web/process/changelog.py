"""The changelog: the versions of a process, each whole."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from piste.pipelines import queries
from piste.pipelines.models import Pipeline, ProcessVersion
from piste.web import access
from piste.web.access import MemberRequest, member_view

from . import showing, words
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
        "versions": showing.version_rows(found, queries.versions(found), names),
    }
    return render(request, "process/versions.html", context)


@member_view
def version(request: MemberRequest, key: int, number: int) -> HttpResponse:
    """A version, whole."""
    found = access.process(request, key)
    shown = get_object_or_404(ProcessVersion.objects.select_related("by"), pipeline=found, number=number)
    names = words.labels()
    context = {
        "section": "process",
        "pipeline": found,
        "version": shown,
        "is_in_force": shown.pk == found.version_id and found.retired_at is None,
        "said": words.differences(shown.changes, names),
        "stages": showing.past_stages(shown.definition, names),
        "name": shown.definition["name"],
        "before": number - 1 if number > 1 else None,
        "after": number + 1 if found.version and found.version.number > number else None,
    }
    return render(request, "process/version.html", context)
