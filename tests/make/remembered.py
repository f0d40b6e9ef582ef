"""What most tests begin with is made once a process by the product's own operations; later tests get the same rows put back."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.utils.translation import get_language

type Rows = dict[type[models.Model], dict[Any, models.Model]]


@dataclass
class Made:
    """What a maker gave back, the rows it left, and the statements that put them back."""

    given: Any
    new: list[list[models.Model]]
    changed: list[models.Model]
    statements: list[tuple[str, Any]] = field(default_factory=list)

    @transaction.atomic
    def put_back(self) -> None:
        if self.statements:
            with connection.cursor() as cursor:
                for sql, values in self.statements:
                    cursor.execute(sql, values)
            return
        said: list[tuple[str, Any]] = []

        def note(execute: Callable[..., Any], sql: str, values: Any, *rest: Any) -> Any:
            if sql.startswith(("INSERT", "UPDATE")):
                said.append((sql, values))
            return execute(sql, values, *rest)

        with connection.execute_wrapper(note):
            for rows in self.new:
                type(rows[0])._base_manager.bulk_create(deepcopy(rows))
            for row in self.changed:
                deepcopy(row).save_base(raw=True, force_update=True)
        self.statements = said


KNOWN: dict[Hashable, Made] = {}


def remembered[Given](key: Hashable, make: Callable[[], Given]) -> Given:
    """What `make` gives, its rows in the database. `key` names all that its rows hang on besides the language: two calls of one
    key must find the same database, as at the start of a test. A test that commits sees all made anew: what it watches goes by
    numbers that only grow."""
    if not connection.in_atomic_block:
        return make()
    key = (key, get_language(), connection.vendor)
    known = KNOWN.get(key)
    if known is None:
        before = _rows()
        given = make()
        known = KNOWN[key] = _between(before, _rows(), given)
        return given
    known.put_back()
    return deepcopy(known.given)


def _rows() -> Rows:
    """All there is; little, at the start of a test."""
    found: Rows = {}
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy:
            found[model] = {row.pk: row for row in model._base_manager.all()}
    return found


def _between(before: Rows, after: Rows, given: Any) -> Made:
    new, changed = [], []
    for model, rows in after.items():
        known = before[model]
        assert not known.keys() - rows.keys(), f"{model}: what takes rows away is not remembered"
        if added := [row for key, row in rows.items() if key not in known]:
            new.append(added)
        changed += [row for key, row in rows.items() if key in known and _values(row) != _values(known[key])]
    return Made(given=deepcopy(given), new=new, changed=changed)


def _values(row: models.Model) -> dict[str, Any]:
    return {each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields}
