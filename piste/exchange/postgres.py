"""Saving and loading a PostgreSQL database with PostgreSQL's own tools."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

from django.db import ProgrammingError, connection, connections


class BackupError(Exception):
    """The back-up cannot be made or used; the message says the fact and the way out."""


def dump(target: Path) -> Path:
    """Saves the configured database into a file. Raises `BackupError`."""
    _tool("pg_dump", "--format=custom", "--no-owner", "-f", str(target))
    return target


def load(source: Path) -> None:
    """Replaces the configured database by a saved one, whole or not at all. Raises `BackupError`."""
    name = str(connection.settings_dict["NAME"])
    _tool("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "-d", name, str(source))


@contextmanager
def rehearsal(source: Path) -> Iterator[dict[str, str]]:
    """Loads a saved database into one of its own, gone afterwards; gives the environment that points at it.

    Raises `BackupError`, also when this user may not create databases.
    """
    name = f"{connection.settings_dict['NAME']}_rehearsal"
    quoted = connection.ops.quote_name(name)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {quoted}")
            cursor.execute(f"CREATE DATABASE {quoted}")
    except ProgrammingError as problem:
        raise BackupError(
            f"The back-up is verified in a database of its own first, which may not be created ({problem}). "
            "Give this user the right (ALTER ROLE … CREATEDB). Nothing was changed."
        ) from problem
    try:
        _tool("pg_restore", "--no-owner", "--single-transaction", "-d", name, str(source))
        yield {"PISTE_DATABASE_URL": _address(name)}
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")


def _address(name: str) -> str:
    """The address of a database beside the configured one."""
    told = connection.settings_dict
    who = quote(str(told["USER"]), safe="")
    if told["PASSWORD"]:
        who += f":{quote(str(told['PASSWORD']), safe='')}"
    where = str(told["HOST"])
    options = {key: str(value) for key, value in told["OPTIONS"].items() if isinstance(value, str | int)}
    if where.startswith("/"):
        options["host"], where = where, ""
    if told["PORT"]:
        where += f":{told['PORT']}"
    return f"postgres://{who}@{where}/{quote(name, safe='')}" + (f"?{urlencode(options)}" if options else "")


def _tool(command: str, *words: str) -> None:
    """Runs one of PostgreSQL's own tools against the configured server."""
    if shutil.which(command) is None:
        raise BackupError(f"{command} is not installed here: it comes with PostgreSQL's client package. Nothing was done.")
    told = connection.get_connection_params()
    given = {
        "PGHOST": told.get("host"),
        "PGPORT": told.get("port"),
        "PGUSER": told.get("user"),
        "PGPASSWORD": told.get("password"),
        "PGDATABASE": told.get("dbname"),
    }
    environment = os.environ | {name: str(value) for name, value in given.items() if value}
    connections.close_all()
    done = subprocess.run([command, *words], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise BackupError(f"{command} failed: {said}")
