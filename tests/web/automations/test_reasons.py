"""Why a run came about, in words."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from piste.web.automations.naming import Names
from piste.web.automations.reasons import because
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("amount", "currency", "language", "said"),
    [
        ("20000", "EUR", "en", "its amount reached €20,000"),
        ("20000", "EUR", "fr", "son montant a atteint 20 000 €"),
        ("12.5", "GBP", "en", "its amount reached £12.50"),
        ("12.5", "JPY", "en", "its amount reached 12.50"),
    ],
)
def test_an_amount_is_said_in_the_currency_of_its_deal(cast: Cast, amount: str, currency: str, language: str, said: str) -> None:
    names = Names(make.pipeline(by=cast.alice))
    with override(language):
        found = because({"kind": "amount_reaches", "amount": amount}, names, currency)
    assert found.replace("\u202f", " ").replace("\xa0", " ") == said
