"""The second step of an import: columns with their examples, values to link, the first row as it will look."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict

from piste.company.models import CustomField, Member, Settings
from piste.exchange.importing.own_fields import SUBJECTS, fields_of, knowing
from piste.exchange.importing.people import Members
from piste.exchange.importing.places import Places
from piste.exchange.models import PendingImport, SavedMapping
from piste.exchange.reading.headers import KINDS, Column, recognise
from piste.exchange.reading.mapping import BadMapping, Mapping, comparable, complete
from piste.exchange.reading.rows import Look, Reader, Row, look
from piste.exchange.reading.sheets import Sheet
from piste.foundations.names import plain, search_words
from piste.pipelines.models import Pipeline, Stage
from piste.web.access import MemberRequest
from piste.web.templatetags.piste import stage_rank

from .labels import FIELDS

#: As many rows are looked at for the page; the rehearsal reads them all.
LOOKED_AT = 5000
SHOWN_VALUES = 60


def told(data: QueryDict, before: Mapping, *, may_join: bool) -> Mapping:
    """The mapping as the form says it; cells put right stay so."""
    columns = {key.removeprefix("column:"): str(value) for key, value in data.items() if key.startswith("column:")}
    return Mapping(
        columns={header: f"custom:{header}" if value == "custom" else value for header, value in columns.items()},
        values=_answers(data, "value:"),
        members=_answers(data, "member:"),
        pipeline=data.get("pipeline", before.pipeline),
        stages=before.stages,
        dates=data.get("dates", ""),
        decimal=data.get("decimal", ""),
        currency=before.currency,
        sheet=before.sheet,
        update=data.get("update", "1") == "1",
        mend=data.get("mend") == "1",
        make_members=may_join and data.get("make_members") == "1",
        closed_stays_closed=before.closed_stays_closed,
        corrections=before.corrections,
    )


def _answers(data: QueryDict, prefix: str) -> dict[str, str]:
    return {key.removeprefix(prefix): str(value) for key, value in data.items() if key.startswith(prefix) and value}


def context(request: MemberRequest, pending: PendingImport, sheet: Sheet, mapping: Mapping) -> dict[str, Any]:
    """What the page of the correspondence shows."""
    by, at = request.user, request.now
    sample = [cells for _line, cells in zip(range(200), (cells for _number, cells in sheet.rows()), strict=False)]
    places = Places(mapping, by=by, at=at, dry=True)
    mapping, own = knowing(mapping, sheet, pending.kind), fields_of(pending.kind)
    fields = _fields(mapping, sheet, pending.kind, sample)
    country = Settings.objects.values_list("country", flat=True).first() or "FR"
    found = look(sheet, fields, mapping, day_first=country != "US", comma=sheet.delimiter == ";", most=LOOKED_AT)
    asked = {note.code: note.facts for note in found.questions}
    values = _values(found, places, mapping) if pending.kind in ("deals", "moves") else []
    owners = _owners(found, mapping, by, request)
    open_values = sum(1 for value in values if not value["known"])
    columns = [_column(column, mapping, open_values, own) for column in recognise(sheet.header, pending.kind, sample)]
    return {
        "pending": pending,
        "columns": columns,
        "taken": sum(1 for column in columns if column["field"] not in ("", "?")),
        "rows": found.rows,
        "more": found.rows >= LOOKED_AT,
        "fields": [(name, FIELDS.get(name, name)) for name in KINDS[pending.kind]],
        "told": mapping,
        "values": values,
        "value_header": next((column["header"] for column in columns if column["field"] == "stage"), ""),
        "stages": places.stages,
        "pipelines": Pipeline.objects.in_use(),
        "owners": owners,
        "members": Member.objects.active().order_by("name") if owners else [],
        "asks_dates": asked.get("ask_dates"),
        "asks_decimal": asked.get("ask_decimal"),
        "saved": SavedMapping.objects.filter(kind=pending.kind),
        "has_custom": pending.kind in SUBJECTS,
        "own_fields": [(f"custom:{field.label}", field.label) for field in own.values()],
        "mojibake": any(note.code == "mojibake" for note in sheet.notes),
        "preview": _preview(sheet, fields, found, places, by) if pending.kind == "deals" else None,
    }


def _fields(mapping: Mapping, sheet: Sheet, kind: str, sample: list[list[str]]) -> dict[int, str]:
    """The field of each column; what the recognition says while the mapping does not fit yet."""
    try:
        return complete(mapping, sheet, kind)
    except BadMapping:
        return {column.place: column.field for column in recognise(sheet.header, kind, sample) if column.field}


def _column(column: Column, mapping: Mapping, open_values: int, own: MappingOf[str, CustomField]) -> dict[str, Any]:
    """One line of the table: what it is given to, and whether a person should look at it."""
    chosen = mapping.columns.get(column.header)
    field = column.field if chosen is None else chosen
    if chosen is None and not field and column.examples:
        field = "?"
    linked = field == "stage" and open_values
    return {
        "header": column.header,
        "examples": column.examples[:3],
        "field": _own_field(field, own) if field.startswith("custom:") else field,
        "state": "choose" if field == "?" else "link" if linked else "taken" if field else "out",
        "open": open_values,
        "differs": column.reason == "differs" and field == "?",
    }


def _own_field(name: str, own: MappingOf[str, CustomField]) -> str:
    """The field that is there, or that one of this name is to be made."""
    known = own.get(comparable(name.removeprefix("custom:")))
    return f"custom:{known.label}" if known is not None else "custom"


def _values(found: Look, places: Places, mapping: Mapping) -> list[dict[str, Any]]:
    """Each value of the stage column with what it means; those nobody knows come first."""
    selling = [stage for stage in places.stages if stage.role != "retention"]
    by_words = {search_words(value): meaning for value, meaning in mapping.values.items()}
    rows: list[dict[str, Any]] = []
    for value, count in found.values.get("stage", {}).items():
        place = places.of(value, count=False)
        meaning = by_words.get(search_words(value), "")
        stage = place.stage if place else None
        rows.append(
            {
                "value": value,
                "count": count,
                "known": place is not None,
                "meaning": meaning or (stage.name if stage else place.status if place else ""),
                "rank": _rank(stage, selling) if stage else place.status if place else "",
                "name": stage.name if stage else "",
                "said": bool(meaning),
            }
        )
    return sorted(rows, key=lambda row: (row["known"] and not row["said"], -row["count"]))[:SHOWN_VALUES]


def _rank(stage: Stage, selling: list[Stage]) -> str:
    return stage_rank(selling.index(stage) if stage in selling else 0, len(selling), stage.role)


def _owners(found: Look, mapping: Mapping, by: Member, request: MemberRequest) -> list[dict[str, Any]]:
    """The owners the file names who are no members of that name, and whom they were said to be."""
    members = Members(fallback=by, told={}, make=False, at=request.now, dry=True)
    names: MappingOf[str, int] = found.values.get("owner") or found.values.get("by") or {}
    said: MappingOf[str, str] = {plain(name): email.casefold() for name, email in mapping.members.items()}
    strangers = [
        {"value": name, "count": count, "email": said.get(plain(name), "")}
        for name, count in names.items()
        if members.here(name) is None
    ]
    return sorted(strangers, key=lambda row: -int(str(row["count"])))[:SHOWN_VALUES]


def _preview(sheet: Sheet, fields: dict[int, str], found: Look, places: Places, by: Member) -> dict[str, Any] | None:
    """The first row as the card it becomes."""
    row: Row | None = next(Reader(sheet, fields, found, zone=ZoneInfo(by.time_zone)).rows(), None)
    if row is None:
        return None
    place = places.of(row.text("stage"), count=False)
    selling = [stage for stage in places.stages if stage.role != "retention"]
    stage = (place.stage if place else None) or places.first
    title = row.text("title") or row.text("product") or row.text("company")
    amount = next((row.cells[at].strip() for at, name in fields.items() if name == "amount" and at < len(row.cells)), "")
    return {
        "line": row.line,
        "who": row.text("company") or row.text("contact") or title,
        "title": title,
        "amount": amount,
        "currency": row.text("currency"),
        "stage": stage.name,
        "rank": place.status if place and place.status else _rank(stage, selling),
        "owner": row.text("owner"),
    }
