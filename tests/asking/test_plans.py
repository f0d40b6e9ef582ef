"""What is asked where plans are kept is prepared by PostgreSQL, and nothing else."""

from __future__ import annotations

import pytest
from django.db import connection

from piste.asking import plans_kept
from piste.company.models import Member
from tests.cast import Cast


def prepared() -> int:
    """Statements about members that this connection has prepared."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%company_member%%name%%'")
        return int(cursor.fetchone()[0])


def named(name: str) -> list[str]:
    return list(Member.objects.filter(name=name).values_list("name", flat=True))


def test_what_is_asked_again_is_prepared_with_its_values_apart(cast: Cast) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("Only PostgreSQL prepares.")
    before = prepared()
    with plans_kept():
        for member in (cast.rosa, cast.olga, cast.marc, cast.remi):
            assert named(member.name) == [member.name]
    assert prepared() == before + 1


def test_outside_nothing_is_prepared(cast: Cast) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("Only PostgreSQL prepares.")
    before = prepared()
    link = connection.connection
    usual = link.cursor_factory, link.prepare_threshold
    with pytest.raises(ZeroDivisionError), plans_kept():
        raise ZeroDivisionError
    for member in (cast.rosa, cast.olga, cast.marc, cast.remi):
        assert named(member.name) == [member.name]
    assert prepared() == before
    assert (link.cursor_factory, link.prepare_threshold) == usual


def test_answers_are_the_same_on_every_database(cast: Cast) -> None:
    with plans_kept():
        with plans_kept():
            assert named(cast.rosa.name) == [cast.rosa.name]
        assert named("Nobody") == []
