"""Measures some works on one database, in a process of its own; prints JSON. Called by `piste bench`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

#: A database that earlier runs have made bigger by more than this share is made anew.
DRIFT = 0.1


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--works", required=True)
    options = parser.parse_args()
    from piste.commands import set_up

    set_up()
    prepare(options.size)
    from benchmarks.timing import yardstick
    from benchmarks.works import WORKS

    found = {}
    for name in options.works.split(","):
        before = yardstick()
        found[name] = WORKS[name]() | {"yardstick_ms": round((before + yardstick()) / 2, 1)}
    print(json.dumps(found))


def prepare(size: int) -> None:
    """Makes sure that the database holds the demo company of this size."""
    from django.core.management import call_command
    from django.utils import timezone

    from piste.company.models import Member
    from piste.deals.models import Deal
    from piste.exchange.demo import operations
    from piste.upkeep.operations import count_rows

    call_command("migrate", verbosity=0, interactive=False)
    if Member.objects.exists() and abs(Deal.objects.count() - size) > size * DRIFT:
        wipe()
        call_command("migrate", verbosity=0, interactive=False)
    if not Member.objects.exists():
        began = time.monotonic()
        for done in operations.fill(deals=size, seed=1, at=timezone.now(), language="en"):
            if sys.stderr.isatty():
                print(f"\r{done:,} of {size:,} deals", end="", file=sys.stderr)
        print(f"A company of {size:,} deals made in {time.monotonic() - began:.0f} s.", file=sys.stderr)
    count_rows()


def wipe() -> None:
    """Empties the bench's own database."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        return
    name = str(connection.settings_dict["NAME"])
    connection.close()
    for end in ("", "-wal", "-shm"):
        Path(name + end).unlink(missing_ok=True)


if __name__ == "__main__":
    main()
