"""How a file is to be read: which column is which field, which value is which stage. Kept as JSON, documented for hands."""

from __future__ import annotations

import json
from collections.abc import Mapping as MappingOf
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from piste.exchange.reading.headers import KINDS, NEEDED, recognise
from piste.exchange.reading.sheets import Sheet


class BadMapping(ValueError):
    """A mapping that cannot be used; the message says the fact and the way out."""


@dataclass(slots=True)
class StageSpec:
    """A stage to make when the pipeline is to be made, or the meaning of a value: its stage, its status, or to leave it out."""

    name: str = ""
    role: str = "qualification"
    status: str = "open"
    values: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """How to read a file.

    `columns` maps headers to fields (empty: leave out; `custom:<label>`: a custom field, made when it is missing).
    `pipeline` names the pipeline; with `stages` it is made when it is missing. `values` maps values of the stage column to a
    stage's name, or to `won`, `lost`, `ignore`. `members` maps owners' names to e-mail addresses of members.
    `dates` is `dmy` or `mdy`; `decimal` is `,` or `.`; `currency` where the file names none. `update` is False to always create.
    `closed_stays_closed`: in a history, a stage after a win or a loss no longer changes the status. `make_members`: owners who
    are not members become reps without a password, to be invited when one likes.
    """

    columns: dict[str, str] = field(default_factory=dict)
    pipeline: str = ""
    stages: list[StageSpec] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)
    dates: str = ""
    decimal: str = ""
    currency: str = ""
    update: bool = True
    mend: bool = False
    closed_stays_closed: bool = False
    make_members: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def from_json(data: MappingOf[str, Any]) -> Mapping:
    """A mapping as read from JSON. Raises `BadMapping`."""
    known = set(Mapping.__dataclass_fields__)
    strange = sorted(set(data) - known)
    if strange:
        raise BadMapping(f"The mapping has unknown parts: {', '.join(strange)}. It knows {', '.join(sorted(known))}.")
    stages = [StageSpec(**stage) for stage in data.get("stages", [])]
    mapping = Mapping(**{**data, "stages": stages})
    if mapping.dates not in ("", "dmy", "mdy"):
        raise BadMapping("“dates” is “dmy” (day first) or “mdy” (month first).")
    if mapping.decimal not in ("", ",", "."):
        raise BadMapping("“decimal” is “,” or “.”.")
    return mapping


def from_file(path: Path) -> Mapping:
    """A mapping kept in a file. Raises `BadMapping`."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise BadMapping(f"{path} is not a mapping in JSON: {problem}.") from problem
    if not isinstance(data, dict):
        raise BadMapping(f"{path} is not a mapping in JSON: an object is needed.")
    try:
        return from_json(data)
    except TypeError as problem:
        raise BadMapping(f"{path}: {problem}.") from problem


def complete(mapping: Mapping, sheet: Sheet, kind: str) -> dict[int, str]:
    """The field of each column by its place: as the mapping says, else as recognised. Raises `BadMapping`."""
    told = {header.strip().casefold(): name for header, name in mapping.columns.items()}
    fields: dict[int, str] = {}
    given = set(told.values())
    for column in recognise(sheet.header, kind):
        name = told.get(column.header.strip().casefold())
        if name is None:
            name = "" if column.field in given else column.field
        if name and not name.startswith("custom:") and name not in KINDS[kind]:
            raise BadMapping(f"“{name}” is not a field of {kind}. The fields are: {', '.join(KINDS[kind])}, custom:<label>.")
        if name:
            fields[column.place] = name
    found = set(fields.values())
    for group in NEEDED[kind]:
        if not found & set(group):
            raise BadMapping(f"No column was taken for {' or '.join(group)}; say which one it is (--map).")
    return fields
