"""The second factor, by what the person has: codes of an app, recovery codes, passkeys."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base import forms as factor
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

from .forms import say


def ask_code(form: forms.Form, label: Any) -> None:
    say(form, code=label)
    form.fields["code"].widget.attrs |= {"inputmode": "numeric", "autofocus": True, "autocomplete": "one-time-code"}


class CodeForm(factor.AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_code(self, _("Code of your app, or a recovery code"))
        # Recovery codes may hold letters.
        self.fields["code"].widget.attrs.pop("inputmode")


class ConfirmCodeForm(factor.ReauthenticateForm):  # type: ignore[misc]
    """A code, before the keys of the account are touched."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_code(self, _("Code of your app, or a recovery code"))
        self.fields["code"].widget.attrs.pop("inputmode")


class ActivateForm(totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_code(self, _("Code shown by the app"))


class PasskeyForm(webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """A passkey's name, and whether it is enough by itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self, name=_("Name of the passkey"), passwordless=_("Enough by itself, without e-mail and password"))
        self.fields["name"].required = True
        self.fields["name"].max_length = 100
        self.fields["passwordless"].initial = True


class PasskeyNameForm(webauthn.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say(self, name=_("Name of the passkey"))


class SecondFactor(AuthenticateView):  # type: ignore[misc]
    """The page after the password; a passkey is offered to those who have one."""

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        has_passkey = is_mfa_enabled(self.stage.login.user, [Authenticator.Type.WEBAUTHN])
        return {**super().get_context_data(**given), "has_passkey": has_passkey}


asked = SecondFactor.as_view()
