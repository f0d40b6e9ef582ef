"""The company's own settings, and the end of the demo."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from piste.company import operations
from piste.company.models import Settings
from piste.company.operations.settings import FACTS
from piste.exchange.demo.operations import NotDemo, remove
from piste.web.access import MemberRequest, admin_view

from .forms import CompanyForm


@admin_view
def company(request: MemberRequest) -> HttpResponse:
    """Name, language, currency, country, zone, fiscal year."""
    settings = get_object_or_404(Settings, pk=1)
    form = CompanyForm(request.POST or None, initial={name: getattr(settings, name) for name in FACTS})
    if request.method == "POST" and form.is_valid():
        operations.amend_settings(facts=form.cleaned_data, by=request.user, at=request.now)
        messages.success(request, _("The settings are saved."))
        return redirect("company_settings")
    context = {"form": form, "company": settings, "section": "settings", "place": "company"}
    return render(request, "settings/company.html", context, status=422 if request.method == "POST" else 200)


@admin_view
@require_POST
def remove_demo(request: MemberRequest) -> HttpResponse:
    """Removes the demo company whole; the first start of one's own follows."""
    try:
        remove(at=request.now)
    except NotDemo:
        messages.error(request, _("This is your own company, not the demo: nothing was removed."))
        return redirect("company_settings")
    logout(request)
    return redirect("start")
