"""What the page of a deal shows, whole or in parts, in a constant number of statements."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from piste.activities.queries import pinned, withdrawn
from piste.company.models import CustomField, FieldSubject, Member
from piste.deals import queries, rules
from piste.deals.models import Deal, DealContact, Move, PurchaseRole, Status
from piste.forecasting.models import Category
from piste.forecasting.queries.calls import category_of
from piste.foundations.money import whole
from piste.foundations.numbers import row_number
from piste.journal.models import Entry, EntrySet
from piste.pipelines.models import Stage
from piste.pipelines.queries import stages_in_use
from piste.pipelines.rules import FACTS as REQUIRABLE
from piste.web import access
from piste.web.access import MemberRequest
from piste.web.answering import go, wants_fragment
from piste.web.board.showing import ranks
from piste.web.board.words import fact_name, name_of
from piste.web.member import company_of
from piste.web.parts import custom_fields
from piste.web.parts.papers import papers
from piste.web.parts.taken_back import TAKES_BACK, taken_back
from piste.web.parts.telling import KINDS, UNTOLD, lines, written
from piste.web.parts.track import track
from piste.web.parts.trail import Trail
from piste.web.playbook import panel

from .facts import Fact, FactForm, shown
from .goods import Goods
from .steps import Steps, clock
from .winning import Winning

#: The address of the page of a deal, as a fragment's request tells where it was sent from.
DEAL_PATH = re.compile(r"^/deals/(\d{1,18})/$")

PAGE = 30
PEOPLE_NEEDS = ("contact", "contact_email", "contact_phone", "decision_maker")


@dataclass(frozen=True, slots=True)
class Need:
    """A fact that the next stage asks for: known with its value, or missing with the form to fill it in place."""

    name: str
    label: str
    value: str
    is_known: bool
    form: FactForm | None = None
    is_of_people: bool = False

    @property
    def slug(self) -> str:
        return self.name.replace(":", "-")


def context(request: MemberRequest, deal: Deal) -> dict[str, Any]:
    """Everything the page shows."""
    stages = stages_in_use(deal.pipeline_id)
    if deal.stage_id not in {stage.pk for stage in stages}:
        stages.append(deal.stage)
    rank = ranks(stages)
    fields = custom_fields.of(FieldSubject.DEAL)
    goods = Goods.of(deal)
    facts = shown(deal, fields)
    following = _next_stage(deal, stages)
    people = list(deal.people.select_related("contact").order_by("-is_main", "pk"))
    asked = needs(deal, following, fields, facts, people, request.user) if following else []
    return {
        "deal": deal,
        "name": name_of(deal),
        "weighted": whole(rules.weighted(deal.amount_minor or 0, deal.status, deal.stage.probability), deal.currency),
        "chance": deal.stage.probability / 100,
        "counts": deal.status == Status.OPEN,
        "gone_by": rules.is_gone_by(deal.expected_close_on, deal.status, timezone.localdate(request.now)),
        "beside": queries.neighbours(deal, member=request.user),
        "track": track(deal, list(Move.objects.filter(deal=deal).order_by("number")), stages, rank, request.now),
        "facts": facts,
        "category": category_of(deal) if deal.status in (Status.OPEN, Status.HELD) else "",
        "categories": Category.choices,
        "winning": Winning.of(deal, fields),
        "next_stage": following,
        "needs": asked,
        "missing": sum(not need.is_known for need in asked),
        "people": people,
        "to_do": Steps.of(deal, people, now=request.now),
        "clock": clock(deal, now=request.now, company=lambda: company_of(request)),
        "goods": goods,
        "section": "board",
        **panel.context(deal, people),
        **papers("deal", deal),
        **timeline(request, deal, stages, rank),
    }


def _next_stage(deal: Deal, stages: Sequence[Stage]) -> Stage | None:
    """The stage an open deal would come to next."""
    order = [stage.pk for stage in stages]
    if deal.status not in (Status.OPEN, Status.HELD) or deal.stage_id not in order:
        return None
    return next(iter(stages[order.index(deal.stage_id) + 1 :]), None)


def needs(
    deal: Deal,
    following: Stage,
    fields: Sequence[CustomField],
    facts: Sequence[Fact],
    people: Sequence[DealContact],
    member: Member,
) -> list[Need]:
    """What must be known to go to the next stage, in the order the company gave it."""
    required = queries.required_facts(enter=following.pk, leave=deal.stage, of=deal)
    if not required:
        return []
    known = queries.known_facts(deal, among=required)
    labels = {field.key: field.label for field in fields}
    values = {fact.name: fact.value for fact in facts} | _of_people(people)
    found = []
    for name in dict.fromkeys(required):
        if name not in REQUIRABLE and name.removeprefix("custom:") not in labels:
            continue
        of_people, there = name in PEOPLE_NEEDS, name in known
        form = None
        if not there and not of_people and name != "product":
            form = FactForm(deal, name, member, place=f"need-{name.replace(':', '-')}", fields=fields)
        found.append(Need(name, fact_name(name, labels), values.get(name, ""), there, form, of_people))
    return found


def _of_people(people: Sequence[DealContact]) -> dict[str, str]:
    """What is known of the contacts, by the facts a stage may require."""
    deciding = [person.contact.name for person in people if person.role in (PurchaseRole.DECIDES, PurchaseRole.SIGNS)]
    return {
        "contact": next((person.contact.name for person in people), ""),
        "contact_email": next((person.contact.email for person in people if person.contact.email), ""),
        "contact_phone": next((person.contact.phone for person in people if person.contact.phone), ""),
        "decision_maker": ", ".join(deciding),
    }


def timeline(
    request: MemberRequest, deal: Deal, stages: Sequence[Stage] = (), rank: dict[int, str] | None = None
) -> dict[str, Any]:
    """A page of what happened, newest first, of one kind when asked, older than an entry when asked."""
    only = request.GET.get("only", "")
    told = Entry.objects.of("deal", deal.pk).filter(erased_at=None).exclude(verb__in=UNTOLD)
    if gone := withdrawn("deal", deal.pk):
        told = told.exclude(verb="note.written", data__note__in=gone)
    counts, has_undoing = _counts(told)
    entries = told.filter(verb__in=KINDS[only]) if only in KINDS else told
    if before := _before(request, deal):
        entries = entries.filter(Q(at__lt=before.at) | Q(at=before.at, pk__lt=before.pk))
    first = [] if before or only not in ("", "notes") else pinned("deal", deal.pk)
    if first:
        entries = entries.exclude(verb="note.written", data__note__in=first)
    rows = list(entries.newest_first().select_related("actor")[: PAGE + 1])
    above = written("deal", [deal.pk], first)
    if not stages:
        stages = stages_in_use(deal.pipeline_id)
        rank = ranks(stages)
    told_lines = lines([*above, *rows[:PAGE]], currency=deal.currency, ranks=rank, stages=stages)
    return {
        "pinned": told_lines[: len(above)],
        "lines": told_lines[len(above) :],
        "taken_back": taken_back(rows[:PAGE]) if has_undoing else (),
        "older": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "only": only if only in KINDS else "",
        "about": ("deal", deal.pk),
        "history": Trail.of(reverse("deal_history", args=[deal.pk]), only, counts),
    }


def _counts(entries: EntrySet) -> tuple[dict[str, int], bool]:
    """How many entries there are of each kind, and of all; and whether some take others back."""
    told = list(entries.order_by().values_list("verb").annotate(count=Count("pk"), undoing=Count("pk", filter=TAKES_BACK)))
    rows = {verb: count for verb, count, _undoing in told}
    found = {kind: sum(rows.get(verb, 0) for verb in verbs) for kind, verbs in KINDS.items()}
    return {"": sum(rows.values())} | found, any(undoing for _verb, _count, undoing in told)


def _before(request: MemberRequest, deal: Deal) -> Entry | None:
    number = row_number(request.GET.get("before", ""))
    return Entry.objects.of("deal", deal.pk).filter(pk=number).first() if number is not None else None


def changed(
    request: MemberRequest, key: int, *, said: str = "", level: str = "success", undo: str = "", status: int = 200
) -> HttpResponse:
    """After a change: the parts of the page that show it and what to say; the page itself without the script.

    Who can no longer see the deal is led to the board.
    """
    try:
        deal = access.deal(request, key)
    except Http404:
        messages.success(request, _("Done. This deal is no longer yours to see."))
        return go(request, "home")
    if not wants_fragment(request):
        if said:
            messages.add_message(request, messages.ERROR if level == "error" else messages.SUCCESS, said, extra_tags=undo)
        return redirect("deal", key)
    toast = {"text": said, "level": level, "undo_url": undo} if said else None
    return render(request, "deal/changed.html", context(request, deal) | {"toast": toast}, status=status)
