"""`piste undo-import ID`: take an import back, updates included."""

from __future__ import annotations

import argparse
import sys

HELP = "take an import back whole, updates included"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", type=int, metavar="ID", help="the number the import printed")


def run(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from piste.company.models import Member
    from piste.exchange.importing.undoing import AlreadyUndone, undo_import
    from piste.exchange.models import ImportRun

    found = ImportRun.objects.filter(pk=options.run).first()
    if found is None:
        print(f"piste undo-import: there is no import {options.run}.", file=sys.stderr)
        return 1
    try:
        counts = undo_import(run=found, by=Member.objects.admins().order_by("pk").first(), at=timezone.now())
    except AlreadyUndone:
        print(f"piste undo-import: import {options.run} was undone on {found.undone_at:%Y-%m-%d %H:%M}.", file=sys.stderr)
        return 1
    print(
        f"Import {options.run} is undone: {counts['discarded']} taken away, {counts['set_back']} set back, {counts['kept']} kept."
    )
    return 0
