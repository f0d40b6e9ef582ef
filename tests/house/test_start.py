"""What a start does not wait for: heavy libraries are loaded by the first page that computes with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from piste.web.later import NAMED
from tests.installation import fresh

HEAVY = {
    "babel",
    "cryptography",
    "fido2",
    "holidays",
    "markdown_it",
    "numpy",
    "openpyxl",
    "phonenumbers",
    "scipy",
    "sklearn",
    "typst",
}
START = """
import sys
from piste.commands import set_up
set_up()
import config.asgi, config.server
from django.urls import resolve
resolve("/")
print(*{name.partition(".")[0] for name in sys.modules})
"""


def addresses(of: Iterable[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for found in of:
        if isinstance(found, URLResolver):
            yield from addresses(found.url_patterns)
        else:
            yield found


def test_a_start_loads_nothing_heavy(tmp_path: Path) -> None:
    process = fresh(tmp_path).start("-c", START)
    out, err = process.communicate(timeout=60)
    loaded = set(out.split())
    assert {"django", "piste", "uvicorn"} <= loaded, err
    assert not loaded & HEAVY


def test_what_is_loaded_later_is_there() -> None:
    later = [found.callback for found in addresses(get_resolver().url_patterns) if found.callback.__module__ in NAMED]
    assert later
    for view in later:
        real = getattr(NAMED[view.__module__].loaded, view.__name__, None)
        assert real is not None, f"{view.__module__} has no view {view.__name__}"
        # What a middleware reads of a view before it is called must not be hidden by the wait.
        assert not getattr(real, "csrf_exempt", False), f"import {view.__module__} as usual: {view.__name__} is exempt"
