"""`piste experiment-analyse`: what a split test of anybody's says."""

from __future__ import annotations

import argparse
import json
import sys
from gettext import gettext
from pathlib import Path

from ._tongue import gettext_noop

HELP = gettext_noop("read a split test from a file: one row a unit, two or more variants")
EPILOG = gettext_noop(
    """\
FILE has one row a unit: its id, the variant it was given, and what was measured of it: yes or no (true/false, oui/non,
1/0) or numbers; an empty cell is not known yet. CSV, gzipped or not, or XLSX. Columns may be named several times:
--measure A --measure B. docs/howto/experiment-analyse.md explains what is printed. Ends with 0, or with 2 when a file
cannot be used."""
)
MOST = 1_000_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog, parser.formatter_class = gettext(EPILOG), argparse.RawDescriptionHelpFormatter
    parser.add_argument("file", type=Path, metavar="FILE", help=gettext("the units"))
    parser.add_argument("--unit", required=True, metavar="COLUMN", help=gettext("names each unit"))
    parser.add_argument("--variant", required=True, metavar="COLUMN", help=gettext("the variant it was given"))
    parser.add_argument(
        "--measure", required=True, action="append", metavar="COLUMN", help=gettext("what is compared; once or more")
    )
    parser.add_argument(
        "--covariate", action="append", default=[], metavar="COLUMN", help=gettext("known before, narrows the interval")
    )
    parser.add_argument("--control", default="", metavar="NAME", help=gettext("the variant that the others are held against"))
    parser.add_argument(
        "--share", type=_share, action="append", default=[], metavar="NAME=PART", help=gettext("planned share (even)")
    )
    parser.add_argument("--planned", type=_count, metavar="N", help=gettext("units planned in all, where the test was watched"))
    parser.add_argument(
        "--cluster", default="", metavar="COLUMN", help=gettext("the group whose units were given one variant together")
    )
    parser.add_argument("--json", action="store_true", help=gettext("print everything as JSON"))


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 2 <= int(text) <= MOST):
        raise argparse.ArgumentTypeError(gettext("%(text)s is not a number of units, 2 or more") % {"text": repr(text)})
    return int(text)


def _share(text: str) -> tuple[str, float]:
    name, equals, part = text.rpartition("=")
    try:
        found = float(part)
    except ValueError:
        found = 0.0
    if not (name and equals and 0 < found <= 1e6):
        said = gettext("%(text)s is not a variant with its share, as in new=0.5")
        raise argparse.ArgumentTypeError(said % {"text": repr(text)})
    return name, found


def run(options: argparse.Namespace) -> int:
    from piste.exchange.proving.records import BadFile
    from piste.exchange.trying.records import Columns, read
    from piste.exchange.trying.sentences import refusal
    from piste.exchange.trying.told import lines, told

    asked = Columns(
        options.unit,
        options.variant,
        tuple(dict.fromkeys(options.measure)),
        tuple(dict.fromkeys(options.covariate)),
        options.cluster,
        options.control,
        dict(options.share),
    )
    try:
        said = told(read(options.file, asked), asked, planned=options.planned)
    except BadFile as problem:
        print(f"piste experiment-analyse: {refusal(problem)}", file=sys.stderr)
        return 2
    print(json.dumps(said, ensure_ascii=False, indent=1, allow_nan=False) if options.json else "\n".join(lines(said)))
    return 0
