"""`piste worker`: the background worker alone."""

from __future__ import annotations

import argparse

HELP = "start the background worker alone (run starts everything)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--interval", type=float, default=1.0, help="seconds between two looks for work")


def run(options: argparse.Namespace) -> int:
    import os
    import sys

    from django.conf import settings
    from django.core.management import call_command

    # `piste run` tells its own worker where it answers.
    if settings.MAIL_GOES_OUT and not settings.PUBLIC_URL and "PISTE_LINKS" not in os.environ:
        said = f"Links in letters lead to {settings.LINKS_URL}: set PISTE_URL, or PISTE_LINKS, to where people find Piste."
        print(said, file=sys.stderr, flush=True)
    call_command("ox_worker", interval=options.interval, verbosity=0)
    return 0
