"""`piste undo-import ID`: take an import back, updates included."""

from __future__ import annotations

import argparse
import sys
from gettext import gettext

from ._tongue import gettext_noop

HELP = gettext_noop("take an import back whole, updates included")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", type=int, metavar="ID", help=gettext("the number the import printed"))


def run(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from piste.company.models import Member
    from piste.exchange.importing.undoing import AlreadyUndone, undo_import
    from piste.exchange.models import ImportRun

    found = ImportRun.objects.filter(pk=options.run).first()
    if found is None:
        print(gettext("piste undo-import: there is no import %(run)s.") % {"run": options.run}, file=sys.stderr)
        return 1
    try:
        counts = undo_import(run=found, by=Member.objects.admins().order_by("pk").first(), at=timezone.now())
    except AlreadyUndone:
        said = gettext("piste undo-import: import %(run)s was undone on %(moment)s.")
        print(said % {"run": options.run, "moment": f"{found.undone_at:%Y-%m-%d %H:%M}"}, file=sys.stderr)
        return 1
    said = gettext("Import %(run)s is undone: %(discarded)s taken away, %(set_back)s set back, %(kept)s kept.")
    print(said % {"run": options.run, **counts})
    return 0
