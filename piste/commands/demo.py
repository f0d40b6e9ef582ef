"""`piste demo`: fill an empty installation with the demo company, or remove it."""

from __future__ import annotations

import argparse
import sys
import time

HELP = "fill an empty installation with the demo company, or remove it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--deals", type=int, default=None, help="how many deals (720 by default)")
    parser.add_argument("--seed", type=int, default=7, help="another seed, another company (7 by default)")
    parser.add_argument("--language", choices=("fr", "en"), default="fr", help="names of the stages")
    parser.add_argument("--remove", action="store_true", help="remove the demo company, whole")


def run(options: argparse.Namespace) -> int:
    from django.core.management import call_command
    from django.utils import timezone

    from piste.exchange.demo import operations

    call_command("migrate", verbosity=0)
    if options.remove:
        try:
            operations.remove(at=timezone.now())
        except operations.NotDemo:
            print("This installation does not hold the demo company: nothing was removed.", file=sys.stderr)
            return 1
        print("The demo company is removed. The next start asks for your own.")
        return 0
    wanted = operations.DEFAULT_DEALS if options.deals is None else options.deals
    if wanted < 1:
        print("How many deals? A number above zero: --deals 5000", file=sys.stderr)
        return 2
    began = time.monotonic()
    done = 0
    try:
        for done in operations.fill(deals=wanted, seed=options.seed, at=timezone.now(), language=options.language):
            if sys.stderr.isatty():
                print(f"\r{done} of {wanted} deals", end="", file=sys.stderr)
    except operations.NotEmpty:
        print(
            "This installation already holds a company. The demo goes into an empty one: "
            "set PISTE_DATA_DIR to a new folder, or remove a demo with --remove.",
            file=sys.stderr,
        )
        return 1
    print(f"{done} deals in {time.monotonic() - began:.1f} s")
    return 0
