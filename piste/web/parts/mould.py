"""Parts rendered once, with marks where their values go: a hundred of them then cost what one did."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Mapping
from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string


def mould(template: str, name: str, values: tuple[str, ...], tongue: str = "", **shape: Hashable) -> str:
    """A template as a format for `%` with a mapping of HTML to each of `values`: what people wrote must be escaped by then.

    The template sees all of it as `name`: `values` as marks, which are true and which it may neither ask nor change, and `shape`
    as it is, of which it may ask. A template with words of a language needs that language besides.
    """
    make = _made.__wrapped__ if settings.DEBUG else _made  # who works on a template wants to see it
    return make(template, name, values, tongue, **shape)


@lru_cache(maxsize=500)
def _made(template: str, name: str, values: tuple[str, ...], _tongue: str, **shape: Hashable) -> str:
    marks = {value: f"\x02{value}\x03" for value in values}
    html = render_to_string(template, {name: marks | shape, "csrf_token": "\x02csrf\x03"}).strip()
    return re.sub("\x02(.*?)\x03", r"%(\1)s", html.replace("%", "%%"))


def cast(
    template: str, name: str, values: Mapping[str, object], tongue: str, *, optional: Collection[str] = (), **shape: Hashable
) -> str:
    """A template's HTML with these values, those that people wrote escaped; the template may ask of `optional` ones whether they
    are there."""
    missing = {value: "" for value in optional if not values[value]}
    return mould(template, name, tuple(values), tongue, **missing, **shape) % values
