"""The web server runs on the quick loop where it exists."""

from __future__ import annotations

import sys

import pytest
import uvicorn


@pytest.mark.skipif(sys.platform == "win32" or sys.implementation.name != "cpython", reason="uvloop is not made for it")
def test_the_loop_is_the_quick_one() -> None:
    made = uvicorn.Config("config.asgi:application").get_loop_factory()
    assert made is not None
    loop = made()
    loop.close()
    assert type(loop).__module__ == "uvloop"
