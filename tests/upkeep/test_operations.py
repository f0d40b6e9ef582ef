"""Looking after the database."""

from __future__ import annotations

import pytest
from django.db import connection

from piste.upkeep.tasks import count_rows


@pytest.mark.django_db
def test_the_embedded_database_learns_how_its_rows_are_spread(cast):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL counts by itself")
    count_rows.func()
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM sqlite_stat1 WHERE tbl = 'company_member'")
        assert cursor.fetchone()[0] > 0
