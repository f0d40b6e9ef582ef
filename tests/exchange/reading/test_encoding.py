"""Encodings are told on the whole file; text encoded twice is noticed and put right."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.exchange.reading import source
from piste.exchange.reading.encoding import detect, mended
from piste.exchange.reading.findings import Unreadable
from piste.exchange.reading.sheets import open_sheet

from .reading import codes, read, written

FRENCH = "Titre;Société\r\nRefonte – année 1;Générale d’Électricité « Œuvre » à Évry\r\nÇa marche;Café de la Gare, 20 €\r\n"


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"])
def test_french_text_is_read_whatever_its_encoding(tmp_path: Path, name: str) -> None:
    rows = read(written(tmp_path, FRENCH, encoding=name))[2]
    assert [row.text("company") for row in rows] == ["Générale d’Électricité « Œuvre » à Évry", "Café de la Gare, 20 €"]
    assert rows[0].text("title") == "Refonte – année 1"


def test_mac_letters_are_told_by_what_they_spell_not_by_line_ends_alone(tmp_path: Path) -> None:
    for ends in ("\r", "\n", "\r\n"):
        rows = read(written(tmp_path, FRENCH.replace("\r\n", ends), encoding="mac_roman"))[2]
        assert rows[0].text("company") == "Générale d’Électricité « Œuvre » à Évry"


def test_latin_1_is_read_as_its_larger_brother(tmp_path: Path) -> None:
    rows = read(written(tmp_path, "Titre;Société\nÉté à Évry;Noël & fils\n", encoding="latin-1"))[2]
    assert (rows[0].text("title"), rows[0].text("company")) == ("Été à Évry", "Noël & fils")


def test_a_foreign_letter_far_down_is_read_right(tmp_path: Path) -> None:
    """A megabyte of plain letters says nothing of the encoding of what follows."""
    plain = "Titre;Société\n" + "Affaire;Client\n" * 80_000
    path = written(tmp_path, (plain + "Rénovation;Hôtel\n").encode("cp1252"))
    sheet, _found, rows = read(path)
    assert (sheet.encoding, rows[-1].text("title")) == ("cp1252", "Rénovation")


def test_utf_8_with_a_broken_byte_stays_utf_8_and_says_so(tmp_path: Path) -> None:
    text = ("Titre;Société\n" + "Rénovation;Hôtel\n" * 50).encode() + b"Caf\xe9;X\n"
    sheet, _found, rows = read(written(tmp_path, text))
    assert sheet.encoding == "utf-8"
    assert "damaged" in codes(sheet)
    assert rows[0].text("title") == "Rénovation"
    assert rows[-1].text("title") == "Caf\ufffd"


def test_letters_cut_between_two_pieces_are_whole(tmp_path: Path) -> None:
    for shift in range(4):
        text = "T;S\n" + "x" * shift + "é" * 600_000 + ";y\n"
        assert detect(io.BytesIO(text.encode())).name == "utf-8"


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        b"%PDF-1.4\n" + bytes(range(32)) * 200,
        b"\x7fELF" + b"\0\1\2\3" * 500,
    ],
)
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        open_sheet(written(tmp_path, content))
    assert refused.value.code == "not_text"


def test_old_spreadsheets_get_their_own_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as refused:
        open_sheet(written(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "old.xls"))
    assert refused.value.code == "old_spreadsheet"


@pytest.mark.parametrize("content", [b"", b"\n\n  \r\n", b"\xef\xbb\xbf", b";;;\n;;;\n"])
def test_files_that_hold_nothing(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        open_sheet(written(tmp_path, content))
    assert refused.value.code == "empty"


def test_a_compressed_file_is_read_and_a_broken_one_refused(tmp_path: Path) -> None:
    packed = gzip.compress(FRENCH.encode())
    assert len(read(written(tmp_path, packed, "deals.csv.gz"))[2]) == 2
    assert len(read(written(tmp_path, packed, "no-ending"))[2]) == 2, "a file is known by its content, not by its name"
    with pytest.raises(Unreadable) as refused:
        open_sheet(written(tmp_path, packed[:-12], "cut.gz"))
    assert refused.value.code == "not_text"


def test_a_compressed_file_may_not_unpack_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MAX_BYTES", 5_000_000)
    path = written(tmp_path, gzip.compress(b"Titre;Montant\n" + b"a;1\n" * 1_500_000), "bomb.csv.gz")
    assert path.stat().st_size < 20_000
    with pytest.raises(Unreadable) as refused:
        open_sheet(path)
    assert refused.value.code == "too_large"


@given(st.text(alphabet="éèêàçùîôûœæÉÈÀÇ’«»–€ abcXYZ123", min_size=1, max_size=60))
def test_text_encoded_twice_comes_back(text: str) -> None:
    # Five byte values have no letter in cp1252; programs keep them as they are.
    doubled = "".join(bytes([byte]).decode("cp1252", "replace") for byte in text.encode())
    if "\ufffd" not in doubled and mended(doubled) != doubled:
        assert mended(doubled) == text


@given(st.binary(max_size=2000))
def test_no_bytes_break_it(content: bytes) -> None:
    try:
        found = detect(io.BytesIO(content))
    except Unreadable:
        return
    content.decode(found.name, errors="replace")
