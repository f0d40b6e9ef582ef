"""The whole installation in one file, and back: a ZIP with the database, the files and a manifest of their hashes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.migrations.loader import MigrationLoader

from . import postgres
from .models import Backup
from .postgres import BackupError

MANIFEST = "manifest.json"
FORMAT = 1
#: How the saved database is called inside the file, by kind.
DATABASES = {"sqlite": "database/piste.sqlite3", "postgresql": "database/piste.dump"}

__all__ = ["BackupError", "Saved", "backup", "restore"]


@dataclass(frozen=True, slots=True)
class Saved:
    """What a back-up holds: how many files besides the database, and its own size in bytes; `is_noted` when the database now
    tells that it was made."""

    files: int
    size: int
    is_noted: bool = False


def backup(*, target: Path, at: datetime) -> Saved:
    """Writes a consistent copy of database and files, reads it back and notes in the database that it was made; members may go
    on working meanwhile. Raises `BackupError`."""
    if target.exists():
        raise BackupError(f"{target} exists already; choose another name, nothing was overwritten.")
    if not target.parent.is_dir():
        raise BackupError(f"The folder {target.parent} does not exist; nothing was saved.")
    try:
        saved = _save(target, at)
    except (OSError, sqlite3.Error) as problem:
        raise BackupError(f"The back-up could not be written ({problem}). Nothing was saved.") from problem
    return replace(saved, is_noted=_note(saved, target, at))


def last_made() -> Backup | None:
    """The last back-up that this installation knows of. Those made by other means are not known."""
    return Backup.objects.order_by("-at", "-pk").first()


def restore(*, source: Path, force: bool) -> dict[str, Any]:
    """Puts a back-up in place of what is here; returns its manifest.

    Every part is held against its hash, and the saved data is brought up to date and verified aside, before anything here
    changes. Refuses an installation that holds a company unless `force`, and one that is running on SQLite. What was here
    is kept beside as `*.before-restore` (files and the embedded database). Raises `BackupError`.
    """
    if not force and _holds_company():
        raise BackupError("This installation already holds a company; add --force to replace it (it is kept beside).")
    with _unpacked(source) as (manifest, folder):
        database = folder / DATABASES[connection.vendor]
        if connection.vendor == "sqlite":
            _rehearse_sqlite(source, database)
            _replace_sqlite(database)
        else:
            with postgres.rehearsal(database) as environment:
                _prove(source, environment)
            postgres.load(database)
        _replace_files(folder / "files")
        return manifest


def _save(target: Path, at: datetime) -> Saved:
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".piste-backup-") as folder:
        inside = DATABASES[connection.vendor]
        parts = {inside: _copy_database(Path(folder) / Path(inside).name)}
        files = settings.DATA_DIR / "files"
        parts |= {f"files/{path.relative_to(files)}": path for path in sorted(files.rglob("*")) if path.is_file()}
        unfinished = Path(folder) / "backup.zip"
        hashes = {}
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            for name, path in parts.items():
                hashes[name] = _pack(archive, name, path)
            archive.writestr(MANIFEST, json.dumps(_manifest(at, hashes), indent=1))
        _sync(unfinished)
        _read_back(unfinished, hashes)
        unfinished.replace(target)
        _sync(target.parent)
    return Saved(files=len(parts) - 1, size=target.stat().st_size)


def _note(saved: Saved, target: Path, at: datetime) -> bool:
    """Leaves a row that tells of a back-up. One made ahead of an upgrade finds no table for it, and is as good."""
    try:
        Backup.objects.create(place=str(target), size=saved.size, file_count=saved.files, at=at)
    except DatabaseError:
        return False
    return True


def _read_back(written: Path, hashes: dict[str, str]) -> None:
    """Holds every part as it was written against its hash: a disk that lies is found out today. Raises `BackupError`."""
    with zipfile.ZipFile(written) as archive:
        for name, digest in hashes.items():
            try:
                with archive.open(name) as packed:
                    found = hashlib.file_digest(packed, "sha256").hexdigest()  # type: ignore[arg-type]
            except (zipfile.BadZipFile, zipfile.zlib.error):  # type: ignore[attr-defined]
                found = ""
            if found != digest:
                raise BackupError(
                    f"The back-up was not written as it was read ({name}); the disk may be failing. Nothing was saved."
                )


def _manifest(at: datetime, hashes: dict[str, str]) -> dict[str, Any]:
    loader = MigrationLoader(connection)
    applied: dict[str, str] = {}
    for app, name in sorted(loader.applied_migrations):
        applied[app] = name
    try:
        product = version("piste")
    except PackageNotFoundError:
        product = ""
    return {
        "format": FORMAT,
        "piste": product,
        "made_at": at.isoformat(),
        "database": connection.vendor,
        "migrations": applied,
        "parts": hashes,
    }


def _pack(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    """Packs a file and returns the hash of the very bytes that were packed, whatever happens to the file meanwhile."""
    digest = hashlib.sha256()
    with path.open("rb") as plain, archive.open(name, "w", force_zip64=True) as packed:
        while part := plain.read(1 << 20):
            digest.update(part)
            packed.write(part)
    return digest.hexdigest()


@contextmanager
def _unpacked(source: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    """A checked copy of the archive's content, in a temporary folder beside the data."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    try:
        archive = zipfile.ZipFile(source)
        manifest = json.loads(archive.read(MANIFEST))
        parts = dict(manifest["parts"])
    except FileNotFoundError as problem:
        raise BackupError(f"{source} does not exist.") from problem
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as problem:
        raise BackupError(f"{source} is not a back-up made by Piste.") from problem
    with archive, tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix=".piste-restore-") as folder:
        _accept(source, manifest)
        root = Path(folder).resolve()
        for name, digest in sorted(parts.items()):
            path = (root / name).resolve()
            if root not in path.parents:
                raise BackupError(f"{source} holds a part outside its place: {name}. Nothing was changed.")
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with archive.open(name) as packed, path.open("wb") as plain:
                    shutil.copyfileobj(packed, plain)
            except (KeyError, OSError, zipfile.BadZipFile, zipfile.zlib.error) as problem:  # type: ignore[attr-defined]
                raise BackupError(f"{source} is damaged: {name} cannot be read. Nothing was changed.") from problem
            if _sha256(path) != digest:
                raise BackupError(f"{source} is damaged: {name} is not what was saved. Nothing was changed.")
        yield manifest, root


def _accept(source: Path, manifest: dict[str, Any]) -> None:
    """Refuses a back-up of another kind of database, or of a newer Piste."""
    if manifest.get("format") != FORMAT:
        raise BackupError(f"{source} was made by another version of Piste (format {manifest.get('format')}).")
    if manifest["database"] != connection.vendor or DATABASES[connection.vendor] not in manifest["parts"]:
        raise BackupError(
            f"This back-up is of a {manifest['database']} database, the installation uses {connection.vendor}; "
            "set PISTE_DATABASE_URL accordingly."
        )
    known = set(MigrationLoader(None).disk_migrations)
    newer = [f"{app} {name}" for app, name in manifest["migrations"].items() if (app, name) not in known]
    if newer:
        made_by = manifest.get("piste") or "a newer version"
        raise BackupError(f"{source} was made by Piste {made_by}, newer than this one ({newer[0]}): upgrade first.")


def _copy_database(target: Path) -> Path:
    if connection.vendor != "sqlite":
        return postgres.dump(target)
    connection.ensure_connection()
    copy = sqlite3.connect(target)
    try:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        copy.close()
    return target


def _rehearse_sqlite(source: Path, database: Path) -> None:
    """Brings the saved database up to date and verifies it where it lies, in processes of its own."""
    checked = sqlite3.connect(database)
    try:
        verdict = checked.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as problem:
        verdict = str(problem)
    finally:
        checked.close()
    if verdict != "ok":
        raise BackupError(f"The database in {source} is damaged ({verdict}). Nothing was changed.")
    _prove(source, {"PISTE_DATABASE_URL": "", "PISTE_DATA_DIR": str(database.parent)})
    settled = sqlite3.connect(database)
    settled.execute("PRAGMA journal_mode=DELETE")
    settled.close()


def _prove(source: Path, environment: dict[str, str]) -> None:
    """Migrates and verifies the database that an environment points at; raises `BackupError` with the first fault."""
    around = os.environ | {"PISTE_SECRET_KEY": settings.SECRET_KEY} | environment
    for words in (["manage", "migrate", "--verbosity", "0", "--no-input"], ["verify"]):
        command = [sys.executable, "-m", "piste.commands", *words]
        done = subprocess.run(command, env=around, capture_output=True, text=True, check=False)
        if done.returncode:
            faults = [line for line in done.stdout.splitlines() if line.startswith("BROKEN")]
            said = (faults or done.stderr.strip().splitlines()[-1:] or ["no reason given"])[0]
            raise BackupError(f"What {source} holds does not hold true ({said.strip()}). Nothing was changed.")


def _holds_company() -> bool:
    if "company_settings" not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM company_settings")
        return bool(cursor.fetchone()[0])


def _replace_sqlite(source: Path) -> None:
    """Puts a database in place of the present one, which is kept beside."""
    target = Path(connection.settings_dict["NAME"])
    connections.close_all()
    if target.exists():
        _leave_alone(target)
        target.replace(target.with_name(f"{target.name}.before-restore"))
    _sync(source)
    shutil.move(source, target)
    _sync(target.parent)


def _leave_alone(path: Path) -> None:
    """Makes sure that no other process uses the database, and folds its write-ahead log into it."""
    try:
        present = sqlite3.connect(path, timeout=1)
        try:
            mode = present.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        finally:
            present.close()
    except sqlite3.OperationalError:
        mode = "wal"
    if mode == "wal":
        raise BackupError("Piste is running on this database: stop it first. Nothing was changed.")


def _replace_files(source: Path) -> None:
    target = settings.DATA_DIR / "files"
    if target.exists():
        kept = target.with_name("files.before-restore")
        shutil.rmtree(kept, ignore_errors=True)
        target.replace(kept)
    if source.exists():
        shutil.move(source, target)


def _sync(path: Path) -> None:
    """Returns when a file, or the list of names of a folder, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
