"""Reading amounts as people and programs write them, in French and English; a column is read one way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from piste.foundations.money import UnknownCurrency, decimals
from piste.foundations.names import plain

#: What cells say when they say that there is nothing.
NOTHING = frozenset(
    "|-|--|—|–|nc|n/c|n.c.|na|n/a|#n/a|null|none|nil|?|??|select|a definir|a preciser|a determiner|non defini|non renseigne"
    "|tbd|tbc|nd|n.d.|inconnu|inconnue|unknown|vide|(vide)|(blank)|(none)|(aucun)|aucun|aucune".split("|")
)
FIRST_LETTERS = frozenset("àÀnNiIvV—–(")
SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’_]")
#: Signs of currencies, the longer ones first; a sign that several currencies share means the one most used with it.
SIGNS = (
    ("US$", "USD"),
    ("CA$", "CAD"),
    ("C$", "CAD"),
    ("A$", "AUD"),
    ("R$", "BRL"),
    ("Fr.", "CHF"),
    ("F CFA", "XOF"),
    ("FCFA", "XOF"),
    ("zł", "PLN"),
    ("Kč", "CZK"),
    ("€", "EUR"),
    ("$", "USD"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("₹", "INR"),
    ("₽", "RUB"),
    ("₺", "TRY"),
    ("₩", "KRW"),
)
CODE = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")
LOWER_CODE = re.compile(r"(?<![a-z])(?:k|m)?(eur|usd|gbp|chf|jpy|cad|euros?|dollars?)(?![a-z])", re.IGNORECASE)
WORDS = {"euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD"}
TAXES = re.compile(r"(?:h\.?t\.?|ttc|htva|excl\.?vat|net)$", re.IGNORECASE)
SIZES = {"k": 3, "m": 6, "mio": 6, "mln": 6, "md": 9, "mds": 9, "bn": 9}
SIMPLE = re.compile(r"-?\d+")
FIGURE = re.compile(r"\d[\d.,]*|[.,]\d+")
SHAPE = re.compile(r"([+-]?)(\d[\d.,]*|[.,]\d+)(?:e([+-]?\d{1,3}))?(k|mio|mln|mds|md|m|bn)?([+-]?)", re.IGNORECASE)
GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}")
LETTERS = str.maketrans({"O": "0", "o": "0", "Q": "0", "l": "1", "I": "1", "|": "1", "S": "5"})
MOST_DIGITS = 16


class BadValue(ValueError):
    """A value that cannot be read; `code` and `facts` say why."""

    def __init__(self, code: str, value: str, **facts: str | int) -> None:
        super().__init__(f"{code}: {value}")
        self.code = code
        self.value = value
        self.facts: dict[str, str | int] = {"value": value[:100], **facts}


@dataclass(slots=True)
class Marks:
    """What the amounts of a column say of their decimal mark; `either` counts those that can be read both ways."""

    comma: int = 0
    point: int = 0
    either: int = 0

    def look(self, text: str) -> None:
        """Takes one cell into account."""
        if "," not in text and "." not in text:
            return
        found = FIGURE.search(SPACES.sub("", text))
        if found is None:
            return
        figure = found[0]
        mark = _own_mark(figure)
        if mark == "":
            self.either += 1
        elif mark == ",":
            self.comma += 1
        elif mark == ".":
            self.point += 1

    def verdict(self, usual: str) -> tuple[str, bool]:
        """The decimal mark, and whether it is certain; `usual` where nothing tells."""
        mark = usual if self.comma == self.point else ("," if self.comma > self.point else ".")
        return mark, not self.either or bool(self.comma) != bool(self.point)


def _own_mark(figure: str) -> str | None:
    """The decimal mark a figure shows by itself: empty when it could be either, None when it has no mark."""
    comma, point = figure.rfind(","), figure.rfind(".")
    if comma < 0 and point < 0:
        return None
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    mark, other = (",", ".") if comma >= 0 else (".", ",")
    if figure.count(mark) > 1:
        return other
    before, _, after = figure.partition(mark)
    if len(after) != 3 or not 1 <= len(before) <= 3 or before.startswith("0"):
        return mark
    return ""


def decimal_mark(texts: Iterable[str], usual: str) -> tuple[str, bool]:
    """The decimal mark of a column of amounts, and whether it is certain."""
    marks = Marks()
    for text in texts:
        marks.look(text)
    return marks.verdict(usual)


def is_nothing(text: str) -> bool:
    """Whether a cell says that there is nothing."""
    stripped = text.strip()
    if len(stripped) > 15:
        return False
    # This is asked of every cell: only what may be one of the words is unfolded.
    if stripped.isascii():
        return stripped.lower() in NOTHING
    return stripped[0] in FIRST_LETTERS and plain(stripped) in NOTHING


@lru_cache(maxsize=20_000)
def read_amount(text: str, mark: str) -> Decimal | None:
    """An amount, exact; None where the cell says nothing. Raises `BadValue`.

    A figure that shows its decimal mark by itself is read so (spreadsheets mix typed numbers and text); `mark`, the one of the
    column, reads those that could be read both ways.
    """
    text = text.strip()
    if SIMPLE.fullmatch(text) and len(text) < MOST_DIGITS:
        return Decimal(text)
    if is_nothing(text):
        return None
    found = SHAPE.fullmatch(_bare(text))
    if found is None:
        raise _unread(text, mark)
    before, figure, exponent, size, after = found.groups()
    if before and after:
        raise BadValue("amount", text)
    try:
        value = Decimal(_pointed(figure, mark))
    except (InvalidOperation, ValueError) as problem:
        raise BadValue("amount", text) from problem
    value = value.scaleb(int(exponent or 0) + (SIZES[size.lower()] if size else 0)) if value else Decimal(0)
    if value and value.adjusted() >= MOST_DIGITS - 1:
        raise BadValue("amount_large", text)
    if len(value.as_tuple().digits) > 40 or int(value.as_tuple().exponent) < -20:
        raise BadValue("amount", text)
    value = Decimal(int(value)) if value == value.to_integral_value() else value
    negative = "-" in (before, after) or _in_brackets(text)
    return -value if negative and value else value


def _in_brackets(text: str) -> bool:
    return "(" in text and ")" in text


def _bare(text: str) -> str:
    """The figure alone: no spaces, currency, brackets or taxes."""
    bare = SPACES.sub("", text.replace("\u2212", "-").replace("–", "-"))
    for sign, _code in SIGNS:
        bare = bare.replace(SPACES.sub("", sign), "")
    if any(letter.isalpha() for letter in bare):
        bare = TAXES.sub("", bare)
        bare = LOWER_CODE.sub(lambda found: found[0][0] if found[0][0] in "kKmM" and len(found[0]) > len(found[1]) else "", bare)
        bare = CODE.sub(lambda found: "" if _is_currency(found[0]) else found[0], bare)
        bare = TAXES.sub("", bare)
    if bare.startswith("(") and bare.endswith(")"):
        return bare[1:-1]
    return bare[2:-1] if bare.startswith("-(") and bare.endswith(")") else bare


def _pointed(figure: str, mark: str) -> str:
    """The same figures with a point before the decimals and nothing between thousands."""
    own = _own_mark(figure)
    if own is None:
        return figure
    decimal = own or mark
    whole, _, rest = figure.rpartition(decimal) if decimal in figure else (figure, "", "")
    if "," in rest or "." in rest:
        raise ValueError(figure)
    if ("," in whole or "." in whole) and not (GROUPED.fullmatch(whole) and len(set(whole) & {",", "."}) == 1):
        raise ValueError(figure)
    whole = whole.replace(",", "").replace(".", "")
    return f"{whole or 0}.{rest}" if rest else whole


def _unread(text: str, mark: str) -> BadValue:
    """Why a text is no amount: a letter that looks like a figure is named, with what was probably meant."""
    changed = text.translate(LETTERS)
    if changed != text and sum(letter.isdecimal() for letter in text) >= 2:
        found = SHAPE.fullmatch(_bare(changed))
        if found:
            return BadValue("amount_letter", text, meant=changed)
    return BadValue("amount", text)


@lru_cache(maxsize=1000)
def _is_currency(code: str) -> bool:
    try:
        decimals(code)
    except UnknownCurrency:
        return False
    return True


def currency_of(text: str) -> str:
    """The currency a cell names beside its amount, as its code; empty when none."""
    if text.replace(".", "").isdecimal():
        return ""
    for code in CODE.findall(text):
        if _is_currency(code):
            return str(code)
    for sign, code in SIGNS:
        if sign in text:
            return code
    found = LOWER_CODE.search(text)
    return WORDS.get(found[1].lower(), found[1].upper()) if found else ""
