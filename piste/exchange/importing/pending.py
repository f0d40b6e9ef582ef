"""Files given in the browser: kept until they are imported, rehearsed as often as one likes, imported in the background."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from piste.company.models import Member
from piste.exchange.models import ImportRun, PendingImport
from piste.exchange.reading.findings import Unreadable
from piste.exchange.reading.mapping import BadMapping, Mapping, complete, from_json
from piste.exchange.reading.sheets import open_sheet
from piste.exchange.reading.source import MAX_BYTES

from .report import Report, refusal
from .run import import_file, rehearse

#: Bytes of a file whose rehearsal goes to the worker.
LONG = 2_000_000
NUMBER = re.compile(r"[-+]?[\d\s.,]+")


class TooLarge(ValueError):
    """The file passes what can be read."""


def folder() -> Path:
    """Where files wait."""
    place = Path(settings.DATA_DIR) / "imports"
    place.mkdir(parents=True, exist_ok=True)
    return place


def keep(*, name: str, content: Iterable[bytes], kind: str, by: Member, at: datetime) -> PendingImport:
    """Keeps a file on disk. Raises `TooLarge`."""
    token = secrets.token_hex(16)
    # The ending alone is kept of the given name: it tells a compressed file.
    path = folder() / (token + (".gz" if name.endswith(".gz") else ".file"))
    size = 0
    with path.open("wb") as file:
        for part in content:
            size += len(part)
            if size > MAX_BYTES:
                path.unlink()
                raise TooLarge
            file.write(part)
    return PendingImport.objects.create(kind=kind, file_name=name[:240], token=path.name, by=by, at=at)


def discard(*, pending: PendingImport) -> None:
    """Forgets a file that cannot be imported."""
    path_of(pending).unlink(missing_ok=True)
    pending.delete()


def path_of(pending: PendingImport) -> Path:
    return folder() / pending.token


def has_file(pending: PendingImport) -> bool:
    """Whether the file still lies where it waits: a back-up that was put back brings none."""
    return path_of(pending).exists()


def try_out(*, pending: PendingImport, mapping: Mapping, by: Member, at: datetime) -> Report:
    """Rehearses with a mapping and remembers both. Raises `BadMapping`, `Unreadable`."""
    report = rehearse(
        path=path_of(pending),
        name=pending.file_name,
        kind=pending.kind,
        mapping=mapping,
        by=by,
        at=at,
        progress=lambda count: _tell(pending, count),
    )
    pending.mapping, pending.report, pending.state = mapping.as_json(), report.as_json(), "mapping"
    pending.save(update_fields=["mapping", "report", "state"])
    progress_file(pending).unlink(missing_ok=True)
    return report


def is_long(pending: PendingImport) -> bool:
    """Whether nobody should wait for a rehearsal of this file with the page in front of them."""
    return has_file(pending) and path_of(pending).stat().st_size > LONG


def try_later(*, pending: PendingImport, mapping: Mapping) -> None:
    """Leaves the rehearsal of a long file to the worker. Raises `BadMapping`, `Unreadable`."""
    complete(mapping, open_sheet(path_of(pending), mend=mapping.mend, tab=mapping.sheet), pending.kind)
    pending.mapping, pending.report, pending.state = mapping.as_json(), {}, "trying"
    pending.save(update_fields=["mapping", "report", "state"])


def try_waiting(*, pending: PendingImport, at: datetime) -> None:
    """Rehearses a file that waits for it; what goes wrong is told in its report."""
    if pending.state != "trying":
        return
    try:
        try_out(pending=pending, mapping=from_json(pending.mapping), by=pending.by, at=at)
    except (BadMapping, Unreadable) as problem:
        pending.state = "failed"
        pending.report = refusal(pending.kind, pending.file_name, problem.code, dict(problem.facts))
        pending.save(update_fields=["state", "report"])


def carry_out(*, pending: PendingImport, at: datetime) -> ImportRun | None:
    """Imports a waiting file; None when it was carried out before (the worker may ask twice)."""
    with transaction.atomic():
        locked = PendingImport.objects.select_for_update(of=("self",)).select_related("by").get(pk=pending.pk)
        if locked.state not in ("waiting", "mapping"):
            return None
        try:
            run, _report = import_file(
                path=path_of(locked),
                name=locked.file_name,
                kind=locked.kind,
                mapping=from_json(locked.mapping),
                by=locked.by,
                at=at,
                progress=lambda count: _tell(locked, count),
            )
        except (BadMapping, Unreadable) as problem:
            locked.state, locked.report = "failed", refusal(locked.kind, locked.file_name, problem.code, dict(problem.facts))
            locked.save(update_fields=["state", "report"])
            return None
        locked.state, locked.run = "done", run
        locked.save(update_fields=["state", "run"])
    path_of(pending).unlink(missing_ok=True)
    progress_file(pending).unlink(missing_ok=True)
    return run


def progress_file(pending: PendingImport) -> Path:
    """Progress lies beside the file: the transaction of the import is not seen from outside before its end."""
    return folder() / f"{pending.token}.progress"


def _tell(pending: PendingImport, count: int) -> None:
    progress_file(pending).write_text(json.dumps({"rows": count}))


def progress(pending: PendingImport) -> int:
    """How many rows the worker has read so far."""
    try:
        return int(json.loads(progress_file(pending).read_text())["rows"])
    except (OSError, ValueError, KeyError):
        return 0


def refused_rows(report: dict[str, object]) -> Iterable[list[str]]:
    """The refused rows as a table: header, then each row once with its line and its reasons."""
    header = [str(cell) for cell in report.get("header", [])]  # type: ignore[attr-defined]
    yield ["line", "reason", *map(safe, header)]
    seen: dict[int, list[str]] = {}
    for problem in report.get("problems", []):  # type: ignore[attr-defined]
        if problem["outcome"] != "problem":
            continue
        if problem["line"] in seen:
            seen[problem["line"]][1] += " " + problem["message"]
        else:
            seen[problem["line"]] = [str(problem["line"]), problem["message"], *problem["row"]]
    for row in seen.values():
        yield [safe(cell) for cell in row]


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; a plain number stays one."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r\n" and not NUMBER.fullmatch(cell) else cell
