"""The command line: one file per command, imported only when it is called.

A command's file holds `HELP` (marked for translation), `add_arguments(parser)` and `run(options) -> int` (the exit code). Its
name on the command line is the file's, with a dash for an underscore and without the one that keeps a keyword apart (`import_`).
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from gettext import gettext
from types import ModuleType

from ._tongue import add, asked, of_environment, spoken

#: What a shell says of a command whose reader went away.
READER_GONE = 141


def names() -> dict[str, str]:
    """The commands and the modules that hold them."""
    found = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]
    return {name.rstrip("_").replace("_", "-"): name for name in sorted(found)}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    with spoken(asked(given) or of_environment()):
        try:
            code = _main(given)
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever reads has enough (`piste import … | head`): what is left goes nowhere, or Python would complain at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return READER_GONE
        return code


def _main(given: list[str]) -> int:
    known = names()
    if given[:1] == ["--language"]:
        given = given[2:]
    if not given or given[0] in ("-h", "--help", "help"):
        return overview(known)
    name, rest = given[0], given[1:]
    if name == "manage":
        return manage(rest)
    if name not in known:
        said = gettext("piste: no command %(name)r. The commands are: %(known)s.")
        print(said % {"name": name, "known": ", ".join(known)}, file=sys.stderr)
        return 2
    command = importlib.import_module(f"{__name__}.{known[name]}")
    parser = argparse.ArgumentParser(prog=f"piste {name}", description=gettext(command.HELP))
    command.add_arguments(parser)
    add(parser)
    options = parser.parse_args(rest)
    set_up()
    from django.utils import translation

    # Programs read the same words everywhere.
    language = "en" if getattr(options, "json", False) else options.language or of_environment()
    with translation.override(language):
        return int(command.run(options))


def set_up() -> None:
    """Loads the settings and the rooms."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.env import BadSetting
    from config.sqlite import UnsafeSQLite

    try:
        import django

        django.setup()
    except (BadSetting, UnsafeSQLite) as problem:
        raise SystemExit(f"piste: {problem}") from problem


def manage(rest: Sequence[str]) -> int:
    """Hands the rest of the line to Django's own commands (migrate, shell, makemigrations)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["piste manage", *rest])
    return 0


def overview(known: dict[str, str]) -> int:
    """Prints what there is."""
    print(gettext("piste COMMAND [OPTIONS]") + "\n")
    for name, module in known.items():
        loaded: ModuleType = importlib.import_module(f"{__name__}.{module}")
        print(f"  {name:<19} {gettext(loaded.HELP)}")
    print(f"  {'manage':<19} {gettext("Django's own commands: migrate, shell, makemigrations")}")
    return 0
