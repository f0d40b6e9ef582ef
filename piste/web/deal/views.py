"""The page of a deal, its facts in place, notes, files, and new deals."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from piste.activities.queries import attachments
from piste.company.models import Member
from piste.deals import operations, queries, rules
from piste.deals.models import Deal, Move
from piste.journal.models import Entry
from piste.pipelines.queries import stages_in_use
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.board.showing import ranks
from piste.web.board.words import fact_name
from piste.web.parts.custom_fields import of as custom_fields_of
from piste.web.parts.telling import KINDS, lines
from piste.web.parts.track import track

from .facts import Fact, FactForm, exists, raw_value, shown
from .forms import NewDealForm

PAGE = 30


def wants_fragment(request: MemberRequest) -> bool:
    return bool(request.headers.get("HX-Request")) and request.headers.get("HX-Request-Type") != "full"


@member_view
def deal(request: MemberRequest, key: int) -> HttpResponse:
    """The whole page."""
    found = access.deal(request, key)
    return render(request, "deal/deal.html", page_context(request, found))


def page_context(request: MemberRequest, found: Deal) -> dict[str, Any]:
    """Everything the page shows; a constant number of statements."""
    stages = stages_in_use(found.pipeline_id)
    if found.stage_id not in {stage.pk for stage in stages}:
        stages.append(found.stage)
    rank = ranks(stages)
    moves = list(Move.objects.filter(deal=found).order_by("number"))
    amount = found.amount_minor or 0
    facts = shown(found)
    return {
        "deal": found,
        "name": found.company.name if found.company else found.title,
        "weighted": rules.weighted(amount, found.status, found.stage.probability),
        "track": track(found, moves, stages, rank, request.now),
        "facts": facts,
        "people": found.people.select_related("contact").order_by("-is_main", "pk"),
        "files": attachments("deal", found.pk),
        "needs": _needs(found, facts),
        "readers": readers(found),
        "section": "board",
        **timeline(request, found),
    }


def _needs(found: Deal, facts: list[Fact]) -> list[dict[str, Any]]:
    """What the present stage requires to be left, with what is known of it."""
    required = queries.required_facts(enter=None, leave=found.stage_id)
    if not required:
        return []
    known = queries.known_facts(found, among=required)
    labels = {field.key: field.label for field in custom_fields_of("deal")}
    values = {fact.name: fact.value for fact in facts}
    return [
        {
            "name": name if exists(name) else "contact" if name.startswith("contact") or name == "decision_maker" else "products",
            "label": fact_name(name, labels),
            "known": name in known,
            "value": values.get(name, ""),
        }
        for name in dict.fromkeys(required)
    ]


def readers(found: Deal) -> list[Member]:
    """The members who may see a deal, and may therefore be named in its notes."""
    return [
        member
        for member in Member.objects.active().select_related("team")
        if member.sees_all
        or member.pk == found.owner_id
        or (member.sees == "team" and member.team_id is not None and member.team_id == found.team_id)
    ]


def timeline(request: MemberRequest, found: Deal) -> dict[str, Any]:
    """A page of what happened, newest first, of one kind when asked."""
    only = request.GET.get("only", "")
    entries = Entry.objects.of("deal", found.pk).newest_first().select_related("actor")
    if only in KINDS:
        entries = entries.filter(verb__in=KINDS[only])
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    return {"lines": lines(list(page), currency=found.currency), "page": page, "only": only}


@member_view
def history(request: MemberRequest, key: int) -> HttpResponse:
    """The timeline alone, filtered or further back; the page itself without the script."""
    found = access.deal(request, key)
    if not wants_fragment(request):
        return render(request, "deal/deal.html", page_context(request, found))
    return render(request, "deal/timeline.html", {"deal": found, **timeline(request, found)})


@member_view
@require_http_methods(["GET", "POST"])
def fact(request: MemberRequest, key: int, name: str) -> HttpResponse:
    """One fact: its form in place, and its saving. What a colleague changed meanwhile is told, never overwritten unseen."""
    found = access.deal(request, key)
    if not exists(name):
        raise Http404
    form = FactForm(found, name, request.user, request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if name not in ("contact", "products") and form.cleaned_data["was"] != raw_value(found, name):
                return _overtaken(request, found, name)
            try:
                form.save(request.now)
            except operations.NotAllowed:
                form.add_error(None, _("This person has left: choose another owner."))
            else:
                return saved(request, key, name)
    context = {"deal": found, "form": form, "name": name, "section": "board"}
    template = "deal/fact_form.html" if wants_fragment(request) else "deal/fact_page.html"
    return render(request, template, context, status=status)


def _overtaken(request: MemberRequest, found: Deal, name: str) -> HttpResponse:
    """Somebody changed the same fact since the page was made: says who, and shows the present value to start from."""
    last = Entry.objects.of("deal", found.pk).filter(verb="deal.amended").select_related("actor").newest_first().first()
    who = last.actor.name if last and last.actor else "Piste"
    fresh = FactForm(found, name, request.user)
    said = _("%(who)s changed this in the meantime. Here is the present value; save yours again if it should hold.")
    context = {"deal": found, "form": fresh, "name": name, "section": "board", "warning": said % {"who": who}}
    template = "deal/fact_form.html" if wants_fragment(request) else "deal/fact_page.html"
    return render(request, template, context, status=409)


def saved(request: MemberRequest, key: int, name: str) -> HttpResponse:
    """After a change: the parts of the page that show it."""
    try:
        found = access.deal(request, key)
    except Http404:
        return HttpResponse(headers={"HX-Redirect": reverse("home")}) if wants_fragment(request) else redirect("home")
    if not wants_fragment(request):
        return redirect("deal", key)
    return render(request, "deal/changed.html", page_context(request, found))


@member_view
def live(request: MemberRequest, key: int) -> HttpResponse:
    """The parts of the page that change, as they are now (asked when a colleague has changed the deal)."""
    return saved(request, key, "")


@member_view
@require_POST
def contact_away(request: MemberRequest, key: int, contact: int) -> HttpResponse:
    """Takes a contact off the deal, or makes it the main one."""
    found = access.deal(request, key)
    people = list(found.people.order_by("-is_main", "pk").values_list("contact_id", "role"))
    if contact not in dict(people):
        raise Http404
    if request.POST.get("main"):
        people.sort(key=lambda row: row[0] != contact)
    else:
        people = [row for row in people if row[0] != contact]
    operations.name_contacts(deal=found, contacts=people, by=request.user, at=request.now)
    return saved(request, key, "contact")


@member_view
@require_POST
def discard(request: MemberRequest, key: int) -> HttpResponse:
    """Puts the deal in the bin."""
    found = access.deal(request, key)
    operations.discard(deal=found, by=request.user, at=request.now)
    return redirect("bin")


@member_view
def bin_(request: MemberRequest) -> HttpResponse:
    """What lies in the bin and may be brought back."""
    found = Deal.objects.visible_to(request.user).exclude(deleted_at=None).select_related("company", "stage", "owner")
    page = Paginator(found.order_by("-deleted_at", "-pk"), 50).get_page(request.GET.get("page"))
    return render(request, "deal/bin.html", {"page": page, "section": "board"})


@member_view
@require_POST
def restore(request: MemberRequest, key: int) -> HttpResponse:
    """Brings a deal back."""
    operations.restore(deal=access.deal(request, key, binned=True), by=request.user, at=request.now)
    return redirect("deal", key)


@member_view
@require_http_methods(["GET", "POST"])
def new(request: MemberRequest) -> HttpResponse:
    """A new deal: a dialog over any page, a page of its own without the script."""
    form = NewDealForm(request.user, request.GET.get("stage", ""), request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = form.save(request.now)
            except operations.DataMissing as problem:
                labels = {field.key: field.label for field in custom_fields_of("deal")}
                lacking = ", ".join(fact_name(name, labels) for name in problem.facts)
                form.add_error(None, _("This stage needs to know: %(facts)s.") % {"facts": lacking})
            except operations.DealError:
                form.add_error(None, _("This stage or this owner is no longer in use: choose another."))
            else:
                if wants_fragment(request):
                    return HttpResponse(headers={"HX-Redirect": reverse("deal", args=[made.pk])})
                return redirect("deal", made.pk)
    context = {"form": form, "section": "board"}
    template = "deal/new_dialog.html" if wants_fragment(request) else "deal/new.html"
    return render(request, template, context, status=status)


@member_view
def companies_alike(request: MemberRequest) -> HttpResponse:
    """Names of companies that go on like what is typed, for the list under a field."""
    text = request.GET.get("q", "").strip()
    found = access.companies(request).filter(name__icontains=text).order_by("name")[:8] if len(text) > 1 else []
    return render(request, "deal/options.html", {"names": [row.name for row in found]})


