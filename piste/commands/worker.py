"""`piste worker`: the background worker alone."""

from __future__ import annotations

import argparse
from gettext import gettext

from ._tongue import gettext_noop

HELP = gettext_noop("start the background worker alone (run starts everything)")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--interval", type=float, default=1.0, help=gettext("seconds between two looks for work"))


def run(options: argparse.Namespace) -> int:
    import os
    import sys

    from django.conf import settings
    from django.core.management import call_command

    # `piste run` tells its own worker where it answers.
    if settings.MAIL_GOES_OUT and not settings.PUBLIC_URL and "PISTE_LINKS" not in os.environ:
        said = gettext("Links in letters lead to %(address)s: set PISTE_URL, or PISTE_LINKS, to where people find Piste.")
        print(said % {"address": settings.LINKS_URL}, file=sys.stderr, flush=True)
    call_command("ox_worker", interval=options.interval, verbosity=0)
    return 0
