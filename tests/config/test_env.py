"""What the installation chooses: names it answers to, the kept secret, settings that cannot be used."""

from __future__ import annotations

import socket
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config import env

OWN = {"localhost", "127.0.0.1", "[::1]"}


def test_with_an_address_only_its_name_is_answered() -> None:
    assert set(env.hosts("https://sales.example.com")) == OWN | {"sales.example.com"}
    assert set(env.hosts("http://crm:8000/")) == OWN | {"crm"}


def test_without_one_the_machines_own_names_are() -> None:
    found = env.hosts("")
    assert set(found) >= OWN | {socket.gethostname()}
    assert "*" not in found


@pytest.mark.parametrize(
    "url", ["sales.example.com", "ftp://sales.example.com", "https://", "https://x.example/crm", "http://x/?a=1"]
)
def test_an_address_that_cannot_be_is_refused_with_the_way_out(url: str) -> None:
    with pytest.raises(env.BadSetting, match="PISTE_URL is"):
        env.hosts(url)


def test_what_one_may_type_to_reach_piste() -> None:
    assert env.addresses("", "127.0.0.1", 8000) == ["http://127.0.0.1:8000"]
    assert env.addresses("", "::1", 8000) == ["http://[::1]:8000"]
    assert env.addresses("https://crm.example", "0.0.0.0", 80) == ["https://crm.example", "http://127.0.0.1:80"]
    everywhere = env.addresses("", "0.0.0.0", 8000)
    assert everywhere[0] == "http://127.0.0.1:8000"
    assert f"http://{socket.gethostname()}:8000" in everywhere
    answered = env.hosts("")
    for address in everywhere:
        assert address.removeprefix("http://").rsplit(":", 1)[0] in answered


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    first = env.read({"PISTE_DATA_DIR": str(folder)}).secret_key
    assert len(first) > 60
    assert env.read({"PISTE_DATA_DIR": str(folder)}).secret_key == first
    assert stat.S_IMODE((folder / "secret-key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert env.read({"PISTE_DATA_DIR": str(folder), "PISTE_SECRET_KEY": "given"}).secret_key == "given"


def test_processes_that_start_together_share_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: env.read({"PISTE_DATA_DIR": str(tmp_path)}).secret_key, range(16)))
    assert len(found) == 1


def test_an_empty_secret_is_refused_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret-key").write_text("")
    monkeypatch.setattr(env.time, "sleep", lambda _: None)
    with pytest.raises(env.BadSetting, match="is empty"):
        env.read({"PISTE_DATA_DIR": str(tmp_path)})


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(env.BadSetting, match="PISTE_DATA_DIR"):
        env.read({"PISTE_DATA_DIR": str(tmp_path / "file" / "var")})


@pytest.mark.parametrize("number", ["0", "-1", "four", "²", "1.5"])
def test_numbers_that_cannot_be_are_refused(tmp_path: Path, number: str) -> None:
    with pytest.raises(env.BadSetting, match="PISTE_THREADS"):
        env.read({"PISTE_DATA_DIR": str(tmp_path), "PISTE_THREADS": number})


@pytest.mark.parametrize(
    ("read", "url"),
    [
        (env.mailer, "ftp://user:hunter2@mail.example"),
        (env.mailer, "smtp:///user:hunter2"),
        (env.database, "mysql://piste:hunter2@db.example/piste"),
    ],
)
def test_what_is_complained_of_tells_no_password(tmp_path: Path, read: object, url: str) -> None:
    with pytest.raises(env.BadSetting) as problem:
        read(url, tmp_path)  # type: ignore[operator]
    assert "hunter2" not in str(problem.value)
