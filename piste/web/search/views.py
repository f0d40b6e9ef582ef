"""Answers of the search, grouped; the same address gives a page, or the palette's list to its script."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from piste.finding.queries import find
from piste.foundations.names import search_words
from piste.web.access import MemberRequest, member_view
from piste.web.navigation import links


@dataclass(frozen=True, slots=True)
class Answer:
    """One line: what it is called, where it leads, its icon."""

    label: str
    url: str
    icon: str


@member_view
def search(request: MemberRequest) -> HttpResponse:
    """Deals, companies, contacts and actions for what is typed."""
    text = request.GET.get("q", "").strip()
    found = find(text, member=request.user, limit=18) if search_words(text) else []
    groups = [
        (title, [Answer(row.label, reverse(kind, args=[row.object_id]), icon) for row in found if row.kind == kind])
        for kind, title, icon in (
            ("deal", _("Deals"), "columns"),
            ("company", _("Companies"), "org"),
            ("contact", _("Contacts"), "user"),
        )
    ]
    groups.append((_("Actions"), _actions(request, text)))
    shown = [(title, rows) for title, rows in groups if rows]
    template = "search/answers.html" if request.GET.get("palette") else "search/search.html"
    return render(request, template, {"groups": shown, "q": text, "section": ""})


def _actions(request: MemberRequest, text: str) -> list[Answer]:
    places = [Answer(link.label, link.url, link.icon) for link in links(request.user)]
    actions = [
        Answer(_("New deal"), reverse("new_deal"), "plus"),
        Answer(_("New contact"), reverse("new_contact"), "plus"),
        Answer(_("New company"), reverse("new_company"), "plus"),
        Answer(_("Import"), "/import/", "upload"),
        Answer(_("Bin"), reverse("bin"), "trash"),
        *places,
    ]
    words = search_words(text)
    return [action for action in actions if words in search_words(action.label)]
