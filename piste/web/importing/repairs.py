"""The third step of an import: rows that stand in the way, and the cells one puts right in place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.http import QueryDict

from piste.exchange.importing.report import said_again
from piste.exchange.models import PendingImport
from piste.exchange.reading.mapping import Mapping, from_json

SHOWN = 200
#: Which field is put right for what stands in the way, where the problem does not say it itself.
FIELD_OF = {
    "amount": "amount",
    "amount_large": "amount",
    "amount_decimals": "amount",
    "amount_letter": "amount",
    "email": "email",
    "currency": "currency",
    "nothing": "company",
    "name": "name",
    "reference": "external_id",
    "at": "at",
}


def report_of(pending: PendingImport) -> dict[str, Any]:
    """The last rehearsal, in the language of who looks at it."""
    return said_again(pending.report)


def errors(report: dict[str, Any]) -> list[dict[str, Any]]:
    """What stands in the way: one line a row and reason; rows of one unknown stage are one line."""
    headers = {field: header for header, field in report.get("columns", {}).items() if field}
    places = {header: place for place, header in enumerate(report["header"])}
    found: list[dict[str, Any]] = []
    stages: dict[str, dict[str, Any]] = {}
    for problem in report["problems"]:
        if problem["outcome"] != "problem":
            continue
        if problem["code"] == "stage":
            _join(stages, found, problem, _who(problem["row"], headers, places))
            continue
        header = headers.get(problem["facts"].get("field") or FIELD_OF.get(problem["code"], ""), "")
        place = places.get(header, -1)
        cell = problem["row"][place] if 0 <= place < len(problem["row"]) else ""
        found.append(
            {
                "lines": str(problem["line"]),
                "line": problem["line"],
                "who": _who(problem["row"], headers, places),
                "message": problem["message"],
                "header": header,
                "cell": problem["facts"].get("meant") or cell,
                "written": cell,
            }
        )
    return found[:SHOWN]


def _join(stages: dict[str, dict[str, Any]], found: list[dict[str, Any]], problem: dict[str, Any], who: str) -> None:
    """Adds a row to the line of its unknown stage."""
    value = problem["facts"]["value"]
    row = stages.get(value)
    if row is None:
        row = stages[value] = {"stage": value, "message": problem["message"], "who": who, "first": problem["line"], "count": 0}
        found.append(row)
    row["count"] += 1
    row["lines"] = f"{row['first']}\u00a0–\u2060\u00a0{problem['line']}" if row["count"] > 1 else str(problem["line"])


def _who(row: list[str], headers: dict[str, str], places: dict[str, int]) -> str:
    """The name by which one knows a row."""
    for field in ("company", "name", "title", "contact", "last_name", "email", "external_id"):
        place = places.get(headers.get(field, ""), -1)
        if 0 <= place < len(row) and row[place].strip():
            return row[place].strip()
    return ""


def warnings(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows that are taken, or were left out as doubles, and that one should look at again."""
    headers = {field: header for header, field in report.get("columns", {}).items() if field}
    places = {header: place for place, header in enumerate(report["header"])}
    return [
        {"lines": str(problem["line"]), "who": _who(problem["row"], headers, places), "message": problem["message"]}
        for problem in report["problems"]
        if problem["outcome"] == "warning"
    ][:SHOWN]


def shares(report: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """The pieces of the bar: created, updated, skipped, refused, each with where it begins."""
    at = 0
    for name, kind in (("created", "a"), ("updated", "b"), ("skipped", "c"), ("refused", "d")):
        count = report[name]
        if count:
            yield {"kind": kind, "at": at, "count": count}
        at += count


def repaired(pending: PendingImport, data: QueryDict) -> Mapping:
    """The mapping with the cells and stages that the form puts right; what was left as it stands changes nothing."""
    mapping = from_json(pending.mapping)
    corrections = {line: dict(row) for line, row in mapping.corrections.items()}
    for key, text in data.items():
        line, _, header = key.removeprefix("fix:").partition(":")
        if key.startswith("fix:") and line.isdecimal() and text != data.get(f"was:{line}:{header}"):
            corrections.setdefault(line, {})[header] = str(text)[:2000]
    values = {key.removeprefix("value:"): str(text) for key, text in data.items() if key.startswith("value:") and text}
    return replace(mapping, corrections=corrections, values={**mapping.values, **values})
