"""Answers when there is no page to show: the fact, then the way out; a page to a browser, a toast to the page's script."""

from __future__ import annotations

import re

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

#: A host as it may be said back: a name or an address, with or without a port.
NAME = re.compile(r"[A-Za-z0-9.\-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: something the browser sent cannot be read, or was meant for another house."""
    if isinstance(exception, DisallowedHost):
        return _wrong_name(request)
    return _answer(
        request,
        400,
        _("This request cannot be read"),
        _("The address or the form was damaged on its way. Go back, reload the page and try once more."),
        safe=False,
    )


def _wrong_name(request: HttpRequest) -> HttpResponse:
    """Piste was called by a name that is not on its list (`config.env.hosts`); whoever installs it is told what to do."""
    asked = request.META.get("HTTP_HOST", "")
    if not NAME.fullmatch(asked):
        asked = "…"
    return _answer(
        request,
        400,
        _("Piste does not answer to this name"),
        _(
            "It was called %(host)s and does not know that name. Use the address Piste prints when it starts; or set PISTE_URL"
            " to the address people type, for example http://%(host)s, and start it again."
        )
        % {"host": asked},
        safe=False,
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: it exists, and is not for this member."""
    return _answer(
        request,
        403,
        _("This page is not open to you"),
        _("It is kept for other roles. An admin can change yours under Settings, Members."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: it does not exist, or not for this member."""
    return _answer(
        request,
        404,
        _("There is nothing at this address"),
        _("What stood here was moved or merged, or is not shared with you. Search finds everything you may see."),
    )


def failed(request: HttpRequest) -> HttpResponse:
    """500: our own fault. Nothing here may need the database, which may be what failed."""
    return _answer(
        request,
        500,
        _("Piste could not do this"),
        _("Nothing was saved half-way. Try again; if it fails again, tell whoever runs Piste what you were doing and when."),
        safe=False,
    )


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of the check against forged requests: most often a page left open over a sign-out."""
    return _answer(
        request,
        403,
        _("This page was open for too long"),
        _("Nothing was saved. Go back, reload the page and send the form again; your browser must accept cookies."),
    )


def _answer(request: HttpRequest, status: int, title: str, said: str, *, safe: bool = True) -> HttpResponse:
    """`safe` tells whether the member and their bars may be shown, which asks the database."""
    if request.headers.get("HX-Request") and request.headers.get("HX-Request-Type") != "full":
        toast = {"level": "error", "text": f"{title}. {said}"}
        return HttpResponse(render_to_string("parts/toast_alone.html", toast), status=status)
    context = {"status": status, "title": title, "said": said}
    return HttpResponse(render_to_string("layouts/error.html", context, request if safe else None), status=status)
