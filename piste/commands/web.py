"""`piste web`: the web server alone."""

from __future__ import annotations

import argparse

HELP = "start the web server alone (run starts everything)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on")
    parser.add_argument("--workers", type=int, default=1, help="web processes (PostgreSQL gains from several)")


def run(options: argparse.Namespace) -> int:
    from config.server import serve

    serve(host=options.host, port=options.port, workers=options.workers)
    return 0
