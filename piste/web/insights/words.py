"""What figures are called, and how each is counted."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext, gettext_lazy

from piste.deals.models import LossReason
from piste.foundations import typography
from piste.foundations.calendar import Period, Span
from piste.stats.conversion import Incidence
from piste.stats.durations import Quantile
from piste.stats.shares import Share
from piste.web.templatetags.piste import tongue

GROUPS = {
    "won": gettext_lazy("won"),
    "lost": gettext_lazy("lost"),
    "created": gettext_lazy("created"),
    "open": gettext_lazy("open"),
    "closed": gettext_lazy("closed"),
}


def rate(value: float | None, places: int = 1) -> str:
    """A share as it stands in tables; a dash where there is none."""
    return "–" if value is None else typography.percent(value, tongue(), places=places)


def interval(found: Share | Incidence) -> str:
    """The bounds of a share: 51.2 – 56.4%."""
    if found.low is None or found.high is None:
        return "–"
    low = typography.number(found.low * 100, tongue(), places=1)
    return f"{low}\u00a0–\u2060\u00a0{rate(found.high)}"


def points(gap: float | None) -> str:
    """A difference of shares in points: +2.1 pt."""
    if gap is None:
        return "–"
    written = typography.number(gap * 100, tongue(), places=1)
    return f"{'+' if gap > 0 and written.strip('0.,') else ''}{written}\u00a0pt"


def points_between(low: float, high: float) -> str:
    """The bounds of a difference of shares: −2.1 – 4.0 pt."""
    least, most = (typography.number(one * 100, tongue(), places=1) for one in (low, high))
    return f"{least}\u00a0–\u2060\u00a0{most}\u00a0pt"


def count(value: int) -> str:
    return typography.number(value, tongue())


def ratio(value: float) -> str:
    """A number with one decimal."""
    return typography.number(value, tongue(), places=1)


def days(value: float | None) -> str:
    """A duration of figures: whole days, with a decimal under ten; a dash for unknown."""
    if value is None:
        return "–"
    places = 1 if 0.05 <= value < 9.95 and round(value, 1) % 1 else 0
    return f"{typography.number(value, tongue(), places=places)}\u00a0{'j' if tongue() == 'fr' else 'd'}"


def quantile(found: Quantile) -> str:
    """A number of days with its bounds: 31 d (27 – 36 d)."""
    if found.days is None:
        return "–"
    high = days(found.high) if found.high is not None else "…"
    low = days(found.low) if found.low is not None else "…"
    return f"{days(found.days)} ({low}\u00a0–\u2060\u00a0{high})"


def money(values: dict[str, int], *, short: bool = False) -> str:
    """Amounts by currency, never added up; a dash for none."""
    write = typography.amount_short if short else typography.amount
    return " + ".join(write(amount, code, tongue()) for code, amount in values.items()) or "–"


def period_name(found: Period) -> str:
    """A calendar period's own name: Q3 2026, Nov 2026, 2026."""
    if found.span == Span.YEAR:
        return str(found.first.year) if found.first.month == 1 else f"{found.first.year}–{found.last.year}"
    if found.span == Span.QUARTER and found.first.month % 3 == 1:
        return f"{'T' if tongue() == 'fr' else 'Q'}{(found.first.month + 2) // 3} {found.first.year}"
    return typography.months(found.first, found.last, tongue())


def won_in(found: Period) -> str:
    return gettext("Won, %(period)s") % {"period": period_name(found)}


def stage_group(stage: str, group: str) -> str:
    """What a number of the stage table counts."""
    said = {
        "entered": gettext("%(stage)s: entered in the period"),
        "advanced": gettext("%(stage)s: entered in the period and went on"),
        "lost": gettext("%(stage)s: entered in the period and lost"),
        "held": gettext("%(stage)s: entered in the period, on hold"),
        "open": gettext("%(stage)s: entered in the period, still on the way"),
        "kept": gettext("%(stage)s: entered in the period, customers"),
        "left": gettext("%(stage)s: entered in the period, now in another pipeline"),
        "skipped": gettext("%(stage)s: skipped in the period"),
        "returned": gettext("%(stage)s: went back from it in the period"),
        "standing": gettext("%(stage)s: standing there"),
    }
    return said[group] % {"stage": stage}


def glass_group(stage: str, group: str) -> str:
    """What a number of the glass counts."""
    said = {
        "reached": gettext("Created in the period, came to %(stage)s or further"),
        "lost": gettext("Created in the period, lost at %(stage)s"),
        "open": gettext("Created in the period, open, no further than %(stage)s"),
        "held": gettext("Created in the period, on hold, no further than %(stage)s"),
        "left": gettext("Created in the period, left for another pipeline from %(stage)s"),
    }
    return said[group] % {"stage": stage}


def glass_whole(group: str) -> str:
    return {
        "created": gettext("Created in the period"),
        "won": gettext("Created in the period and won"),
        "kept": gettext("Created in the period, won, and customers still"),
    }[group]


def reason_names() -> Iterable[tuple[int, str]]:
    return LossReason.objects.values_list("pk", "name")


def other_currencies() -> str:
    """What a drawing in one currency leaves out."""
    return gettext("Other currencies stand in the table.")
