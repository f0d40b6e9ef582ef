"""The chance of a deal of being won, in words: how much, by what, and how far it can be believed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from piste.company.models import CustomField
from piste.deals.models import Deal, Status
from piste.forecasting.models import Chance
from piste.forecasting.queries.chances import Rests, told_of
from piste.forecasting.sentences import worth
from piste.foundations import typography
from piste.web.templatetags.piste import number, percent, tongue

#: The themes that the model knows (`piste.stats.winning.features`); a field is looked up without its `field:`.
THEMES: dict[str, str | Promise] = {
    "stage": _("Stage"),
    "time_in_stage": _("Time in stage"),
    "age": _("Age of the deal"),
    "path": _("Path through the stages"),
    "expected": _("Days to the expected close"),
    "expected_close_on": _("Expected close"),
    "slips": _("Expected close put off"),
    "amount": _("Amount"),
    "season": _("Season"),
    "owner": _("Owner"),
    "source": _("Source"),
    "campaign": _("Campaign"),
    "product": _("Product"),
    "contacts": _("Number of contacts"),
    "decision_maker": _("Decision maker known"),
    "activities": _("Activities done"),
}
FIELD, OWN = "field:", "custom:"
#: Bars are drawn in fifteenths of this, or of the strongest reason where that is more.
WIDEST, PARTS = 0.15, 15


@dataclass(frozen=True, slots=True)
class Why:
    """A reason: its theme in words, its points with their sign, and how long its bar is."""

    theme: str
    points: str
    is_against: bool
    tenths: int


@dataclass(frozen=True, slots=True)
class Winning:
    """What the page says of the chance; `chance` is None when nothing was computed of the deal yet."""

    chance: Chance | None
    rests: Rests | None
    why: Sequence[Why] = ()
    refused: str = ""

    @classmethod
    def of(cls, deal: Deal, fields: Sequence[CustomField]) -> Winning | None:
        """Of a deal on its way; two statements."""
        if deal.status not in (Status.OPEN, Status.HELD):
            return None
        chance, rests = told_of(deal)
        if chance is None:
            return cls(None, _meant(deal, rests))
        labels = {field.key: field.label for field in fields}
        refused = ", ".join(theme(name, labels) for name in rests.refused) if rests else ""
        return cls(chance, rests, _reasons(chance.reasons, labels), refused)

    @property
    def is_reliable(self) -> bool:
        return self.rests is not None and self.rests.verdict == "reliable"

    @property
    def doubt(self) -> str:
        """What is to be known before one believes the figure."""
        return doubt(self.rests)

    @property
    def range(self) -> str:
        """The interval; nothing when no earlier deal gives one."""
        found = self.chance
        return between(found.low, found.high) if found is not None and found.like else ""

    @property
    def like(self) -> str:
        """How many earlier deals say so."""
        count = self.chance.like if self.chance is not None else 0
        if not count:
            return gettext("No deal of which about the same was said before is closed yet: how far this may be off is not known.")
        facts = {"count": number(count)}
        if not self.is_reliable and self.rests is not None and self.rests.by == "stage_table":
            return (
                ngettext(
                    "the base rate of its stage: the share won of the one closed deal that came to it",
                    "the base rate of its stage: the share won of the %(count)s closed deals that came to it",
                    count,
                )
                % facts
            )
        if not self.is_reliable:
            return (
                ngettext(
                    "the base rate: the share won of the one deal closed so far",
                    "the base rate: the share won of the %(count)s deals closed so far",
                    count,
                )
                % facts
            )
        said = ngettext(
            "by what became of %(count)s earlier deal of which about the same was said",
            "by what became of %(count)s earlier deals of which about the same was said",
            count,
        )
        return said % facts

    @property
    def absent(self) -> str:
        """Why there is no figure."""
        rests = self.rests
        if rests is None:
            return gettext("It is computed each night: this deal’s comes with the next.")
        if rests.verdict == "elsewhere":
            return gettext("It is learned from amounts in %(currency)s; this deal’s is in another currency, and has none.") % {
                "currency": rests.currency
            }
        return doubt(rests)


def _meant(deal: Deal, rests: Rests | None) -> Rests | None:
    """What explains that a deal has no chance; None when it only came after the last computing."""
    if rests is None or rests.at is None:
        return None
    if deal.amount_minor is not None and deal.currency != rests.currency:
        return Rests("elsewhere", rests.closed, currency=rests.currency)
    return rests if rests.verdict == "base_rate" and deal.created_at < rests.at else None


def doubt(rests: Rests | None) -> str:
    """The honest sentence on chances that tell nothing of the single deal; none when they do."""
    if rests is None or rests.verdict == "reliable":
        return ""
    return worth(rests.verdict, by=rests.by, gain="", closed=number(rests.closed))


def between(low: float, high: float) -> str:
    """A range of shares: « 22 – 47 % »."""
    return f"{typography.number(low * 100, tongue())}\u00a0–\u2060\u00a0{percent(high)}"


def theme(name: str, labels: dict[str, str]) -> str:
    """A theme or a field in words; a field of the company's own by its label."""
    name = name.removeprefix(FIELD)
    if name.startswith(OWN):
        key = name.removeprefix(OWN)
        return labels.get(key, key)
    return str(THEMES.get(name, name))


def _reasons(kept: Iterable[Sequence[str | float]], labels: dict[str, str]) -> list[Why]:
    found = [(str(name), float(points)) for name, points in kept]
    widest = max([WIDEST, *(abs(points) for _name, points in found)])
    return [
        Why(
            theme=theme(name, labels),
            points=f"{'+' if points > 0 else typography.MINUS}{number(max(1, round(abs(points) * 100)))}",
            is_against=points < 0,
            tenths=max(1, round(abs(points) / widest * PARTS)),
        )
        for name, points in found
    ]
