"""The bin, one list for each kind of thing, and erasing one of them before its day."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from piste.deals.operations import Discarded, NotInTheBin, StillNamed
from piste.upkeep import operations
from piste.web import access
from piste.web.access import MemberRequest, admin_view, member_view
from piste.web.templatetags.piste import number

from .rows import KINDS, rows

PAGE = 50


@member_view
@require_safe
def bin_(request: MemberRequest) -> HttpResponse:
    """What lies in the bin and may be brought back, the latest first, of one kind at a time."""
    found = access.binned(request)
    asked = request.GET.get("kind", "")
    kind = asked if asked in KINDS else KINDS[0]
    labels = (_("Deals"), _("Companies"), _("Contacts"), _("Activities"), _("Notes"), _("Files"))
    tabs = [
        {"kind": name, "label": label, "counted": found[name].count(), "is_here": name == kind}
        for name, label in zip(KINDS, labels, strict=True)
    ]
    page = Paginator(found[kind].order_by("-deleted_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    shown = rows(kind, list(page), request.now)
    context = {"page": page, "rows": shown, "tabs": tabs, "kind": kind, "section": "settings", "place": "bin"}
    return render(request, "bin/bin.html", context)


@admin_view
@require_http_methods(["GET", "POST"])
def erase(request: MemberRequest, kind: str, key: int) -> HttpResponse:
    """Erases one thing in the bin at once, after saying what that means."""
    if kind not in KINDS:
        raise Http404
    found = get_object_or_404(access.binned(request)[kind], pk=key)
    row = rows(kind, [found], request.now)[0]
    back = f"{reverse('bin')}?kind={kind}"
    if request.method != "POST":
        context = {"row": row, "kind": kind, "back": back, "section": "settings", "place": "bin"}
        return render(request, "bin/erase.html", context)
    try:
        operations.erase(kind=kind, row=found, by=request.user, at=request.now)
        messages.success(request, _("%(name)s is erased.") % {"name": row.name})
    except StillNamed as kept:
        said = ngettext(
            "%(name)s stays: %(count)s deal or contact still names it.",
            "%(name)s stays: %(count)s deals or contacts still name it.",
            kept.count,
        )
        messages.error(request, said % {"name": row.name, "count": number(kept.count)})
    except (NotInTheBin, Discarded):
        messages.error(request, _("%(name)s is no longer in the bin.") % {"name": row.name})
    return redirect(back)
