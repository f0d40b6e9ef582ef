"""A new deal written in one line: company, contact, what is needed, amount, e-mail, phone, stage, #tags, in any order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from piste.exchange.reading.amounts import currency_of
from piste.foundations.figures import read_number
from piste.foundations.names import search_words

#: Longer lines are cut: the fields they fill are shorter.
LONGEST = 500
#: What separates the pieces: a semicolon, or a comma that is not inside a number.
BETWEEN = re.compile(r"\s*(?:;|(?<!\d),|,(?!\d))\s*")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PHONE = re.compile(r"(\+|00?(?=[1-9]))[\d\s().-]{8,20}")
#: Which fields the pieces without a mark of their own fill, the first first.
IN_ORDER = ("company", "contact", "title")


def is_one_line(text: str) -> bool:
    """Whether somebody writes a deal rather than searches: the line begins with +, or has two pieces."""
    return text.startswith("+") or len(_pieces(text)) > 1


def read_line(text: str, *, locale: str, stages: Mapping[str, int]) -> dict[str, Any]:
    """What a line says of a new deal, as the initial values of its form; `stages` are ids by the names one may write.

    The first piece is never read as an amount: companies are called 3M too. A piece too many joins the title, so that nothing
    that was typed is lost.
    """
    found: dict[str, Any] = {}
    tags: list[str] = []
    plain: list[str] = []
    known = {search_words(name): key for name, key in stages.items()}
    for place, piece in enumerate(_pieces(text)):
        if MAIL.fullmatch(piece) and "email" not in found:
            found["email"] = piece
        elif piece.startswith("#"):
            tags += [tag for tag in (word.strip() for word in piece.split("#")) if tag]
        elif PHONE.fullmatch(piece) and "phone" not in found:
            found["phone"] = piece
        elif search_words(piece) in known and "stage" not in found:
            found["stage"] = known[search_words(piece)]
        elif place and "amount" not in found and (money := _amount(piece, locale)):
            found |= money
        else:
            plain.append(piece)
    if tags:
        found["tags"] = ", ".join(tags)
    for name, piece in zip(IN_ORDER, plain, strict=False):
        found[name] = piece
    if further := plain[len(IN_ORDER) :]:
        found["title"] = ", ".join([found["title"], *further])
    return found


def _pieces(text: str) -> Sequence[str]:
    return [piece for piece in BETWEEN.split(text[:LONGEST].lstrip("+").strip()) if piece]


def _amount(piece: str, locale: str) -> dict[str, Any]:
    """An amount as one writes it, with the currency beside it where there is one."""
    currency = currency_of(piece)
    figure = piece.replace(currency, "").strip() if currency else piece
    try:
        read_number(figure, locale)
    except ValueError:
        return {}
    return {"amount": figure} | ({"currency": currency} if currency else {})
