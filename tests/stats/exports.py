"""Public histories as files of deals and moves, like somebody's own export, from the shared data where they are found."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

DATA = next((up / "shared/data" for up in Path(__file__).resolve().parents if (up / "shared/data").is_dir()), Path("/nowhere"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared data are not here")
HEAD = ("id", "created_at", "closed_at", "status", "amount")
WON_STAGES, LOST_STAGES = ("A_APPROVED", "A_REGISTERED", "A_ACTIVATED"), ("A_DECLINED", "A_CANCELLED")
LEADS_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
LEAD_COLUMNS = ("Lead Origin", "Lead Source", "Total Time Spent on Website", "Tags", "Lead Quality", "Lead Profile", "City")

type Files = tuple[Path, Path | None]


def _rows(name: str) -> Iterator[dict[str, str]]:
    path = DATA / name
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(head)
        lines.writerows(rows)
    return path


def _by(name: str, key: str, at: str, keep: Callable[[dict[str, str]], bool]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in _rows(name):
        if keep(row):
            found.setdefault(row[key], []).append(row)
    for rows in found.values():
        rows.sort(key=lambda row: row[at])
    return found


def chip(folder: Path) -> Files:
    """Opportunities of a chip maker: won by a design win, lost when cancelled or lost; stages with the decision day of then."""
    deals, moves = [], []
    name = "chip_pipeline/opportunity_changes_asof_2016-04-30.csv.gz"
    for key, rows in _by(name, "opportunity_id", "snapshot_ts", lambda row: "7" not in row["stage"]).items():
        status, closed = "open", ""
        for row in rows:
            stage = row["stage"].removeprefix("Stage ")
            if stage in "4918":
                status, closed = ("won" if stage in "49" else "lost"), row["snapshot_ts"]
                break
            moves.append((key, row["stage"], row["snapshot_ts"], row["decision"]))
        first = rows[0]
        facts = [first[field] for field in ("market", "product_segment", "sales_segment", "geo", "application")]
        deals.append((key, first["snapshot_ts"], closed, status, "", *facts))
    head = (*HEAD, "market", "product_segment", "sales_segment", "geo", "application")
    return _write(folder / "chip.csv", head, deals), _write(
        folder / "chip_moves.csv", ("deal_id", "stage", "at", "expected_close_on"), moves
    )


def bpi(folder: Path) -> Files:
    """Loan applications: the states of the application are stages."""
    amounts = {row["case"]: row["amount_requested_eur"] for row in _rows("bpi2012/cases_asof_2012-01-15.csv.gz")}
    deals, moves = [], []
    name = "bpi2012/events_asof_2012-01-15.csv.gz"
    for key, rows in _by(name, "case", "ts", lambda row: row["activity"].startswith("A_")).items():
        status, closed = "open", ""
        for row in rows:
            if row["activity"] in WON_STAGES + LOST_STAGES:
                status, closed = ("won" if row["activity"] in WON_STAGES else "lost"), row["ts"]
                break
            moves.append((key, row["activity"], row["ts"]))
        deals.append((key, rows[0]["ts"], closed, status, amounts[key]))
    return _write(folder / "bpi.csv", HEAD, deals), _write(folder / "bpi_moves.csv", ("deal_id", "stage", "at"), moves)


def maven(folder: Path) -> Files:
    """An invented sales pipeline in which nothing tells the outcome; the value is written with the sale."""
    status = {"Won": "won", "Lost": "lost"}
    rows = [
        (
            row["opportunity_id"],
            row["engage_date"],
            row["close_date"],
            status.get(row["deal_stage"], "open"),
            row["close_value"],
            row["sales_agent"],
            row["product"],
            row["account"],
        )
        for row in _rows("maven_crm/sales_pipeline_asof_2017-09-30.csv")
    ]
    return _write(folder / "maven.csv", (*HEAD, "owner", "product", "account"), rows), None


def hotel(folder: Path, *, one_of: int = 1) -> Files:
    """Bookings: won on the day of arrival, lost when cancelled; the arrival is the expected day. One of so many of them."""
    rows = []
    for row in _rows("hotel_bookings/bookings_asof_2017-02-28.csv.gz"):
        if int(row["booking_id"]) % one_of:
            continue
        said = row["reservation_status"]
        status = {"Check-Out": "won", "Open": "open"}.get(said, "lost")
        closed = {"won": row["arrival_date"], "open": ""}.get(status, max(row["reservation_status_date"], row["booking_date"]))
        nights = int(row["stays_in_weekend_nights"]) + int(row["stays_in_week_nights"])
        facts = [row[field] for field in ("arrival_date", "hotel", "market_segment", "customer_type")]
        rows.append((row["booking_id"], row["booking_date"], closed, status, float(row["adr"]) * nights, *facts))
    return _write(folder / "hotel.csv", (*HEAD, "expected_close_on", "hotel", "market_segment", "customer_type"), rows), None


def leads(folder: Path) -> Files:
    """Leads of a training company; their numbers grow with time, so days are given in that order."""
    ordered = sorted(_rows("xeducation_leads/leads_oldest70.csv.gz"), key=lambda row: int(row["Lead Number"]))
    rows = []
    for number, row in enumerate(ordered):
        created = LEADS_BEGIN + timedelta(days=365 * number / len(ordered))
        closed = created + timedelta(days=10 + number * 7 % 20)
        status = "won" if row["Converted"] == "1" else "lost"
        rows.append(
            (row["Lead Number"], created.isoformat(), closed.isoformat(), status, "", *(row[name] for name in LEAD_COLUMNS))
        )
    return _write(folder / "leads.csv", (*HEAD, *LEAD_COLUMNS), rows), None
