"""Whatever reading finds has its sentence."""

from __future__ import annotations

import pytest

from piste.exchange.importing.sentences import SENTENCES
from piste.exchange.reading.findings import NOTES, PROBLEMS, QUESTIONS, REFUSALS, WARNINGS


@pytest.mark.parametrize("code", [*REFUSALS, *NOTES, *PROBLEMS, *WARNINGS, *QUESTIONS])
def test_each_code_has_a_sentence(code: str) -> None:
    assert code in SENTENCES
