"""`piste run`, as it is typed: what it says, where it answers, and how it ends."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest
from django.db.migrations.recorder import MigrationRecorder

from piste.commands.run import is_up_to_date
from tests.installation import Installation, fresh

FACTS = {
    "company": "Alpages", "country": "CH", "currency": "CHF", "time_zone": "Europe/Zurich",
    "name": "Ada Alpe", "email": "ada@alpages.example", "password": "correct horse battery staple",
}  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(house: Installation, *words: str) -> Iterator[str]:
    """Starts `piste run`, gives all it says until it waits, and ends it as Ctrl+C does."""
    process: subprocess.Popen[str] = house.start("-m", "piste.commands", "run", "--port", str(free_port()), *words)
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith("Stop with"):
            break
    try:
        yield said
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 0, out + err


def browser() -> OpenerDirector:
    return build_opener(HTTPCookieProcessor(CookieJar()))


def form_of(page: str) -> dict[str, str]:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    return {"csrfmiddlewaretoken": found[1]}


@pytest.mark.embedded
def test_an_empty_house_leads_to_the_first_start_and_then_to_the_board(tmp_path: Path) -> None:
    house = fresh(tmp_path)
    with running(house, "--no-demo") as said:
        found = re.search(r"Set up your company at (http://127\.0\.0\.1:\d+/start/)", said)
        assert found, said
        assert "on this machine alone" in said
        there = browser()
        page = there.open(found[1].removesuffix("start/")).read().decode()
        sent = urlencode(form_of(page) | FACTS).encode()
        with there.open(Request(found[1], sent)) as board:
            assert "/pipelines/" in board.url
            assert "Fresh snow" in board.read().decode()
        with pytest.raises(HTTPError) as refused:
            browser().open(Request(found[1], headers={"Host": "crm.example"}))
        assert refused.value.code == 400
        assert "PISTE_URL" in refused.value.read().decode()
    with running(house) as said:
        link = re.search(r"Sign in once, within 15 minutes, as Ada Alpe: (\S+)", said)
        assert link, said
        there = browser()
        sent = urlencode(form_of(there.open(link[1]).read().decode())).encode()
        with there.open(Request(link[1], sent)) as board:
            assert "/pipelines/" in board.url
        with pytest.raises(HTTPError) as spent:
            browser().open(link[1])
        assert spent.value.code == 410


@pytest.mark.embedded
def test_a_new_house_is_filled_with_the_demo_company(tmp_path: Path) -> None:
    with running(fresh(tmp_path), "--host", "0.0.0.0") as said:
        assert "demo" in said
        assert f"http://{socket.gethostname()}:" in said
        link = re.search(r"as [^:]+: (\S+)", said)
        assert link, said
        there = browser()
        sent = urlencode(form_of(there.open(link[1]).read().decode())).encode()
        assert "/pipelines/" in there.open(Request(link[1], sent)).url


@pytest.mark.django_db
def test_a_start_looks_for_what_the_database_has_not_taken() -> None:
    assert is_up_to_date()
    taken = MigrationRecorder.Migration.objects.filter(app="deals").latest("id")
    taken.delete()
    assert not is_up_to_date()
