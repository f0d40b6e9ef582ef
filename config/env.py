"""What whoever installs Piste may choose, read from the environment once; everything runs without any of it."""

from __future__ import annotations

import os
import secrets
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


class BadSetting(RuntimeError):
    """A PISTE_ variable holds something that cannot be used; the message says the fact and the way out."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The choices of this installation."""

    data_dir: Path
    database_url: str
    url: str
    links: str
    secret_key: str
    debug: bool
    smtp_url: str
    mail_from: str
    threads: int
    upload_mb: int


def read(environ: os._Environ[str] | dict[str, str] = os.environ) -> Environment:
    """Reads the PISTE_ variables; see docs/settings.md. Raises `BadSetting`."""
    data_dir = Path(environ.get("PISTE_DATA_DIR") or "var").expanduser().resolve()
    return Environment(
        data_dir=data_dir,
        database_url=environ.get("PISTE_DATABASE_URL", ""),
        url=environ.get("PISTE_URL", "").rstrip("/"),
        links=(environ.get("PISTE_LINKS") or environ.get("PISTE_URL") or "http://127.0.0.1:8000").rstrip("/"),
        secret_key=environ.get("PISTE_SECRET_KEY", "") or _kept_secret(data_dir),
        debug=environ.get("PISTE_DEBUG", "") == "1",
        smtp_url=environ.get("PISTE_SMTP_URL", ""),
        mail_from=environ.get("PISTE_MAIL_FROM", "piste@localhost"),
        threads=_number(environ, "PISTE_THREADS", 4),
        upload_mb=_number(environ, "PISTE_UPLOAD_MB", 50),
    )


def _number(environ: os._Environ[str] | dict[str, str], name: str, usual: int) -> int:
    raw = environ.get(name, "")
    if not raw:
        return usual
    if not raw.isdecimal() or int(raw) < 1:
        raise BadSetting(f"{name} is {raw!r}; a whole number above zero is needed.")
    return int(raw)


def _kept_secret(data_dir: Path) -> str:
    """The secret key of this installation, made once and readable by its owner alone."""
    path = data_dir / "secret-key"
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return _written_secret(path)
        with os.fdopen(handle, "w") as file:
            file.write(secret := secrets.token_urlsafe(50))
        return secret
    except OSError as problem:
        raise BadSetting(
            f"The data folder {data_dir} cannot be used ({problem.strerror}). "
            "Set PISTE_DATA_DIR to a folder that this user may write."
        ) from problem


def _written_secret(path: Path) -> str:
    """The kept secret; another process that starts at the same instant may be about to write it."""
    for _ in range(40):
        if found := path.read_text().strip():
            return found
        time.sleep(0.05)
    raise BadSetting(f"{path} is empty. Remove it, and the next start makes a new one (everybody signs in again).")


def hosts(url: str) -> list[str]:
    """The names this installation answers to: that of its public address, or, without one, those of this machine.

    Anything else in a request's Host header is refused: letters carry links made of it.
    """
    own = ["localhost", "127.0.0.1", "[::1]"]
    if url:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadSetting(f"PISTE_URL is {url!r}; use the address people type, for example https://sales.example.com.")
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise BadSetting(f"PISTE_URL is {url!r}; Piste needs an address of its own, without a path behind the name.")
        return [parts.hostname, *own]
    return [*own, *_names_of_machine()]


def addresses(url: str, host: str, port: int) -> list[str]:
    """What one may type into a browser to reach a server that listens on `host`, the best first."""
    listening = host if host not in ("0.0.0.0", "::", "") else "127.0.0.1"  # noqa: S104 - compared, not listened on
    here = f"http://[{listening}]:{port}" if ":" in listening else f"http://{listening}:{port}"
    if url:
        return [url, here]
    if listening == host:
        return [here]
    return [here, *(f"http://{name}:{port}" for name in _names_of_machine())]


def _names_of_machine() -> list[str]:
    """By which names neighbours may reach this machine."""
    name = socket.gethostname()
    local = [] if "." in name else [f"{name}.local"]
    return [name, *local, *_address_in_network()]


def _address_in_network() -> list[str]:
    """The address by which neighbours reach this machine; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return []
        return [str(probe.getsockname()[0])]


def database(url: str, data_dir: Path) -> dict[str, Any]:
    """Django's settings for a database address; the embedded SQLite when none is given. Raises `BadSetting`."""
    if not url:
        return sqlite(data_dir / "piste.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path)
        if parts.netloc or path in ("", "/"):
            raise BadSetting(f"PISTE_DATABASE_URL is {url!r}; use sqlite:///path/of/the/file, from the root of the disk.")
        return sqlite(Path(path[1:] if path.startswith("//") else path))
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    raise BadSetting(f"PISTE_DATABASE_URL starts with {parts.scheme!r}; use sqlite:///path or postgres://user@host/name.")


def sqlite(path: Path) -> dict[str, Any]:
    """The embedded database: write-ahead log, every commit on disk before it is acknowledged."""
    from .sqlite import Connection, take_over

    take_over()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "ENGINE": "config.embedded",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "factory": Connection,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; "
                "PRAGMA cache_size=-32000; PRAGMA mmap_size=268435456; PRAGMA journal_size_limit=67108864; "
                "PRAGMA secure_delete=FAST"
            ),
        },
    }


def mailer(url: str, data_dir: Path) -> dict[str, Any]:
    """Django's settings for a mail server address; without one, letters are laid into the data folder. Raises `BadSetting`.

    `smtp://` speaks STARTTLS where the port is 587, `smtps://` is encrypted from the start.
    """
    if not url:
        return {"BACKEND": "django.core.mail.backends.filebased.EmailBackend", "OPTIONS": {"file_path": str(data_dir / "mail")}}
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise BadSetting(f"PISTE_SMTP_URL starts with {parts.scheme!r}; use smtp://user:password@host:587 or smtps://….")
    port = parts.port or (465 if parts.scheme == "smtps" else 25)
    return {
        "BACKEND": "config.mailing.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname,
            "port": port,
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_tls": parts.scheme == "smtp" and port == 587,
            "use_ssl": parts.scheme == "smtps",
            "timeout": 10,
        },
    }
