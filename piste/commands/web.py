"""`piste web`: the web server alone."""

from __future__ import annotations

import argparse
from gettext import gettext

from ._tongue import gettext_noop

HELP = gettext_noop("start the web server alone (run starts everything)")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help=gettext("address to listen on"))
    parser.add_argument("--port", type=int, default=8000, help=gettext("port to listen on"))
    parser.add_argument("--workers", type=int, default=1, help=gettext("web processes (PostgreSQL gains from several)"))


def run(options: argparse.Namespace) -> int:
    from config.server import serve

    serve(host=options.host, port=options.port, workers=options.workers)
    return 0
