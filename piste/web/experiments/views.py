"""Reading split tests: the list, a test with its result."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from piste.experiments.models import SplitTest
from piste.experiments.queries import variants_of
from piste.web import access
from piste.web.access import MemberRequest, member_view

from . import reading, showing, words
from .varied import Varied, variant_rows


@member_view
def tests(request: MemberRequest, key: int) -> HttpResponse:
    """The list; on a wide screen the first test or idea beside it."""
    pipeline = access.pipeline(request, key)
    context = showing.around(request, pipeline)
    return render(request, "experiments/tests.html", context)


@member_view
def test(request: MemberRequest, key: int, number: int) -> HttpResponse:
    """A test, whole. The result of one that goes on is for managers, so that nobody works by it."""
    found = test_of(request, key, number)
    if found.state == "design" and request.user.may_manage:
        return redirect("test_design", key, number)
    return render(request, "experiments/test.html", page(request, found))


def test_of(request: MemberRequest, key: int, number: int) -> SplitTest:
    """One test of a pipeline, or 404."""
    pipeline = access.pipeline(request, key)
    around = (
        "stage__pipeline",
        "pipeline",
        "idea__stage",
        "idea__author",
        "designed_by",
        "started_by",
        "decided_by",
        "winner",
        "version__by",
    )
    return get_object_or_404(SplitTest.objects.kept().select_related(*around), pipeline=pipeline, number=number)


def until(test: SplitTest, now: datetime) -> datetime:
    """Up to when a result is read: nothing that came after the decision changes what was decided on."""
    return test.decided_at or now


def page(request: MemberRequest, test: SplitTest) -> dict[str, Any]:
    """Everything the page of a test shows."""
    variants = variants_of(test)
    varied = Varied(test, variants)
    goals = showing.stage_names(test.pipeline_id)
    context = showing.around(request, test.stage.pipeline, test=test)
    counted = next((line.counted for _name, lines, _rare in context["groups"] for line in lines if line.test.pk == test.pk), 0)
    sees_result = test.started_at is not None and (request.user.may_manage or test.decided_at is not None)
    result = reading.shown(test, variants, goals, varied, as_of=until(test, request.now)) if sees_result else {}
    return context | result | {
        "test": test,
        "rank": showing.stage_mark_of(test.stage),
        "state": words.state(test),
        "decision": words.decided(test),
        "bar": words.bar(test.measure, test.bar, test.currency),
        "phases": showing.phases(test, counted=counted, now=request.now),
        "design": showing.design_rows(test, variants, goals, varied),
        "variants": variant_rows(test, variants, varied),
        "counted": words.count(counted),
        "planned": words.units(test.unit, test.planned_count),
        "share": min(100, counted * 100 // test.planned_count),
        "sees_result": sees_result,
    }  # fmt: skip
