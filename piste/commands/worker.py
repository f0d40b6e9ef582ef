"""`piste worker`: the background worker alone."""

from __future__ import annotations

import argparse

HELP = "start the background worker alone (run starts everything)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--interval", type=float, default=1.0, help="seconds between two looks for work")


def run(options: argparse.Namespace) -> int:
    from django.core.management import call_command

    call_command("ox_worker", interval=options.interval, verbosity=0)
    return 0
