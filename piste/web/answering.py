"""Who asks, a page's script or a browser, and how either is led elsewhere."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


def wants_fragment(request: HttpRequest) -> bool:
    """Whether the page itself asks, for a part of it; a whole page is asked for when going back in its history."""
    return bool(request.headers.get("HX-Request")) and request.headers.get("HX-Request-Type") != "full"


def go(request: HttpRequest, *to: Any) -> HttpResponse:
    """To a page (an address, or a name with its arguments), be it asked by a page's script or by a plain form."""
    answer = redirect(*to)
    return HttpResponse(headers={"HX-Redirect": answer["Location"]}) if wants_fragment(request) else answer
