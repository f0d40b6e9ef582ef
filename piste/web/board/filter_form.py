"""The filter and the order of deals as an address says them: the same words for board, list and export."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from piste.company.models import CustomField, FieldKind, FieldSubject
from piste.deals.models import Status
from piste.deals.queries.board import ORDERS
from piste.deals.queries.custom import CustomWanted
from piste.deals.queries.filtering import LATER, MOST_DAYS, NONE, OVERDUE, ROTTING, STALLING, TODAY, Filter
from piste.web.parts import custom_fields

from .forms import IdsField, NumberField

CUSTOM = "f_"
FROM, TO = ".from", ".to"
RANGES = (FieldKind.NUMBER, FieldKind.DATE)
SEVERAL = (FieldKind.CHOICE, FieldKind.CHOICES)
UNREADABLE_DAY = _("This is not a day: write it like 2027-01-04.")


class WordsField(forms.Field):
    """Words of a list given several times in an address; `known` are those it may hold, any when None."""

    widget = forms.SelectMultiple

    def __init__(self, known: Iterable[str] | None, **more: Any) -> None:
        self.known = None if known is None else frozenset(known)
        super().__init__(required=False, **more)

    def to_python(self, value: Any) -> tuple[str, ...]:
        given = tuple(sorted({str(item)[:120] for item in value or () if str(item).strip()}))
        if self.known is not None and not self.known.issuperset(given):
            raise forms.ValidationError(_("This filter names something unknown; choose from the list."))
        return given


class DaysField(forms.IntegerField):
    """A whole number of days."""

    def __init__(self) -> None:
        said = _("This is not a number of days: write it like 30.")
        errors = {"invalid": said, "min_value": said, "max_value": said}
        super().__init__(required=False, min_value=0, max_value=MOST_DAYS, error_messages=errors)


def _day() -> forms.DateField:
    return forms.DateField(required=False, input_formats=["%Y-%m-%d"], error_messages={"invalid": UNREADABLE_DAY})


class FilterForm(forms.Form):
    """Every part may be left out. `f_size` asks for a custom field, `f_size.from` and `f_size.to` for its bounds."""

    owner = IdsField(required=False)
    team = IdsField(required=False)
    source = IdsField(required=False)
    tag = IdsField(required=False)
    product = IdsField(required=False)
    stage = IdsField(required=False)
    status = WordsField(Status.values)
    step = WordsField((OVERDUE, TODAY, LATER, NONE))
    least = NumberField(required=False)
    most = NumberField(required=False)
    after = _day()
    before = _day()
    undated = forms.BooleanField(required=False)
    pace = forms.ChoiceField(required=False, choices=[("", ""), (STALLING, ""), (ROTTING, "")])
    days = DaysField()
    quiet = DaysField()
    q = forms.CharField(required=False, max_length=120)
    sort = forms.ChoiceField(required=False, choices=[("", ""), *((name, "") for name in ORDERS)])

    def __init__(self, asked: Any) -> None:
        super().__init__(asked)
        for key in self.asked_keys:
            self.add(self.own_fields.get(key) or CustomField(key=key, label=key, kind=FieldKind.TEXT))

    @cached_property
    def asked_keys(self) -> list[str]:
        """The keys of the custom fields that the address speaks of."""
        given = {name[len(CUSTOM) :].removesuffix(FROM).removesuffix(TO) for name in self.data if name.startswith(CUSTOM)}
        return sorted(given)[:20]

    @cached_property
    def own_fields(self) -> dict[str, CustomField]:
        """The custom fields that the address speaks of, by key, even those out of use; no statement when there is none."""
        if not self.asked_keys:
            return {}
        found = CustomField.objects.filter(subject=FieldSubject.DEAL, key__in=self.asked_keys)
        return {field.key: field for field in found}

    def add(self, field: CustomField) -> None:
        """Makes the form read what an address says of a custom field."""
        name = CUSTOM + field.key
        match field.kind:
            case FieldKind.NUMBER:
                made: dict[str, forms.Field] = {name + FROM: NumberField(required=False), name + TO: NumberField(required=False)}
            case FieldKind.DATE:
                made = {name + FROM: _day(), name + TO: _day()}
            case FieldKind.CHOICE | FieldKind.CHOICES:
                made = {name: WordsField(None)}
            case FieldKind.YES_NO:
                made = {name: WordsField(("yes", "no"))}
            case _:
                made = {name: forms.CharField(required=False, max_length=120)}
        self.fields.update(made)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        ranges = [(name, name.removesuffix(FROM) + TO) for name in self.fields if name.endswith(FROM)]
        for low, high in (("least", "most"), ("after", "before"), *ranges):
            first, last = found.get(low), found.get(high)
            if first is not None and last is not None and first > last:
                self.add_error(high, _("The end comes before the beginning: exchange the two."))
        return found

    @property
    def order(self) -> str:
        return self.cleaned_data.get("sort") or "step"

    @cached_property
    def wanted(self) -> Filter:
        """The filter asked for; parts that could not be read are left out."""
        found = self.cleaned_data
        return Filter(
            owners=found.get("owner") or (),
            teams=found.get("team") or (),
            sources=found.get("source") or (),
            tags=found.get("tag") or (),
            products=found.get("product") or (),
            stages=found.get("stage") or (),
            statuses=found.get("status") or (),
            steps=found.get("step") or (),
            amount_from=found.get("least"),
            amount_to=found.get("most"),
            closes_from=found.get("after"),
            closes_until=found.get("before"),
            closes_missing=found.get("undated") or False,
            pace=found.get("pace") or "",
            stage_days=found.get("days"),
            quiet_days=found.get("quiet"),
            text=found.get("q") or "",
            custom=tuple(one for key in self.asked_keys if (one := self._custom(key)) is not None),
        )

    def _custom(self, key: str) -> CustomWanted | None:
        """What is asked of one custom field; None when nothing could be read."""
        field, found, name = self.own_fields.get(key), self.cleaned_data, CUSTOM + key
        kind = field.kind if field is not None else FieldKind.TEXT
        if kind in RANGES:
            least, most = found.get(name + FROM), found.get(name + TO)
            return None if least is None and most is None else CustomWanted(key, kind, (), least, most)
        said = found.get(name)
        values = (said,) if isinstance(said, str) and said else said or ()
        return CustomWanted(key, kind, tuple(values)) if values else None


def custom_said(form: FilterForm, wanted: CustomWanted) -> tuple[str, str]:
    """A custom condition in words: the label of its field, and what is asked of it."""
    field = form.own_fields.get(wanted.key) or CustomField(key=wanted.key, label=wanted.key, kind=FieldKind.TEXT)
    if wanted.kind in RANGES:
        return field.label, between(*(_bound_said(field, value) for value in (wanted.least, wanted.most)))
    if wanted.kind == FieldKind.YES_NO:
        return field.label, ", ".join(custom_fields.show(field, value == "yes") for value in wanted.values)
    return field.label, ", ".join(wanted.values)


def between(low: str, high: str) -> str:
    """Bounds in words, of which one may be missing."""
    if low and high:
        return f"{low} – {high}"
    return f"≥ {low}" if low else f"≤ {high}"


def _bound_said(field: CustomField, value: Any) -> str:
    if value is None:
        return ""
    return custom_fields.show(field, f"{value:f}" if isinstance(value, Decimal) else value.isoformat())
