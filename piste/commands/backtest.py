"""`piste backtest`: what the forecast would have said on the past of one's own export."""

from __future__ import annotations

import argparse
import json
import sys
from gettext import gettext
from pathlib import Path

from ._tongue import gettext_noop
from .figures import day

HELP = gettext_noop("try the forecast on an export of deals: what it would have said, and what came")
EPILOG = gettext_noop(
    """\
DEALS has the columns id, created_at, closed_at (empty while open), status (open, won, lost), amount; `expected_close_on`,
`owner`, `source` and any further column are used when they pass the guard against fields that tell the outcome.
MOVES has deal_id, stage, at, and if known expected_close_on and amount as they were then. CSV, gzipped or not, or XLSX.
docs/howto/backtest.md explains what is printed. Ends with 0, or with 2 when a file cannot be used."""
)
LONGEST = 1100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog, parser.formatter_class = gettext(EPILOG), argparse.RawDescriptionHelpFormatter
    parser.add_argument("deals", type=Path, metavar="DEALS", help=gettext("the deals"))
    parser.add_argument("--moves", type=Path, metavar="MOVES", help=gettext("their moves from stage to stage"))
    parser.add_argument(
        "--horizon", type=_days, metavar="DAYS", help=gettext("days that are forecast (by the length of the history)")
    )
    parser.add_argument("--every", type=_days, metavar="DAYS", help=gettext("days between two forecasts (half the horizon)"))
    parser.add_argument(
        "--from", dest="first", type=day, metavar="DAY", help=gettext("judge forecasts made on that day or later")
    )
    parser.add_argument("--seed", type=_seed, default=0, metavar="N", help=gettext("of what is drawn by chance (0)"))
    parser.add_argument("--json", action="store_true", help=gettext("print everything as JSON"))


def _days(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(gettext("%(text)s is not a number of days") % {"text": repr(text)}) from None
    if not 1 <= found <= LONGEST:
        said = gettext("%(text)s is not between 1 and %(longest)s days")
        raise argparse.ArgumentTypeError(said % {"text": text, "longest": LONGEST})
    return found


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        said = gettext("%(text)s is not a whole number from 0 to 999999999")
        raise argparse.ArgumentTypeError(said % {"text": repr(text)})
    return int(text)


def run(options: argparse.Namespace) -> int:
    from datetime import date

    from piste.exchange.proving.records import BadFile, read
    from piste.exchange.proving.sentences import refusal
    from piste.exchange.proving.told import lines, told
    from piste.stats.backtest import backtest

    try:
        taken = read(options.deals, options.moves)
    except BadFile as problem:
        print(f"piste backtest: {refusal(problem)}", file=sys.stderr)
        return 2
    since = (options.first - date(1970, 1, 1)).days if options.first else None
    found = backtest(
        taken.deals,
        horizon=options.horizon,
        every=options.every,
        since=since,
        seed=options.seed,
        progress=None if options.json or not sys.stderr.isatty() else _show,
    )
    said = told(found, taken, seed=options.seed)
    print(json.dumps(said, ensure_ascii=False, indent=1, allow_nan=False) if options.json else "\n".join(lines(said)))
    return 0


def _show(share: float) -> None:
    print(f"\r{share:4.0%}", end="\r" if share < 1 else "\r    \r", file=sys.stderr, flush=True)
