"""What columns mean, by their names and by what stands in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.exchange.reading.headers import KINDS, NEEDED, guess_kinds, is_known, recognise, status_of
from piste.exchange.reading.vocabulary import WEIGHTS


def fields(header: list[str], kind: str = "deals", sample: list[list[str]] | None = None) -> list[str]:
    return [column.field for column in recognise(header, kind, sample or [])]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Deal - Title", "title"),
        ("Affaire - Titre", "title"),
        ("Nom de la transaction", "title"),
        ("Opportunity Name", "title"),
        ("Raison sociale", "company"),
        ("Associated Company", "company"),
        ("ACCOUNTID", "company_id"),
        ("Interlocuteur", "contact"),
        ("Prénom", "contact_first_name"),
        ("E-mail", "email"),
        ("Montant HT (€)", "amount"),
        ("close_value", "amount"),
        ("CloseDate", "close_date"),
        ("StageName", "stage"),
        ("Étape", "stage"),
        ("  ÉTAPE  ", "stage"),
        ("Closed Lost Reason", "lost_reason"),
        ("Probability (%)", "probability"),
        ("Gagné ?", "is_won"),
        ("Potential Owner", "owner"),
        ("Signature prévue", "expected_close_on"),
        ("Affaire - Campagne", "campaign"),
        ("Code int.", ""),
        ("", ""),
    ],
)
def test_headers_of_deals(header: str, field: str) -> None:
    assert fields([header]) == [field]


def test_a_field_goes_to_the_header_that_is_most_its_own() -> None:
    assert fields(["Id", "OpportunityId", "Title"]) == ["", "external_id", "title"]
    columns = recognise(["Id", "OpportunityId"], "deals")
    assert [(column.field, column.reason) for column in columns] == [("", "taken"), ("external_id", "name")]


def test_a_column_that_holds_something_else_is_not_taken() -> None:
    rows = [["Alpha", "grand"], ["Bêta", "petit"], ["Gamma", "moyen"]]
    columns = recognise(["Titre", "Montant"], "deals", rows)
    assert (columns[1].field, columns[1].reason) == ("", "differs")
    rows = [["Alpha", "1 000"], ["Bêta", "nc"], ["Gamma", "3 k€"]]
    assert recognise(["Titre", "Montant"], "deals", rows)[1].certain


def test_longer_names_need_values_that_agree() -> None:
    header = ["Titre", "Montant prévisionnel pondéré"]
    assert fields(header, sample=[["a", "10"], ["b", "20,5"]]) == ["title", "amount"]
    assert fields(header, sample=[["a", "haut"], ["b", "bas"]]) == ["title", ""]
    found = recognise(header, "deals", [["a", "10"], ["b", "20,5"]])[1]
    assert (found.reason, found.certain) == ("similar", False)


def test_addresses_are_known_by_their_look() -> None:
    rows = [["Alpha", "a@example.fr"], ["Bêta", "b@example.fr"]]
    columns = recognise(["Titre", "Coordonnées"], "deals", rows)
    assert (columns[1].field, columns[1].reason) == ("email", "values")


def test_examples_are_the_first_three_values_that_differ() -> None:
    rows = [["a"], ["a"], [""], ["nc"], ["b\nc"], ["d"], ["e"]]
    assert recognise(["Titre"], "deals", rows)[0].examples == ("a", "b c", "d")


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (["Société", "Site web", "Secteur", "Effectif"], "companies"),
        (["Prénom", "Nom", "E-mail", "Fonction", "Société"], "contacts"),
        (["Produit", "Référence", "Prix"], "products"),
        (["Sales agent", "Manager", "Regional office"], "members"),
        (["Affaire", "Montant", "Étape"], "deals"),
        (["Deal ID", "From stage", "To stage", "Changed at"], "moves"),
    ],
)
def test_kinds_are_guessed(header: list[str], kind: str) -> None:
    assert guess_kinds(header)[0][0] == kind


def test_nothing_is_guessed_from_nothing() -> None:
    assert guess_kinds(["foo", "bar"]) == []
    assert guess_kinds([]) == []


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Closed Won", "won"),
        ("Fermée gagnée", "won"),
        ("GAGNÉ", "won"),
        ("Closed - Lost", "lost"),
        ("Annulée", "lost"),
        ("Cancelled", "lost"),
        ("En cours", "open"),
        ("Proposition", ""),
    ],
)
def test_words_of_states(text: str, status: str) -> None:
    assert status_of(text) == status


def test_the_vocabulary_is_consistent() -> None:
    for kind, meanings in KINDS.items():
        phrases = [phrase for words in meanings.values() for phrase in words.split("|")]
        assert len(phrases) == len(set(phrases)), f"{kind} has a header twice"
        assert {name for group in NEEDED[kind] for name in group} <= set(meanings)
        assert set(WEIGHTS[kind]) <= set(meanings)
        assert all(is_known(phrase) for phrase in phrases)


@given(
    st.lists(st.text(max_size=20), max_size=12),
    st.sampled_from(sorted(KINDS)),
    st.lists(st.lists(st.text(max_size=10), max_size=12)),
)
def test_no_header_breaks_it(header: list[str], kind: str, sample: list[list[str]]) -> None:
    columns = recognise(header, kind, sample)
    assert [column.header for column in columns] == header
    given_fields = [column.field for column in columns if column.field]
    assert len(given_fields) == len(set(given_fields)), "a field is given once"
    guess_kinds(header, sample)
