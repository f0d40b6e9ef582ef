"""The scene of several screens: a pipeline, one deal of Rosa's, and somebody signed in. Their `conftest.py` takes it in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from piste.deals.models import Deal
from piste.pipelines.models import Stage
from tests import make
from tests.cast import NOW

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture(autouse=True)
def _on_the_casts_day() -> Iterator[None]:
    """Dates are said without their year in the year they are said in."""
    with time_machine.travel(NOW):
        yield


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def stages(cast: Any) -> list[Stage]:
    return make.stages(make.pipeline(by=cast.alice))


@pytest.fixture
def deal(cast: Any, stages: list[Stage]) -> Deal:
    return make.deal(stages[2], cast.rosa, title="Planning")


@pytest.fixture
def sign_in() -> Callable[[Any], Client]:
    def inner(member: Any) -> Client:
        client = Client(headers={})
        client.force_login(member)
        return client

    return inner
