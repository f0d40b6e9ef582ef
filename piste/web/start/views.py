"""One page, once in the life of an installation."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from piste.company import queries
from piste.company.operations import AlreadySetUp
from piste.deals.operations import FirstChoices, first_start
from piste.web.account.forms import LANGUAGES
from piste.web.account.views import keep_language, sign_in

from .forms import StartForm
from .regions import country_of, currency_of


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Shows the form until the company exists; then there is nothing here any more."""
    if queries.company() is not None:
        return redirect("home")
    if request.POST.get("speak") in dict(LANGUAGES):
        return _in_another_language(request, request.POST["speak"])
    language = translation.get_language() or "en"
    country = country_of(request.headers.get("Accept-Language", ""))
    initial = {"currency": currency_of(country), "country": country, "time_zone": "Europe/Paris"}
    form = StartForm(request.POST or None, initial=initial, language=language)
    if request.method == "POST" and form.is_valid():
        try:
            admin = first_start(choices=FirstChoices(language=language, **form.cleaned_data), at=timezone.now())
        except AlreadySetUp:
            return redirect("home")
        sign_in(request, admin, method="password")
        return redirect("home")
    return render(request, "start/start.html", {"form": form}, status=422 if request.method == "POST" else 200)


def _in_another_language(request: HttpRequest, wanted: str) -> HttpResponse:
    """The same form in another language, with all that was typed but the password."""
    with translation.override(wanted):
        request.LANGUAGE_CODE = wanted
        form = StartForm(initial=request.POST.dict(), language=wanted)
        response = render(request, "start/start.html", {"form": form})
    keep_language(response, wanted)
    return response
