"""My day, and taking over a lead that a colleague cannot get to."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from piste.company.models import Member
from piste.deals import operations
from piste.deals.queries import fact_value
from piste.foundations.numbers import row_number
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.answering import wants_fragment
from piste.web.board.words import name_of

from . import page


@member_view
@require_safe
def day(request: MemberRequest) -> HttpResponse:
    """The whole page, or what has changed of it."""
    if wants_fragment(request):
        return page.fragments(request)
    return render(request, "today/day.html", page.context(request, request.GET))


@member_view
@require_POST
def take_over(request: MemberRequest, key: int) -> HttpResponse:
    """The deal becomes one's own; `?to=` gives it back to whom it was taken from, `from` is whose it was on the page."""
    deal = access.deal(request, key)
    to = _member(request.GET.get("to", "")) or request.user
    holder = request.POST.get("from", "")
    if holder and holder != str(deal.owner_id):
        said = _("%(deal)s is with %(who)s by now: nothing was changed.")
        return _answer(request, said % {"deal": name_of(deal), "who": deal.owner.first_name}, level="error", status=409)
    try:
        operations.amend(
            deal=deal, facts={"owner": to}, by=request.user, at=request.now, expecting={"owner": fact_value(deal, "owner")}
        )
    except (operations.FactsChanged, operations.NotAllowed):
        return _answer(request, _("Somebody else was faster: nothing was changed."), level="error", status=409)
    names = {"deal": name_of(deal), "who": to.first_name}
    if to.pk != request.user.pk:
        return _answer(request, _("Undone: %(deal)s is back with %(who)s.") % names)
    undo = reverse("take_over", args=[key]) + f"?to={deal.owner_id}" if deal.owner_id != to.pk else ""
    return _answer(request, _("%(deal)s is yours now.") % names, undo=undo)


def _answer(request: MemberRequest, said: str, *, level: str = "success", undo: str = "", status: int = 200) -> HttpResponse:
    if wants_fragment(request):
        return page.fragments(request, toast={"text": said, "level": level, "undo_url": undo}, status=status)
    messages.add_message(request, messages.ERROR if level == "error" else messages.SUCCESS, said, extra_tags=undo)
    return redirect("today")


def _member(text: str) -> Member | None:
    number = row_number(text)
    return Member.objects.active().filter(pk=number).first() if number is not None else None
