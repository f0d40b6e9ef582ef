"""`piste bench`: measure the product's own works at several sizes (from a checkout)."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HELP = "measure the product's own works at several sizes"
ALL = "W1,W2,W3,W3c,W4,W5"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--works", default=ALL, help=f"some of {ALL}")
    parser.add_argument("--sizes", default="1000,10000", help="numbers of deals, e.g. 1000,100000,1000000")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(options: argparse.Namespace) -> int:
    root = Path(__file__).resolve().parents[2]
    if not (root / "benchmarks" / "measure.py").exists():
        print("piste bench: the benchmarks come with a checkout, not with the wheel.", file=sys.stderr)
        return 1
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for size in options.sizes.split(","):
        measured = measure(root, int(size), options.works)
        if measured is None:
            return 1
        for work, figures in measured.items():
            found.setdefault(work, {})[size] = figures
            if not options.json:
                told = ", ".join(f"{name} {value}" for name, value in figures.items())
                print(f"{work:<4} {int(size):>9,}  {told}", flush=True)
    if options.json:
        print(json.dumps(found, indent=1))
    return 0


def measure(root: Path, size: int, works: str) -> dict[str, dict[str, Any]] | None:
    """Runs the works in a process of its own on a database kept for the next time."""
    from django.conf import settings

    environment = os.environ | {"PISTE_DATA_DIR": str(settings.DATA_DIR / "bench" / str(size)), "PISTE_SECRET_KEY": "bench"}
    environment.pop("PISTE_DATABASE_URL", None)
    command = [sys.executable, "-m", "benchmarks.measure", "--size", str(size), "--works", works]
    done = subprocess.run(command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        print(f"piste bench: the measurement at {size} deals failed.", file=sys.stderr)
        return None
    result: dict[str, dict[str, Any]] = json.loads(done.stdout.strip().splitlines()[-1])
    return result
