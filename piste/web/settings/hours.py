"""When one works, and how soon a prospect is first met: of the company, and one's own hours where they differ."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from piste.company import operations
from piste.company.models import Settings
from piste.web.access import MemberRequest, admin_view, member_view

NOT_AN_HOUR = gettext_lazy("This is not an hour: write it like 14:30.")


def _hour(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    said = {"invalid": NOT_AN_HOUR}
    return forms.TimeField(label=label, required=False, input_formats=["%H:%M", "%H:%M:%S"], widget=widget, error_messages=said)


class HoursForm(forms.Form):
    """Days and hours of work; left empty in one's own profile, those of the company."""

    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Days worked"),
        required=False,
        choices=[(str(day), name) for day, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    opens = _hour(gettext_lazy("From"))
    closes = _hour(gettext_lazy("Until"))

    def __init__(self, data: Any = None, *, of: Any, **wishes: Any) -> None:
        wishes["initial"] = {"weekdays": list(of.weekdays), "opens": of.opens, "closes": of.closes} | wishes.get("initial", {})
        super().__init__(data, auto_id="hours_%s", **wishes)

    def clean_weekdays(self) -> str:
        return "".join(sorted(self.cleaned_data["weekdays"]))

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        opens, closes = found.get("opens"), found.get("closes")
        if not {"opens", "closes"} & set(self.errors):
            if (opens is None) != (closes is None):
                self.add_error("closes" if closes is None else "opens", _("Say both hours, or none."))
            elif opens is not None and closes is not None and closes <= opens:
                self.add_error("closes", _("The day ends after it begins: choose a later hour."))
        return found

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("weekdays", "opens", "closes")}


class CompanyHoursForm(HoursForm):
    """The company's days and hours, all of them needed."""

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if not found.get("weekdays"):
            self.add_error("weekdays", _("At least one day: clocks would never end."))
        if found.get("opens") is None and "opens" not in self.errors:
            self.add_error("opens", _("When does the day begin?"))
        return found


def company_form(settings: Settings, data: Any = None) -> CompanyHoursForm:
    return CompanyHoursForm(data, of=settings)


@admin_view
def company_hours(request: MemberRequest) -> HttpResponse:
    """The company's working time."""
    settings = get_object_or_404(Settings, pk=1)
    form = company_form(settings, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        operations.amend_settings(facts=form.facts, by=request.user, at=request.now)
        messages.success(request, _("The settings are saved."))
        return redirect("company_hours")
    context = {"form": form, "section": "settings", "place": "company_hours", "back": "company_settings"}
    return render(request, "settings/hours.html", context, status=422 if form.errors else 200)


@member_view
def own_hours(request: MemberRequest) -> HttpResponse:
    """One's own working time, where it differs from the company's."""
    form = HoursForm(request.POST if request.method == "POST" else None, of=request.user)
    if request.method == "POST" and form.is_valid():
        operations.amend_member(member=request.user, facts=form.facts, by=request.user, at=request.now)
        messages.success(request, _("Your profile is saved."))
        return redirect("own_hours")
    context = {"form": form, "section": "settings", "place": "own_hours", "back": "profile", "is_own": True}
    return render(request, "settings/hours.html", context, status=422 if form.errors else 200)
