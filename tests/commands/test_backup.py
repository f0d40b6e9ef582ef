"""Back-ups: whole, checked, and put back only when they hold true."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from tests.installation import Installation, fresh, with_deals


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, Path]:
    """A company with a file, and its back-up."""
    home = with_deals(tmp_path_factory.mktemp("home"))
    note = home.folder / "files" / "ab" / "note.txt"
    note.parent.mkdir(parents=True)
    note.write_text("signed")
    target = home.folder / "saved.zip"
    code, out, err = home.piste("backup", target)
    assert code == 0, err
    assert "database and 1 file)" in out
    return home, target


def deals(database: Path) -> list[tuple[int, str]]:
    # Closed at once: whoever keeps it open is somebody at work, and a restore refuses.
    with closing(sqlite3.connect(database)) as opened:
        return list(opened.execute("SELECT id, title FROM deals_deal ORDER BY id"))


@pytest.mark.embedded
def test_a_back_up_says_what_it_holds(saved: tuple[Installation, Path]) -> None:
    with zipfile.ZipFile(saved[1]) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert set(archive.namelist()) == {"manifest.json", "database/piste.sqlite3", "files/ab/note.txt"}
    assert manifest["database"] == "sqlite"
    assert manifest["migrations"]["deals"]
    assert set(manifest["parts"]) == {"database/piste.sqlite3", "files/ab/note.txt"}


@pytest.mark.embedded
def test_the_installation_knows_when_its_last_back_up_was_made(tmp_path: Path) -> None:
    home = with_deals(tmp_path)
    assert "No back-up is known of: piste backup FILE makes one." in home.piste("verify")[1]
    assert home.verify()["last_backup"] is None
    target = tmp_path / "first.zip"
    assert home.piste("backup", target)[0] == 0
    with closing(sqlite3.connect(home.database)) as database:
        database.execute("UPDATE exchange_backup SET at = datetime(at, '-3 days')")
        database.commit()
    assert home.piste("backup", tmp_path / "second.zip")[0] == 0
    verdict = home.verify()
    assert verdict["ok"] is True
    assert verdict["last_backup"]["place"] == str(tmp_path / "second.zip")
    assert verdict["last_backup"]["size"] == (tmp_path / "second.zip").stat().st_size
    with closing(sqlite3.connect(home.database)) as database:
        database.execute("DELETE FROM exchange_backup WHERE place LIKE '%second.zip'")
        database.commit()
    assert f"UTC, 3 days ago, {target} (" in home.piste("verify")[1]


@pytest.mark.embedded
def test_a_back_up_ahead_of_an_upgrade_is_made_though_nothing_can_note_it(tmp_path: Path) -> None:
    home = with_deals(tmp_path)
    with closing(sqlite3.connect(home.database)) as database:
        database.execute("DROP TABLE exchange_backup")
        database.execute("DELETE FROM django_migrations WHERE app = 'exchange' AND name = '0004_backups'")
        database.commit()
    code, _, err = home.piste("backup", tmp_path / "before.zip")
    assert code == 0
    assert "could not note it" in err
    other = fresh(tmp_path / "other")
    assert other.piste("restore", tmp_path / "before.zip")[0] == 0


@pytest.mark.embedded
def test_a_disk_that_writes_something_else_is_found_out_at_once(tmp_path: Path) -> None:
    from piste.exchange import backup

    spoilt = tmp_path / "spoilt.zip"
    with zipfile.ZipFile(spoilt, "w") as archive:
        archive.writestr("database/piste.sqlite3", b"what came to lie there")
    meant = {"database/piste.sqlite3": backup.hashlib.sha256(b"what was meant").hexdigest()}
    with pytest.raises(backup.BackupError, match="disk may be failing"):
        backup._read_back(spoilt, meant)


@pytest.mark.embedded
def test_it_comes_back_elsewhere(saved: tuple[Installation, Path], tmp_path: Path) -> None:
    other = fresh(tmp_path)
    code, out, err = other.piste("restore", saved[1])
    assert code == 0, err
    assert "BROKEN" not in out
    assert deals(other.database) == deals(saved[0].database)
    assert (other.folder / "files" / "ab" / "note.txt").read_text() == "signed"
    assert not list(other.folder.glob(".piste-*"))


@pytest.mark.embedded
def test_a_company_is_replaced_only_by_force_and_kept_beside(saved: tuple[Installation, Path], tmp_path: Path) -> None:
    other = fresh(tmp_path)
    assert other.piste("demo", "--deals", "5", "--seed", "3")[0] == 0
    before = deals(other.database)
    code, _, err = other.piste("restore", saved[1])
    assert (code, "--force" in err) == (1, True)
    assert deals(other.database) == before
    code, _, err = other.piste("restore", saved[1], "--force")
    assert code == 0, err
    assert deals(other.database) == deals(saved[0].database)
    assert deals(other.folder / "piste.sqlite3.before-restore") == before


@pytest.mark.embedded
def test_a_running_installation_is_left_alone(saved: tuple[Installation, Path], tmp_path: Path) -> None:
    other = fresh(tmp_path)
    running = sqlite3.connect(other.database)
    running.execute("PRAGMA journal_mode=WAL")
    running.execute("SELECT COUNT(*) FROM deals_deal").fetchone()
    try:
        code, _, err = other.piste("restore", saved[1])
    finally:
        running.close()
    assert (code, "stop it first" in err) == (1, True)
    assert deals(other.database) == []


def _rewrite(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A copy of a back-up with some of its parts changed or left out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return target


def _manifest(**facts: object) -> Callable[[str, bytes], bytes]:
    return lambda name, was: json.dumps(json.loads(was) | facts).encode() if name == "manifest.json" else was


#: What is done to each part of a back-up, and what is said of it.
TAMPERED: tuple[tuple[Callable[[str, bytes], bytes | None], str], ...] = (
    (lambda name, was: was + b" " if name.startswith("database") else was, "is not what was saved"),
    (lambda name, was: None if name.startswith("files") else was, "cannot be read"),
    (lambda name, was: None if name == "manifest.json" else was, "is not a back-up made by Piste"),
    (_manifest(format=9), "another version"),
    (_manifest(database="postgresql"), "of a postgresql database"),
    (_manifest(migrations={"deals": "0999_future"}), "newer than this one"),
    (_manifest(parts={"../../outside": "0", "database/piste.sqlite3": "0"}), "outside its place"),
)


@pytest.mark.embedded
def test_what_cannot_be_trusted_changes_nothing(saved: tuple[Installation, Path], tmp_path: Path) -> None:
    other = fresh(tmp_path / "home")
    bad = [_rewrite(saved[1], tmp_path / f"bad{number}.zip", change) for number, (change, _said) in enumerate(TAMPERED)]
    for (code, _, err), (_change, said) in zip(other.each(*(["restore", path] for path in bad)), TAMPERED, strict=True):
        assert (code, said in err) == (1, True), err
    assert deals(other.database) == []
    assert not list(other.folder.glob("*before-restore"))


@pytest.mark.embedded
def test_a_back_up_of_a_lie_is_refused(saved: tuple[Installation, Path], tmp_path: Path) -> None:
    """Hashes of the file are right, but what it holds was tampered with before it was saved."""
    liar = Installation(tmp_path / "liar")
    shutil.copytree(saved[0].folder, liar.folder)
    (liar.folder / "saved.zip").unlink()
    with sqlite3.connect(liar.database) as database:
        database.execute("UPDATE deals_deal SET ledger_number = 9 WHERE id = 7")
    assert liar.piste("backup", liar.folder / "lie.zip")[0] == 0
    other = fresh(tmp_path / "home")
    code, _, err = other.piste("restore", liar.folder / "lie.zip")
    assert code == 1
    assert "deal 7" in err
    assert deals(other.database) == []


@pytest.mark.embedded
def test_files_that_are_no_back_up(saved: tuple[Installation, Path], tmp_path: Path) -> None:
    other = fresh(tmp_path / "home")
    (tmp_path / "text.zip").write_text("hello")
    named = (("text.zip", "not a back-up"), ("absent.zip", "does not exist"))
    for (code, _, err), (_name, said) in zip(
        other.each(*(["restore", tmp_path / name] for name, _said in named)), named, strict=True
    ):
        assert (code, said in err) == (1, True)
    there, nowhere = saved[0].each(["backup", saved[1]], ["backup", tmp_path / "no" / "where.zip"])
    assert (there[0], "exists already" in there[2]) == (1, True)
    assert (nowhere[0], "does not exist" in nowhere[2]) == (1, True)


class OnPostgres(Installation):
    """An installation on a PostgreSQL database of its own."""

    @property
    def environment(self) -> dict[str, str]:
        address = urlsplit(os.environ["PISTE_DATABASE_URL"])._replace(path="/proof_of_backup")
        return super().environment | {"PISTE_DATABASE_URL": urlunsplit(address)}


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[OnPostgres]:
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL is not the database of this run")
    if shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not here")
    host = str(connection.settings_dict["OPTIONS"].get("host") or connection.settings_dict["HOST"])
    tools = ["-h", host, "-U", str(connection.settings_dict["USER"])]
    subprocess.run(["dropdb", "--if-exists", *tools, "proof_of_backup"], check=True)
    subprocess.run(["createdb", *tools, "proof_of_backup"], check=True)
    yield OnPostgres(tmp_path)
    subprocess.run(["dropdb", "--force", *tools, "proof_of_backup"], check=True)


def test_postgresql_saves_and_comes_back(postgres: OnPostgres) -> None:
    code, _, err = postgres.piste("demo", "--deals", "20")
    assert code == 0, err
    target = postgres.folder / "saved.zip"
    code, _, err = postgres.piste("backup", target)
    assert code == 0, err
    assert postgres.piste("demo", "--remove")[0] == 0
    code, out, err = postgres.piste("restore", target, "--force")
    assert code == 0, err
    assert "BROKEN" not in out
    counted = {check["name"]: check["counted"] for check in postgres.verify()["checks"]}
    assert counted["created = open + won + lost + held + erased"] == 20
