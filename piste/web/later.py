"""Screens loaded when somebody first asks for one of their pages: no start waits for what they compute with."""

from __future__ import annotations

import ctypes
import importlib
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponseBase

logger = logging.getLogger(__name__)

type View = Callable[..., HttpResponseBase]

#: The screens named so far, by their modules: what `warm` loads.
NAMED: dict[str, Later] = {}


class Later:
    """The views of one screen by their names, as `from . import views` would give them.

    What a decorator writes on a view for a middleware to read (`csrf_exempt`) is not seen before the view is loaded: such a
    view is imported as usual.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        NAMED[module] = self

    @cached_property
    def loaded(self) -> Any:
        """The module itself."""
        return importlib.import_module(self._module)

    def __getattr__(self, name: str) -> View:
        def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            answer: HttpResponseBase = getattr(self.loaded, name)(request, *args, **kwargs)
            return answer

        view.__name__ = view.__qualname__ = name
        view.__module__ = self._module
        return view


def warm(rest: Callable[[], None]) -> None:
    """Loads the addresses, every screen, the public holidays and what the insights keep, so that the first pages find less to
    wait for: between pages, for one interpreter works for all. `rest` returns when nobody waits."""
    from django.urls import get_resolver

    _ = get_resolver().url_patterns
    for screen in list(NAMED.values()):
        rest()
        _ = screen.loaded
    from django.db import DatabaseError, connection

    from piste.insights.queries import keep

    try:
        for part in (know_holidays, *keep()):
            rest()
            part()
    except DatabaseError:
        # Nobody waits for it: the first page that asks reads it itself, and says what is wrong.
        logger.debug("The insights could not be read beforehand.", exc_info=True)
    finally:
        connection.close()
    _give_back()


def know_holidays() -> None:
    """Loads the calendar of the company's country, which takes longer than most pages, with the years around this one."""
    from django.utils import timezone

    from piste.company.queries import working_time
    from piste.foundations.calendar import public_holidays

    hours, year = working_time(), timezone.now().year
    if hours.country:
        for each in (year - 1, year, year + 1):
            public_holidays(hours.country, hours.region, each)


def _give_back() -> None:
    """Hands the memory that was needed for a moment only back to the machine, where the C library keeps it otherwise: to read a
    hundred thousand deals takes 60 MB more than to keep them."""
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
