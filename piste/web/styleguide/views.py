"""The style guide: open to everybody while developing, else to admins."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from piste.web.access import MemberRequest, admin_view

from . import figures, samples, series
from .forms import faulty, plain

THEMES = ("light", "dark")


def styleguide(request: HttpRequest) -> HttpResponse:
    """All parts; `?theme=light` or `dark` looks at the other theme than one's own."""
    if settings.DEBUG:
        return _page(request, timezone.now())
    answer: HttpResponse = _for_admins(request)
    return answer


@admin_view
def _for_admins(request: MemberRequest) -> HttpResponse:
    return _page(request, request.now)


def _page(request: HttpRequest, at: datetime) -> HttpResponse:
    theme = request.GET.get("theme", "")
    shown = {
        "theme": theme if theme in THEMES else "",
        "colours": samples.COLOURS,
        "meanings": samples.MEANINGS,
        "stages": samples.stages(),
        "cards": samples.cards(at),
        "buttons": samples.buttons(),
        "plain": plain(),
        "faulty": faulty(),
        "track": samples.way(at),
        "lines": samples.history(at),
        "page": Paginator(range(120), 50).page(2),
        "written": samples.written(at),
        "icons": samples.icons(),
        "members": samples.members(),
        "figures": figures.figures(),
        "series": series.series(),
        "edges": series.edges(),
    }
    return render(request, "styleguide/styleguide.html", shown)
