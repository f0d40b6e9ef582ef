"""What advancing deals share, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext, ngettext

from piste.catalogue.models import Product
from piste.company.models import CustomField, FieldSubject
from piste.deals.models import Source
from piste.foundations import typography
from piste.insights.queries.traits import NO, YES, traits_of
from piste.stats.bottleneck import Stake
from piste.stats.traits import Trait, Traits
from piste.web.parts.charts import strip
from piste.web.parts.charts.figure import Cell, Definition, Figure, Table
from piste.web.templatetags.piste import tongue

from . import words
from .asking import Question

#: Traits shown, the strongest first.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Lift:
    words: str
    strip: strip.Strip
    said: str


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence where there is nothing to draw."""

    said: str
    template: ClassVar[str] = "insights/words.html"


@dataclass(frozen=True, slots=True)
class Rows:
    """A figure that is a table itself."""

    table: Table
    template: ClassVar[str] = "insights/rows.html"


@dataclass(frozen=True, slots=True)
class Lifts:
    template: ClassVar[str] = "insights/lifts.html"
    rows: list[Lift]
    nothing: str


def trait_figure(question: Question, first: Stake | None) -> Figure | None:
    """What the deals that went on from the bottleneck (else the first stage) had in common; None without a stage."""
    places = [
        one.stage.place for one in question.stages if one.stage.place < question.reading.history.selling and one.stage.in_use
    ]
    if not places:
        return None
    place = first.place if first is not None else places[0]
    found = traits_of(question.reading, place, question.within)
    return traits_shown(question, found, question.reading.stages[place].name, key="traits")


def traits_shown(question: Question, found: Traits, stage: str, *, key: str) -> Figure:
    """Traits as strips and as a table."""
    names = TraitNames()
    affirmed = {trait.field for trait in found.found if trait.value == YES}
    rows = [
        Lift(
            names.of(trait),
            strip.draw(*sorted((trait.lacking_shrunken, trait.having_shrunken)), tone="success" if trait.gap > 0 else "danger"),
            _from_to(trait),
        )
        for trait in found.found
        if trait.is_found and not (trait.value == NO and trait.field in affirmed)
    ][:SHOWN]
    table = [
        [
            Cell(names.of(trait)),
            Cell(f"{words.rate(trait.having.rate)} ({words.count(trait.having.n)})"),
            Cell(f"{words.rate(trait.lacking.rate)} ({words.count(trait.lacking.n)})"),
            _drawn_in(trait),
            Cell(words.points_between(trait.low, trait.high)),
            Cell(typography.number(trait.p, tongue(), places=3), raw=round(trait.p, 4)),
            Cell(gettext("yes") if trait.is_found else gettext("no")),
        ]
        for trait in found.found
    ]
    head = [
        gettext("Known on entering"),
        gettext("Went on with it"),
        gettext("Without"),
        gettext("Difference, drawn in"),
        gettext("Interval"),
        gettext("p"),
        gettext("Kept"),
    ]
    days = words.days(found.horizon_days) if found.horizon_days is not None else "–"
    rules = [
        gettext("Only what was known when the deal entered the stage; of imported deals, what the file said."),
        gettext(
            "Rates are drawn towards the whole’s by what the values differ at all; at most one in ten of "
            "those shown is expected to be chance (Benjamini–Hochberg)."
        ),
    ]
    if found.refused:
        rules.append(
            gettext("Refused, for they tell the outcome too well to have been known before: %(fields)s.")
            % {"fields": ", ".join(names.field(name) for name in found.refused)}
        )
    return Figure(
        key=key,
        title=gettext("What advancing deals share"),
        drawing=Lifts(rows, nothing=_nothing(found)),
        table=Table(head, table),
        definition=Definition(
            basis=gettext(
                "Of the deals that entered %(stage)s in the period at least %(days)s ago, the share that went on "
                "within %(days)s, with and without a trait."
            )
            % {"stage": stage, "days": days},
            period=question.said,
            sample=gettext("%(advanced)s of %(n)s deals went on; %(tried)s values compared.")
            % {"advanced": words.count(found.advanced), "n": words.count(found.n), "tried": words.count(found.tried)},
            interval=gettext("95%, Newcombe’s, of the difference"),
            rules=rules,
        ),
        csv=question.csv(key),
        foot=gettext("Share that went on from %(stage)s within %(days)s, without and with. A link, not yet a cause: test it.")
        % {"stage": stage, "days": days}
        if rows
        else "",
    )


def _drawn_in(trait: Trait) -> Cell:
    gap = trait.having_shrunken - trait.lacking_shrunken
    return Cell(words.points(gap), raw=round(gap, 4))


def _nothing(found: Traits) -> str:
    if not found.n:
        return gettext("No deal of the period has been watched long enough yet.")
    return ngettext(
        "Among %(n)s deal, no trait stands out from chance.", "Among %(n)s deals, no trait stands out from chance.", found.n
    ) % {"n": words.count(found.n)}


def _from_to(trait: Trait) -> str:
    return gettext("%(without)s to %(with)s") % {
        "without": typography.number(round(trait.lacking_shrunken * 100), tongue()),
        "with": words.rate(trait.having_shrunken, 0),
    }


class TraitNames:
    """Fields and values in words, each list asked once."""

    def __init__(self) -> None:
        self.sources = {str(key): name for key, name in Source.objects.values_list("pk", "name")}
        self.products = {str(key): name for key, name in Product.objects.values_list("pk", "name")}
        self.own = {
            f"custom:{key}": label
            for key, label in CustomField.objects.filter(subject=FieldSubject.DEAL).values_list("key", "label")
        }

    def field(self, name: str) -> str:
        known = {
            "source": gettext("Source"),
            "campaign": gettext("Campaign"),
            "product": gettext("Product"),
            "amount": gettext("Amount"),
            "contacts": gettext("Contacts"),
            "decision_maker": gettext("Decision maker"),
            "activities": gettext("Activities"),
        }
        return known.get(name) or self.own.get(name, name)

    def of(self, trait: Trait) -> str:
        return self.said(trait.field, trait.value)

    def said(self, field: str, value: str) -> str:
        """A value of a field."""
        said = {
            ("amount", YES): gettext("Amount known"),
            ("amount", NO): gettext("Amount not known"),
            ("contacts", YES): gettext("Two people or more"),
            ("contacts", NO): gettext("One person or none"),
            ("decision_maker", YES): gettext("Decision maker known"),
            ("decision_maker", NO): gettext("Decision maker not known"),
            ("activities", YES): gettext("Two activities or more done before"),
            ("activities", NO): gettext("Fewer than two activities done before"),
        }.get((field, value))
        if said:
            return said
        told = {"source": self.sources, "product": self.products}.get(field, {}).get(value, value)
        if field in self.own and value in (YES, NO):
            told = gettext("yes") if value == YES else gettext("no")
        return gettext("%(field)s: %(value)s") % {"field": self.field(field), "value": told}
