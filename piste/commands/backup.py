"""`piste backup FILE`: database and files in one file, while everybody goes on working."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HELP = "save database and files into one file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="the file to write; it must not exist yet")


def run(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from piste.exchange.backup import BackupError, backup

    try:
        saved = backup(target=options.file.resolve(), at=timezone.now())
    except BackupError as problem:
        print(f"piste backup: {problem}", file=sys.stderr)
        return 1
    print(f"Saved: {options.file} ({saved.size / 1e6:.1f} MB, database and {saved.files} files).")
    return 0
