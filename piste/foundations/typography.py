"""How amounts, numbers, dates and sentences are written, in French and in British English.

French: U+202F (fine) in thousands, before `; ! ?`, inside « » and before %; U+00A0 before `:` and units. English: €12,500, 31%.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from .money import decimals, to_decimal

FINE = "\u202f"
FIRM = "\u00a0"
MINUS = "\u2212"

DAYS = {
    "fr": ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MONTHS = {
    "fr": ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"),
}  # fmt: skip
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CHF": "CHF", "CAD": "CA$"}


def tongue(locale: str) -> str:
    """`fr` or `en`, whatever finer locale is given."""
    return "fr" if locale.lower().startswith("fr") else "en"


def number(value: int | float | Decimal, locale: str, *, places: int = 0) -> str:
    """A number with its thousands apart: `12 500`, `12,500`."""
    # Whole numbers and decimals are written as they are: a float would round those past 2⁵³.
    written = f"{abs(Decimal(value)) if isinstance(value, int) else abs(value):,.{places}f}"
    if value < 0 and written.strip("0.,"):
        written = MINUS + written
    return written.replace(",", FINE).replace(".", ",") if tongue(locale) == "fr" else written


def amount(minor: int, currency: str, locale: str) -> str:
    """An amount: `12 500 €`, `€12,500`; decimals only where they are not zero."""
    places = decimals(currency)
    whole, rest = divmod(abs(minor), 10**places)
    written = number(whole, locale)
    if rest:
        mark = "," if tongue(locale) == "fr" else "."
        written += f"{mark}{rest:0{places}d}"
    symbol = SYMBOLS.get(currency, currency)
    sign = MINUS if minor < 0 else ""
    if tongue(locale) == "fr":
        return f"{sign}{written}{FIRM}{symbol}"
    return f"{sign}{symbol}{written}" if not symbol.isalpha() else f"{sign}{symbol}{FIRM}{written}"


def amount_short(minor: int, currency: str, locale: str) -> str:
    """An amount for charts alone: `46,5 k€`, `€46.5k`, `1,2 M€`; whole below a thousand."""
    value = to_decimal(minor, currency)
    symbol = SYMBOLS.get(currency, currency)
    for letter, power in (("", 0), ("k", 3), ("M", 6), ("bn", 9)):
        scaled = value.scaleb(-power)
        places = 1 if letter and abs(scaled) < Decimal("99.95") else 0
        if abs(scaled.quantize(Decimal(1).scaleb(-places))) < 1000 or letter == "bn":
            break
    written = number(scaled, locale, places=places).removesuffix(",0" if tongue(locale) == "fr" else ".0")
    if tongue(locale) == "fr":
        return f"{written}{FIRM}{'Md' if letter == 'bn' else letter}{symbol}"
    sign, written = (MINUS, written[1:]) if written.startswith(MINUS) else ("", written)
    return f"{sign}{symbol}{FIRM if symbol.isalpha() else ''}{written}{letter}"


@dataclass(frozen=True, slots=True)
class Unit:
    """What all amounts of a series are counted in; `said` names it once: `k€`, `€k`."""

    said: str
    power: int
    places: int
    currency: str
    locale: str

    def written(self, minor: int) -> str:
        """An amount in this unit, without it."""
        value = to_decimal(minor, self.currency).scaleb(-self.power)
        return number(value, self.locale, places=self.places if value else 0)


def unit(most_minor: int, currency: str, locale: str) -> Unit:
    """The unit for a series of amounts whose largest is given: the currency itself, its thousands, millions or billions."""
    value, symbol, french = abs(to_decimal(most_minor, currency)), SYMBOLS.get(currency, currency), tongue(locale) == "fr"
    letter, power = next(
        (found for found in (("bn", 9), ("M", 6), ("k", 3)) if value >= Decimal(10).scaleb(found[1])),
        ("", 0),
    )
    apart = FIRM if letter and symbol.isalpha() else ""
    said = f"{'Md' if letter == 'bn' else letter}{apart}{symbol}" if french else f"{symbol}{apart}{letter}"
    return Unit(said, power, 1 if power and value < Decimal(100).scaleb(power) else 0, currency, locale)


def size(count: int, locale: str) -> str:
    """A number of bytes: 2.4 MB, « 2,4 Mo »."""
    letter = "o" if tongue(locale) == "fr" else "B"
    for limit, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if count >= limit:
            value = count / limit
            return f"{number(value, locale, places=1 if value < 10 else 0)}{FIRM}{unit}{letter}"
    return f"{number(count, locale)}{FIRM}{letter}"


def percent(share: float, locale: str, *, places: int = 0) -> str:
    """A share from 0 to 1: `31 %`, `31%`."""
    written = number(share * 100, locale, places=places)
    return f"{written}{FINE}%" if tongue(locale) == "fr" else f"{written}%"


def day(value: date, locale: str, *, today: date | None = None, weekday: bool = True) -> str:
    """A day: « jeu. 26 nov. », « 1er févr. », `Thu 26 Nov`; the year only when it is not the present one."""
    lang = tongue(locale)
    figure = "1er" if lang == "fr" and value.day == 1 else str(value.day)
    written = f"{figure}{FIRM}{MONTHS[lang][value.month - 1]}"
    if weekday:
        written = f"{DAYS[lang][value.weekday()]} {written}"
    if today is not None and value.year != today.year:
        written = f"{written} {value.year}"
    return written


def day_near(value: date, locale: str, *, today: date) -> str:
    """A day as one says it when near, as a date when far: aujourd’hui, demain, −3 j, « jeu. 26 nov. »."""
    distance = (value - today).days
    words = {
        "fr": {0: "aujourd’hui", 1: "demain", -1: f"{MINUS}1{FIRM}j"},
        "en": {0: "today", 1: "tomorrow", -1: f"{MINUS}1{FIRM}d"},
    }[tongue(locale)]
    if distance in words:
        return words[distance]
    if distance < 0:
        return days_late(-distance, locale)
    return day(value, locale, today=today, weekday=distance < 200)


def days_late(count: int, locale: str) -> str:
    """Days past a date: −3 j, −3 d."""
    return f"{MINUS}{number(count, locale)}{FIRM}{'j' if tongue(locale) == 'fr' else 'd'}"


def days(count: int, locale: str) -> str:
    """A number of days: 31 j, 31 d."""
    return f"{number(count, locale)}{FIRM}{'j' if tongue(locale) == 'fr' else 'd'}"


def span(length: timedelta, locale: str) -> str:
    """How long something lasts, in hours and minutes, or in days from two on: « 5 h 12 », 45 min, 3 j."""
    minutes = math.ceil(abs(length).total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{FIRM}min"
    if hours >= 48:
        return days(hours // 24, locale)
    return f"{hours}{FIRM}h{FIRM}{rest:02d}" if rest else f"{hours}{FIRM}h"


def hour(value: datetime, zone: ZoneInfo) -> str:
    """An hour in lists: 14:30."""
    local = value.astimezone(zone)
    return f"{local.hour}:{local.minute:02d}"


def hour_said(value: datetime, locale: str, zone: ZoneInfo) -> str:
    """An hour in a sentence: « 14 h 30 », 14:30."""
    local = value.astimezone(zone)
    if tongue(locale) == "en":
        return f"{local.hour}:{local.minute:02d}"
    return f"{local.hour}{FIRM}h" + (f"{FIRM}{local.minute:02d}" if local.minute else "")


def moment(value: datetime, locale: str, *, zone: ZoneInfo, today: date) -> str:
    """A moment in lists: aujourd’hui 8:42, « mer. 18 nov. 16:21 »."""
    local = value.astimezone(zone)
    if local.date() == today:
        near = "aujourd’hui" if tongue(locale) == "fr" else "today"
        return f"{near} {hour(value, zone)}"
    return f"{day(local.date(), locale, today=today)} {hour(value, zone)}"


def day_range(first: date, last: date, locale: str, *, today: date | None = None) -> str:
    """Two days: « 7 – 13 oct. », « 27 oct. – 12 nov. »."""
    dash = f"{FIRM}–\u2060{FIRM}"
    if first == last:
        return day(first, locale, today=today, weekday=False)
    end = day(last, locale, today=today, weekday=False)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day if first.day > 1 or tongue(locale) == 'en' else '1er'}{dash}{end}"
    return f"{day(first, locale, today=today, weekday=False)}{dash}{end}"


def months(first: date, last: date, locale: str) -> str:
    """Whole months: « nov. 2026 », « déc. 2025 – nov. 2026 »; the year of the first only where it differs."""
    dash = f"{FIRM}–\u2060{FIRM}"
    names = MONTHS[tongue(locale)]
    end = f"{names[last.month - 1]} {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return end
    year = f" {first.year}" if first.year != last.year else ""
    return f"{names[first.month - 1]}{year}{dash}{end}"


def initials(text: str) -> str:
    """One or two letters for a name."""
    words = [word for word in re.split(r"[\s’'-]+", text) if word and word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


BEFORE_FINE = re.compile(r"(?<=\S)[ \u00a0\u202f]*([;!?]+)(?=\s|$|»)")
BEFORE_FIRM = re.compile(r"[ \u00a0\u202f]+:(?=\s|$)")
OPENING = re.compile(r"«[ \u00a0\u202f]*")
CLOSING = re.compile(r"[ \u00a0\u202f]*»")
PER_CENT = re.compile(r"(\d)[ \u00a0\u202f]*%")
UNIT = re.compile(r"(\d)[ \u00a0\u202f]+(k?€|M€|[jh]|min|[kMG]?o)(?!\w)")
TITLE = re.compile(r"\b(n°|MM?\.|Mmes?) (?=\S)")
RANGE = re.compile(r"(\d)[ \u00a0\u202f]–\u2060?[ \u00a0\u202f](?=\d)")
APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


def sentence(text: str, locale: str) -> str:
    """A sentence with its typographic apostrophes and, in French, its fine and firm spaces; doing it twice changes nothing."""
    text = APOSTROPHE.sub("’", text)
    if tongue(locale) == "en":
        return text
    text = BEFORE_FINE.sub(FINE + r"\1", text)
    text = OPENING.sub("«" + FINE, text)
    text = CLOSING.sub(FINE + "»", text)
    # Behind the quotation marks, whose spaces tell a colon that ends something from one within it.
    text = BEFORE_FIRM.sub(FIRM + ":", text)
    text = PER_CENT.sub(r"\1" + FINE + "%", text)
    text = UNIT.sub(r"\1" + FIRM + r"\2", text)
    text = TITLE.sub(r"\1" + FIRM, text)
    return RANGE.sub(r"\1" + FIRM + "–\u2060" + FIRM, text)
