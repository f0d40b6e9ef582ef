"""A table as a file that is sent: CSV or XLSX, written a row at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from tempfile import TemporaryFile

from django.http import FileResponse, Http404

from piste.exchange.writing import Value, write_csv, write_sheet
from piste.web.templatetags.piste import today, tongue

TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def table_file(kind: str, title: str, heads: Sequence[str], rows: Iterable[Sequence[Value]]) -> FileResponse:
    """The answer that holds the file, called by its title and the day; 404 for another kind."""
    if kind not in TYPES:
        raise Http404
    # It is the answer that closes the file.
    file = TemporaryFile()  # noqa: SIM115
    if kind == "csv":
        write_csv(file, heads, rows, language=tongue())
    else:
        write_sheet(file, title, heads, rows)
    file.seek(0)
    name = f"{title} {today().isoformat()}.{kind}"
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[kind])
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
