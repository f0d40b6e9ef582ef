"""A new database gets each room's tables at once; one that is there already takes the steps, from wherever it stands."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from piste.commands.run import is_up_to_date
from piste.journal.append_only import TABLES

AT_ONCE = "0001_tables_at_once"
type Step = tuple[str, str]


def by_steps() -> tuple[MigrationLoader, list[Step]]:
    """The history as if no room had its tables at once, and where its steps end."""
    loader = MigrationLoader(None, replace_migrations=False)
    return loader, [key for key in loader.graph.leaf_nodes() if key[1] != AT_ONCE]


def comparable(state: ProjectState) -> dict[tuple[str, str], Any]:
    """Each model's fields and options, whatever the order in which its fields came."""
    detector = MigrationAutodetector(state, state)
    return {
        key: (
            sorted((name, str(detector.deep_deconstruct(field))) for name, field in model.fields.items()),
            {
                name: sorted(str(detector.deep_deconstruct(each)) for each in value) if isinstance(value, list) else value
                for name, value in model.options.items()
                if value
            },
        )
        for key, model in state.models.items()
    }


def test_the_tables_made_at_once_are_those_the_steps_lead_to() -> None:
    at_once = MigrationLoader(None)
    assert any(name == AT_ONCE for _, name in at_once.graph.nodes)
    assert not {("deals", "0001_tables"), ("finding", "0002_fragments")} & at_once.graph.nodes.keys()
    loader, ends = by_steps()
    assert not [key for end in ends for key in loader.graph.forwards_plan(end) if key[1] == AT_ONCE]
    assert comparable(at_once.project_state()) == comparable(loader.project_state(ends))


def test_every_step_there_was_when_the_tables_were_put_together_is_replaced() -> None:
    loader = MigrationLoader(None)
    for (room, name), migration in loader.disk_migrations.items():
        if name != AT_ONCE:
            continue
        taken = sorted(taken for label, taken in migration.replaces if label == room)
        there = sorted(step for label, step in loader.disk_migrations if label == room and step != AT_ONCE)
        assert taken == there[: len(taken)]


@pytest.mark.django_db
def test_a_new_database_protects_what_is_append_only() -> None:
    """Of each table the database knows both refusals; who adds a table to the list adds it to its room's migrations."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            wanted = {f"{table}_no_{verb}" for table in TABLES for verb in ("update", "delete")}
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
            wanted = {f"{table}_{what}" for table in TABLES for what in ("append_only", "never_emptied")}
        assert wanted <= {name for (name,) in cursor.fetchall()}


def forget(*left: Step) -> None:
    """The record of a database that took these steps of ours only, one by one."""
    ours = {label for label, name in MigrationLoader(None).disk_migrations if name == AT_ONCE}
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app__in=ours).delete()
    for label, name in left:
        if label in ours:
            recorder.record_applied(label, name)


@pytest.mark.django_db
def test_a_database_that_took_all_steps_has_nothing_to_do() -> None:
    loader, _ = by_steps()
    forget(*(key for key in loader.disk_migrations if key[1] != AT_ONCE))
    assert not is_up_to_date()
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    executor.check_replacements()
    assert is_up_to_date()


@pytest.mark.django_db
@pytest.mark.parametrize("part", [0.15, 0.4, 0.6, 0.8, 0.95])
def test_a_database_half_way_takes_the_steps_it_lacks(part: float) -> None:
    loader, ends = by_steps()
    way: list[Step] = []
    for end in ends:
        way += [key for key in loader.graph.forwards_plan(end) if key not in way]
    taken = way[: int(len(way) * part)]
    forget(*taken)
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    plan = [(each.app_label, each.name) for each, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    assert plan
    begun = {label for label, _ in taken}
    for label, name in plan:
        assert name != AT_ONCE or label not in begun, "a room of which tables are there gets them again"
    done = set(taken) | set(plan) | {step for key in plan for step in executor.loader.disk_migrations[key].replaces}
    assert {key for key in way if key not in done and key not in executor.loader.applied_migrations} == set()
