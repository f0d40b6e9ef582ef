"""`piste bench`: measure the product's own works at several sizes (from a checkout), on databases of its own."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from gettext import gettext
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from ._tongue import gettext_noop

HELP = gettext_noop("measure the product's own works at several sizes")
WORKS = {
    "W1": "the board",
    "W2": "boards at 16 clients",
    "W3": "a durable move",
    "W3c": "moves at 8 clients",
    "W4": "a new deal",
    "W5": "search by fragments",
    "W6": "rows imported",
    "W7": "deals edited at once",
    "W8": "My day",
    "W9": "200 open boards told of a move",
    "W10": "the list",
    "W11": "the insights",
}
SIZES = "1000,10000,100000,1000000"
ROOT = Path(__file__).resolve().parents[2]

type Figures = dict[str, Any]
#: What is to be held at 100,000 deals: work, figure, whether the figure stays at or below the mark (else at or above), mark.
MARKS: tuple[tuple[str, str, bool, float], ...] = (
    ("W1", "median_ms", True, 20),
    ("W1", "ratio_to_bare", True, 5),
    ("W1", "statements", True, 8),
    ("W1", "bytes", True, 100_000),
    ("W2", "per_s", False, 100),
    ("W2", "failed", True, 0),
    ("W2", "memory_mib", True, 200),
    ("W3", "median_ms", True, 8),
    ("W3c", "per_s", False, 300),
    ("W3c", "lost", True, 0),
    ("W5", "slowest_ms", True, 25),
    ("W6", "per_s", False, 1000),
    ("W6", "memory_mib", True, 200),
    ("W7", "per_s", False, 1000),
    ("W7", "back_per_s", False, 1000),
    ("W8", "median_ms", True, 30),
    ("W9", "slowest_ms", True, 1000),
    ("W9", "unheard", True, 0),
    ("W10", "median_ms", True, 30),
    ("W11", "median_ms", True, 30),
    ("W11", "free_median_ms", True, 150),
    ("W11", "first_ms", True, 1000),
)
MARKED = 100_000
#: How much a board may cost more than at 1,000 deals, by size.
GROWTH = {100_000: 1.25, 1_000_000: 1.4}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    told = ", ".join(f"{name} {what}" for name, what in WORKS.items())
    parser.add_argument("--works", default=",".join(WORKS), help=gettext("some of them, e.g. W1,W3 (%(told)s)") % {"told": told})
    parser.add_argument(
        "--sizes",
        default=SIZES,
        help=gettext("numbers of deals (%(sizes)s by default; the last one takes long)") % {"sizes": SIZES},
    )
    parser.add_argument("--json", action="store_true", help=gettext("print the result as JSON"))


def run(options: argparse.Namespace) -> int:
    if not (ROOT / "benchmarks" / "measure.py").exists():
        print(
            "piste bench: the benchmarks are not part of the installed package. They come with a checkout: clone the "
            "repository, run make setup, then .venv/bin/piste bench.",
            file=sys.stderr,
        )
        return 2
    works, sizes = options.works.split(","), [size.replace("_", "") for size in options.sizes.split(",")]
    if unknown := [name for name in works if name not in WORKS]:
        print(f"piste bench: there is no work {unknown[0]!r}. The works are: {', '.join(WORKS)}.", file=sys.stderr)
        return 2
    if wrong := [size for size in sizes if not (size.isdecimal() and 20 <= int(size) <= 10_000_000)]:
        print(f"piste bench: {wrong[0]!r} is no size. Give numbers of deals from 20: --sizes 1000,100000", file=sys.stderr)
        return 2
    found: dict[str, dict[str, Figures]] = {}
    for size in sorted({int(size) for size in sizes}):
        measured = measure(size, works)
        if measured is None:
            return 1
        for work, figures in measured.items():
            found.setdefault(work, {})[str(size)] = figures
            if not options.json:
                print(f"{work:<4} {size:>9,}  {', '.join(f'{name} {value}' for name, value in figures.items())}", flush=True)
    if options.json:
        print(json.dumps(found, indent=1))
    else:
        print("\n".join(verdicts(found)))
    return 0


def measure(size: int, works: list[str]) -> dict[str, dict[str, Any]] | None:
    """Runs the works in a process of its own on a database kept for the next time; None when that failed."""
    from django.conf import settings

    folder = settings.DATA_DIR / "bench" / str(size)
    environment = os.environ | {"PISTE_DATA_DIR": str(folder), "PISTE_SECRET_KEY": "bench", "PYTHONPATH": str(ROOT)}
    environment.pop("PISTE_DATABASE_URL", None)
    environment.pop("PISTE_URL", None)
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        address = own_database(settings.ENV.database_url, size)
        if address is None:
            return None
        environment["PISTE_DATABASE_URL"] = address
    command = [sys.executable, "-m", "benchmarks.measure", "--size", str(size), "--works", ",".join(works)]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        said = f"was ended by signal {-done.returncode}" if done.returncode < 0 else "failed; what stopped it stands above"
        print(f"piste bench: the measurement at {size:,} deals {said}.", file=sys.stderr)
        return None
    result: dict[str, dict[str, Any]] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def own_database(url: str, size: int) -> str | None:
    """The address of a database beside the installation's, made when it is not there yet; None when that is not allowed."""
    from django.db import DatabaseError, connection

    parts = urlsplit(url)
    name = f"{parts.path.lstrip('/')}_bench_{size}"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")
    except DatabaseError as problem:
        print(
            f"piste bench: it measures on databases of its own and could not make {name} ({str(problem).strip()}). "
            f"Ask whoever runs the server for: CREATE DATABASE {name}",
            file=sys.stderr,
        )
        return None
    return urlunsplit(parts._replace(path=f"/{name}"))


def verdicts(found: dict[str, dict[str, Figures]]) -> list[str]:
    """Each mark with what was measured, and how the board's cost grows."""
    told = []
    for work, name, at_most, mark in MARKS:
        figures = found.get(work, {}).get(str(MARKED))
        if figures is None or name not in figures:
            continue
        held = figures[name] <= mark if at_most else figures[name] >= mark
        told.append(f"{_word(held)}  {work} {name} {figures[name]} ({'at most' if at_most else 'at least'} {mark:,})")
    boards = found.get("W1", {})
    for size, mark in GROWTH.items():
        if "1000" in boards and str(size) in boards:
            # In bare pages, so that a machine busier in one of the runs does not count.
            growth = boards[str(size)]["cpu_ratio_to_bare"] / boards["1000"]["cpu_ratio_to_bare"]
            told.append(f"{_word(growth <= mark)}  W1 growth from 1,000 to {size:,} deals {growth:.2f} (at most {mark})")
    return told


def _word(held: bool) -> str:
    return "held  " if held else "MISSED"
