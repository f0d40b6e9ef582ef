"""Starting, pausing, stopping, deciding, rolling out."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from piste.experiments import operations, rules
from piste.experiments.models import SplitTest
from piste.experiments.queries.results import result
from piste.pipelines.operations import NoSuchStage
from piste.playbooks.operations import NobodyNamed, WaitsForItself
from piste.web.access import MemberRequest, manager_view

from . import kept, words
from .forms import DecisionForm, RolloutForm
from .varied import Varied, variant_rows
from .views import page, test_of, until

#: After a roll-out one looks again when a quarter has passed.
QUARTER = timedelta(days=91)


@manager_view
@require_POST
def act(request: MemberRequest, key: int, number: int) -> HttpResponse:
    """Starts, pauses, resumes, stops or gives up a test (`do`)."""
    test, do = test_of(request, key, number), request.POST.get("do", "")
    acts = {"pause": operations.pause, "resume": operations.resume, "stop": operations.stop, "drop": operations.drop_design}
    try:
        if do == "start":
            operations.start(test=test, by=request.user, at=request.now)
        elif do in acts:
            acts[do](test=test, by=request.user, at=request.now)
    except (
        operations.AlreadyStarted, operations.NotRunning, operations.NothingVaried, operations.NothingThere, operations.Overlaps,
        NoSuchStage, NobodyNamed, WaitsForItself,
    ) as problem:  # fmt: skip
        messages.error(request, said(problem))
        return redirect("test", key, number)
    return redirect("tests", key) if do == "drop" else redirect("test", key, number)


def said(problem: Exception) -> str:
    """What stands in the way, and the way out."""
    if isinstance(problem, operations.Overlaps):
        if problem.on and problem.on[-1] in (rules.TEMPLATE, rules.AUTOMATION):
            return gettext("“%(title)s” is in force and varies a template or an automation of this one: decide it first.") % {
                "title": problem.other.title
            }
        if problem.on:
            return gettext(
                "“%(title)s” is in force on this stage and varies the same thing: decide it first, or test on another stage."
            ) % {"title": problem.other.title}
        return gettext("“%(title)s” is in force on this stage: declare this test factorial, or decide that one first.") % {
            "title": problem.other.title
        }
    if isinstance(problem, operations.NothingVaried):
        return gettext("No variant does anything otherwise: add a change to one, or change what it asks or its contact clock.")
    if isinstance(problem, operations.NothingThere):
        return gettext("Something that a variant changes is out of use by now: take it out.")
    if isinstance(problem, NoSuchStage):
        return gettext("The stage is no longer in use: design the test on another.")
    if isinstance(problem, NobodyNamed | WaitsForItself):
        return gettext("The playbook of a variant names somebody who has left: look at whom the activities are given to.")
    return gettext("Somebody was quicker: this is how the test stands now.")


@manager_view
def decide(request: MemberRequest, key: int, number: int) -> HttpResponse:
    """Concludes a stopped test; the figures of the day stay with the decision."""
    test = test_of(request, key, number)
    if test.state != "stopped":
        return redirect("test", key, number)
    variants = list(test.variants.order_by("position"))
    offered = [(variant.pk, f"{variant.letter}, {variant.name}") for variant in variants if variant.position]
    form = DecisionForm(request.POST or None, variants=offered)
    if request.method == "POST" and form.is_valid():
        return _conclude(request, test, form)
    context = page(request, test) | {"form": form}
    return render(request, "experiments/decide.html", context, status=422 if form.is_bound else 200)


def _conclude(request: MemberRequest, test: SplitTest, form: DecisionForm) -> HttpResponse:
    variants, found = list(test.variants.order_by("position")), form.cleaned_data
    figures = result(test, variants, as_of=until(test, request.now))
    winner = next((one for one in variants if one.pk == found["winner"]), None) if found["decision"] == "adopt" else None
    try:
        operations.decide(
            test=test, decision=found["decision"], words=found["words"], by=request.user, at=request.now,
            verdict=kept.verdict_of(variants, figures), winner=winner,
        )  # fmt: skip
    except operations.NotStopped:
        messages.error(request, gettext("Somebody was quicker: this is how the test stands now."))
    return redirect("test", test.pipeline_id, test.number)


@manager_view
def roll_out(request: MemberRequest, key: int, number: int) -> HttpResponse:
    """Makes the adopted variant everybody's."""
    test = test_of(request, key, number)
    if test.state != "decided" or test.winner is None:
        return redirect("test", key, number)
    gap, interval = (say(test, test.winner.letter) for say in (kept.gap, kept.interval))
    start = {"why": _because(test, gap, interval), "retest_on": (request.now + QUARTER).date()}
    form = RolloutForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            operations.roll_out(test=test, by=request.user, at=request.now, change=gap, **form.cleaned_data)
        except operations.NothingToRollOut:
            messages.error(request, gettext("Somebody was quicker: this is how the test stands now."))
        except operations.NothingThere:
            messages.error(
                request, gettext("Something that the variant changes is out of use by now: it cannot be rolled out whole.")
            )
        except (NoSuchStage, NobodyNamed, WaitsForItself) as problem:
            messages.error(request, said(problem))
        else:
            messages.success(request, gettext("“%(name)s” is everybody’s from now on.") % {"name": test.winner.name})
        return redirect("test", key, number)
    (winner,) = variant_rows(test, [test.winner], Varied(test, [test.winner]))
    context = page(request, test) | {"form": form, "winner": winner, "gap": gap, "words": words.state(test)}
    return render(request, "experiments/rollout.html", context, status=422 if form.is_bound else 200)


def _because(test: SplitTest, gap: str, interval: str) -> str:
    """What a roll-out begins to give as its why: the test, and its figures when there were any."""
    said = {"number": test.number, "title": test.title, "gap": gap, "interval": interval, "measure": words.measure_of(test)}
    if not (gap and interval):
        return gettext("Test %(number)s, “%(title)s”.") % said
    return gettext("Test %(number)s, “%(title)s”: %(measure)s, %(gap)s (%(interval)s).") % said
