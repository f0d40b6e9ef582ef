"""What is filled in about targets: one, or a year of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from piste.catalogue.models import Product
from piste.company.models import Member, Role, Sees, Team
from piste.forecasting.models import Measure, Target, Whose
from piste.forecasting.queries import targets
from piste.forecasting.rules import MOST_WINS, Goal, Key, within
from piste.foundations import typography
from piste.foundations.calendar import Period, Span, period
from piste.foundations.figures import read_number
from piste.foundations.money import BadAmount, to_decimal, to_minor
from piste.web.board.forms import NumberField
from piste.web.templatetags.piste import tongue

from .asking import Look

#: Rows of the grid of a year on one page: twelve fields each, and a form holds a thousand.
ROWS = 50


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody or something that may have a target."""

    whose: str
    id: int
    name: str

    @property
    def key(self) -> str:
        return f"{self.whose}-{self.id}"


def subjects(look: Look, *, products: bool = True) -> list[Subject]:
    """Those whose targets the member may set, the company first."""
    by = look.request.user
    found = [Subject(Whose.COMPANY, 0, look.company.name)] if by.sees_all else []
    team = by.team_id if by.sight == Sees.TEAM else None
    teams = Team.objects.all() if by.sees_all else Team.objects.filter(pk=team or 0)
    found += [Subject(Whose.TEAM, key, name) for key, name in teams.values_list("pk", "name")]
    people = Member.objects.active().order_by("name")
    if not by.sees_all:
        people = people.filter(team_id=team) if team is not None else people.filter(email=by.email)
    known = {row.subject_id for row in look.rows.values() if row.whose == Whose.REP}
    found += [Subject(Whose.REP, one.pk, one.name) for one in people if one.role == Role.REP or one.pk in known]
    if products and by.sees_all:
        goods = Product.objects.filter(retired_at=None).order_by("name")
        found += [Subject(Whose.PRODUCT, key, name) for key, name in goods.values_list("pk", "name")]
    return found


def read_value(value: Decimal | None, measure: str, currency: str) -> int | None:
    """What was typed as it is kept. Raises `ValidationError`."""
    if value is None:
        return None
    if value < 0:
        raise forms.ValidationError(gettext("A target is not below zero."))
    if measure == Measure.WINS:
        if value != value.to_integral_value() or value > MOST_WINS:
            raise forms.ValidationError(gettext("A whole number of wins, a million at most."))
        return int(value)
    try:
        return to_minor(value, currency)
    except BadAmount as problem:
        said = {
            "too_large": gettext("This amount is too large to be kept."),
            "decimals": gettext("This amount has more decimals than its currency."),
        }
        raise forms.ValidationError(said.get(problem.reason, gettext("This is not an amount: write it like 12500."))) from problem


def written(value: int | None, measure: str, currency: str) -> str:
    """A target as a field shows it: the number alone."""
    if value is None:
        return ""
    if measure == Measure.WINS:
        return typography.number(value, tongue())
    amount = to_decimal(value, currency)
    places = 0 if amount == amount.to_integral_value() else -int(amount.as_tuple().exponent)
    return typography.number(amount, tongue(), places=places)


class TargetForm(forms.Form):
    """One target; nothing as its value takes it back, where the form was opened on that target and shows it."""

    who = forms.ChoiceField(label=gettext_lazy("Whose"))
    value = NumberField(label=gettext_lazy("Target"), required=False)
    why = forms.CharField(
        label=gettext_lazy("Why?"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("It stays in the history of the targets."),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0, max_value=2**62)

    def __init__(self, look: Look, data: QueryDict | None = None, who: str = "") -> None:
        self.look = look
        self.subjects = {one.key: one for one in subjects(look)}
        self.opened = who
        known = look.rows.get(self._key(self.subjects[who])) if who in self.subjects else None
        value = known.value if known is not None else None
        initial = {"who": who, "value": written(value, look.measure, look.currency), "seen": last_row(look)}
        super().__init__(data, initial=initial, auto_id="target_%s")
        field: Any = self.fields["who"]
        field.choices = [(one.key, one.name) for one in self.subjects.values()]
        if known is not None:
            self.fields["value"].help_text = gettext("Leave it empty to take the target back.")
        if look.is_money:
            self.fields["value"].label = gettext("Target, %(currency)s") % {"currency": look.currency}
        else:
            self.fields["value"].label = gettext("Target, wins")

    def _key(self, one: Subject) -> Key:
        return Key(one.whose, one.id, int(self.look.period.span), self.look.period.first, self.look.measure)

    def clean_value(self) -> int | None:
        found = read_value(self.cleaned_data["value"], self.look.measure, self.look.currency)
        if found is None and self.cleaned_data.get("who") != self.opened:
            raise forms.ValidationError(gettext("Write the target. To take one back, open it from its own line."))
        return found

    @property
    def goal(self) -> Goal:
        return Goal(self._key(self.subjects[self.cleaned_data["who"]]), self.cleaned_data["value"])


def last_row(look: Look) -> int:
    """The number of the last target that the page knows of."""
    return max((row.pk for row in look.rows.values()), default=0)


@dataclass(frozen=True, slots=True)
class Box:
    """A field of the grid."""

    name: str
    value: str
    label: str
    problem: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the grid: twelve months and their sum."""

    name: str
    boxes: Sequence[Box]
    sum: str


class YearGrid:
    """The twelve months of a fiscal year by who has targets; `data` is what was sent, None for what is in force."""

    def __init__(self, look: Look, data: QueryDict | None = None) -> None:
        self.look, self.data = look, data
        self.year = period(Span.YEAR, look.period.first, year_starts=look.company.fiscal_year_month)
        self.months: list[Period] = within(self.year, Span.MONTH)
        self.rows_in_force = targets.in_force(look.pipeline, targets.firsts_of(self.year), look.request.user)
        pages = Paginator(subjects(look), ROWS)
        self.page: Page[Subject] = pages.get_page(look.request.GET.get("page"))
        self.problems: dict[str, str] = {}
        self.goals: list[Goal] = []

    @property
    def seen(self) -> str:
        if self.data is not None:
            return self.data.get("seen", "")
        return str(max((row.pk for row in self.rows_in_force.values()), default=0))

    @property
    def why(self) -> str:
        return (self.data.get("why", "") if self.data is not None else "").strip()[:300]

    def is_valid(self) -> bool:
        """Reads every field that was sent; what cannot be read is said at its place."""
        assert self.data is not None
        for one in self.page.object_list:
            for month in self.months:
                name = _name(one, month.first)
                if name not in self.data:
                    continue
                try:
                    self.goals.append(Goal(self._key(one, month.first), self._read(str(self.data[name]))))
                except forms.ValidationError as problem:
                    self.problems[name] = problem.messages[0]
        return not self.problems

    def _read(self, text: str) -> int | None:
        if not text.strip():
            return None
        try:
            value = read_number(text[:60], tongue())
        except ValueError as problem:
            raise forms.ValidationError(gettext("This is not an amount: write it like 12500.")) from problem
        return read_value(value, self.look.measure, self.look.currency)

    def _key(self, one: Subject, first: date) -> Key:
        return Key(one.whose, one.id, int(Span.MONTH), first, self.look.measure)

    def rows(self) -> list[Row]:
        """The lines as they are shown, with what was sent where there is something."""
        found = []
        for one in self.page.object_list:
            boxes, total, several = [], 0, False
            for month in self.months:
                row: Target | None = self.rows_in_force.get(self._key(one, month.first))
                value = row.value if row is not None else None
                total, several = total + (value or 0), several or value is not None
                name = _name(one, month.first)
                said = typography.months(month.first, month.first, tongue())
                shown = written(value, self.look.measure, self.look.currency)
                sent = self.data.get(name, shown) if self.data is not None else shown
                boxes.append(Box(name, sent, f"{one.name}, {said}", self.problems.get(name, "")))
            found.append(Row(one.name, boxes, self.look.worth(total) if several else "–"))
        return found


def _name(one: Subject, first: date) -> str:
    return f"{one.key}-{first.isoformat()}"
