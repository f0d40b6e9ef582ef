"""What is written, code point by code point: ␣ stands for U+00A0, · for U+202F, ~ for U+2060 in the expectations."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from piste.foundations import typography
from piste.foundations.figures import read_number
from piste.foundations.money import LIMIT, to_decimal

TODAY = date(2026, 11, 24)
PARIS = ZoneInfo("Europe/Paris")
LOCALES = st.sampled_from(["fr", "en"])


def exact(marked: str) -> str:
    return marked.replace("␣", "\u00a0").replace("·", "\u202f").replace("~", "\u2060")


@pytest.mark.parametrize(
    ("minor", "code", "fr", "en"),
    [
        (1_250_000, "EUR", "12·500␣€", "€12,500"),
        (1_250_050, "EUR", "12·500,50␣€", "€12,500.50"),
        (5, "EUR", "0,05␣€", "€0.05"),
        (0, "EUR", "0␣€", "€0"),
        (-99_900, "EUR", "−999␣€", "−€999"),
        (1_250_000, "USD", "12·500␣$", "$12,500"),
        (1_250_000, "CHF", "12·500␣CHF", "CHF␣12,500"),
        (1_250_000, "JPY", "1·250·000␣¥", "¥1,250,000"),
        (1_250_500, "TND", "1·250,500␣TND", "TND␣1,250.500"),
        (LIMIT, "JPY", "9·000·000·000·000·000␣¥", "¥9,000,000,000,000,000"),
    ],
)
def test_amounts(minor, code, fr, en):
    assert typography.amount(minor, code, "fr") == exact(fr)
    assert typography.amount(minor, code, "en") == exact(en)


@given(st.integers(-LIMIT, LIMIT), st.sampled_from(["EUR", "USD", "JPY"]), LOCALES)
def test_an_amount_is_read_back_as_it_was(minor, code, locale):
    written = typography.amount(minor, code, locale)
    # A mark before exactly three figures says thousands in English, which is what is written there.
    assert read_number(written, locale) == to_decimal(minor, code)


@given(st.integers(-(10**17), 10**17), LOCALES)
def test_a_number_loses_no_figure(value, locale):
    written = typography.number(value, locale)
    assert re.sub(r"[\u202f,]", "", written).replace("−", "-") == str(value)
    assert " " not in written


@pytest.mark.parametrize(
    ("minor", "fr", "en"),
    [
        (99_900, "999␣€", "€999"),
        (4_650_000, "46,5␣k€", "€46.5k"),
        (4_600_000, "46␣k€", "€46k"),
        (12_345_600, "123␣k€", "€123k"),
        (9_996_000, "100␣k€", "€100k"),
        (99_995_000, "1␣M€", "€1M"),
        (123_000_000, "1,2␣M€", "€1.2M"),
        (-4_650_000, "−46,5␣k€", "−€46.5k"),
        (250_000_000_000, "2,5␣Md€", "€2.5bn"),
        (0, "0␣€", "€0"),
    ],
)
def test_short_amounts_of_charts(minor, fr, en):
    assert typography.amount_short(minor, "EUR", "fr") == exact(fr)
    assert typography.amount_short(minor, "EUR", "en") == exact(en)


@pytest.mark.parametrize(
    ("most", "currency", "minor", "fr", "en"),
    [
        (999_900, "EUR", 812_000, "8·120 €", "8,120 €"),
        (1_000_000, "EUR", 812_000, "8,1 k€", "8.1 €k"),
        (26_300_000, "EUR", 17_400_000, "174 k€", "174 €k"),
        (26_300_000, "EUR", 0, "0 k€", "0 €k"),
        (4_000_000_000, "EUR", 150_000_000, "1,5 M€", "1.5 €M"),
        (9_000_000_000_000, "CHF", 1_000_000_000_000, "10,0 Md CHF", "10.0 CHF bn"),
    ],
)
def test_amounts_of_a_series_share_a_unit(most, currency, minor, fr, en):
    for locale, expected in (("fr", fr), ("en", en)):
        unit = typography.unit(most, currency, locale)
        assert f"{unit.written(minor)} {unit.said}".replace("\u00a0", " ") == exact(expected).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("share", "places", "fr", "en"),
    [
        (0.31, 0, "31·%", "31%"),
        (0, 0, "0·%", "0%"),
        (1, 0, "100·%", "100%"),
        (0.125, 1, "12,5·%", "12.5%"),
        (-0.004, 0, "0·%", "0%"),
    ],
)
def test_shares(share, places, fr, en):
    assert typography.percent(share, "fr", places=places) == exact(fr)
    assert typography.percent(share, "en", places=places) == exact(en)


@pytest.mark.parametrize(
    ("value", "fr", "en"),
    [
        (date(2026, 11, 26), "jeu. 26␣nov.", "Thu 26␣Nov"),
        (date(2026, 2, 1), "dim. 1er␣févr.", "Sun 1␣Feb"),
        (date(2027, 2, 1), "lun. 1er␣févr. 2027", "Mon 1␣Feb 2027"),
        (date(2025, 6, 30), "lun. 30␣juin 2025", "Mon 30␣June 2025"),
    ],
)
def test_days(value, fr, en):
    assert typography.day(value, "fr", today=TODAY) == exact(fr)
    assert typography.day(value, "en", today=TODAY) == exact(en)


@pytest.mark.parametrize(
    ("away", "fr", "en"),
    [
        (0, "aujourd’hui", "today"),
        (1, "demain", "tomorrow"),
        (2, "jeu. 26␣nov.", "Thu 26␣Nov"),
        (-1, "−1␣j", "−1␣d"),
        (-3, "−3␣j", "−3␣d"),
        (-1200, "−1·200␣j", "−1,200␣d"),
        (300, "20␣sept. 2027", "20␣Sept 2027"),
    ],
)
def test_days_near_and_far(away, fr, en):
    value = date.fromordinal(TODAY.toordinal() + away)
    assert typography.day_near(value, "fr", today=TODAY) == exact(fr)
    assert typography.day_near(value, "en", today=TODAY) == exact(en)


def test_a_number_of_days():
    assert typography.days(31, "fr") == exact("31␣j")
    assert typography.days(31, "en") == exact("31␣d")


def test_hours_are_those_of_the_member():
    at = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
    assert typography.hour(at, PARIS) == "14:30"
    assert typography.hour_said(at, "fr", PARIS) == exact("14␣h␣30")
    assert typography.hour_said(at.replace(minute=0), "fr", PARIS) == exact("14␣h")
    assert typography.hour_said(at, "en", PARIS) == "14:30"


def test_a_moment_turns_over_at_the_members_midnight():
    at = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert typography.moment(at, "fr", zone=PARIS, today=TODAY) == exact("mer. 25␣nov. 0:30")
    assert typography.moment(at, "fr", zone=PARIS, today=date(2026, 11, 25)) == "aujourd’hui 0:30"
    assert typography.moment(at, "en", zone=ZoneInfo("UTC"), today=TODAY) == "today 23:30"


@pytest.mark.parametrize(
    ("first", "last", "fr", "en"),
    [
        (date(2026, 10, 7), date(2026, 10, 13), "7␣–~␣13␣oct.", "7␣–~␣13␣Oct"),
        (date(2026, 10, 1), date(2026, 10, 13), "1er␣–~␣13␣oct.", "1␣–~␣13␣Oct"),
        (date(2026, 10, 27), date(2026, 11, 12), "27␣oct.␣–~␣12␣nov.", "27␣Oct␣–~␣12␣Nov"),
        (date(2026, 12, 27), date(2027, 1, 3), "27␣déc.␣–~␣3␣janv. 2027", "27␣Dec␣–~␣3␣Jan 2027"),
        (date(2026, 10, 7), date(2026, 10, 7), "7␣oct.", "7␣Oct"),
    ],
)
def test_two_days(first, last, fr, en):
    assert typography.day_range(first, last, "fr", today=TODAY) == exact(fr)
    assert typography.day_range(first, last, "en", today=TODAY) == exact(en)


@pytest.mark.parametrize(
    ("said", "fr"),
    [
        ("Pourquoi cette affaire est-elle perdue ?", "Pourquoi cette affaire est-elle perdue·?"),
        ("Sûr?", "Sûr·?"),
        ("Vrai ?!", "Vrai·?!"),
        ("L'étape « Devis » : trois cas ; 12 %", "L’étape «·Devis·»␣: trois cas·; 12·%"),
        ("à 14:30, https://piste.example/?q=1;2", "à 14:30, https://piste.example/?q=1;2"),
        ("M. Oriol, n° 2, Mme Roche", "M.␣Oriol, n°␣2, Mme␣Roche"),
        ("30 – 40 k€, 3 j, 2 Mo", "30␣–~␣40␣k€, 3␣j, 2␣Mo"),
        ("12 jours", "12 jours"),
        ("", ""),
        ("?", "?"),
    ],
)
def test_french_sentences(said, fr):
    assert typography.sentence(said, "fr") == exact(fr)


def test_english_sentences_keep_their_spaces():
    assert typography.sentence("Rosa's deal: why? 12%", "en") == "Rosa’s deal: why? 12%"


@example(" :»", "fr")
@given(st.text(alphabet="ab1 ?!;:«»%'’–€jh\u00a0\u202f\u2060.M°n", max_size=40), LOCALES)
def test_a_sentence_is_set_once_and_for_all(text, locale):
    once = typography.sentence(text, locale)
    assert typography.sentence(once, locale) == once
    bare = re.compile("[ \u00a0\u202f\u2060'’]")
    assert bare.sub("", once) == bare.sub("", text)


@pytest.mark.parametrize(
    ("count", "fr", "en"),
    [
        (0, "0␣o", "0␣B"),
        (999, "999␣o", "999␣B"),
        (2_400_000, "2,4␣Mo", "2.4␣MB"),
        (48_200, "48␣ko", "48␣kB"),
        (3 * 10**9, "3,0␣Go", "3.0␣GB"),
    ],
)
def test_sizes_of_files(count, fr, en):
    assert typography.size(count, "fr") == exact(fr)
    assert typography.size(count, "en") == exact(en)


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Inès Benali", "IB"), ("Énergies du Ponant", "ÉP"), ("Rosa", "R"), ("Jean-Luc Picard", "JP"), ("", ""), ("– –", "")],
)
def test_initials(name, letters):
    assert typography.initials(name) == letters


def test_decimals_are_written_exactly():
    assert typography.number(Decimal("12345678901234567.89"), "en", places=2) == "12,345,678,901,234,567.89"
