"""What both databases must accept."""

from __future__ import annotations

from django.apps import apps


def test_no_constraint_or_index_bears_a_tables_name() -> None:
    """PostgreSQL keeps tables and indexes in one list of names."""
    models = apps.get_models(include_auto_created=True)
    tables = {model._meta.db_table for model in models}
    named = [rule.name for model in models for rule in (*model._meta.constraints, *model._meta.indexes)]
    assert tables.isdisjoint(named)
    assert len(named) == len(set(named))
