"""How a file is to be read: which column is which field, which value is which stage. Kept as JSON, documented for hands."""

from __future__ import annotations

import json
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from itertools import islice
from pathlib import Path
from typing import Any

from .headers import CUSTOM, KINDS, NEEDED, recognise
from .sheets import Sheet

#: Kinds of files whose columns may go to the company's own fields.
OWN = frozenset({"deals", "moves", "companies", "contacts"})
LOOKED_AT = 200
#: Larger files are no mappings.
MAX_FILE = 1_000_000


class BadMapping(ValueError):
    """A mapping that cannot be used; `code` and `facts` say why.

    The codes: mapping_file, mapping_shape, mapping_parts, mapping_dates, mapping_decimal, mapping_field, mapping_twice,
    mapping_missing.
    """

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(f"{code}: {facts}")
        self.code = code
        self.facts: dict[str, Any] = facts


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
    `dates` is `dmy` or `mdy`, `decimal` is `,` or `.`: for columns that do not tell themselves. `currency` where the file names
    none. `sheet` is the sheet of a workbook. `update` is False to always create. `closed_stays_closed`: in a history, a stage
    after a win or a loss no longer changes the status. `make_members`: owners who are not members become reps without a
    password, to be invited when one likes. `corrections` puts cells right before they are read: line → header → text.
    """

    columns: dict[str, str] = field(default_factory=dict)
    pipeline: str = ""
    stages: list[StageSpec] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)
    dates: str = ""
    decimal: str = ""
    currency: str = ""
    sheet: str = ""
    update: bool = True
    mend: bool = False
    closed_stays_closed: bool = False
    make_members: bool = False
    corrections: dict[str, dict[str, str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def from_json(data: MappingOf[str, Any]) -> Mapping:
    """A mapping as read from JSON. Raises `BadMapping`."""
    stages = data.get("stages", [])
    if not isinstance(stages, list) or not all(isinstance(stage, dict) for stage in stages):
        raise BadMapping("mapping_shape", part="stages")
    _check(data, Mapping())
    for stage in stages:
        _check(stage, StageSpec())
        if stage.get("status", "open") not in ("open", "won", "lost"):
            raise BadMapping("mapping_shape", part="status")
    mapping = Mapping(**{**data, "stages": [StageSpec(**stage) for stage in stages]})
    if mapping.dates not in ("", "dmy", "mdy"):
        raise BadMapping("mapping_dates")
    if mapping.decimal not in ("", ",", "."):
        raise BadMapping("mapping_decimal")
    return mapping


def _check(data: MappingOf[str, Any], model: Mapping | StageSpec) -> None:
    """Refuses parts that are unknown, or of another shape than the model's."""
    known = {one.name: getattr(model, one.name) for one in fields(model)}
    strange = sorted(set(data) - known.keys())
    if strange:
        raise BadMapping("mapping_parts", parts=", ".join(strange)[:200], known=", ".join(sorted(known)))
    for name, value in data.items():
        inner: Sequence[object] = ()
        if name == "corrections":
            inner = _corrected(value)
        elif isinstance(value, dict):
            inner = [*value, *value.values()]
        elif isinstance(value, list) and name != "stages":
            inner = value
        if type(value) is not type(known[name]) or not all(isinstance(part, str) for part in inner):
            raise BadMapping("mapping_shape", part=name)


def _corrected(value: object) -> list[object]:
    """The texts of corrections, which lie one level deeper. Raises `BadMapping`."""
    if not isinstance(value, dict) or not all(str(line).isdecimal() and isinstance(row, dict) for line, row in value.items()):
        raise BadMapping("mapping_shape", part="corrections")
    return [text for row in value.values() for pair in row.items() for text in pair]


def from_file(path: Path) -> Mapping:
    """A mapping kept in a file. Raises `BadMapping`."""
    try:
        if path.stat().st_size > MAX_FILE:
            raise BadMapping("mapping_file", file=path.name)
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as problem:
        if isinstance(problem, BadMapping):
            raise
        raise BadMapping("mapping_file", file=path.name) from problem
    if not isinstance(data, dict):
        raise BadMapping("mapping_file", file=path.name)
    return from_json(data)


def to_file(mapping: Mapping, path: Path) -> None:
    """Keeps a mapping, without the parts that say nothing."""
    plain = Mapping()
    said = {name: value for name, value in mapping.as_json().items() if value != getattr(plain, name)}
    path.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", "utf-8")


def complete(mapping: Mapping, sheet: Sheet, kind: str) -> dict[int, str]:
    """The field of each column by its place: as the mapping says, else as recognised. Raises `BadMapping`."""
    told = {comparable(header): name for header, name in mapping.columns.items()}
    present = {comparable(header) for header in sheet.header}
    given = {told[header] for header in told if header in present}
    sample = [cells for _line, cells in islice(sheet.rows(), LOOKED_AT)]
    found: dict[int, str] = {}
    for column in recognise(sheet.header, kind, sample):
        name = told.get(comparable(column.header))
        if name is None:
            name = "" if column.field in given else column.field
        if name == "?":
            # Not answered yet, as `--write-map` leaves it.
            name = ""
        if name and name not in KINDS[kind] and not (name.startswith(CUSTOM) and kind in OWN):
            raise BadMapping("mapping_field", field=name[:80], kind=kind, known=", ".join(KINDS[kind]))
        if name and name in found.values():
            raise BadMapping("mapping_twice", field=name)
        if name:
            found[column.place] = name
    for group in NEEDED[kind]:
        if not set(found.values()) & set(group):
            raise BadMapping("mapping_missing", fields=", ".join(group))
    return found


def comparable(header: str) -> str:
    """A header or the label of a field, as it is held against others: without its spaces and capitals."""
    return " ".join(header.split()).casefold()
