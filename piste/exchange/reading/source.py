"""A file as a stream of bytes, compressed or not, never more of them than can be read safely."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from .findings import Unreadable

#: The most bytes of a file, after unpacking.
MAX_BYTES = 300_000_000
WORKBOOK = b"PK\x03\x04"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
GZIP = b"\x1f\x8b"


class _Counted(io.RawIOBase):
    """Bytes of a stream until they are too many: a compressed file does not say how large it is."""

    def __init__(self, inner: BinaryIO, limit: int) -> None:
        self.inner, self.left, self.limit = inner, limit, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            part = self.inner.read(len(buffer))
        except (OSError, EOFError, zlib.error) as problem:
            raise Unreadable("not_text") from problem
        self.left -= len(part)
        if self.left < 0:
            raise Unreadable("too_large", size=self.limit // 1_000_000, limit=self.limit // 1_000_000)
        buffer[: len(part)] = part
        return len(part)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file, unpacked. Raises `Unreadable` when they are gone, broken or too many, at once or while reading."""
    try:
        size = path.stat().st_size
    except FileNotFoundError as problem:
        # A file that waits for its import is in no back-up.
        raise Unreadable("gone") from problem
    if size > MAX_BYTES:
        raise Unreadable("too_large", size=size // 1_000_000, limit=MAX_BYTES // 1_000_000)
    with path.open("rb") as plain:
        packed = plain.read(2) == GZIP
        plain.seek(0)
        inner: BinaryIO = gzip.GzipFile(fileobj=plain) if packed else plain  # type: ignore[assignment]
        with inner, io.BufferedReader(_Counted(inner, MAX_BYTES), 1 << 16) as stream:
            yield stream


def head(path: Path, size: int) -> bytes:
    """The first bytes of a file, unpacked."""
    with opened(path) as stream:
        return stream.read(size)
