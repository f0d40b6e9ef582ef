"""Money: whole minor units and a currency; never a floating point number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import cache

LIMIT = 9 * 10**15


class BadAmount(ValueError):
    """An amount that cannot be kept: `reason` is `unreadable`, `decimals` or `too_large`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnknownCurrency(ValueError):
    """A currency code that no country uses."""


@dataclass(frozen=True, slots=True, order=True)
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
    """Every currency in use, with its number of decimals (0, 2, 3)."""
    from babel.numbers import is_currency
    from moneyed import CURRENCIES

    return {code: decimals(code) for code in CURRENCIES if is_currency(code) and not code.startswith("X")}


@cache
def decimals(currency: str) -> int:
    """The number of decimals of a currency. Raises `UnknownCurrency`."""
    from babel.numbers import get_currency_precision, is_currency

    if not is_currency(currency):
        raise UnknownCurrency(currency)
    return get_currency_precision(currency)


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
    if abs(value.adjusted()) > 30:
        raise BadAmount("too_large")
    scaled = value.scaleb(decimals(currency))
    if scaled != scaled.to_integral_value():
        raise BadAmount("decimals")
    if abs(scaled) > LIMIT:
        raise BadAmount("too_large")
    return int(scaled)


def sums(amounts: Iterable[Money]) -> dict[str, int]:
    """The sum of each currency, in minor units."""
    found: dict[str, int] = {}
    for money in amounts:
        found[money.currency] = found.get(money.currency, 0) + money.amount_minor
    return found


def convert(money: Money, rate: Rate) -> Money:
    """The same value in another currency by a named rate, halves to even."""
    if money.currency != rate.origin:
        raise UnknownCurrency(money.currency)
    value = (money.decimal * rate.rate).scaleb(decimals(rate.target))
    return Money(int(value.to_integral_value(ROUND_HALF_EVEN)), rate.target)
