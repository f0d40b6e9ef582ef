"""`piste demo`: fill an empty installation with the demo company, or remove it."""

from __future__ import annotations

import argparse
import sys
import time
from gettext import gettext

from ._tongue import gettext_noop

HELP = gettext_noop("fill an empty installation with the demo company, or remove it")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--deals", type=int, default=None, help=gettext("how many deals (720 by default)"))
    parser.add_argument("--seed", type=int, default=7, help=gettext("another seed, another company (7 by default)"))
    parser.add_argument("--remove", action="store_true", help=gettext("remove the demo company, whole"))


def run(options: argparse.Namespace) -> int:
    from django.core.management import call_command
    from django.utils import timezone

    from piste.exchange.demo import operations

    call_command("migrate", verbosity=0)
    if options.remove:
        try:
            operations.remove(at=timezone.now())
        except operations.NotDemo:
            print(gettext("This installation does not hold the demo company: nothing was removed."), file=sys.stderr)
            return 1
        print(gettext("The demo company is removed. The next start asks for your own."))
        return 0
    wanted = operations.DEFAULT_DEALS if options.deals is None else options.deals
    if wanted < 1:
        print(gettext("How many deals? A number above zero: --deals 5000"), file=sys.stderr)
        return 2
    began = time.monotonic()
    done = 0
    try:
        for done in operations.fill(deals=wanted, seed=options.seed, at=timezone.now(), language=options.language or "fr"):
            if sys.stderr.isatty():
                print("\r" + gettext("%(done)s of %(wanted)s deals") % {"done": done, "wanted": wanted}, end="", file=sys.stderr)
    except operations.NotEmpty:
        said = gettext(
            "This installation already holds a company. The demo goes into an empty one: set PISTE_DATA_DIR to a new folder, or "
            "remove a demo with --remove."
        )
        print(said, file=sys.stderr)
        return 1
    print(gettext("%(done)s deals in %(seconds).1f s") % {"done": done, "seconds": time.monotonic() - began})
    return 0
