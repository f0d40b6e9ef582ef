"""Whatever reading finds has its sentence."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from piste.exchange.importing.sentences import SENTENCES, along
from piste.exchange.reading.findings import NOTES, PROBLEMS, QUESTIONS, REFUSALS, WARNINGS


@pytest.mark.parametrize("code", [*REFUSALS, *NOTES, *PROBLEMS, *WARNINGS, *QUESTIONS])
def test_each_code_has_a_sentence(code: str) -> None:
    assert code in SENTENCES


@pytest.mark.parametrize(
    ("language", "said"), [("en", ["1 company", "2,500 moves"]), ("fr", ["1 société", "2\u202f500 mouvements"])]
)
def test_what_comes_along_is_said_in_words(language: str, said: list[str]) -> None:
    with override(language):
        assert along({"companies": 1, "moves": 2500, "contacts": 0}) == said
