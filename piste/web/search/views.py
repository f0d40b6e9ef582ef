"""Answers of the search, grouped; the same address gives a page, or the palette's list to its script."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from piste.deals.models import Status
from piste.finding.queries import Found, find
from piste.foundations.names import search_words
from piste.pipelines.models import Stage
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.board.showing import ranks
from piste.web.deal.one_line import is_one_line
from piste.web.navigation import links
from piste.web.templatetags.piste import amount


@dataclass(frozen=True, slots=True)
class Answer:
    """One line: what it is called, where it leads, its icon or the glyph of its stage, what tells it from its like."""

    label: str
    url: str
    icon: str
    hint: str = ""
    amount: str = ""
    mark: str = ""


@member_view
def search(request: MemberRequest) -> HttpResponse:
    """Deals, companies, contacts and actions for what is typed."""
    text = request.GET.get("q", "").strip()
    found = find(text, member=request.user, limit=18) if search_words(text) and not text.startswith("+") else []
    groups = [
        (_("Deals"), _deals(request, text, [row for row in found if row.kind == "deal"])),
        (_("Companies"), _companies(request, [row for row in found if row.kind == "company"])),
        (_("Contacts"), _contacts(request, [row for row in found if row.kind == "contact"])),
        (_("New deal"), _one_line(text)),
        (_("Actions"), _actions(request, text)),
    ]
    shown = [(title, rows) for title, rows in groups if rows]
    template = "search/answers.html" if request.GET.get("palette") else "search/search.html"
    return render(request, template, {"groups": shown, "q": text, "section": ""})


def _deals(request: MemberRequest, text: str, found: list[Found]) -> list[Answer]:
    """Deals with the glyph and the name of their stage, or how they ended; of those that answer alike, the open ones first."""
    if not found:
        return []
    rank = _ranks(request)
    facts = {deal.pk: deal for deal in access.deals(request).filter(pk__in=_keys(found)).select_related("stage")}
    begun = search_words(text)
    open_ones = {deal.pk for deal in facts.values() if deal.status == Status.OPEN}
    answers = []
    for row in sorted(found, key=lambda row: (not search_words(row.label).startswith(begun), row.object_id not in open_ones)):
        deal = facts.get(row.object_id)
        hint = mark = said = ""
        if deal is not None:
            is_open = deal.pk in open_ones
            hint = deal.stage.name if is_open else deal.get_status_display()
            mark = rank.get(deal.stage_id, "") if is_open else deal.status
            said = amount(deal.amount_minor, deal.currency)
        answers.append(Answer(row.label, reverse("deal", args=[row.object_id]), "columns", hint, said, mark))
    return answers


def _ranks(request: MemberRequest) -> dict[int, str]:
    of: dict[int, list[Stage]] = {}
    for stage in access.stages(request):
        of.setdefault(stage.pipeline_id, []).append(stage)
    return {key: rank for stages in of.values() for key, rank in ranks(stages).items()}


def _companies(request: MemberRequest, found: list[Found]) -> list[Answer]:
    rows = access.companies(request).filter(pk__in=_keys(found)).values_list("pk", "city") if found else ()
    cities = dict(rows)
    return [Answer(row.label, reverse("company", args=[row.object_id]), "org", cities.get(row.object_id, "")) for row in found]


def _contacts(request: MemberRequest, found: list[Found]) -> list[Answer]:
    """Contacts with what they do and where."""
    people = access.contacts(request).filter(pk__in=_keys(found)).select_related("company") if found else ()
    hints = {one.pk: ", ".join(filter(None, [one.job_title, one.company.name if one.company else ""])) for one in people}
    return [Answer(row.label, reverse("contact", args=[row.object_id]), "user", hints.get(row.object_id, "")) for row in found]


def _one_line(text: str) -> list[Answer]:
    """A deal that is being written in one line, to be looked at and created."""
    said = text.lstrip("+").strip()
    if not said or not is_one_line(text):
        return []
    return [
        Answer(
            said, f"{reverse('new_deal')}?{urlencode({'line': said})}", "plus", _("Company, contact, amount: check, then create")
        )
    ]


def _keys(found: list[Found]) -> list[int]:
    return [row.object_id for row in found]


def _actions(request: MemberRequest, text: str) -> list[Answer]:
    places = [Answer(link.label, link.url, link.icon) for link in links(request.user)]
    actions = [
        Answer(_("New deal"), reverse("new_deal"), "plus"),
        Answer(_("New contact"), reverse("new_contact"), "plus"),
        Answer(_("New company"), reverse("new_company"), "plus"),
        *([Answer(_("Import"), "/import/", "upload")] if request.user.may_manage else []),
        Answer(_("Bin"), reverse("bin"), "trash"),
        *places,
    ]
    words = search_words(text)
    return [action for action in actions if words in search_words(action.label)]
