"""The page of calls: how sure one's deals are, what one says of the period, how right one was; a manager sees the team's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from piste.company.models import Member, Role, Sees
from piste.deals.models import Deal
from piste.forecasting import operations
from piste.forecasting.models import Category, Measure, RepCall
from piste.forecasting.queries import calls as queries
from piste.forecasting.queries.calls import MOST, Called
from piste.forecasting.queries.record import PARTS, TrackRecord, together, track_records, won_by_owner
from piste.forecasting.queries.targets import of_reps
from piste.foundations import typography
from piste.stats.calling import Record
from piste.stats.shares import Share, share
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.answering import wants_fragment
from piste.web.board.forms import NumberField
from piste.web.board.words import name_of
from piste.web.insights import words
from piste.web.insights.words import period_name
from piste.web.parts.charts.figure import Definition
from piste.web.templatetags.piste import tongue

from .asking import Look
from .forms import read_value, written


class CallForm(forms.Form):
    """What one says that one will bring."""

    amount = NumberField(
        label=gettext_lazy("What I will bring"), error_messages={"required": gettext_lazy("Write an amount: it is the call.")}
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=300)

    def __init__(self, look: Look, data: Any = None, initial: int | None = None) -> None:
        self.look = look
        super().__init__(data, initial={"amount": written(initial, Measure.AMOUNT, look.currency)}, auto_id="call_%s")

    def clean_amount(self) -> int | None:
        return read_value(self.cleaned_data["amount"], Measure.AMOUNT, self.look.currency)


@dataclass(frozen=True, slots=True)
class DealLine:
    """An open deal due in the period, with its category."""

    deal: Deal
    name: str
    category: str


@dataclass(frozen=True, slots=True)
class TeamLine:
    """One of those whose calls the member may see."""

    member: Member
    won: str
    commit: str
    best: str
    call: str
    said_at: Any
    target: str
    bias: str
    miss: str
    href: str
    is_shown: bool


class CallsPage:
    """The calls of a period: of whom the address asks; else one's own, and for who watches over others all of theirs together."""

    def __init__(self, look: Look, *, own: bool = False) -> None:
        self.look = look
        self.user = look.request.user
        self.people = self._people()
        self.who = self.user if own else self._who()

    def _people(self) -> list[Member]:
        """Those whose calls the member may see, by name: who sells, and whoever looks."""
        found = Member.objects.active().order_by("name")
        if not self.user.sees_all:
            of_team = self.user.sight == Sees.TEAM and self.user.team_id is not None
            found = found.filter(team_id=self.user.team_id or 0) if of_team else found.filter(email=self.user.email)
        return [one for one in found if one.role == Role.REP or one.pk == self.user.pk]

    def _who(self) -> Member | None:
        asked = self.look.request.GET.get("who", "")
        if asked:
            found = next((one for one in self.people if str(one.pk) == asked), None)
            if found is None:
                raise Http404
            return found
        own = self.user.role == Role.REP or len(self.people) < 2
        return self.user if own else None

    @property
    def shown(self) -> list[int]:
        """Whose calls the figures are of."""
        return self.keys if self.who is None else [self.who.pk]

    @property
    def is_own(self) -> bool:
        return self.who is not None and self.who.pk == self.user.pk

    @property
    def everybody(self) -> str:
        """Where the calls of all stand together; "" for who opens on their own."""
        return "" if self.user.role == Role.REP else self.look.href(who="")

    @property
    def is_over(self) -> bool:
        return self.look.today > self.look.period.last

    @cached_property
    def keys(self) -> list[int]:
        return [one.pk for one in self.people]

    @cached_property
    def called(self) -> dict[int, Called]:
        return queries.called(access.deals(self.look.request), self.look.pipeline, self.look.period, self.look.currency)

    @cached_property
    def won(self) -> dict[int, int]:
        rows = won_by_owner(self.look.reading, [self.look.period], self.look.zone, self.look.currency)
        return {owner: amount for (owner, _first), amount in rows.items()}

    @cached_property
    def said(self) -> dict[int, list[RepCall]]:
        rows = queries.said_of(self.look.pipeline, [self.look.period], self.keys)
        return {member: calls for (member, _first), calls in rows.items()}

    @cached_property
    def targets(self) -> dict[int, int]:
        return of_reps(self.look.pipeline, self.look.period, measure=Measure.AMOUNT, member=self.user)

    @cached_property
    def records(self) -> dict[int, TrackRecord]:
        look = self.look
        return track_records(look.reading, look.pipeline, look.period, self.keys, zone=look.zone, currency=look.currency)

    @cached_property
    def worth(self) -> dict[tuple[int, str], Share]:
        return queries.worth_of_categories(access.deals(self.look.request), self.look.pipeline, self.shown)

    def money(self, value: int | None) -> str:
        return "–" if value is None else typography.amount(value, self.look.currency, tongue())

    @cached_property
    def record(self) -> TrackRecord:
        return together(list(self.records.values())) if self.who is None else self.records[self.who.pk]

    @cached_property
    def figures(self) -> dict[str, str]:
        """What those shown have won, are sure of, hope for, say and are to reach."""
        won = sum(self.won.get(one, 0) for one in self.shown)
        due = [self.called.get(one, Called()) for one in self.shown]
        commit = won + sum(one.commit for one in due)
        calls = [said[-1].amount_minor for one in self.shown if (said := self.said.get(one))]
        targets = [found for one in self.shown if (found := self.targets.get(one)) is not None]
        return {
            "target_label": gettext("Target") if len(self.shown) == 1 else gettext("Sum of the reps’ targets"),
            "won": self.money(won),
            "commit": self.money(commit),
            "best": self.money(commit + sum(one.best for one in due)),
            "call": self.money(sum(calls) if calls else None),
            "target": self.money(sum(targets) if targets else None),
        }

    @cached_property
    def deals(self) -> list[DealLine]:
        found = queries.due(access.deals(self.look.request).filter(owner__in=self.shown), self.look.pipeline, self.look.period)
        known = queries.categories()
        rows = list(found[: MOST + 1])
        return [DealLine(one, name_of(one), known.get(one.pk, Category.PIPELINE.value)) for one in rows]

    @property
    def shown_deals(self) -> list[DealLine]:
        return self.deals[:MOST]

    @property
    def has_more(self) -> bool:
        return len(self.deals) > MOST

    def history(self) -> list[dict[str, Any]]:
        """What was said of the period, the last first; by whom, each line of the team says."""
        rows = reversed(self.said.get(self.who.pk, []) if self.who is not None else [])
        return [{"amount": self.money(row.amount_minor), "note": row.note, "at": row.at} for row in rows]

    def past(self) -> list[dict[str, Any]]:
        """The past periods of those shown."""
        return [
            {
                "name": period_name(one.period),
                "calls": [self.money(call) for call in one.calls],
                "happened": self.money(one.happened),
            }
            for one in self.record.periods
        ]

    def parts(self) -> list[dict[str, str]]:
        """Bias and miss at each part of a period."""
        rows = zip(PARTS, self.record.at, strict=True)
        return [{"part": words.rate(part, 0), "bias": bias_said(one), "miss": words.rate(one.wape, 0)} for part, one in rows]

    def categories(self) -> list[dict[str, str]]:
        """What commits and best cases came to."""
        found = []
        for category in (Category.COMMIT, Category.BEST):
            known = [one for who in self.shown if (one := self.worth.get((who, category.value))) is not None]
            one = share(sum(part.count for part in known), sum(part.n for part in known))
            if one.n:
                told = {"won": words.count(one.count), "n": words.count(one.n), "interval": words.interval(one)}
                said = gettext("%(won)s of %(n)s won (%(interval)s)") % told
                found.append({"name": str(category.label), "rate": words.rate(one.rate, 0), "said": said})
        return found

    def team(self) -> list[TeamLine]:
        """Everybody's line; none for who sees only their own."""
        if len(self.people) < 2:
            return []
        rows = []
        for one in self.people:
            won, due = self.won.get(one.pk, 0), self.called.get(one.pk, Called())
            last = self.said.get(one.pk, [None])[-1]
            half = self.records[one.pk].at[1]
            rows.append(
                TeamLine(
                    member=one,
                    won=self.money(won),
                    commit=self.money(won + due.commit),
                    best=self.money(won + due.commit + due.best),
                    call=self.money(last.amount_minor if last is not None else None),
                    said_at=last.at if last is not None else None,
                    target=self.money(self.targets.get(one.pk)),
                    bias=bias_said(half),
                    miss=words.rate(half.wape, 0),
                    href=self.look.href(who=str(one.pk)),
                    is_shown=self.who is not None and one.pk == self.who.pk,
                )
            )
        return rows

    def definition(self) -> Definition:
        """How calls and their record are counted."""
        return Definition(
            basis=gettext(
                "Commit: what is won, and the open deals committed that are due by the end of the period. Best case: those in "
                "the best case besides. The call is what the rep says, whatever their deals say."
            ),
            rules=[
                gettext("Said: the call that stood a quarter, half and three quarters into a past period, against what was won."),
                gettext("Bias: what was said too much ÷ what happened. Miss: how much, either way (WAPE). The last 8 periods."),
                gettext("Won of a category: of the closed deals that were ever in it."),
                *([gettext("Everybody: the sums of those in the table of everybody’s calls.")] if self.who is None else []),
                gettext("Amounts in %(currency)s; others are not counted.") % {"currency": self.look.currency},
            ],
        )


def bias_said(one: Record) -> str:
    """A bias with its sign: +12%."""
    if one.bias is None:
        return "–"
    return ("+" if one.bias > 0.005 else "") + words.rate(one.bias, 0)


def shown(look: Look, page: CallsPage, form: CallForm | None = None, status: int = 200) -> HttpResponse:
    """The page, or the part that a change is seen in."""
    last = page.said.get(page.user.pk, [None])[-1]
    context = look.shown() | {
        "page": page,
        "form": form or CallForm(look, initial=last.amount_minor if last is not None else None),
        "may_say": page.is_own and not page.is_over,
        "say_href": look.href("forecast_say"),
        "choices": Category.choices,
    }
    part = "#answer" if wants_fragment(look.request) else ""
    if context["problems"] and not part:
        status = 422
    return render(look.request, f"forecast/calls.html{part}", context, status=status)


@member_view
@require_safe
def calls(request: MemberRequest, key: int) -> HttpResponse:
    """Calls of a period."""
    look = Look.at(request, key, "forecast_calls")
    return shown(look, CallsPage(look))


@member_view
@require_POST
def say(request: MemberRequest, key: int) -> HttpResponse:
    """One's own call of the period."""
    look = Look.at(request, key, "forecast_calls")
    form = CallForm(look, request.POST)
    if not form.is_valid():
        return shown(look, CallsPage(look, own=True), form, 422)
    facts = {"amount_minor": form.cleaned_data["amount"], "note": form.cleaned_data["note"]}
    try:
        operations.say(pipeline=look.pipeline, period=look.period, by=request.user, at=request.now, **facts)
    except operations.PeriodOver:
        messages.error(request, gettext("This period is over: there is nothing left to say of it."))
    else:
        messages.success(request, gettext("Your call is kept."))
    return redirect(look.href("forecast_calls", who=str(request.user.pk)))


@member_view
@require_POST
def sort(request: MemberRequest, key: int, deal: int) -> HttpResponse:
    """The category of a deal, from the page of calls."""
    found = access.deal(request, deal)
    look = Look.at(request, key, "forecast_calls")
    category = request.POST.get("category", "")
    if category not in Category.values:
        raise Http404
    try:
        operations.sort(deal=found, category=category, by=request.user, at=request.now)
    except operations.Closed:
        messages.error(request, gettext("This deal is closed meanwhile: nothing is to be said of it any more."))
    if wants_fragment(request):
        return shown(look, CallsPage(look))
    return redirect(f"{reverse('forecast_calls', args=[key])}?{request.GET.urlencode()}")
