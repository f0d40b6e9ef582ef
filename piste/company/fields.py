"""Values of custom fields: read from what a person or a file wrote, kept as JSON, shown again."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from .models import CustomField, FieldKind

YES = frozenset({"yes", "y", "oui", "o", "true", "vrai", "1", "on", "x"})
NO = frozenset({"no", "n", "non", "false", "faux", "0", "off"})
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
DIGITS = re.compile(r"\d")


class BadValue(ValueError):
    """A value that its field cannot take; `reason` is a stable word: number, date, choice, url, email, phone, yes_no."""

    def __init__(self, reason: str, value: str) -> None:
        super().__init__(f"{reason}: {value}")
        self.reason = reason
        self.value = value


def parse(field: CustomField, raw: Any) -> Any:
    """What is kept of a value: text, decimal string, ISO date, bool, list of choices; None when empty. Raises `BadValue`."""
    if field.kind == FieldKind.CHOICES:
        given = raw if isinstance(raw, list | tuple) else [part.strip() for part in str(raw or "").split(";")]
        return [_choice(field, str(item)) for item in given if str(item).strip()] or None
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, date):
        return raw.isoformat()[:10]
    return _PARSERS.get(FieldKind(field.kind), _text)(field, str(raw).strip())


def _text(field: CustomField, raw: str) -> str:
    return raw


def _number(field: CustomField, raw: str) -> str:
    plain = re.sub(r"[\s\u00a0\u202f]", "", raw)
    if "," in plain and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        value = Decimal(plain.replace(",", ""))
    except InvalidOperation as problem:
        raise BadValue("number", raw) from problem
    if not value.is_finite():
        raise BadValue("number", raw)
    return format(value, "f")


def _date(field: CustomField, raw: str) -> str:
    try:
        return date.fromisoformat(raw[:10]).isoformat()
    except ValueError:
        pass
    parts = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", raw)
    if parts is None:
        raise BadValue("date", raw)
    try:
        return date(int(parts[3]), int(parts[2]), int(parts[1])).isoformat()
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
    if not re.fullmatch(r"https?://[^\s/$.?#][^\s]*", address, re.IGNORECASE) or "." not in address:
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


_PARSERS = {
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _date,
    FieldKind.YES_NO: _yes_no,
    FieldKind.CHOICE: _choice,
    FieldKind.URL: _url,
    FieldKind.EMAIL: _email,
    FieldKind.PHONE: _phone,
}
