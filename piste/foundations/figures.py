"""Reading a number as people type it, by the habits of their language."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from .typography import tongue

SIZES = {"k": 3, "m": 6, "mio": 6, "md": 9, "bn": 9}
SPACES = str.maketrans("", "", " \u00a0\u202f\u2009\t'’_")
SHAPE = re.compile(r"([+\-\u2212]?)([\d.,]+)(k|m|mio|md|bn)?", re.IGNORECASE)
SIGNS = re.compile(r"[€$£¥]|(?<![a-z])(?:eur|usd|gbp|chf|cad)(?![a-z])", re.IGNORECASE)
MOST = Decimal(10) ** 18


def read_number(text: str, locale: str) -> Decimal:
    """`12 500,50`, `12,500.50`, `12.5k`, `1,2 M€`. Raises `ValueError` for anything else.

    Where both marks stand, the last one is the decimal mark. A single mark before exactly three figures groups thousands,
    unless the language uses it for decimals.
    """
    found = SHAPE.fullmatch(SIGNS.sub("", text.translate(SPACES)).strip())
    if found is None:
        raise ValueError(text)
    sign, figures, size = found.groups()
    try:
        value = Decimal(_ungrouped(figures, locale))
    except InvalidOperation as problem:
        raise ValueError(text) from problem
    value = value.scaleb(SIZES[size.lower()] if size else 0)
    if value > MOST:
        raise ValueError(text)
    return value.copy_negate() if sign in ("-", "\u2212") else value


def _ungrouped(figures: str, locale: str) -> str:
    """The same figures with a point before the decimals and nothing between thousands."""
    own, other = (",", ".") if tongue(locale) == "fr" else (".", ",")
    if own in figures and other in figures:
        decimal = own if figures.rindex(own) > figures.rindex(other) else other
    elif own in figures:
        decimal = own if figures.count(own) == 1 else ""
    else:
        groups = figures.split(other)
        decimal = "" if len(groups) > 2 or (len(groups) == 2 and len(groups[1]) == 3) else other
    for mark in {own, other} - {decimal}:
        whole = figures.partition(decimal)[0] if decimal else figures
        if mark in whole and not re.fullmatch(r"\d{1,3}(?:\D\d{2,3})*\D\d{3}", whole):
            raise ValueError(figures)
        figures = figures.replace(mark, "")
    return figures.replace(decimal, ".") if decimal else figures
