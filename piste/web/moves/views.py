"""Moves as pages and fragments: each is a form that works without the script, and the twin of a drag."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext

from piste.company.models import CustomField, FieldSubject
from piste.deals import operations, queries
from piste.deals.models import Deal, Move, Status
from piste.deals.operations import Supplied
from piste.deals.queries.board import places
from piste.pipelines.models import Stage
from piste.pipelines.queries import stages_in_use
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.board import showing, words
from piste.web.board.forms import HoldForm, LossForm
from piste.web.board.looking import behind
from piste.web.board.missing import MissingForm

from . import answers


@member_view
def move(request: MemberRequest, key: int) -> HttpResponse:
    """Where a deal may go, and going there."""
    deal = access.deal(request, key, briefly=True)
    if request.method != "POST":
        return _choices(request, deal)
    try:
        to = access.stage(request, int(request.POST.get("to", "")))
    except (ValueError, Http404):
        return answers.refused(request, deal, answers.stage_gone(deal))

    def go(supplied: Supplied | None, override: str) -> Move:
        return operations.move(
            deal=deal, to=to, by=request.user, at=request.now, why=request.POST.get("why", ""),
            seen=_seen(request), override=override, supplied=supplied,
        )  # fmt: skip

    return _attempt(request, deal, go, goal=to)


@member_view
def win(request: MemberRequest, key: int) -> HttpResponse:
    """The deal is won."""
    deal = access.deal(request, key)
    if request.method != "POST":
        return answers.ask(request, deal, "win", {"landing": operations.landing(deal)})

    def go(supplied: Supplied | None, override: str) -> Move:
        return operations.win(
            deal=deal, by=request.user, at=request.now, seen=_seen(request), override=override, supplied=supplied
        )

    return _attempt(request, deal, go, goal=None)


@member_view
def lose(request: MemberRequest, key: int) -> HttpResponse:
    """The deal is lost: why?"""
    deal = access.deal(request, key)
    form = LossForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return answers.ask(request, deal, "lose", {"form": form}, status=422 if form.errors else 200)

    def go(supplied: Supplied | None, override: str) -> Move:
        found = form.cleaned_data
        return operations.lose(
            deal=deal, reason=found["reason"], why=found["why"], by=request.user, at=request.now, seen=_seen(request)
        )

    return _attempt(request, deal, go, goal=None)


@member_view
def hold(request: MemberRequest, key: int) -> HttpResponse:
    """The deal is set aside: until when?"""
    deal = access.deal(request, key)
    if deal.status in (Status.WON, Status.LOST):
        said = gettext("A closed deal cannot be put on hold: bring %(deal)s back to a stage first.")
        return answers.refused(request, deal, said % {"deal": words.name_of(deal)})
    today = timezone.localdate()
    form = HoldForm(request.POST or None, today=today)
    if request.method != "POST" or not form.is_valid():
        return answers.ask(request, deal, "hold", {"form": form, "today": today}, status=422 if form.errors else 200)

    def go(supplied: Supplied | None, override: str) -> Move:
        found = form.cleaned_data
        return operations.hold(
            deal=deal, until=found["until"], why=found["why"], by=request.user, at=request.now, today=today,
            seen=_seen(request),
        )  # fmt: skip

    return _attempt(request, deal, go, goal=None)


@member_view
def resume(request: MemberRequest, key: int) -> HttpResponse:
    """The deal comes back from hold to its stage."""
    deal = access.deal(request, key)
    if request.method != "POST":
        return _choices(request, deal)

    def go(supplied: Supplied | None, override: str) -> Move:
        return operations.resume(deal=deal, by=request.user, at=request.now, seen=_seen(request))

    return _attempt(request, deal, go, goal=deal.stage)


@member_view
def undo(request: MemberRequest, key: int) -> HttpResponse:
    """Takes back the deal's last move, whose number is given."""
    deal = access.deal(request, key)
    number = request.POST.get("number") or request.GET.get("number", "")
    if request.method != "POST":
        return _choices(request, deal)
    try:
        done = operations.undo(deal=deal, number=int(number), by=request.user, at=request.now)
    except (operations.CannotUndo, ValueError):
        said = gettext("This can no longer be undone: %(deal)s has moved on since. Move it where it should be.")
        return answers.refused(request, deal, said % {"deal": words.name_of(deal)})
    return answers.moved(request, deal, done)


@member_view
def needs(request: MemberRequest, key: int) -> HttpResponse:
    """What each stage would ask of this deal, in words, and the place it would take in each column of the board it is on."""
    deal = access.deal(request, key)
    stages, labels = stages_in_use(deal.pipeline_id), _labels()
    said: dict[str, dict[str, object]] = {
        str(stage_id): {"needs": [words.fact_name(fact, labels) for fact in facts]}
        for stage_id, facts in queries.lacking(deal, stages=stages).items()
    }
    if look := behind(request):
        for stage_id, (place, count) in places(look.board, deal=deal).items():
            said.setdefault(str(stage_id), {}).update(place=place, count=count)
    return JsonResponse(said)


def _attempt(
    request: MemberRequest, deal: Deal, go: Callable[[Supplied | None, str], Move], *, goal: Stage | None
) -> HttpResponse:
    """Runs a move with the facts filled in for it, if any, and answers whatever comes of it."""
    asked = request.POST.getlist("fact")
    form = MissingForm(deal, asked, request.user, request.POST) if asked else None
    override = request.POST.get("override", "").strip()
    if form is not None and not override and not form.is_valid():
        return _missing(request, deal, form, goal)
    try:
        done = go(form.supplied(request.now) if form is not None and not override else None, override)
    except operations.DataMissing as lack:
        return _missing(request, deal, MissingForm(deal, lack.facts, request.user), goal)
    except operations.Overtaken as late:
        return answers.refused(request, deal, words.overtaken(deal, late.last, request.now))
    except operations.Discarded as gone:
        raise Http404 from gone
    except operations.StageRetired:
        return answers.refused(request, deal, answers.stage_gone(deal))
    except operations.AlreadyThere:
        said = gettext("Nothing to change: %(deal)s already is there.")
        return answers.refused(request, deal, said % {"deal": words.name_of(deal)})
    except operations.NotAllowed:
        said = gettext("Only a manager may move a deal in spite of missing facts: fill them in, or ask yours.")
        return answers.refused(request, deal, said, status=403)
    except operations.WrongDate:
        said = gettext("This date cannot be: it must come after today. Choose a later day.")
        return answers.refused(request, deal, said)
    return answers.moved(request, deal, done)


def _missing(request: MemberRequest, deal: Deal, form: MissingForm, goal: Stage | None) -> HttpResponse:
    """The move is refused; says what is missing, with the fields to fill."""
    labels = _labels()
    context = {
        "form": form,
        "goal": goal,
        "rank": _rank(goal),
        "facts": [words.fact_name(fact, labels) for fact in form.facts],
        "may_override": request.user.may_manage,
        "action": request.path,
        "to": request.POST.get("to", ""),
    }
    return answers.ask(request, deal, "missing", context, status=422)


def _rank(goal: Stage | None) -> str:
    return showing.ranks(stages_in_use(goal.pipeline_id)).get(goal.pk, "none") if goal is not None else "won"


def _choices(request: MemberRequest, deal: Deal) -> HttpResponse:
    """The menu twin of a drag: every stage, every end."""
    stages = access.stages(request)
    own = [stage for stage in stages if stage.pipeline_id == deal.pipeline_id]
    lacking, labels, ranks = queries.lacking(deal, stages=own), _labels(), showing.ranks(own)
    context = {
        "targets": [
            {
                "stage": stage,
                "rank": ranks[stage.pk],
                "is_here": stage.pk == deal.column_id,
                "needs": ", ".join(words.fact_name(fact, labels) for fact in lacking[stage.pk]),
            }
            for stage in own
        ],
        "elsewhere": [stage for stage in stages if stage.pipeline_id != deal.pipeline_id],
    }
    return answers.ask(request, deal, "move", context)


def _labels() -> dict[str, str]:
    """The names of the company's own fields of deals, by key."""
    return dict(CustomField.objects.filter(subject=FieldSubject.DEAL).values_list("key", "label"))


def _seen(request: MemberRequest) -> int | None:
    """The number of the last move the page knew of."""
    text = request.POST.get("seen", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None
