"""A real site in a folder of its own, and people who look at it with a real browser."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import installation

CHROMIUM = Path("/usr/bin/chromium")
PREPARED = """
import json, django
django.setup()
from django.test.utils import override_settings
from tests.cast import *
from tests import make
from piste.company.models import *
from piste.deals.models import *
from piste.deals import operations
from piste.pipelines.models import *
"""
SIGN_IN = """
from django.test import Client
client = Client()
client.force_login(Member.objects.get(email=email))
result = client.cookies["sessionid"].value
"""


class Site:
    """A running server of an installation with the cast."""

    def __init__(self, folder: Path) -> None:
        self.installation = installation.fresh(folder)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.do("make_cast(); result = None")
        self.server: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.server = self.installation.start("-m", "piste.commands", "web", "--port", str(self.port))
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError("the server did not start")

    def stop(self) -> None:
        if self.server is not None:
            self.server.terminate()
            self.server.wait(10)

    def do(self, script: str, **names: Any) -> Any:
        """Runs Python in the installation, behind the server's back; gives back what it left in `result` (JSON)."""
        given = "\n".join(f"{name} = {value!r}" for name, value in names.items())
        source = f"import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'\n{PREPARED}\n{given}\n{script}\n"
        process = self.installation.start("-c", source + "\nprint('\\n' + json.dumps(result))")
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        return json.loads(out.splitlines()[-1])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of a module's tests."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed here")
    found = Site(tmp_path_factory.mktemp("site"))
    found.start()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed here")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture
def look(site: Site, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page as somebody: `look("rosa", "/")`; errors of the page or of its security policy fail the test."""
    opened: list[BrowserContext] = []
    troubles: list[str] = []

    def open_page(who: str, path: str, **wishes: Any) -> Page:
        key = site.do(SIGN_IN, email=f"{who}@piste.example")
        context = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | wishes))
        context.add_cookies([{"name": "sessionid", "value": key, "url": site.address}])
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(6000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console",
            lambda message: troubles.append(message.text) if "Content Security Policy" in message.text else None,
        )
        page.goto(site.address + path)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert troubles == []
