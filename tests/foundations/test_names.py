"""Two ways to write one name give one key; two names do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.foundations import names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Énergies du Ponant", "energies du ponant"),
        ("ŒUVRE, Cœur", "oeuvre, coeur"),
        ("Straße", "strasse"),
        ("Łódź Ærø", "lodz aero"),
        ("ﬁn ℡", "fin tel"),
        ("İstanbul", "istanbul"),
    ],
)
def test_plain_letters(text, found):
    assert names.plain(text) == found


@given(st.text())
def test_plain_is_plain_already(text):
    assert names.plain(names.plain(text)) == names.plain(text)


@given(st.text())
def test_search_words_are_words_with_one_space_between(text):
    found = names.search_words(text)
    assert found == " ".join(found.split())
    assert names.search_words(found) == found


@pytest.mark.parametrize(
    "others",
    [
        ("Fonderie Marsac", "FONDERIE MARSAC SAS", "Fonderie Marsac, S.A.S.", "fonderie  marsac SARL"),
        ("Müller & Söhne GmbH", "Muller Sohne", "MÜLLER & SÖHNE"),
        ("Acme Ltd", "ACME, Inc.", "Acme"),
        ("L'Œuf d’or", "l oeuf d or"),
    ],
)
def test_one_company_has_one_key(others):
    assert len({names.name_key(other) for other in others}) == 1


@pytest.mark.parametrize(("one", "other"), [("Fonderie Marsac", "Fonderie Marsan"), ("SAS", "SARL"), ("Groupe A", "Groupe B")])
def test_other_companies_have_other_keys(one, other):
    assert names.name_key(one) != names.name_key(other)


def test_a_name_made_of_legal_forms_alone_is_kept():
    assert names.name_key("S.A.") == "sa"


def test_a_person_is_the_same_in_any_order():
    assert names.person_key("Inès Benali") == names.person_key("BENALI, Ines")


@pytest.mark.parametrize(
    ("text", "found"),
    [(" Rosa@Piste.Example ", "rosa@piste.example"), ("rosa", ""), ("", ""), ("@", ""), ("rosa@", ""), ("@piste.example", "")],
)
def test_addresses(text, found):
    assert names.email_key(text) == found


@pytest.mark.parametrize(
    ("text", "region", "found"),
    [
        ("02 98 55 01 47", "FR", "+33298550147"),
        ("+33 (0)2 98 55 01 47", "FR", "+33298550147"),
        ("0033298550147", "FR", "+33298550147"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("+49 30 123456", "FR", "+4930123456"),
        ("12", "FR", ""),
        ("call me", "FR", ""),
        ("", "FR", ""),
        ("02 98 55 01 47", "", ""),
    ],
)
def test_phone_numbers(text, region, found):
    assert names.phone_key(text, region) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://www.Remparts.example/contact?x=1", "remparts.example"),
        ("c.roche@remparts.example", "remparts.example"),
        ("remparts.example:8080", "remparts.example"),
        ("http://user@remparts.example/", "remparts.example"),
        ("société.example", "société.example"),
        ("xn--socit-esab.xn--p1ai", "xn--socit-esab.xn--p1ai"),
        ("remparts", ""),
        ("two words.example", ""),
        ("192.168.1.1", ""),
        ("3.5", ""),
        ("-a.example", ""),
        ("", ""),
    ],
)
def test_domains(text, found):
    assert names.domain_of(text) == found


@pytest.mark.parametrize("text", ["rosa@gmail.com", "Rosa@Orange.fr", "https://www.gmx.de"])
def test_a_mail_provider_is_nobodys_company(text):
    assert names.company_domain(text) == ""


def test_a_company_is_told_by_its_domain():
    assert names.company_domain("c.roche@remparts.example") == "remparts.example"


@given(st.text(), st.text())
def test_likeness_is_a_share_the_same_both_ways(one, other):
    found = names.likeness(one, other)
    assert 0 <= found <= 1
    assert found == names.likeness(other, one)


def test_likeness_orders_names_as_people_do():
    assert names.likeness("Énergies du Ponant", "energie du ponant") > 0.7
    assert names.likeness("Énergies du Ponant", "Fonderie Marsac") < 0.1
    assert names.likeness("Alba", "ALBA") == 1
    assert names.likeness("", "Alba") == 0


def test_trigrams_pad_each_word():
    assert names.trigrams("Ab") == {"  a", " ab", "ab "}
