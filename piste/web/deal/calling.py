"""The forecast category of a deal, on its page."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from piste.forecasting import operations
from piste.forecasting.models import Category
from piste.web import access
from piste.web.access import MemberRequest, member_view

from .page import changed


@member_view
@require_POST
def category(request: MemberRequest, key: int) -> HttpResponse:
    """How sure the deal is."""
    deal = access.deal(request, key)
    wanted = request.POST.get("category", "")
    if wanted not in Category.values:
        raise Http404
    try:
        operations.sort(deal=deal, category=wanted, by=request.user, at=request.now)
    except operations.Closed:
        said = gettext("This deal is closed meanwhile: nothing is to be said of it any more.")
        return changed(request, key, said=said, level="error", status=409)
    return changed(request, key)
