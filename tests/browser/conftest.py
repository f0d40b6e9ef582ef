"""A real site in a folder of its own, and people who look at it with a real browser."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests import installation

from .pipeline import Scene

#: The one that never draws a window does the same in two thirds of the time.
CHROMIUM = next((found for name in ("chromium-headless-shell", "chromium") if (found := shutil.which(name))), None)
#: How long anything may take to appear: a promise of speed is measured elsewhere, a loaded machine is slow.
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)
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
#: Reads scripts, a line of JSON each, and answers each with a line: what it left in `result`, or what went wrong.
BEHIND = """
import sys, traceback
from django.db import connections
known = dict(globals())
for line in sys.stdin:
    asked = json.loads(line)
    names = known | asked["names"]
    try:
        exec(asked["script"], names)
        answer = {"result": names["result"]}
    except BaseException:
        answer = {"error": traceback.format_exc()}
    connections.close_all()
    print(json.dumps(answer), flush=True)
"""
SIGN_IN = """
from django.test import Client
client = Client()
client.force_login(Member.objects.get(email=email))
result = client.cookies["sessionid"].value
"""


class Site:
    """A running server of an installation with the cast, or with nobody in it."""

    def __init__(self, folder: Path, *, with_cast: bool = True) -> None:
        self.installation = installation.fresh(folder)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.server: subprocess.Popen[str] | None = None
        self.behind: subprocess.Popen[str] | None = None
        if with_cast:
            self.do("make_cast(); result = None")

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
        for process in (self.server, self.behind):
            if process is not None:
                process.terminate()
                process.communicate(timeout=20)

    def do(self, script: str, **names: Any) -> Any:
        """Runs Python in the installation, behind the server's back; gives back what it left in `result` (JSON)."""
        if self.behind is None:
            prepared = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'\n" + PREPARED + BEHIND
            self.behind = self.installation.start("-c", prepared, stdin=subprocess.PIPE, stderr=None)
        asked, answers = self.behind.stdin, self.behind.stdout
        assert asked is not None
        assert answers is not None
        asked.write(json.dumps({"script": script, "names": names}) + "\n")
        asked.flush()
        answer = json.loads(answers.readline())
        assert "error" not in answer, answer["error"]
        return answer["result"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of a module's tests."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed here")
    found = Site(tmp_path_factory.mktemp("site"))
    found.start()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for the stories of a file: a drag that one leaves unfinished would keep every page of the browser from dragging."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed here")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


def press_when_ready(page: Page) -> None:
    """A page that has just come after an answer is on the screen before its script runs: keys wait for it, as people do."""
    press = page.keyboard.press

    def patient(key: str, **wishes: Any) -> None:
        page.wait_for_load_state()
        press(key, **wishes)

    page.keyboard.press = patient  # type: ignore[assignment, method-assign]


@pytest.fixture
def look(site: Site, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page as one of the cast, or by e-mail, or as a stranger: `look("rosa", "/")`, `look("", "/")`; errors of the
    page or of its policy fail the test."""
    opened: list[BrowserContext] = []
    troubles: list[str] = []

    def open_page(who: str, path: str, **wishes: Any) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | wishes))
        if who:
            key = site.do(SIGN_IN, email=who if "@" in who else f"{who}@piste.example")
            context.add_cookies([{"name": "sessionid", "value": key, "url": site.address}])
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console",
            lambda message: troubles.append(message.text) if "Content Security Policy" in message.text else None,
        )
        page.goto(site.address + path)
        press_when_ready(page)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert troubles == []


@pytest.fixture
def scene(site: Any) -> Scene:
    """A pipeline of its own with four deals of Rosa's."""
    return Scene(site)
