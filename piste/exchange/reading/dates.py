"""Reading days and moments as people and programs write them, in French and English; a column is read one way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache

from piste.foundations.names import plain

from .amounts import BadValue, is_nothing

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
WEEKDAY = re.compile(
    r"^(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lun|mer|jeu|ven|sam|dim"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|wed|thu(?:rs)?|fri|sat|sun)\.?,? +"
)
ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:(?:t| +)(.+))?")
COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:t(\d{2})(\d{2})(\d{2})?z?)?")
SLASHED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?:(?:t| +|, *)(.+))?", re.IGNORECASE)
WORDED = re.compile(r"(\d{1,2})(?:er|st|nd|rd|th)?[ .-]+(?:de +)?([a-z]+)\.?,?[ .-]+(\d{4}|\d{2})(?:,? +(?:a +)?(.+))?")
AMERICAN = re.compile(r"([a-z]+)\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})(?:,? +(?:at +)?(.+))?")
SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
HOUR = re.compile(
    r"(\d{1,2}) ?[:h] ?(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?([ap])\.?m\.?)?(?: ?(z|utc|gmt|[+-]\d{2}(?::?\d{2})?))?"
)
#: Day zero of spreadsheets' serial numbers, and which of them are taken for dates (1954 to 2119).
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 (as the file says it: its zone is not known here)
SERIALS = (20_000, 80_000)


@dataclass(slots=True)
class Order:
    """What the dates of a column say of their order; `either` counts those that can be read both ways."""

    day_first: int = 0
    month_first: int = 0
    either: int = 0

    def look(self, text: str) -> None:
        """Takes one cell into account."""
        found = SLASHED.fullmatch(text.strip()) if text else None
        if found is None:
            return
        one, other = int(found[1]), int(found[3])
        if found[2] == "." or one > 12:
            self.day_first += 1
        elif other > 12:
            self.month_first += 1
        elif one != other:
            self.either += 1

    @property
    def verdict(self) -> bool | None:
        """Whether the day comes first; None where nothing tells, or cells contradict each other."""
        if bool(self.day_first) == bool(self.month_first):
            return None
        return bool(self.day_first)

    @property
    def open(self) -> bool:
        """Whether the reading of some cell hangs on an order that nothing tells."""
        return self.verdict is None and bool(self.either or (self.day_first and self.month_first))


def day_order(texts: Iterable[str]) -> Order:
    """What a column of dates says of its order."""
    order = Order()
    for text in texts:
        order.look(text)
    return order


@lru_cache(maxsize=20_000)
def read_moment(text: str, *, day_first: bool) -> datetime | None:
    """A moment, without a zone unless the cell names one; None where the cell says nothing.

    Raises `BadValue`: `date` for what is no date, `date_impossible` for a day that no calendar has.
    """
    text = text.strip()
    if is_nothing(text) or text.startswith("0000-00-00"):
        return None
    if len(text) > 60:
        raise BadValue("date", text)
    low = WEEKDAY.sub("", " ".join(plain(text).split()))
    parts = _parts(low, day_first)
    if parts is not None:
        year, month, day, rest = parts
        try:
            found = date(year, month, day)
        except ValueError as problem:
            raise BadValue("date_impossible", text) from problem
        return _at(found, rest, text)
    compact = COMPACT.fullmatch(low)
    if compact:
        return _compact([int(part or 0) for part in compact.groups()], text)
    if SERIAL.fullmatch(low):
        whole, _, part = low.replace(",", ".").partition(".")
        if SERIALS[0] <= int(whole) <= SERIALS[1]:
            return EPOCH + timedelta(days=int(whole), seconds=round(float(f"0.{part or 0}") * 86_400))
    raise BadValue("date", text)


def _compact(parts: list[int], text: str) -> datetime:
    try:
        return datetime(*parts)  # type: ignore[arg-type] # noqa: DTZ001
    except ValueError as problem:
        raise BadValue("date_impossible", text) from problem


def _parts(low: str, day_first: bool) -> tuple[int, int, int, str | None] | None:
    """Year, month, day and what follows; None when the text has no shape of a date."""
    found = ISO.fullmatch(low)
    if found:
        return int(found[1]), int(found[2]), int(found[3]), found[4]
    found = SLASHED.fullmatch(low)
    if found:
        one, other = int(found[1]), int(found[3])
        # Points between figures are never American.
        day, month = (one, other) if day_first or found[2] == "." else (other, one)
        return _year(found[4]), month, day, found[5]
    found = WORDED.fullmatch(low)
    if found and found[2] in MONTHS:
        return _year(found[3]), MONTHS[found[2]], int(found[1]), found[4]
    found = AMERICAN.fullmatch(low)
    if found and found[1] in MONTHS:
        return int(found[3]), MONTHS[found[1]], int(found[2]), found[4]
    return None


def _year(text: str) -> int:
    year = int(text)
    if len(text) > 2:
        return year
    return year + (2000 if year < 70 else 1900)


def _at(day: date, rest: str | None, text: str) -> datetime:
    if not rest:
        return datetime.combine(day, time())
    found = HOUR.fullmatch(rest.strip())
    if found is None:
        raise BadValue("date", text)
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[5]:
        if not 1 <= hour <= 12:
            raise BadValue("date_impossible", text)
        hour = hour % 12 + (12 if found[5] == "p" else 0)
    try:
        moment = datetime.combine(day, time(hour, minute, second, int((found[4] or "").ljust(6, "0")[:6])))
        return moment.replace(tzinfo=_zone(found[6])) if found[6] else moment
    except ValueError as problem:
        raise BadValue("date_impossible", text) from problem


def _zone(text: str) -> timezone:
    if text in ("z", "utc", "gmt"):
        return timezone.utc  # noqa: UP017
    sign = -1 if text.startswith("-") else 1
    figures = text[1:].replace(":", "").ljust(4, "0")
    return timezone(sign * timedelta(hours=int(figures[:2]), minutes=int(figures[2:])))
