"""`piste backup FILE`: database and files in one file, while everybody goes on working."""

from __future__ import annotations

import argparse
import sys
from gettext import gettext, ngettext
from pathlib import Path

from ._tongue import gettext_noop

HELP = gettext_noop("save database and files into one file")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help=gettext("the file to write; it must not exist yet"))


def run(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from piste.exchange.backup import BackupError, backup

    try:
        saved = backup(target=options.file.resolve(), at=timezone.now())
    except BackupError as problem:
        print(f"piste backup: {problem}", file=sys.stderr)
        return 1
    said = ngettext(
        "Saved: %(file)s (%(size).1f MB, database and %(count)s file).",
        "Saved: %(file)s (%(size).1f MB, database and %(count)s files).",
        saved.files,
    )
    print(said % {"file": options.file, "size": saved.size / 1e6, "count": saved.files})
    if not saved.is_noted:
        print(gettext("The database could not note it: settings and piste verify will not tell of it."), file=sys.stderr)
    return 0
