"""Money: whole minor units and a currency; never a floating point number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation, localcontext
from functools import cache

#: The largest amount in minor units, either way: whole numbers up to here are exact everywhere (JSON, spreadsheets, 64 bits).
LIMIT = 9 * 10**15


class BadAmount(ValueError):
    """An amount that cannot be kept: `reason` is `unreadable`, `decimals` or `too_large`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownCurrency(ValueError):
    """A code that is no currency, present or past."""


class WrongRate(ValueError):
    """A rate that is none, or between other currencies."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents for EUR, yen for JPY, thousandths for TND)."""

    amount_minor: int
    currency: str

    @property
    def decimal(self) -> Decimal:
        return to_decimal(self.amount_minor, self.currency)


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of `origin` is worth `rate` units of `target`, on a day, as said by `source`."""

    origin: str
    target: str
    rate: Decimal
    on: date
    source: str


@cache
def currencies() -> dict[str, int]:
    """Every currency that is legal tender somewhere today, with its number of decimals (0, 2, 3)."""
    return {code: decimals(code) for code in sorted(_tender())}


@cache
def unusual() -> dict[str, int]:
    """Every currency, past ones too, whose number of decimals is not two."""
    from babel import Locale

    found: dict[str, int] = {}
    for code in map(str, Locale("en").currencies):
        try:
            places = decimals(code)
        except UnknownCurrency:
            continue
        if places != 2:
            found[code] = places
    return found


@cache
def decimals(currency: str) -> int:
    """The number of decimals of a currency, past ones too (an old deal may be in one). Raises `UnknownCurrency`.

    The numbers are those of ISO 4217: the ones of the locale data follow what is used in cash, change with its editions,
    and a change would multiply kept amounts.
    """
    from babel.numbers import get_currency_precision, is_currency
    from moneyed import CURRENCIES

    # Codes in X are metals, funds and test codes, but for a few currencies that several countries share.
    if not is_currency(currency) or (currency.startswith("X") and currency not in _tender()):
        raise UnknownCurrency(currency)
    known = CURRENCIES.get(currency)
    return get_currency_precision(currency) if known is None else len(str(known.sub_unit)) - 1


@cache
def _tender() -> frozenset[str]:
    from babel.core import get_global

    uses = (use for of_one in get_global("territory_currencies").values() for use in of_one)
    return frozenset(code for code, _since, until, is_tender in uses if until is None and is_tender)


def to_decimal(amount_minor: int, currency: str) -> Decimal:
    """Minor units as a decimal with the currency's number of places."""
    return Decimal(amount_minor).scaleb(-decimals(currency))


def to_minor(amount: Decimal | str | int, currency: str) -> int:
    """A decimal as minor units, exact. Raises `BadAmount`, `UnknownCurrency`."""
    try:
        value = Decimal(amount)
    except InvalidOperation as problem:
        raise BadAmount("unreadable") from problem
    if not value.is_finite():
        raise BadAmount("unreadable")
    places = decimals(currency)
    if value == 0:
        return 0
    if value.adjusted() > 30:
        raise BadAmount("too_large")
    with localcontext(prec=max(60, len(value.as_tuple().digits) + 3)):
        value = value.normalize()
        if value.adjusted() < -places or -int(value.as_tuple().exponent) > places:
            raise BadAmount("decimals")
        scaled = value.scaleb(places)
    if abs(scaled) > LIMIT:
        raise BadAmount("too_large")
    return int(scaled)


def whole(amount_minor: float, currency: str) -> int:
    """What was computed and is no sum paid, in minor units to the whole unit: its cents would be more than is known."""
    unit = int(10 ** decimals(currency))
    return round(amount_minor / unit) * unit


def sums(amounts: Iterable[Money]) -> dict[str, int]:
    """The sum of each currency, in minor units."""
    found: dict[str, int] = {}
    for money in amounts:
        found[money.currency] = found.get(money.currency, 0) + money.amount_minor
    return found


def convert(money: Money, rate: Rate) -> Money:
    """The same value in another currency by a named rate, halves to even. Raises `WrongRate`, `BadAmount`."""
    if money.currency != rate.origin:
        raise WrongRate(f"{rate.origin} to {rate.target} says nothing of {money.currency}")
    if not rate.rate.is_finite() or rate.rate <= 0:
        raise WrongRate(f"{rate.rate} is no rate")
    with localcontext(prec=80, rounding=ROUND_HALF_EVEN):
        value = (money.decimal * rate.rate).scaleb(decimals(rate.target)).to_integral_value()
    if abs(value) > LIMIT:
        raise BadAmount("too_large")
    return Money(int(value), rate.target)
