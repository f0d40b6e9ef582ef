"""The built wheel holds everything, and runs in an empty environment."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    uv = ROOT / ".tools" / "bin" / "uv"
    if not uv.exists():
        pytest.skip("uv is not prepared here")
    folder = tmp_path_factory.mktemp("wheel")
    command = [str(uv), "build", "--quiet", "--wheel", "--python", sys.executable, "--out-dir", str(folder)]
    subprocess.run([*command, "--build-constraints", "requirements/build.txt"], cwd=ROOT, check=True)
    return next(folder.glob("*.whl"))


def test_it_holds_browser_files_and_french(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"piste/web/static/piste/app.js", "piste/web/static/piste/app.css", "piste/web/static/piste/icons.svg"} <= names
    assert "piste/locale/fr/LC_MESSAGES/django.mo" in names
    assert any(name.startswith("piste/web/static/piste/inter-latin") for name in names)
    assert {"piste/web/letters/dashboard.typ", "piste/web/static/piste/print/inter-latin-400-normal.ttf"} <= names
    assert not any(name.startswith(("tests/", "frontend/node_modules", "var/")) for name in names)


def test_it_runs_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    uv = ROOT / ".tools" / "bin" / "uv"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PISTE_", "DJANGO_", "VIRTUAL"))}
    subprocess.run([str(uv), "venv", "--quiet", "--python", sys.executable, str(tmp_path / "venv")], check=True, env=environment)
    python = tmp_path / "venv" / "bin" / "python"
    install = [str(uv), "pip", "install", "--quiet", "--python", str(python)]
    subprocess.run([*install, "--require-hashes", "-r", str(ROOT / "requirements" / "runtime.txt")], check=True, env=environment)
    subprocess.run([*install, "--no-deps", str(wheel)], check=True, env=environment)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (tmp_path / "log").open("w+")
    running = subprocess.Popen(
        [str(tmp_path / "venv" / "bin" / "piste"), "run", "--port", str(port)],
        cwd=tmp_path,
        env=environment | {"PISTE_DATA_DIR": str(tmp_path / "data")},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        link = _link(log, running)
        page = urllib.request.urlopen(link, timeout=10).read().decode()
        assert "app.css" in page
        script = urllib.request.urlopen(f"http://127.0.0.1:{port}/static/piste/app.js", timeout=10).read()
        assert len(script) > 50_000
    finally:
        running.terminate()
        assert running.wait(15) == 0
        log.close()
        shutil.rmtree(tmp_path / "venv")


def _link(log: object, running: subprocess.Popen[bytes]) -> str:
    """The sign-in link that the start prints."""
    until = time.monotonic() + 180
    while time.monotonic() < until:
        log.seek(0)  # type: ignore[attr-defined]
        text = log.read()  # type: ignore[attr-defined]
        found = re.search(r"http://\S+/enter/\S+", text)
        if found:
            return found[0]
        assert running.poll() is None, text
        time.sleep(0.2)
    raise AssertionError("no link was printed")
