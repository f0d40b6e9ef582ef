"""Dates are said without their year in the year they are said in: the clock stands at the cast's day."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from tests.cast import NOW


@pytest.fixture(autouse=True)
def _on_the_casts_day() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield
