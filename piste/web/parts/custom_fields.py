"""Custom fields in forms: one form field a custom field, read back by the same rule as imports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from piste.company.fields import BadValue, parse
from piste.company.models import CustomField, FieldKind
from piste.foundations import typography
from piste.web.templatetags.piste import today, tongue

PREFIX = "custom_"


def of(subject: str) -> list[CustomField]:
    """The fields in use on deals, contacts or companies, in order."""
    return list(CustomField.objects.filter(subject=subject, retired_at=None).order_by("position", "pk"))


class CustomValue(forms.Field):
    """A form field that keeps what the custom field keeps."""

    def __init__(self, field: CustomField, *, required: bool) -> None:
        self.custom = field
        super().__init__(label=field.label, required=required, widget=_widget(field))

    def clean(self, value: Any) -> Any:
        try:
            kept = parse(self.custom, value)
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
    }[problem.reason]
    return said % {"value": problem.value}


def add_to(form: forms.Form, fields: Iterable[CustomField], values: Mapping[str, Any], required: Iterable[str] = ()) -> None:
    """Adds the fields to a form, with their present values; `required` are keys."""
    needed = set(required)
    for field in fields:
        made = CustomValue(field, required=field.key in needed)
        value = values.get(field.key)
        made.initial = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
        form.fields[PREFIX + field.key] = made


def values_of(form: forms.Form) -> dict[str, Any]:
    """The custom values a valid form holds, by key."""
    return {name.removeprefix(PREFIX): value for name, value in form.cleaned_data.items() if name.startswith(PREFIX)}


def show(field: CustomField, value: Any) -> str:
    """A value in words."""
    if value in (None, "", []):
        return ""
    match field.kind:
        case FieldKind.YES_NO:
            return _("Yes") if value else _("No")
        case FieldKind.DATE:
            return typography.day(date.fromisoformat(value), tongue(), today=today())
        case FieldKind.NUMBER:
            decimal = Decimal(value)
            places = max(0, -int(decimal.as_tuple().exponent))
            return typography.number(float(decimal), tongue(), places=places)
        case FieldKind.CHOICES:
            return ", ".join(value)
        case _:
            return str(value)
