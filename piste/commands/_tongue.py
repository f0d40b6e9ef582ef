"""The language of the command line: that of `--language`, else that of the environment, for each command alike.

Words of commands pass through the standard `gettext`, as those of argparse do, so that they are there before any setting is
read; what the rooms say follows once they are loaded. JSON is for programs and stays as it is.
"""

from __future__ import annotations

import argparse
import gettext
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from piste.foundations.typography import tongue

LANGUAGES = ("en", "fr")
#: In the order in which a program asks them (POSIX, 8.2).
VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
CATALOGUES = Path(__file__).resolve().parents[1] / "locale"


def gettext_noop(message: str) -> str:
    """Marks words that are said later, when the language is known."""
    return message


def of_environment() -> str:
    """The language that the environment asks for, English where it asks for another than Piste speaks."""
    return tongue(next((value for name in VARIABLES if (value := os.environ.get(name))), ""))


def asked(words: Sequence[str]) -> str | None:
    """The language that a line asks for, looked for ahead of all else, so that what is wrong with the rest is said in it."""
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False, allow_abbrev=False)
    add(parser)
    try:
        found: str | None = parser.parse_known_args(list(words))[0].language
    except argparse.ArgumentError:
        return None
    return found


def add(parser: argparse.ArgumentParser) -> None:
    """The option, as every command has it."""
    said = gettext.gettext("language of what is printed; default that of the environment")
    parser.add_argument("--language", choices=LANGUAGES, help=said)


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Speaks a language for a while."""
    domain, before = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain("django", CATALOGUES)
    gettext.textdomain("django")
    os.environ["LANGUAGE"] = language
    try:
        yield
    finally:
        gettext.textdomain(domain)
        if before is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before
