"""Which addresses no mail may go to."""

from __future__ import annotations

import pytest

from config.mailing import is_reserved


@pytest.mark.parametrize(
    "address",
    [
        "rosa@nordvik.example", "a@b.c.INVALID", "x@test", "me@localhost", "me@box.localhost", "a@example.com",
        "a@mail.example.org", "Rosa <rosa@nordvik.example>", "rosa@nordvik.example.",
    ],
)  # fmt: skip
def test_names_kept_for_examples(address: str) -> None:
    assert is_reserved(address)


@pytest.mark.parametrize("address", ["rosa@nordvik.fr", "a@myexample.com", "a@example.fr", "a@test.fr", "a@contest"])
def test_names_that_people_have(address: str) -> None:
    assert not is_reserved(address)
