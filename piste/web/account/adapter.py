"""What Piste decides for the sign-in library."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from piste.company import operations
from piste.company.models import Member

log = logging.getLogger(__name__)

#: What the library tells of, as the journal says it.
VERBS = {
    "mfa/email/totp_activated": "member.second_factor_added",
    "mfa/email/totp_deactivated": "member.second_factor_removed",
    "mfa/email/webauthn_added": "member.passkey_added",
    "mfa/email/webauthn_removed": "member.passkey_removed",
    "mfa/email/recovery_codes_generated": "member.recovery_codes_made",
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: one is invited. What changes an account is in the journal."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This e-mail and this password do not go together. Check both, or choose a new password."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your present password."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, or choose a new password."),
        "rate_limited": _("Too many attempts. Wait a minute."),
        "invalid_password_reset": _("This link no longer works: ask for another one."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: Member, password: str) -> None:
        operations.set_password(member=user, password=password, at=timezone.now())

    def post_login(self, request: HttpRequest, user: Member, **given: Any) -> HttpResponse:
        """The end of every sign-in but the one-time link's."""
        operations.note(member=user, verb="member.signed_in", by=user, at=timezone.now())
        response: HttpResponse = super().post_login(request, user, **given)
        return response

    def send_notification_mail(self, template_prefix: str, user: Member, *args: Any, **kwargs: Any) -> None:
        """Called by the library after each change of how one signs in: written down, and told where mail goes out."""
        verb = VERBS.get(template_prefix)
        if verb is not None:
            operations.note(member=user, verb=verb, by=user, at=timezone.now())
        if settings.MAIL_GOES_OUT:
            super().send_notification_mail("account/email/changed", user, *args, **kwargs)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that does not answer is the installer's to see, not a reason to fail the page."""
        try:
            super().send_mail(template_prefix, email, context)
        except OSError:
            log.exception("A mail could not be sent: is PISTE_SMTP_URL right?")


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Words of the second factor."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right. It changes every thirty seconds: take the present one."),
    }

    def get_totp_issuer(self) -> str:
        return "Piste"
