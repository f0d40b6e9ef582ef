"""Everything that must hold, in one readable list; `make test` runs it at home and in CI."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
BIN = ROOT / ".venv" / "bin"
PYTHON = str(BIN / "python")


def style() -> int:
    return run(BIN / "ruff", "check", "--quiet", ".") or run(BIN / "ruff", "format", "--check", "--quiet", ".")


def types() -> int:
    return run(BIN / "mypy", "--no-error-summary")


def imports() -> int:
    return run(BIN / "lint-imports", "--no-cache")


def migrations() -> int:
    with fresh_data() as settings:
        return run(PYTHON, "-m", "piste.commands", "manage", "makemigrations", "--check", "--dry-run", extra=settings)


def unit() -> int:
    return pytest("not browser and not wheel", *TWO_AT_ONCE)


#: Each of two workers takes one half, file by file, so that what a file shares is made once; who is done early helps the other.
TWO_AT_ONCE = ("-n", "2", "--dist", "worksteal")
#: Rooms that never ask a database; single tests that need not ask the one they are given are marked `embedded`.
NOT_OF_POSTGRES = (
    "tests/exchange/reading",
    "tests/foundations",
    "tests/house",
    "tests/stats",
)


def postgres() -> int:
    with postgres_server() as url:
        if url is None:
            say("PostgreSQL is not here and may not be installed: its tests are skipped.")
            return 0
        left = [f"--ignore={name}" for name in NOT_OF_POSTGRES]
        known = {"PISTE_DATABASE_URL": url} | with_tables(url)
        return pytest("not browser and not wheel and not embedded", *TWO_AT_ONCE, *left, extra=known)


def with_tables(url: str) -> dict[str, str]:
    """Takes the database of a server of our own through all migrations once, for the workers to copy; says where it is."""
    if "PISTE_DATABASE_URL" in os.environ:
        return {}
    with fresh_data() as settings:
        code = run(
            PYTHON, "-m", "piste.commands", "manage", "migrate", "--verbosity", "0", extra=settings | {"PISTE_DATABASE_URL": url}
        )
    return {"TESTS_TEMPLATE": urlsplit(url).path.lstrip("/")} if code == 0 else {}


def browser() -> int:
    if chromium() is None and not (install("chromium-headless-shell") or install("chromium")):
        say("Chromium is not here and may not be installed: the browser stories are skipped.")
        return 0
    # A site and a browser for each file: files go to either worker whole.
    return pytest("browser", "-n", "2", "--dist", "loadfile")


def wheel() -> int:
    return pytest("wheel")


CHECKS: dict[str, Callable[[], int]] = {
    "style": style,
    "types": types,
    "imports": imports,
    "migrations": migrations,
    "unit": unit,
    "postgres": postgres,
    "browser": browser,
    "wheel": wheel,
}


#: Those that stand on tables.
WITH_TABLES = {"unit", "postgres", "browser"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help=f"some of: {', '.join(CHECKS)}")
    options = parser.parse_args()
    wanted = options.only.split(",") if options.only else list(CHECKS)
    failed = []
    # What tests make once and all may copy: made beside the checks that need but one processor.
    with tempfile.TemporaryDirectory(prefix="piste-share-") as share:
        os.environ["TESTS_SHARE"] = share
        make = [PYTHON, "-c", "from tests.installation import template; template()"]
        tables = subprocess.Popen(make, cwd=ROOT) if WITH_TABLES & set(wanted) else None
        for name in wanted:
            began = time.monotonic()
            say(f"── {name}")
            code = CHECKS[name]()
            say(f"   {name}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s")
            if code:
                failed.append(name)
        if tables is not None:
            tables.wait()
    say("All checks passed." if not failed else f"Failed: {', '.join(failed)}.")
    return 1 if failed else 0


def pytest(marks: str, *words: str, extra: dict[str, str] | None = None) -> int:
    return run(PYTHON, "-m", "pytest", "-m", marks, *words, extra=extra)


def run(*words: str | Path, extra: dict[str, str] | None = None) -> int:
    return subprocess.run([str(word) for word in words], cwd=ROOT, env=os.environ | (extra or {}), check=False).returncode


@contextmanager
def fresh_data() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        yield {"PISTE_DATA_DIR": folder, "PISTE_SECRET_KEY": "checks"}


def chromium() -> str | None:
    """Debian's Chromium, best the one that never draws a window: it does the same in two thirds of the time."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium")


def install(*packages: str) -> bool:
    """Installs Debian packages where that is allowed; False where it is not."""
    if shutil.which("apt-get") is None:
        return False
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if root and subprocess.run([*root, "true"], capture_output=True, check=False).returncode:
        return False
    patient = ["-o", "DPkg::Lock::Timeout=400"]
    say(f"Installing {' '.join(packages)}…")
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    subprocess.run([*root, "apt-get", "update", "-qq", *patient], check=False, **quiet)  # type: ignore[call-overload]
    done = subprocess.run([*root, "apt-get", "install", "-y", "-qq", *patient, *packages], check=False, **quiet)  # type: ignore[call-overload]
    return bool(done.returncode == 0)


def postgres_binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    if found:
        return found[-1].parent
    if install("postgresql") and (found := sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))):
        return found[-1].parent
    return None


#: Nothing of it outlives the tests: it need not survive a fall, tidy up, or compile statements that are asked once.
HURRIED = (
    "-c listen_addresses='' -c max_connections=60 -c fsync=off -c synchronous_commit=off -c full_page_writes=off "
    "-c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=4GB -c checkpoint_timeout=1h -c autovacuum=off -c jit=off"
)


@contextmanager
def postgres_server() -> Iterator[str | None]:
    """A PostgreSQL of our own on a socket in a temporary folder, gone afterwards; None where there is none."""
    if os.environ.get("PISTE_DATABASE_URL", "").startswith("postgres"):
        yield os.environ["PISTE_DATABASE_URL"]
        return
    binaries = postgres_binaries()
    if binaries is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="piste-pg-"))
    folder.chmod(0o755)
    data = folder / "data"
    data.mkdir()
    # The server refuses to run as root.
    switch: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
        shutil.chown(data, "postgres")
        switch = ["runuser", "-u", "postgres", "--"]
    control = [*switch, str(binaries / "pg_ctl"), "-D", str(data), "-s", "-w"]
    try:
        subprocess.run(
            [*switch, str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", "piste", "-E", "UTF8", "--locale=C.UTF-8"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
        )
        options = f"-c unix_socket_directories={folder} {HURRIED}"
        subprocess.run([*control, "-o", options, "-l", str(folder / "log"), "start"], check=True, cwd=folder)
        subprocess.run([*switch, str(binaries / "createdb"), "-h", str(folder), "-U", "piste", "piste"], check=True, cwd=folder)
        yield f"postgres://piste@/piste?host={folder}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, cwd=folder, stderr=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)


def say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
