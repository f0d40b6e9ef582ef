"""Reading amounts and dates as people and programs write them, in French and English; a column is read one way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from piste.foundations.names import plain

NOTHING = frozenset(
    {
        "",
        "-",
        "—",
        "–",
        "nc",
        "n/c",
        "n.c.",
        "na",
        "n/a",
        "null",
        "none",
        "?",
        "select",
        "a definir",
        "a preciser",
        "tbd",
        "nd",
        "n.d.",
        "inconnu",
        "unknown",
    }
)
SPACES = re.compile(r"[\s\u00a0\u202f\u2009']")
CURRENCIES = (
    ("€", "EUR"),
    ("eur", "EUR"),
    ("$", "USD"),
    ("usd", "USD"),
    ("£", "GBP"),
    ("gbp", "GBP"),
    ("chf", "CHF"),
    ("¥", "JPY"),
)
NUMBER = re.compile(r"[+-]?\d[\d.,]*|[+-]?[.,]\d+")
MONTHS = {
    name: number
    for number, names in enumerate(
        ("janvier janv jan january", "fevrier fevr fev feb february", "mars mar march", "avril avr apr april", "mai may",
         "juin jun june", "juillet juil jul july", "aout aug august", "septembre sept sep september", "octobre oct october",
         "novembre nov november", "decembre dec december"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ](.+))?")
SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2,4})(?:[ ,T]+(.+))?")
WORDED = re.compile(r"(\d{1,2})(?:er|st|nd|rd|th)?[ .-]+([a-z]+)\.?,?[ .-]+(\d{4})(?:[ ,]+(.+))?")
AMERICAN = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?:[ ,]+(.+))?")
HOUR = re.compile(r"(\d{1,2})[:h](\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(am|pm)?\s*(z|[+-]\d{2}:?\d{2})?")
EPOCH = date(1899, 12, 30)


class BadValue(ValueError):
    """A value that cannot be read; `code` is amount, amount_large or date."""

    def __init__(self, code: str, value: str) -> None:
        super().__init__(f"{code}: {value}")
        self.code = code
        self.value = value


@dataclass(frozen=True, slots=True)
class Manner:
    """How a file writes: its decimal mark, and whether the day or the month comes first; `asked` what was not certain."""

    mark: str = ","
    day_first: bool = True
    asked: frozenset[str] = frozenset()


def is_nothing(text: str) -> bool:
    """Whether a cell says that there is nothing."""
    return plain(text.strip()) in NOTHING


def decimal_mark(texts: Iterable[str], usual: str) -> tuple[str, bool]:
    """The decimal mark of a column of amounts, and whether it is certain."""
    votes = {",": 0, ".": 0}
    unsure = False
    for text in texts:
        found = NUMBER.search(SPACES.sub("", text))
        if found is None:
            continue
        figure = found[0]
        comma, point = figure.rfind(","), figure.rfind(".")
        if comma >= 0 and point >= 0:
            votes["," if comma > point else "."] += 2
        elif comma >= 0 or point >= 0:
            mark = "," if comma >= 0 else "."
            other = "." if mark == "," else ","
            if figure.count(mark) > 1:
                votes[other] += 1
            elif len(figure) - figure.rfind(mark) - 1 == 3 and not figure.lstrip("+-").startswith("0"):
                unsure = True
            else:
                votes[mark] += 1
    if votes[","] != votes["."]:
        return max(votes, key=lambda mark: votes[mark]), True
    return usual, not unsure


def read_amount(text: str, mark: str) -> Decimal | None:
    """An amount; None where the cell says nothing. Raises `BadValue`."""
    if is_nothing(text):
        return None
    compact = SPACES.sub("", text.strip().replace("\u2212", "-"))
    negative = compact.startswith("(") and compact.endswith(")")
    low = compact.strip("()").casefold()
    for sign, _code in CURRENCIES:
        low = low.replace(sign, "")
    scale = 1
    for ending, factor in (("m", 1_000_000), ("k", 1_000)):
        if low.endswith(ending) and low[:-1].strip("+-0123456789.,") == "":
            low, scale = low[: -len(ending)], factor
    if not re.fullmatch(r"[+-]?[\d.,]*\d[\d.,]*(e[+-]?\d+)?", low):
        raise BadValue("amount", text)
    other = "." if mark == "," else ","
    if mark not in low and low.count(other) == 1 and len(low.partition(other)[2]) != 3:
        # A single mark that cannot part thousands is a decimal one, whatever the rest of the column says
        # (spreadsheets mix typed numbers and text).
        mark, other = other, mark
    figure = low.replace(other, "").replace(mark, ".")
    try:
        value = Decimal(figure) * scale
    except InvalidOperation as problem:
        raise BadValue("amount", text) from problem
    if abs(value) > Decimal(10) ** 15:
        raise BadValue("amount_large", text)
    value = value.normalize() if value == value.to_integral_value() else value
    return -value if negative else value


def currency_of(text: str) -> str:
    """The currency a cell names beside its amount; empty when none."""
    low = text.casefold()
    return next((code for sign, code in CURRENCIES if sign in low), "")


def day_order(texts: Iterable[str]) -> tuple[bool | None, bool]:
    """Whether the day comes first in dates with slashes (None when nothing tells), and whether some cell says otherwise."""
    first = second = seen = 0
    for text in texts:
        found = SLASHED.fullmatch(text.strip())
        if found is None:
            continue
        seen += 1
        first += int(found[1]) > 12
        second += int(found[2]) > 12
    if not seen or (not first and not second):
        return (None, bool(seen))
    return first >= second, False


def read_moment(text: str, *, day_first: bool) -> datetime | None:
    """A date with its hour when there is one (midnight else), without zone unless it names one. Raises `BadValue`."""
    if is_nothing(text):
        return None
    low = plain(text.strip())
    try:
        found = ISO.fullmatch(low)
        if found:
            return _at(date(int(found[1]), int(found[2]), int(found[3])), found[4], text)
        found = SLASHED.fullmatch(low)
        if found:
            one, two, year = int(found[1]), int(found[2]), int(found[3])
            if year < 100:
                year += 2000 if year < 70 else 1900
            day, month = (one, two) if day_first else (two, one)
            return _at(date(year, month, day), found[4], text)
        found = WORDED.fullmatch(low)
        if found and found[2] in MONTHS:
            return _at(date(int(found[3]), MONTHS[found[2]], int(found[1])), found[4], text)
        found = AMERICAN.fullmatch(low)
        if found and found[1] in MONTHS:
            return _at(date(int(found[3]), MONTHS[found[1]], int(found[2])), found[4], text)
    except ValueError as problem:
        raise BadValue("date", text) from problem
    if re.fullmatch(r"\d{5}(\.\d+)?", low) and 20_000 <= float(low) <= 80_000:
        whole, _, part = low.partition(".")
        seconds = round(float(f"0.{part or 0}") * 86_400)
        return datetime.combine(EPOCH + timedelta(days=int(whole)), time()) + timedelta(seconds=seconds)
    raise BadValue("date", text)


def _at(day: date, rest: str | None, text: str) -> datetime:
    if not rest:
        return datetime.combine(day, time())
    found = HOUR.fullmatch(rest.strip().lower())
    if found is None:
        raise BadValue("date", text)
    hour = int(found[1])
    if found[4]:
        hour = hour % 12 + (12 if found[4] == "pm" else 0)
    moment = datetime.combine(day, time(hour, int(found[2]), int(found[3] or 0)))
    if found[5]:
        zone = "+0000" if found[5] == "z" else found[5].replace(":", "")
        return datetime.strptime(moment.strftime("%Y-%m-%d %H:%M:%S") + zone, "%Y-%m-%d %H:%M:%S%z")
    return moment
