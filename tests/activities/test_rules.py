"""What a note names, what a file may be called, what may be shown."""

from __future__ import annotations

import pytest

from piste.activities.rules import mentioned, picture_type, pieces, safe_name

PEOPLE = [(1, "Inès Benali"), (2, "Yanis Dubreuil"), (3, "Yanis Petit"), (4, "Jean-Luc D’Arc"), (5, "Inèsa Roy")]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Ask @Inès Benali, please", [1]),
        ("@inès: seen?", [1]),
        ("@INÈS BENALI!", [1]),
        ("@Inèsa", [5]),
        ("@Yanis", []),
        ("@Yanis Petit and @Yanis Dubreuil and @Yanis Petit", [3, 2]),
        ("@Jean-Luc D’Arc", [4]),
        ("@Inès’ note", [1]),
        ("mail ines@Inès.example", []),
        ("@", []),
        ("@@Inès", [1]),
        ("@Nobody", []),
        ("", []),
    ],
)
def test_who_is_named(text, named):
    assert mentioned(text, PEOPLE) == named
    assert "".join(piece.text for piece in pieces(text, PEOPLE)) == text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("offer.pdf", "offer.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\offer.pdf", "offer.pdf"),
        ("nul\x00byte\r\n.txt", "nulbyte.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("...", "file"),
        ("", "file"),
        (".htaccess", "htaccess"),
        ("é" * 300 + ".pdf", "é" * 196 + ".pdf"),
        ("x" * 300, "x" * 200),
    ],
)
def test_what_a_file_is_called(given, kept):
    assert safe_name(given) == kept


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
        (b"GIF89a......", "image/gif"),
        (b"RIFF....WEBP", "image/webp"),
        (b"RIFF....WAVE", ""),
        (b"<svg onload=", ""),
        (b"<html><body>", ""),
        (b"GIF8<script>", ""),
        (b"", ""),
    ],
)
def test_which_files_are_pictures(head, media_type):
    assert picture_type(head) == media_type
