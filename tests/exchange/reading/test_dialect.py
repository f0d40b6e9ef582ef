"""Separators, headers under title lines, totals and footers; quotation marks that are never closed."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.exchange.reading.dialect import delimiter_of, is_total
from piste.exchange.reading.findings import Unreadable
from piste.exchange.reading.records import Records
from piste.exchange.reading.sheets import open_sheet

from .reading import codes, read, written


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("Titre;Montant\nA;12,50\nB;13,50\n", ";"),
        ("Title,Amount\nA,12.50\nB;C,13\n", ","),
        ("Titre\tMontant\nA\t1,5\n", "\t"),
        ("Titre|Montant\nA|1\n", "|"),
        ("sep=;\nTitre,x;Montant,y\nA,1;B,2\n", ";"),
        ("Rapport du 3 mars, équipe de Lyon\n\nTitre;Montant;Étape\nA;1;B\nC;2;D\n", ";"),
        ('Title,Note\nA,"one; two; three\nfour; five; six"\nB,"x; y; z"\n', ","),
        ("Titre\nA\nB\n", ","),
    ],
)
def test_separators(text: str, mark: str) -> None:
    assert delimiter_of(text) == mark


def test_the_header_is_found_under_titles(tmp_path: Path) -> None:
    text = "Suivi commercial;;\nMis à jour le 10/03/2026;;\n;;\nSociété;Montant;Étape\nAlpha;10;Devis\nBêta;20;Devis\n"
    sheet, _found, rows = read(written(tmp_path, text))
    assert (sheet.header, sheet.header_line) == (["Société", "Montant", "Étape"], 4)
    assert [row.line for row in rows] == [5, 6]


def test_a_table_without_names_of_columns_is_told(tmp_path: Path) -> None:
    sheet = open_sheet(written(tmp_path, "Alpha;10;a@b.fr\nBêta;20;c@d.fr\n"))
    assert "header_unsure" in codes(sheet)


def test_names_one_cannot_tell_apart_are_numbered(tmp_path: Path) -> None:
    sheet = open_sheet(written(tmp_path, "Nom;Nom;;Société;;\na;b;c;d\n"))
    assert sheet.header == ["Nom", "Nom (2)", "#3", "Société"]


@pytest.mark.parametrize(
    ("filled", "verdict"),
    [
        (["TOTAL", "484 191,48 €"], True),
        (["Total général", "12", "1 000"], True),
        (["Sous-total", "5 k€"], True),
        (["Total (24)", "5"], True),
        (["Total Énergies", "12 000"], False),
        (["Total", "12 000", "Proposition"], False),
        (["TotalVisits", "Number of visits"], False),
        (["Somme", "10"], True),
    ],
)
def test_a_total_is_a_word_beside_figures(filled: list[str], verdict: bool) -> None:
    assert is_total(filled) is verdict


def test_totals_and_footers_are_left_out_and_named(tmp_path: Path) -> None:
    text = "Titre;Société;Montant\nA;X;1\nTotal;;1\nB;Total;2\nTotal général;;3\n\n\nConfidentiel\nÉdité par Hélène\n"
    sheet, _found, rows = read(written(tmp_path, text))
    assert [row.text("title") for row in rows] == ["A", "B"]
    assert [(note.code, note.facts["line"]) for note in sheet.notes] == [("total", 3), ("total", 5), ("footer", 8)]


def test_a_lone_cell_within_the_table_is_a_row(tmp_path: Path) -> None:
    rows = read(written(tmp_path, "Titre;Société;Montant\nA;X;1\n\nSeul;;\nB;Y;2\n"))[2]
    assert [row.text("title") for row in rows] == ["A", "Seul", "B"]


def test_a_mark_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    lines = [f"Affaire {number};Société {number};{number}" for number in range(2000)]
    lines[3] = 'Écran 24";Société 3;3'
    lines[10] = '"Affaire 10;Société 10;10'
    lines[1900] = '"Affaire 1900;Société 1900;1900'
    rows = read(written(tmp_path, "Titre;Société;Montant\n" + "\n".join(lines) + "\n"))[2]
    assert len(rows) == 2000
    assert rows[3].text("title") == 'Écran 24"'
    assert {row.line: [problem.code for problem in row.problems] for row in rows if row.problems} == {
        12: ["quote"],
        1902: ["quote"],
    }


def test_a_mark_closed_by_another_row_s_does_not_swallow_rows(tmp_path: Path) -> None:
    text = 'Titre;Société;Montant\nA;"X;1\nB;Y;2\nC;"Z";3\nD;W;4\n'
    rows = read(written(tmp_path, text))[2]
    assert [row.cells[0] for row in rows] == ["A", "B", "C", "D"]
    assert [problem.code for problem in rows[0].problems] == ["quote"]


def test_lines_within_quotes_keep_the_numbers_of_lines_right(tmp_path: Path) -> None:
    text = 'Titre;Note;Montant\r\nA;"un\r\ndeux\r\n\r\ntrois";1\r\nB;;2\r\n'
    rows = read(written(tmp_path, text))[2]
    assert [(row.line, row.text("note")) for row in rows] == [(2, "un\ndeux\n\ntrois"), (6, "")]


def test_a_line_of_ten_megabytes_is_refused(tmp_path: Path) -> None:
    for text in (
        "Titre;Montant\n" + "x" * 10_000_000 + "\n",
        "x" * 10_000_000,
        "Titre;Montant\nA;" + "\n" * 2 + '"' + "y" * 200_000 + "\n",
    ):
        path = written(tmp_path, text)
        with pytest.raises(Unreadable) as refused:
            list(open_sheet(path).rows())
        assert refused.value.code == "hostile"


def test_a_hundred_thousand_columns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as refused:
        open_sheet(written(tmp_path, ";".join(f"c{place}" for place in range(100_000)) + "\n1;2\n"))
    assert refused.value.code == "too_wide"


def test_one_row_with_too_many_cells_is_that_row_s_problem(tmp_path: Path) -> None:
    rows = read(written(tmp_path, "Titre;Montant\nA;1\nB;2;3;4\nC;5;;;;\n"))[2]
    assert [[problem.code for problem in row.problems] for row in rows] == [[], ["cells"], []]


CELLS = st.text(alphabet='abé 1;,"\n\t|', max_size=8)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=20), st.sampled_from([",", ";", "\t"]))
def test_what_a_program_wrote_is_read_back(table: list[list[str]], delimiter: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(table)
    lines = io.StringIO(out.getvalue(), newline=None)
    found = [cells for _line, cells in Records(iter(lines.readline, ""), delimiter).rows()]
    assert found == table


@given(st.text(alphabet='ab"\n;,\0\r', max_size=400))
def test_no_text_breaks_it(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), "Titre;Société\n" + text)
        try:
            rows = list(open_sheet(path).rows())
        except Unreadable as refused:
            known = refused.code in ("header_only", "hostile", "empty", "not_text")
        else:
            known = all(cells for _line, cells in rows)
        assert known
