"""Custom fields in forms: one form field a custom field, read back by the same rule as imports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from piste.asking import KeptRecords
from piste.company import fields
from piste.company.fields import BadValue, parse
from piste.company.models import CustomField, FieldKind
from piste.exchange.writing import Value
from piste.web.templatetags.piste import today, tongue

PREFIX = "custom_"


def of(subject: str) -> list[CustomField]:
    """The fields in use on deals, contacts or companies, in order."""
    return _of.records(subject)


@KeptRecords
def _of(subject: str) -> Any:
    return CustomField.objects.filter(subject=subject, retired_at=None).order_by("position", "pk")


class CustomValue(forms.Field):
    """A form field that keeps what the custom field keeps."""

    def __init__(self, field: CustomField, *, required: bool) -> None:
        self.custom = field
        super().__init__(label=field.label, required=required, widget=_widget(field))

    def clean(self, value: Any) -> Any:
        try:
            kept = parse(self.custom, value, language=tongue())
        except BadValue as problem:
            raise ValidationError(sentence(problem)) from problem
        if self.required and kept in (None, "", []):
            raise ValidationError(_("This is needed here."))
        return kept


def _widget(field: CustomField) -> forms.Widget:
    options = [(option, option) for option in field.options]
    match field.kind:
        case FieldKind.LONG_TEXT:
            return forms.Textarea(attrs={"rows": 3})
        case FieldKind.DATE:
            return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        case FieldKind.YES_NO:
            return forms.Select(choices=[("", "—"), ("yes", _("Yes")), ("no", _("No"))])
        case FieldKind.CHOICE:
            return forms.Select(choices=[("", "—"), *options])
        case FieldKind.CHOICES:
            return forms.CheckboxSelectMultiple(choices=options)
        case FieldKind.EMAIL:
            return forms.EmailInput()
        case FieldKind.NUMBER:
            return forms.TextInput(attrs={"inputmode": "decimal"})
        case _:
            return forms.TextInput()


def sentence(problem: BadValue) -> str:
    """What is wrong with a value, and the way out."""
    said = {
        "number": _("“%(value)s” is not a number. For example: 1200 or 12.5."),
        "date": _("“%(value)s” is not a date. For example: 2026-11-26."),
        "choice": _("“%(value)s” is not in the list."),
        "url": _("“%(value)s” is not a web address. For example: https://example.com."),
        "email": _("“%(value)s” is not an e-mail address. For example: name@example.com."),
        "phone": _("“%(value)s” is not a phone number."),
        "yes_no": _("“%(value)s” is neither yes nor no."),
        "too_long": _("“%(value)s…” is too long to be kept here."),
        "characters": _("“%(value)s” holds characters that cannot be kept."),
    }[problem.reason]
    return said % {"value": problem.value}


def add_to(form: forms.Form, fields: Iterable[CustomField], values: Mapping[str, Any], required: Iterable[str] = ()) -> None:
    """Adds the fields to a form, with their present values; `required` are keys."""
    needed = set(required)
    for field in fields:
        made = CustomValue(field, required=field.key in needed)
        made.initial = _initial(field, values.get(field.key))
        form.fields[PREFIX + field.key] = made


def _initial(field: CustomField, value: Any) -> Any:
    """A kept value as its control shows it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.kind == FieldKind.NUMBER and value and tongue() == "fr":
        return str(value).replace(".", ",")
    return value


def values_of(form: forms.Form) -> dict[str, Any]:
    """The custom values a valid form holds, by key."""
    return {name.removeprefix(PREFIX): value for name, value in form.cleaned_data.items() if name.startswith(PREFIX)}


def show(field: CustomField, value: Any) -> str:
    """A value in words of the present request."""
    return fields.show(field, value, tongue(), today=today())


def cell(field: CustomField, kept: Any) -> Value:
    """A value for a file: numbers and days as such, all else in words."""
    if kept in (None, "", []):
        return None
    if field.kind == FieldKind.NUMBER:
        return Decimal(kept)
    return date.fromisoformat(kept) if field.kind == FieldKind.DATE else show(field, kept)
