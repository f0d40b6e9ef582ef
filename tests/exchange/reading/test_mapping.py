"""How a file is to be read, as JSON; and what a whole file says of how it is written."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.exchange.reading.mapping import BadMapping, Mapping, StageSpec, complete, from_file, from_json, to_file
from piste.exchange.reading.sheets import open_sheet

from .reading import codes, read, written


def test_a_mapping_comes_back_from_its_file(tmp_path: Path) -> None:
    mapping = Mapping(
        columns={"Raison sociale": "company", "Région": "custom:Région"},
        values={"Négo": "Signature", "Gagné": "won"},
        stages=[StageSpec("Devis", "proposal", values=["3 Devis"])],
        dates="dmy",
        update=False,
    )
    path = tmp_path / "map.json"
    to_file(mapping, path)
    assert from_file(path) == mapping
    assert "decimal" not in path.read_text("utf-8"), "what says nothing is not written"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"colums": {}}, "mapping_parts"),
        ({"columns": ["a"]}, "mapping_shape"),
        ({"columns": {"a": 1}}, "mapping_shape"),
        ({"update": "yes"}, "mapping_shape"),
        ({"stages": [{"nom": "x"}]}, "mapping_parts"),
        ({"stages": ["x"]}, "mapping_shape"),
        ({"stages": [{"name": "x", "status": "maybe"}]}, "mapping_shape"),
        ({"dates": "ymd"}, "mapping_dates"),
        ({"decimal": ";"}, "mapping_decimal"),
    ],
)
def test_mappings_that_cannot_be_used_say_why(data: dict[str, Any], code: str) -> None:
    with pytest.raises(BadMapping) as refused:
        from_json(data)
    assert refused.value.code == code


@pytest.mark.parametrize("content", ["", "[1]", "{", "[" * 100_000, '"x"'])
def test_files_that_are_no_mappings(tmp_path: Path, content: str) -> None:
    with pytest.raises(BadMapping) as refused:
        from_file(written(tmp_path, content, "map.json"))
    assert refused.value.code == "mapping_file"
    with pytest.raises(BadMapping):
        from_file(tmp_path / "absent.json")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*Mapping.__dataclass_fields__, "other"]), JSON, max_size=4))
def test_no_json_breaks_it(data: dict[str, Any]) -> None:
    try:
        mapping = from_json(data)
    except BadMapping:
        return
    assert from_json(json.loads(json.dumps(mapping.as_json()))) == mapping


def test_what_is_said_goes_before_what_is_recognised(tmp_path: Path) -> None:
    sheet = open_sheet(written(tmp_path, "Client;Projet;Montant\nA;B;1\nC;D;2\n"))
    assert complete(Mapping(), sheet, "deals") == {0: "company", 2: "amount"}
    said = Mapping(columns={"projet": "title", "CLIENT": "", "Absent": "source"})
    assert complete(said, sheet, "deals") == {1: "title", 2: "amount"}
    assert complete(Mapping(columns={"Projet": "amount"}), sheet, "deals") == {0: "company", 1: "amount"}
    assert complete(Mapping(columns={"Projet": "custom:Projet"}), sheet, "deals")[1] == "custom:Projet"


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"Projet": "nonsense"}, "mapping_field"),
        ({"Projet": "title", "Client": "title"}, "mapping_twice"),
        ({"Client": ""}, "mapping_missing"),
    ],
)
def test_mappings_that_do_not_fit_the_file(tmp_path: Path, columns: dict[str, str], code: str) -> None:
    sheet = open_sheet(written(tmp_path, "Client;Projet;Montant\nA;B;1\nC;D;2\n"))
    with pytest.raises(BadMapping) as refused:
        complete(Mapping(columns=columns), sheet, "deals")
    assert refused.value.code == code


def test_an_order_that_shows_only_at_the_end_is_seen(tmp_path: Path) -> None:
    text = "Titre;Créée le\n" + "A;02/01/2026\n" * 5000 + "B;01/31/2026\n"
    _sheet, found, rows = read(written(tmp_path, text))
    assert not found.questions
    assert rows[0].values["created_at"].strftime("%m-%d") == "02-01"
    assert not [problem for row in rows for problem in row.problems]


def test_one_column_speaks_for_the_others_of_its_file(tmp_path: Path) -> None:
    text = "Titre;Créée le;Clôture prévue\nA;01/02/2026;12/31/2026\nB;03/04/2026;05/06/2026\n"
    _sheet, found, rows = read(written(tmp_path, text))
    assert not found.questions
    assert rows[0].values["created_at"].strftime("%m-%d") == "01-02"


def test_columns_that_contradict_themselves_are_asked_about_and_keep_what_can_be_read(tmp_path: Path) -> None:
    text = "Titre;Créée le\nA;31/01/2026\nB;01/31/2026\nC;02/03/2026\n"
    _sheet, found, rows = read(written(tmp_path, text))
    assert [question.code for question in found.questions] == ["ask_dates"]
    assert [[problem.code for problem in row.problems] for row in rows] == [[], ["date_impossible"], []]


def test_each_column_has_its_own_decimal_mark(tmp_path: Path) -> None:
    _sheet, found, rows = read(written(tmp_path, "Titre;Montant\nA;1,234\nB;5,678\n"))
    assert [question.code for question in found.questions] == ["ask_decimal"]
    assert rows[0].values["amount"] == Decimal("1.234")
    _sheet, found, rows = read(written(tmp_path, "Titre;Montant\nA;1,234\nB;5,678\n"), mapping=Mapping(decimal="."))
    assert not found.questions
    assert rows[0].values["amount"] == 1234


def test_values_are_counted_for_those_who_must_say_what_they_mean(tmp_path: Path) -> None:
    _sheet, found, _rows = read(written(tmp_path, "Titre;Étape;Commercial\nA;Devis;Hélène\nB;Devis;Jérôme\nC;Négo;Hélène\n"))
    assert found.values["stage"] == {"Devis": 2, "Négo": 1}
    assert found.values["owner"] == {"Hélène": 2, "Jérôme": 1}


def test_a_name_in_two_columns_is_one_contact(tmp_path: Path) -> None:
    rows = read(written(tmp_path, "Titre;Prénom;Nom de famille;E-mail\nA;Zoë;Noël;zoe@example.fr\nB;;;\n"))[2]
    assert (rows[0].text("contact"), rows[1].text("contact")) == ("Zoë Noël", "")


def test_zero_characters_are_taken_away_and_told(tmp_path: Path) -> None:
    sheet, _found, rows = read(written(tmp_path, b"Titre;Montant\nA\0B;1\nC;2\n" + b"D;3\n" * 20))
    assert rows[0].text("title") == "AB"
    assert "control" in codes(sheet)
