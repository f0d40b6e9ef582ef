"""A form with one field of each kind, to show them at rest and refused."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SampleForm(forms.Form):
    """Every kind of control a form may hold."""

    company = forms.CharField(label=_("Company"), max_length=200)
    amount = forms.IntegerField(label=_("Amount"), help_text=_("In euros, before tax."), widget=forms.TextInput())
    expected = forms.DateField(label=_("Expected close"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    stage = forms.ChoiceField(label=_("Stage"), choices=[("1", _("Prospecting")), ("2", _("Qualification"))])
    why = forms.CharField(label=_("Why"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    told = forms.BooleanField(label=_("Tell the team"), required=False)
    reason = forms.ChoiceField(
        label=_("Reason"), choices=[("price", _("Price")), ("none", _("No answer"))], widget=forms.RadioSelect()
    )


def plain() -> SampleForm:
    """The form at rest."""
    return SampleForm(initial={"company": "Scierie Mathern", "reason": "price"}, prefix="plain")


def faulty() -> SampleForm:
    """The form after it was refused."""
    return SampleForm({"faulty-amount": "12 OOO", "faulty-expected": "2026-13-40"}, prefix="faulty")
