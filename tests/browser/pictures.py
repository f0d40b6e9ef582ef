"""Small pictures: a browser's PNG written again with a palette of 256 colours, which halves a screen of text."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from pathlib import Path

MARK = b"\x89PNG\r\n\x1a\n"


def write_small(png: bytes, target: Path) -> None:
    """Writes a screenshot (8 bits a channel, not interlaced) with the colours it uses most; the others take the nearest."""
    width, height, depth, rows = _rows(png)
    pixels = [[row[at : at + 3] for at in range(0, len(row), depth)] for row in rows]
    counted = Counter(pixel for line in pixels for pixel in line)
    palette = _palette(counted)
    places = {colour: _nearest(colour, palette) for colour in counted}
    lines = b"".join(b"\0" + bytes(places[pixel] for pixel in line) for line in pixels)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(
        MARK
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0))
        + _chunk(b"PLTE", b"".join(palette))
        + _chunk(b"IDAT", zlib.compress(lines, 9))
        + _chunk(b"IEND", b"")
    )


def _palette(counted: Counter[bytes]) -> list[bytes]:
    """One colour, the most used, for each group of near ones; as many groups as a palette has room for."""
    for bits in (2, 3, 4, 5, 6):
        chosen: dict[tuple[int, ...], bytes] = {}
        for colour, _count in counted.most_common():
            chosen.setdefault(tuple(part >> bits for part in colour), colour)
        if len(chosen) <= 256:
            return list(chosen.values())
    raise AssertionError("six bits less leave 64 groups")


def _nearest(colour: bytes, palette: list[bytes]) -> int:
    def distance(place: int) -> int:
        other = palette[place]
        return (colour[0] - other[0]) ** 2 + (colour[1] - other[1]) ** 2 + (colour[2] - other[2]) ** 2

    return min(range(len(palette)), key=distance)


def _rows(png: bytes) -> tuple[int, int, int, list[bytes]]:
    """Width, height, bytes a pixel, and the rows of pixels."""
    width, height, _bits, kind = struct.unpack(">IIBB", png[16:26])
    depth = {2: 3, 6: 4}[kind]
    packed, at = b"", 8
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + length]
        at += 12 + length
    raw, size = zlib.decompress(packed), width * depth
    rows: list[bytes] = []
    before = bytes(size)
    for top in range(0, len(raw), size + 1):
        before = _unfiltered(raw[top], bytearray(raw[top + 1 : top + 1 + size]), before, depth)
        rows.append(before)
    return width, height, depth, rows


def _unfiltered(kind: int, row: bytearray, above: bytes, depth: int) -> bytes:
    """A row without its filter (PNG specification, section 9)."""
    if kind == 0:
        return bytes(row)
    for place in range(len(row)):
        left = row[place - depth] if place >= depth else 0
        up = above[place]
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = up
        elif kind == 3:
            guess = (left + up) // 2
        else:
            corner = above[place - depth] if place >= depth else 0
            sum_ = left + up - corner
            guess = min((left, up, corner), key=lambda value: abs(sum_ - value))
        row[place] = (row[place] + guess) & 255
    return bytes(row)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
