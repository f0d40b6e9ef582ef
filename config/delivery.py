"""How answers travel: pages compressed, browser files under addresses that change with their content."""

from __future__ import annotations

import functools
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

BUILT = Path(__file__).resolve().parent.parent / "piste" / "web" / "static" / "piste" / "built"


class Compression(GZipMiddleware):
    """Compresses pages and fragments; files go out as they are, most are compressed already.

    A compressed page that repeats what was sent to it can betray a secret it holds by its length (BREACH). The secret of every
    form, the CSRF token, is masked anew by Django in each answer, and Django adds a random length to each compressed one.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if isinstance(response, StreamingHttpResponse) or not isinstance(response, HttpResponse):
            return response
        return super().process_response(request, response)


class StampedFiles(StaticFilesStorage):
    """Gives each address the stamp of the build, so that browsers may keep a file for a year and still see the next one."""

    def url(self, name: str | None) -> str:
        return f"{super().url(name)}?v={stamp()}"


def stamp() -> str:
    """Eight letters that change with every build; read anew each time while developing."""
    return _read() if settings.DEBUG else _kept()


def _read() -> str:
    return BUILT.read_text()[:8] if BUILT.exists() else "none"


@functools.cache
def _kept() -> str:
    return _read()
