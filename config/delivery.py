"""How answers travel: pages compressed, browser files under addresses that change with their content."""

from __future__ import annotations

import functools
import gzip
import io
import re
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin

BUILT = Path(__file__).resolve().parent.parent / "piste" / "web" / "static" / "piste" / "built"

#: Bytes below which an answer is not worth it.
SHORT = 200
#: Letters of the name in a compressed answer, at most: nobody reads it, it only hides the length.
LONGEST_NAME = 100
ACCEPTED = re.compile(r"\bgzip\b")


class Compression(MiddlewareMixin):
    """Compresses pages and fragments; files go out as they are, most are compressed already.

    Lightly: a board is a fifth longer than at the framework's level, for two fifths of the time.

    A compressed page that repeats what was sent to it can betray a secret it holds by its length (BREACH). The secret of every
    form, the CSRF token, is masked anew by Django in each answer, and each compressed one is longer by some letters.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if isinstance(response, StreamingHttpResponse) or not isinstance(response, HttpResponse):
            return response
        if len(response.content) < SHORT or response.has_header("Content-Encoding"):
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        if ACCEPTED.search(request.headers.get("Accept-Encoding", "")):
            packed = _packed(response.content)
            if len(packed) < len(response.content):
                response.content = packed
                response.headers["Content-Encoding"] = "gzip"
                response.headers["Content-Length"] = str(len(packed))
        return response


def _packed(content: bytes) -> bytes:
    packed = io.BytesIO()
    name = "a" * secrets.randbelow(LONGEST_NAME)
    with gzip.GzipFile(name, "wb", compresslevel=1, fileobj=packed, mtime=0) as press:
        press.write(content)
    return packed.getvalue()


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
