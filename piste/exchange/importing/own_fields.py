"""Columns that go to the company's own fields: known by the name of the field, made as texts where they are missing."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Any

from piste.company.fields import BadValue, parse
from piste.company.models import CustomField, FieldSubject
from piste.company.operations import add_field
from piste.exchange.reading.findings import Problem
from piste.exchange.reading.headers import CUSTOM, recognise
from piste.exchange.reading.mapping import LOOKED_AT, Mapping, comparable
from piste.exchange.reading.rows import Row
from piste.exchange.reading.sheets import Sheet

from .context import Context

#: Whose fields the rows of each kind of file may fill.
SUBJECTS = {
    "deals": FieldSubject.DEAL,
    "moves": FieldSubject.DEAL,
    "companies": FieldSubject.COMPANY,
    "contacts": FieldSubject.CONTACT,
}


def fields_of(kind: str) -> dict[str, CustomField]:
    """The fields in use that a kind of file may fill, by their labels in small letters, in the order the company gave them."""
    found = CustomField.objects.filter(subject=SUBJECTS.get(kind, ""), retired_at=None).order_by("position", "pk")
    return {comparable(field.label): field for field in found}


def knowing(mapping: Mapping, sheet: Sheet, kind: str) -> Mapping:
    """The mapping with the columns that bear the name of a field and mean nothing else."""
    known = fields_of(kind)
    if not known:
        return mapping
    told = {comparable(header) for header in mapping.columns}
    taken = {name.casefold() for name in mapping.columns.values()}
    sample = [cells for _line, cells in islice(sheet.rows(), LOOKED_AT)]
    named = {
        column.header: f"{CUSTOM}{known[comparable(column.header)].label}"
        for column in recognise(sheet.header, kind, sample)
        if not column.field and comparable(column.header) in known and comparable(column.header) not in told
    }
    new = {header: name for header, name in named.items() if name.casefold() not in taken}
    return replace(mapping, columns={**mapping.columns, **new}) if new else mapping


class OwnFields:
    """The fields that the columns of one import go to."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.subject = SUBJECTS.get(context.report.kind)
        self.found = self._found()

    def _found(self) -> dict[str, CustomField]:
        known, found = fields_of(self.context.report.kind), {}
        for name in self.context.fields.values():
            if not name.startswith(CUSTOM):
                continue
            label = name.removeprefix(CUSTOM).strip()
            if comparable(label) not in known:
                known[comparable(label)] = self._made(label)
            found[name] = known[comparable(label)]
        return found

    def _made(self, label: str) -> CustomField:
        context, subject = self.context, str(self.subject)
        if context.dry:
            return CustomField(subject=subject, key=label.casefold(), label=label, kind="text")
        made = add_field(subject=subject, label=label, kind="text", by=context.by, at=context.at, cause="import")
        context.listed.append(("field", made.pk))
        return made

    def read(self, row: Row) -> tuple[dict[str, Any], list[Problem]]:
        """What a row says of the fields, by their keys, and what does not fit."""
        values, problems = {}, []
        for name, own in self.found.items():
            try:
                value = parse(own, row.text(name))
            except BadValue as problem:
                problems.append(row.problem("custom", value=problem.value[:100], field=own.label))
            else:
                if value is not None:
                    values[own.key] = value
        return values, problems
