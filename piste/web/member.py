"""Each member's own language and time zone, for the length of a request; the way to the first start before there is anybody."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control

from piste.company.models import Member, Settings
from piste.company.queries import company

OPEN_BEFORE_START = ("/start/", "/language/", "/static/", "/live")


def company_of(request: HttpRequest) -> Settings | None:
    """The company's settings, asked once a request."""
    if not hasattr(request, "_company"):
        request._company = company()  # type: ignore[attr-defined]
    found: Settings | None = request._company  # type: ignore[attr-defined]
    return found


class MemberMiddleware:
    """Activates the member's language and zone; without a company yet, everything leads to the first start."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # The member themself: whatever asks further on would go through the framework's stand-in each time.
        user = request.user = get_user(request)
        if not isinstance(user, Member) or not user.is_authenticated:
            if not request.path.startswith(OPEN_BEFORE_START) and not Settings.objects.filter(pk=1).exists():
                return redirect("start")
            return self.get_response(request)
        translation.activate(user.language)
        request.LANGUAGE_CODE = user.language
        with timezone.override(ZoneInfo(user.time_zone)):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", user.language)
        if not response.has_header("Cache-Control"):
            # What a member saw is neither for a cache between us nor for the next person at this machine.
            patch_cache_control(response, private=True, no_cache=True)
        return response
