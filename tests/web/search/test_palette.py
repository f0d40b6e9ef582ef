"""What the palette says of each answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests import make

pytestmark = pytest.mark.django_db


def test_a_deal_is_told_by_its_stage_and_amount_at_a_constant_number_of_statements(
    client: Client, cast: Any, django_assert_max_num_queries: Any
) -> None:
    stages = make.stages(make.pipeline(by=cast.alice))
    client.force_login(cast.rosa)
    for number in range(12):
        make.deal(stages[2], cast.rosa, title=f"Brasserie {number}", amount_minor=700_000)
    with django_assert_max_num_queries(14):
        page = client.get("/search/?palette=1&q=brasserie").content.decode()
    assert page.count("Brasserie") == 12
    assert "Meeting" in page
    assert "€7,000" in page
    assert 'data-stage="3"' in page
