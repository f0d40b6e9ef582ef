"""Values of custom fields: read from what a person or a file wrote, kept as JSON, shown again.

Kept are: text, a number as an exact decimal string, a date as ISO, a boolean, a list of choices; nothing as None.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from piste.foundations import typography

from .models import CustomField, FieldKind

YES = frozenset({"yes", "y", "oui", "o", "true", "vrai", "1", "on", "x"})
NO = frozenset({"no", "n", "non", "false", "faux", "0", "off"})
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
ADDRESS = re.compile(r"https?://[^\s/$.?#][^\s]*", re.IGNORECASE)
DIGITS = re.compile(r"\d")
SPACES = re.compile(r"[\s\u00a0\u202f']")
LONGEST = {FieldKind.LONG_TEXT: 20_000, FieldKind.EMAIL: 254, FieldKind.PHONE: 60, FieldKind.NUMBER: 60}
LONGEST_USUALLY = 1_000
MOST_DIGITS = 30
YES_NO_SAID = {"fr": ("Non", "Oui"), "en": ("No", "Yes")}


class BadValue(ValueError):
    """A value that its field cannot take.

    `reason` is a stable word: number, date, choice, url, email, phone, yes_no, too_long, characters.
    """

    def __init__(self, reason: str, value: str) -> None:
        super().__init__(f"{reason}: {value}")
        self.reason = reason
        self.value = value


def parse(field: CustomField, raw: Any, *, language: str = "") -> Any:
    """What is kept of a value, None when it is empty. Raises `BadValue`.

    In English a comma sets thousands apart, elsewhere it starts the decimals; without `language` a comma before exactly
    three digits at the end, with no point, still starts the decimals.
    """
    kind = FieldKind(field.kind)
    if kind == FieldKind.CHOICES:
        given = raw if isinstance(raw, list | tuple) else str(raw or "").split(";")
        found = [_choice(field, _plain(kind, item)) for item in given if str(item).strip()]
        return list(dict.fromkeys(found)) or None
    if raw is None:
        return None
    if isinstance(raw, bool) and kind == FieldKind.YES_NO:
        return raw
    if isinstance(raw, date):
        raw = raw.date().isoformat() if isinstance(raw, datetime) else raw.isoformat()
    text = _plain(kind, raw)
    if not text:
        return None
    if kind == FieldKind.NUMBER:
        return _number(text, language)
    return _PARSERS.get(kind, _text)(field, text)


def show(field: CustomField, value: Any, language: str, *, today: date | None = None) -> str:
    """A kept value in words of a language; empty for nothing. With `today`, the present year is left out of dates."""
    if value in (None, "", []):
        return ""
    match field.kind:
        case FieldKind.YES_NO:
            return YES_NO_SAID[typography.tongue(language)][bool(value)]
        case FieldKind.DATE:
            return typography.day(date.fromisoformat(value), language, today=today or date.min)
        case FieldKind.NUMBER:
            return _decimal_said(Decimal(value), language)
        case FieldKind.CHOICES:
            return ", ".join(value)
        case _:
            return str(value)


def _plain(kind: FieldKind, raw: Any) -> str:
    """The text of a raw value, without spaces around it. Raises `BadValue`."""
    text = str(raw).strip()
    if len(text) > LONGEST.get(kind, LONGEST_USUALLY):
        raise BadValue("too_long", text[:40])
    # PostgreSQL keeps no NUL, and no unpaired half of a character outside the first plane.
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadValue("characters", text[:40].replace("\x00", "").encode(errors="replace").decode())
    return text


def _decimal_said(value: Decimal, language: str) -> str:
    """An exact decimal with its thousands apart."""
    written = f"{abs(value):,f}"
    if typography.tongue(language) == "fr":
        written = written.replace(",", typography.FINE).replace(".", ",")
    return typography.MINUS + written if value < 0 else written


def _text(field: CustomField, raw: str) -> str:
    return raw


def _number(raw: str, language: str) -> str:
    plain = SPACES.sub("", raw).replace(typography.MINUS, "-")
    comma, point = plain.rfind(","), plain.rfind(".")
    if comma > point >= 0:
        plain = plain.replace(".", "").replace(",", ".")
    elif comma >= 0 and point < 0 and plain.count(",") == 1 and language[:2] != "en":
        plain = plain.replace(",", ".")
    else:
        plain = plain.replace(",", "")
    try:
        value = Decimal(plain)
    except InvalidOperation as problem:
        raise BadValue("number", raw) from problem
    # A few letters such as 1e999999999 would otherwise be written out as a billion digits.
    if not value.is_finite() or len(value.as_tuple().digits) > MOST_DIGITS or abs(value.adjusted()) > MOST_DIGITS:
        raise BadValue("number", raw)
    return format(value, "f")


def _date(field: CustomField, raw: str) -> str:
    written = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?", raw)
    said = re.fullmatch(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})", raw)
    if written is None and said is None:
        raise BadValue("date", raw)
    year, month, day = written.groups() if written else said.groups()[::-1] if said else ("", "", "")
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError as problem:
        raise BadValue("date", raw) from problem


def _yes_no(field: CustomField, raw: str) -> bool:
    word = raw.casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise BadValue("yes_no", raw)


def _choice(field: CustomField, raw: str) -> str:
    for option in field.options:
        if str(option).casefold() == raw.strip().casefold():
            return str(option)
    raise BadValue("choice", raw)


def _url(field: CustomField, raw: str) -> str:
    address = raw if "://" in raw else f"https://{raw}"
    if not ADDRESS.fullmatch(address) or "." not in address:
        raise BadValue("url", raw)
    return address


def _email(field: CustomField, raw: str) -> str:
    if not EMAIL.fullmatch(raw):
        raise BadValue("email", raw)
    return raw


def _phone(field: CustomField, raw: str) -> str:
    if len(DIGITS.findall(raw)) < 4:
        raise BadValue("phone", raw)
    return raw


_PARSERS: dict[FieldKind, Callable[[CustomField, str], Any]] = {
    FieldKind.DATE: _date,
    FieldKind.YES_NO: _yes_no,
    FieldKind.CHOICE: _choice,
    FieldKind.URL: _url,
    FieldKind.EMAIL: _email,
    FieldKind.PHONE: _phone,
}
