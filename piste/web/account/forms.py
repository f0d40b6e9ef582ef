"""The sign-in library's forms in our words."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from piste.company.models import Member

LANGUAGES = (("fr", "Français"), ("en", "English"))


def say(form: forms.Form, **labels: Any) -> None:
    """Gives fields our labels; no placeholder repeats a label."""
    for name, label in labels.items():
        if name in form.fields:
            field = form.fields[name]
            field.label = label
            field.help_text = ""
            field.widget.attrs.pop("placeholder", None)


class SignInForm(account.LoginForm):  # type: ignore[misc]
    """E-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self, login=_("E-mail"), password=_("Password"))
        self.fields["login"].widget.attrs["autofocus"] = True


class ConfirmForm(account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before the keys of the account are touched."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self, password=_("Password"))


class ChangePasswordForm(account.ChangePasswordForm):  # type: ignore[misc]
    """The present password and, twice, the new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self, oldpassword=_("Present password"), password1=_("New password"), password2=_("New password, once more"))
        self.fields["password1"].help_text = _("At least ten characters.")


class SetPasswordForm(account.SetPasswordForm):  # type: ignore[misc]
    """A first password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self, password1=_("New password"), password2=_("New password, once more"))
        self.fields["password1"].help_text = _("At least ten characters.")


class NewPasswordForm(account.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, twice, for whoever holds the mailed link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self, password1=_("New password"), password2=_("New password, once more"))
        self.fields["password1"].help_text = _("At least ten characters.")


class ForgottenForm(account.ResetPasswordForm):  # type: ignore[misc]
    """Where to send the link for a new password; the page says so where no mail goes out."""

    mail_goes_out: bool = settings.MAIL_GOES_OUT

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self, email=_("E-mail"))


class JoinForm(forms.Form):
    """What an invited person says of themselves."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, Member(name=self.data.get("name", ""), email=self.email))
        return password
