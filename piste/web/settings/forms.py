"""Forms of the settings pages."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from piste.company.models import CustomField, FieldKind, FieldSubject, Member, Role, Sees, Team
from piste.foundations.money import BadAmount, to_minor
from piste.foundations.typography import hour_said
from piste.web.account.forms import LANGUAGES
from piste.web.board.forms import NumberField
from piste.web.parts.name_field import name_field
from piste.web.start.regions import LongSelect, country_choices, currency_choices, zone_choices
from piste.web.templatetags.piste import tongue

#: Stands for no reminder and no letter.
NEVER = "never"
#: Hours at which a morning letter may come.
MORNINGS = ("06:00", "07:00", "07:30", "08:00", "08:30", "09:00", "10:00", "12:00")
THEMES = [("system", _("As my device")), ("light", _("Light")), ("dark", _("Dark"))]


class _Regional(forms.Form):
    """A form whose countries, currencies and zones are named in the reader's language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = tongue()
        named = {"country": country_choices(language), "currency": currency_choices(language), "time_zone": zone_choices()}
        for name, choices in named.items():
            if name in self.fields:
                present = self.initial.get(name)
                known = present is None or any(present == code for code, _name in choices)
                self.fields[name].choices = choices if known else [(present, present), *choices]  # type: ignore[attr-defined]


class ProfileForm(_Regional):
    """What a member says of themselves."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), widget=LongSelect)
    theme = forms.ChoiceField(label=_("Theme"), choices=THEMES)
    single_keys = forms.BooleanField(
        label=_("Single-key shortcuts"),
        required=False,
        help_text=_("N for a new deal, Z to undo. Turn them off if they get in your way."),
    )
    remind_minutes = forms.TypedChoiceField(
        label=_("Remind me of a step that has an hour"), coerce=lambda text: None if text == NEVER else int(text)
    )
    remind_by_mail = forms.BooleanField(
        label=_("Also by e-mail"), required=False, help_text=_("On the page you have open you are reminded in any case.")
    )
    digest_at = forms.TypedChoiceField(
        label=_("Morning letter"),
        coerce=lambda text: None if text == NEVER else time.fromisoformat(text),
        help_text=_("By e-mail on your working days: what is overdue, what is for today, who waits for a first contact."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        minutes = [(0, _("At its hour")), (10, _("10 minutes before")), (30, _("30 minutes before")), (60, _("1 hour before"))]
        zone, some_day = ZoneInfo("UTC"), datetime(2027, 1, 4, tzinfo=UTC)
        hours = [time.fromisoformat(hour) for hour in MORNINGS]
        said = [(hour.isoformat("minutes"), hour_said(datetime.combine(some_day, hour, zone), tongue(), zone)) for hour in hours]
        self.fields["remind_minutes"].choices = [(NEVER, _("Never")), *minutes]  # type: ignore[attr-defined]
        self.fields["digest_at"].choices = [(NEVER, _("None")), *said]  # type: ignore[attr-defined]
        chosen = self.initial.get("digest_at")
        self.initial["digest_at"] = chosen.isoformat("minutes") if chosen else NEVER
        if self.initial.get("remind_minutes") is None:
            self.initial["remind_minutes"] = NEVER


class CompanyForm(_Regional):
    """What the company says of itself."""

    name = name_field(_("Company"), 120)
    language = forms.ChoiceField(
        label=_("Language"), choices=LANGUAGES, help_text=_("For letters to people who have not chosen theirs yet.")
    )
    country = forms.ChoiceField(label=_("Country"), widget=LongSelect, help_text=_("For public holidays and phone numbers."))
    currency = forms.ChoiceField(
        label=_("Currency"), widget=LongSelect, help_text=_("Proposed for new deals; those that exist keep theirs.")
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), widget=LongSelect)
    fiscal_year_month = forms.TypedChoiceField(
        label=_("First month of the fiscal year"), coerce=int, choices=list(MONTHS.items())
    )


class RightsForm(forms.Form):
    """Role, view and team of a member or an invitation."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=Role.choices,
        help_text=_("A rep works on deals; a manager also changes the process and the lists; an admin also the company."),
    )
    sees = forms.ChoiceField(label=_("Sees"), choices=Sees.choices, initial=Sees.TEAM, help_text=_("An admin sees all deals."))
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.all(), required=False)


class InvitationForm(RightsForm):
    """Whom to invite."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    field_order = ("email", "role", "sees", "team")


class MemberForm(RightsForm):
    """A member as an admin changes them."""

    name = name_field(_("Name"), 120)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    deals_follow = forms.BooleanField(
        label=_("Their deals follow into a new team"),
        required=False,
        help_text=_("Otherwise the deals stay with the team they have."),
    )
    field_order = ("name", "email", "role", "sees", "team", "deals_follow")


class LeavingForm(forms.Form):
    """Who takes the deals of a member who leaves."""

    successor = forms.ModelChoiceField(label=_("Who takes their deals?"), queryset=Member.objects.none(), required=False)

    def __init__(self, leaver: Member, *args: Any, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needed:
            del self.fields["successor"]
            return
        field = self.fields["successor"]
        field.queryset = Member.objects.active().exclude(pk=leaver.pk).order_by("name")  # type: ignore[attr-defined]
        field.required = True


class NameForm(forms.Form):
    """One name: a team, a source, a reason, a tag."""

    name = name_field(_("Name"), 60)


class LongNameForm(forms.Form):
    """A loss reason may be a few words more."""

    name = name_field(_("Name"), 120)


class ProductForm(_Regional):
    """A product and its list price."""

    name = name_field(_("Name"), 160)
    code = forms.CharField(label=_("Code"), max_length=60, required=False)
    price = NumberField(label=_("Price"), required=False, help_text=_("Empty when each sale is quoted."))
    currency = forms.ChoiceField(label=_("Currency"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        price: Decimal | None = cleaned.pop("price", None)
        try:
            cleaned["price_minor"] = None if price is None else to_minor(price, cleaned.get("currency", "EUR"))
        except BadAmount as problem:
            said = {
                "decimals": _("This currency does not have that many decimals."),
                "too_large": _("This price is too large to be kept."),
            }
            self.add_error("price", said.get(problem.reason, _("This price cannot be read.")))
        if price is not None and price < 0:
            self.add_error("price", _("A price is not below zero: take a discount off in the deal instead."))
        return cleaned


class _ChoicesForm(forms.Form):
    """Choices, one a line."""

    options = forms.CharField(
        label=_("Choices"), required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("One a line."), max_length=5000
    )

    def clean_options(self) -> list[str]:
        return [line for line in self.cleaned_data["options"].splitlines() if line.strip()]


class CustomFieldForm(_ChoicesForm):
    """A fact the company chooses to keep."""

    label = name_field(_("Name"), 80)
    subject = forms.ChoiceField(label=_("On"), choices=FieldSubject.choices)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=FieldKind.choices,
        help_text=_("It cannot be changed later: what is written must keep its sense."),
    )
    field_order = ("label", "subject", "kind", "options")


class FieldForm(_ChoicesForm):
    """Another name or other choices for a custom field."""

    label = name_field(_("Name"), 80)
    field_order = ("label", "options")

    def __init__(self, field: CustomField, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field.kind not in (FieldKind.CHOICE, FieldKind.CHOICES):
            del self.fields["options"]
