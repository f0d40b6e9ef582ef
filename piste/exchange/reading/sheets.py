"""Opening a file as a sheet: encoding, delimiter, title lines, totals; in bounded memory."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import re
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TextIO

from piste.foundations.names import search_words

MAX_BYTES = 300_000_000
MAX_COLUMNS = 400
MAX_CELL = 100_000
SAMPLE = 400_000
DELIMITERS = (",", ";", "\t", "|")
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
#: UTF-8 read as cp1252 and saved again leaves these pairs behind.
MOJIBAKE = re.compile("[ÃÂ][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ¡-¿ ]")
TOTAL = re.compile(r"^(sous )?(total|totaux|somme|sum|grand total|total general)\b")


class Unreadable(Exception):
    """The file cannot be taken; `code` is one of empty, header_only, too_large, too_wide, not_text, hostile, spreadsheet."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Note:
    """Something noticed about a file that one should know; `code` is stable."""

    code: str
    facts: dict[str, str | int] = field(default_factory=dict)


@dataclass(slots=True)
class Sheet:
    """The table found in a file. `rows` may be asked again; each row comes with the number of its first line."""

    path: Path
    header: list[str]
    header_line: int
    encoding: str
    delimiter: str
    notes: list[Note]
    mended: bool = False

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The rows under the header; empty lines, totals and footers are left out and noted once."""
        width = len(self.header)
        blank = 0
        for line, cells in _raw(self.path, self.encoding, self.delimiter, mend=self.mended):
            if line <= self.header_line:
                continue
            while len(cells) > width and not cells[-1].strip():
                cells.pop()
            if not any(cell.strip() for cell in cells):
                blank += 1
                continue
            filled = [cell for cell in cells if cell.strip()]
            if len(filled) == 1 and width > 2 and blank and len(cells) == 1:
                self._note_once("footer", line)
                continue
            if TOTAL.match(search_words(filled[0])) and len(filled) <= max(2, width // 3):
                self._note_once("total", line)
                continue
            yield line, cells

    def _note_once(self, code: str, line: int) -> None:
        if code not in {note.code for note in self.notes}:
            self.notes.append(Note(code, {"line": line}))


def open_sheet(path: Path, *, mend: bool = False) -> Sheet:
    """Finds the table of a file. `mend` repairs text that was encoded twice. Raises `Unreadable`."""
    size = path.stat().st_size
    if size == 0:
        raise Unreadable("empty")
    if size > MAX_BYTES:
        raise Unreadable("too_large", size=size // 1_000_000, limit=MAX_BYTES // 1_000_000)
    head = _head(path)
    if head[:4] == b"PK\x03\x04":
        encoding, delimiter = "xlsx", ""
    else:
        encoding = _encoding(head)
        text = _decode(head, encoding)
        delimiter = _delimiter(text)
    notes: list[Note] = []
    first = []
    for line, cells in _raw(path, encoding, delimiter, mend=mend):
        first.append((line, cells))
        if len(first) >= 60:
            break
    if not any(any(cell.strip() for cell in cells) for _line, cells in first):
        raise Unreadable("empty")
    header_line, header = _header(first)
    if len(header) > MAX_COLUMNS:
        raise Unreadable("too_wide", columns=len(header), limit=MAX_COLUMNS)
    sheet = Sheet(path, header, header_line, encoding, delimiter, notes, mend)
    if header_line > 1:
        notes.append(Note("titles", {"lines": header_line - 1}))
    if not mend and len(MOJIBAKE.findall(" ".join(" ".join(cells) for _line, cells in first))) >= 3:
        notes.append(Note("mojibake"))
    if encoding not in ("utf-8", "utf-8-sig", "xlsx"):
        notes.append(Note("encoding", {"name": encoding}))
    if next(sheet.rows(), None) is None:
        raise Unreadable("header_only")
    return sheet


def _head(path: Path) -> bytes:
    with _binary(path) as file:
        try:
            return file.read(SAMPLE)
        except (OSError, EOFError, zlib.error) as problem:
            raise Unreadable("not_text") from problem


def _binary(path: Path) -> BinaryIO:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _encoding(head: bytes) -> str:
    for mark, name in BOMS:
        if head.startswith(mark):
            return name
    if head.count(b"\0") > len(head) // 4:
        return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
        return "utf-8"
    except UnicodeDecodeError:
        pass
    if b"\r" in head and b"\n" not in head:
        return "mac_roman"
    return "cp1252"


def _decode(head: bytes, encoding: str) -> str:
    return codecs.getincrementaldecoder(encoding)(errors="replace").decode(head)


def _delimiter(text: str) -> str:
    """The separator that cuts most lines into the same number of cells; a `sep=` line decides."""
    told = re.match(r"\ufeff?sep=(.)\r?\n", text)
    if told:
        return told[1]
    sample = text[:60_000]
    best, mark = ",", (0.0, 0)
    for candidate in DELIMITERS:
        widths: Counter[int] = Counter()
        try:
            for count, cells in enumerate(csv.reader(io.StringIO(sample, newline=""), delimiter=candidate)):
                if len(cells) > 1:
                    widths[len(cells)] += 1
                if count > 80:
                    break
        except csv.Error:
            continue
        if widths:
            width, times = widths.most_common(1)[0]
            found = (times / max(1, sum(widths.values())) * min(times, 20), width)
            if found > mark:
                best, mark = candidate, found
    return best


def _raw(path: Path, encoding: str, delimiter: str, *, mend: bool) -> Iterator[tuple[int, list[str]]]:
    """Every row of a file with the number of its first line."""
    if encoding == "xlsx":
        yield from _spreadsheet(path)
        return
    csv.field_size_limit(MAX_CELL)
    with _binary(path) as binary:
        text: TextIO = io.TextIOWrapper(binary, encoding=encoding, errors="replace", newline=None)
        reader = csv.reader(_lines(text), delimiter=delimiter)
        line = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as problem:
                raise Unreadable("hostile", line=line) from problem
            except (OSError, EOFError, zlib.error) as problem:
                raise Unreadable("not_text") from problem
            here, line = line, reader.line_num + 1
            if here == 1 and len(cells) in (1, 2) and cells[0].startswith("sep="):
                continue
            if len(cells) > MAX_COLUMNS * 4:
                raise Unreadable("too_wide", columns=len(cells), limit=MAX_COLUMNS)
            if mend:
                cells = [mended(cell) for cell in cells]
            yield here, cells


def _lines(text: TextIO) -> Iterator[str]:
    """Lines of bounded length, without NUL."""
    while line := text.readline(MAX_CELL * 10):
        if len(line) >= MAX_CELL * 10:
            raise Unreadable("hostile", line=0)
        yield line.replace("\0", "")


def mended(text: str) -> str:
    """A text that was read as cp1252 and saved again as UTF-8, put right as far as its bytes are still there."""
    if not MOJIBAKE.search(text):
        return text
    raw = b"".join(_byte_of(letter) for letter in text)
    return raw.decode("utf-8", errors="replace")


def _byte_of(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1") if ord(letter) < 256 else letter.encode("utf-8")


def _header(rows: list[tuple[int, list[str]]]) -> tuple[int, list[str]]:
    """The first row that looks like names of columns: as wide as what follows, filled, without figures."""
    widths = Counter(len([c for c in cells if c.strip()]) for _line, cells in rows if any(c.strip() for c in cells))
    usual = max((width for width, times in widths.items() if times >= max(1, len(rows) // 6)), default=1)
    for line, cells in rows:
        filled = [cell for cell in cells if cell.strip()]
        words = [cell for cell in filled if not re.fullmatch(r"[\d\s.,/:€$%-]+", cell.strip())]
        if len(filled) >= max(1, round(usual * 0.6)) and len(words) >= len(filled) * 0.8:
            header = [cell.strip() for cell in cells]
            while header and not header[-1]:
                header.pop()
            return line, header
    line, cells = next((row for row in rows if any(cell.strip() for cell in row[1])), rows[0])
    return line, [cell.strip() for cell in cells]


def _spreadsheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows of a spreadsheet, read by a child process with limited memory and time."""
    command = [sys.executable, "-m", "piste.exchange.reading.spreadsheet", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        assert child.stdout is not None
        finished = False
        try:
            for text in child.stdout:
                row = json.loads(text)
                if isinstance(row, dict):
                    if "refused" in row:
                        raise Unreadable(row["refused"], **row.get("facts", {}))
                    finished = True
                    break
                yield row[0], row[1]
        finally:
            child.kill()
        if not finished:
            raise Unreadable("spreadsheet")
