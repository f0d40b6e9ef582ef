"""Units, their variants and what was measured of them, from one file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from piste.exchange.proving.records import BadFile, opened
from piste.exchange.reading.amounts import BadValue, decimal_mark, is_nothing, read_amount
from piste.exchange.reading.findings import Unreadable
from piste.foundations.names import plain
from piste.stats.history import Floats, Ints

YES = frozenset("true vrai yes oui y o t v 1 won gagne gagnee".split())
NO = frozenset("false faux no non n f 0 lost perdu perdue".split())
#: Names by which the arm without a change is known.
CONTROLS = frozenset("control controle temoin baseline base reference a".split())
#: More arms than this are no split test: some other column was named.
MOST_ARMS = 20
#: A text with more different values than this is a name, not a covariate.
MOST_KINDS = 20
#: So many different units shown of each reason.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Columns:
    """What was asked: the columns by their roles, and the planned shares of the variants by name where they were told."""

    unit: str
    variant: str
    measures: tuple[str, ...]
    covariates: tuple[str, ...] = ()
    cluster: str = ""
    control: str = ""
    shares: Mapping[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Tried:
    """What was read: `arms` by name (the control first), by unit its arm, by measure its values (NaN where there was none) and
    whether they are yes and no; what was left out, as code → how often, with the first lines."""

    units: list[str]
    arms: list[str]
    arm: Ints
    values: dict[str, Floats]
    are_shares: dict[str, bool]
    covariates: Floats | None
    unused: list[str]
    group: Ints | None
    left_out: Counter[str]
    lines: dict[str, list[int]]
    shares: tuple[float, ...]
    groups_in_both: int = 0


def read(path: Path, asked: Columns) -> Tried:
    """The units of a file. Raises `BadFile` when the file is not such a one."""
    cells, lines, left_out, shown = _table(path, asked)
    names = sorted(set(cells[asked.variant]), key=lambda name: (plain(name) not in CONTROLS, name))
    arms = _arms(path, asked, names)
    place = {name: number for number, name in enumerate(arms)}
    values, are_shares = {}, {}
    for name in asked.measures:
        values[name], are_shares[name] = _measure(path, name, cells[name], lines)
    kinds, unused = _covariates(path, asked, cells, lines)
    arm = np.array([place[name] for name in cells[asked.variant]], dtype=np.int64)
    group = None
    if asked.cluster:
        group = np.unique(np.array(cells[asked.cluster]), return_inverse=True)[1].astype(np.int64)
    shares = tuple(asked.shares[name] for name in arms) if asked.shares else tuple(1.0 for _ in arms)
    return Tried(
        cells[asked.unit],
        arms,
        arm,
        values,
        are_shares,
        kinds,
        unused,
        group,
        left_out,
        shown,
        shares,
        0 if group is None else _in_both(arm, group),
    )


def _table(path: Path, asked: Columns) -> tuple[dict[str, list[str]], list[int], Counter[str], dict[str, list[int]]]:
    """By column its cells, one a unit; the lines they stand on; what was left out."""
    sheet = opened(path)
    wanted = [asked.unit, asked.variant, *asked.measures, *asked.covariates, *([asked.cluster] if asked.cluster else [])]
    places = _places(path, sheet.header, wanted)
    left_out: Counter[str] = Counter()
    shown: dict[str, list[int]] = {}

    def leave_out(code: str, line: int) -> None:
        left_out[code] += 1
        first = shown.setdefault(code, [])
        if len(first) < SHOWN:
            first.append(line)

    rows: dict[str, tuple[int, list[str]]] = {}
    twofold: dict[str, list[int]] = {}
    try:
        for line, row in sheet.rows():
            found = [row[place].strip() if place < len(row) else "" for place in places]
            unit, variant = found[0], found[1]
            if not unit or not variant or is_nothing(variant):
                leave_out("unit_missing" if not unit else "variant_missing", line)
            elif asked.shares and variant not in asked.shares:
                leave_out("variant_unknown", line)
            elif asked.cluster and not found[-1]:
                leave_out("cluster_missing", line)
            elif unit in twofold:
                twofold[unit].append(line)
            elif unit in rows and rows[unit][1][1] != variant:
                # Nobody knows which of the two worked on it: all its rows go.
                twofold[unit] = [rows.pop(unit)[0], line]
            elif unit in rows:
                leave_out("unit_twice", line)
            else:
                rows[unit] = line, found
    except Unreadable as problem:
        raise BadFile(problem.code, **{"file": path.name, **problem.facts}) from problem
    for line in sorted(line for lines in twofold.values() for line in lines):
        leave_out("unit_in_two", line)
    if not rows:
        raise BadFile("no_unit", file=path.name, why=next(iter(left_out), ""))
    columns = {name: [row[place] for _line, row in rows.values()] for place, name in enumerate(wanted)}
    return columns, [line for line, _row in rows.values()], left_out, shown


def _places(path: Path, header: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Where the columns stand, by their very name or, where there is none, by the same letters."""
    exact = {name: place for place, name in reversed(list(enumerate(header)))}
    alike = {plain(name): place for place, name in reversed(list(enumerate(header)))}
    missing = [name for name in dict.fromkeys(wanted) if name not in exact and plain(name) not in alike]
    if missing:
        raise BadFile("columns_missing", file=path.name, missing=", ".join(missing), found=", ".join(header[:20]))
    return [exact[name] if name in exact else alike[plain(name)] for name in wanted]


def _arms(path: Path, asked: Columns, names: list[str]) -> list[str]:
    """The variants, the control first."""
    told = ", ".join(names[:MOST_ARMS])
    if asked.shares:
        if empty := [name for name in asked.shares if name not in names]:
            raise BadFile("share_of_nobody", file=path.name, missing=", ".join(empty), found=told)
        names = [name for name in names if name in asked.shares]
    if len(names) < 2:
        raise BadFile("one_arm", file=path.name, column=asked.variant, found=told)
    if len(names) > MOST_ARMS:
        raise BadFile("many_arms", file=path.name, column=asked.variant, count=len(names), limit=MOST_ARMS)
    if not asked.control:
        return names
    if asked.control not in names:
        raise BadFile("control_unknown", file=path.name, control=asked.control, found=told)
    return [asked.control, *sorted(name for name in names if name != asked.control)]


def _measure(path: Path, name: str, texts: list[str], lines: list[int]) -> tuple[Floats, bool]:
    """The values of a measure, and whether they are yes and no."""
    words = {text: plain(text) for text in set(texts) if not _is_empty(text)}
    if not words:
        raise BadFile("measure_empty", file=path.name, column=name)
    if all(word in YES or word in NO for word in words.values()):
        sides = {text: 1.0 if word in YES else 0.0 for text, word in words.items()}
        return np.array([sides.get(text, np.nan) for text in texts]), True
    if any(word in YES | NO and not word.isdigit() for word in words.values()):
        # A column of words: what is no yes and no no is the stranger, not the others.
        line, text = next((line, text) for line, text in zip(lines, texts, strict=True) if words.get(text, "1") not in YES | NO)
        raise BadFile("measure_unread", file=path.name, column=name, line=line, value=text[:60])
    found = _numbers(path, name, texts, lines)
    return found, bool(np.isin(found[~np.isnan(found)], (0.0, 1.0)).all())


def _numbers(path: Path, name: str, texts: list[str], lines: list[int]) -> Floats:
    mark = decimal_mark([text for text in texts if not _is_empty(text)], ".")[0]
    known: dict[str, float] = {}
    for text, line in zip(texts, lines, strict=True):
        if text in known:
            continue
        try:
            number = None if _is_empty(text) else read_amount(text, mark)
        except BadValue as problem:
            raise BadFile("measure_unread", file=path.name, column=name, line=line, value=text[:60]) from problem
        known[text] = np.nan if number is None else float(number)
    return np.array([known[text] for text in texts], dtype=np.float64)


def _is_empty(text: str) -> bool:
    return not text or is_nothing(text)


def _covariates(path: Path, asked: Columns, cells: dict[str, list[str]], lines: list[int]) -> tuple[Floats | None, list[str]]:
    """The covariates as columns of numbers: yes and no as 1 and 0, kinds as a column each but the first; what cannot be used."""
    columns: list[Floats] = []
    unused: list[str] = []
    readers: tuple[Callable[[str], list[Floats]], ...] = (
        lambda name: [_measure(path, name, cells[name], lines)[0]],
        lambda name: _kinds(cells[name]),
    )
    for name in asked.covariates:
        found: list[Floats] = []
        for reader in readers:
            try:
                found = reader(name)
                break
            except BadFile:
                continue
        found = [column for column in found if len(np.unique(column[~np.isnan(column)])) > 1 or np.isnan(column).any()]
        columns += found
        if not found:
            unused.append(name)
    return (np.column_stack(columns) if columns else None), unused


def _kinds(texts: list[str]) -> list[Floats]:
    """A text as a column of 1 and 0 for each of its kinds but the most frequent; none when there are too many."""
    counts = Counter(texts)
    if len(counts) > MOST_KINDS:
        return []
    rest = sorted(counts, key=lambda kind: (-counts[kind], kind))[1:]
    return [np.array([text == kind for text in texts], dtype=np.float64) for kind in rest]


def _in_both(arm: Ints, group: Ints) -> int:
    """How many groups have units in more than one arm."""
    pairs = np.unique(np.column_stack([group, arm]), axis=0)
    return int(np.sum(np.bincount(pairs[:, 0]) > 1))
