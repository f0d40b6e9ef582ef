"""Reads the words of a PDF that typst has made: enough to hold a document against its figures, no more.

Text stands in content streams as numbers of glyphs; each font says by its `ToUnicode` table what they are.
"""

from __future__ import annotations

import re
import zlib

OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\s*(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"^(.*?)stream\r?\n(.*)\n?endstream", re.DOTALL)
SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|\[((?:\((?:\\.|[^\\)])*\)|[^\]])*)\]TJ|\((?P<one>(?:\\.|[^\\)])*)\)Tj", re.DOTALL)
PIECE = re.compile(rb"\(((?:\\.|[^\\)])*)\)", re.DOTALL)
ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def words_of(pdf: bytes) -> str:
    """The text of all pages in the order it is drawn, a line for each piece."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    streams = {number: _stream(body) for number, body in objects.items()}
    said = []
    for page in objects.values():
        if b"/Type/Page/" not in page:
            continue
        fonts = _fonts(page, objects, streams)
        for content in re.findall(rb"/Contents (\d+) 0 R", page):
            said += _said(streams[int(content)], fonts)
    return "\n".join(said)


def _stream(body: bytes) -> bytes:
    found = STREAM.search(body)
    if found is None:
        return b""
    return zlib.decompress(found[2]) if b"/FlateDecode" in found[1] else found[2]


def _fonts(page: bytes, objects: dict[int, bytes], streams: dict[int, bytes]) -> dict[bytes, dict[int, str]]:
    """What each font of a page means by its glyphs."""
    found = {}
    shared = re.search(rb"/Resources (\d+) 0 R", page)
    resources = re.search(rb"/Font\s*<<(.*?)>>", objects[int(shared[1])] if shared else page, re.DOTALL)
    for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", resources[1] if resources else b""):
        table = re.search(rb"/ToUnicode (\d+) 0 R", objects[int(number)])
        found[name] = _table(streams[int(table[1])]) if table else {}
    return found


def _table(cmap: bytes) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9a-fA-F]{4})> <((?:[0-9a-fA-F]{4})+)>\n", cmap)
    return {int(glyph, 16): bytes.fromhex(letters.decode()).decode("utf-16-be") for glyph, letters in pairs}


def _said(content: bytes, fonts: dict[bytes, dict[int, str]]) -> list[str]:
    said, font = [], {}
    for found in SHOWN.finditer(content):
        if found[1]:
            font = fonts.get(found[1], {})
            continue
        pieces = PIECE.findall(found[2]) if found[2] is not None else [found["one"]]
        codes = b"".join(ESCAPE.sub(_unescaped, piece) for piece in pieces)
        said.append("".join(font.get(int.from_bytes(codes[at : at + 2]), "?") for at in range(0, len(codes), 2)))
    return said


def _unescaped(found: re.Match[bytes]) -> bytes:
    code = found[1]
    return bytes([int(code, 8)]) if code[:1].isdigit() else NAMED.get(code, code)
