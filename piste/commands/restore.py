"""`piste restore FILE`: put a back-up in place, once it is proved."""

from __future__ import annotations

import argparse
import sys
from gettext import gettext
from pathlib import Path

from ._tongue import gettext_noop

HELP = gettext_noop("put a back-up in place, once it is verified")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help=gettext("a file made by piste backup"))
    parser.add_argument("--force", action="store_true", help=gettext("replace the company that is here (it is kept beside)"))


def run(options: argparse.Namespace) -> int:
    from django.core.management import call_command

    from piste.exchange.backup import BackupError, restore

    try:
        manifest = restore(source=options.file.resolve(), force=options.force)
    except BackupError as problem:
        print(f"piste restore: {problem}", file=sys.stderr)
        return 1
    call_command("migrate", verbosity=0, interactive=False)
    print(gettext("Restored: the back-up of %(made_at)s. Verifying…") % {"made_at": manifest["made_at"]}, flush=True)

    from . import verify

    return verify.run(argparse.Namespace(json=False, pipeline=None))
