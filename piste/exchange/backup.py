"""The whole installation in one file, and back: a ZIP with the database, the files and a manifest of their hashes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections

MANIFEST = "manifest.json"
FORMAT = 1


class BackupError(Exception):
    """The back-up cannot be made or used; the message says the fact and the way out."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a back-up holds."""

    files: int
    size: int


def backup(*, target: Path, at: datetime) -> Saved:
    """Writes a consistent copy of database and files; members may go on working meanwhile. Raises `BackupError`."""
    if target.exists():
        raise BackupError(f"{target} exists already; choose another name, nothing was overwritten.")
    if not target.parent.is_dir():
        raise BackupError(f"The folder {target.parent} does not exist.")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        kind, database = _copy_database(Path(folder))
        parts = {f"database/{database.name}": database}
        files = settings.DATA_DIR / "files"
        parts |= {f"files/{path.relative_to(files)}": path for path in sorted(files.rglob("*")) if path.is_file()}
        manifest = {
            "format": FORMAT,
            "made_at": at.isoformat(),
            "database": kind,
            "parts": {name: _sha256(path) for name, path in parts.items()},
        }
        unfinished = Path(folder) / "backup.zip"
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
            for name, path in parts.items():
                archive.write(path, name)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(unfinished, target)  # noqa: PTH105 - atomic on one file system
    return Saved(files=len(parts) - 1, size=target.stat().st_size)


def restore(*, source: Path, force: bool) -> dict[str, Any]:
    """Puts a back-up in place of what is here, after checking every hash; returns its manifest.

    Refuses a database that holds a company unless `force`. What was here is kept beside as `*.before-restore`.
    Raises `BackupError`.
    """
    with _unpacked(source) as (manifest, folder):
        if manifest["database"] != connection.vendor:
            raise BackupError(
                f"This back-up is of a {manifest['database']} database, the installation uses {connection.vendor}; "
                "set PISTE_DATABASE_URL accordingly."
            )
        if not force and _holds_company():
            raise BackupError("This installation already holds a company; add --force to replace it (it is kept beside).")
        if connection.vendor == "sqlite":
            _replace_sqlite(folder / "database" / "piste.sqlite3")
        else:
            _postgres(["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "-d", "piste"],
                      folder / "database" / "piste.dump")  # fmt: skip
        _replace_files(folder / "files")
        return manifest


@contextmanager
def _unpacked(source: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    """A checked copy of the archive's content, in a temporary folder beside the data."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    try:
        archive = zipfile.ZipFile(source)
        manifest = json.loads(archive.read(MANIFEST))
        named = set(manifest["parts"])
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as problem:
        raise BackupError(f"{source} is not a back-up made by Piste.") from problem
    if manifest.get("format") != FORMAT:
        raise BackupError(f"{source} was made by another version of Piste (format {manifest.get('format')}).")
    with archive, tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        root = Path(folder).resolve()
        for name in sorted(named):
            path = (root / name).resolve()
            if root not in path.parents:
                raise BackupError(f"{source} holds a part outside its place: {name}.")
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with archive.open(name) as packed, path.open("wb") as plain:
                    shutil.copyfileobj(packed, plain)
            except (KeyError, zipfile.BadZipFile) as problem:
                raise BackupError(f"{source} is damaged: {name} cannot be read.") from problem
            if _sha256(path) != manifest["parts"][name]:
                raise BackupError(f"{source} is damaged: {name} is not what was saved.")
        yield manifest, root


def _copy_database(folder: Path) -> tuple[str, Path]:
    if connection.vendor == "sqlite":
        target = folder / "piste.sqlite3"
        connection.ensure_connection()
        copy = sqlite3.connect(target)
        try:
            connection.connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        finally:
            copy.close()
        return "sqlite", target
    target = folder / "piste.dump"
    _postgres(["pg_dump", "--format=custom", "-f"], target)
    return "postgresql", target


def _postgres(command: list[str], path: Path) -> None:
    """Runs one of PostgreSQL's own tools on the configured database."""
    if shutil.which(command[0]) is None:
        raise BackupError(f"{command[0]} is not installed here; it comes with PostgreSQL's client package.")
    told = connection.get_connection_params()
    environment = os.environ | {
        name: str(value)
        for name, value in (
            ("PGHOST", told.get("host")),
            ("PGPORT", told.get("port")),
            ("PGUSER", told.get("user")),
            ("PGPASSWORD", told.get("password")),
            ("PGDATABASE", told.get("dbname")),
        )
        if value
    }
    words = [str(told.get("dbname")) if word == "piste" else word for word in command]
    connections.close_all()
    done = subprocess.run([*words, str(path)], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError(f"{command[0]} failed: {done.stderr.strip().splitlines()[-1:]}")


def _holds_company() -> bool:
    if "company_settings" not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM company_settings")
        return bool(cursor.fetchone()[0])


def _replace_sqlite(source: Path) -> None:
    """Checks the copy, then puts it in place of the present database, which is kept beside."""
    checked = sqlite3.connect(source)
    try:
        verdict = checked.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        checked.close()
    if verdict != "ok":
        raise BackupError(f"The saved database is damaged: {verdict}.")
    target = Path(connection.settings_dict["NAME"])
    connections.close_all()
    for ending in ("", "-wal", "-shm"):
        present = target.with_name(target.name + ending)
        if present.exists():
            present.replace(target.with_name(f"{target.name}.before-restore{ending}"))
    with source.open("rb") as file:
        os.fsync(file.fileno())
    shutil.move(source, target)


def _replace_files(source: Path) -> None:
    target = settings.DATA_DIR / "files"
    if target.exists():
        kept = target.with_name("files.before-restore")
        shutil.rmtree(kept, ignore_errors=True)
        target.replace(kept)
    if source.exists():
        shutil.move(source, target)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
