"""Addresses for coming in and for the keys of one's account.

The sign-in library's pages are listed one by one: what is not here (signing up, several e-mails) does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from allauth.account import views as library
from django.http import HttpRequest, HttpResponseBase
from django.urls import path, re_path

from piste.web.later import Later

from . import sessions, views

if TYPE_CHECKING:
    from allauth.mfa.base import views as factor
    from allauth.mfa.recovery_codes import views as recovery
    from allauth.mfa.totp import views as totp
    from allauth.mfa.webauthn import views as webauthn

    from . import second_factor
else:
    # What checks passkeys is a heavy load for a page that few people see.
    factor = Later("allauth.mfa.base.views")
    recovery = Later("allauth.mfa.recovery_codes.views")
    totp = Later("allauth.mfa.totp.views")
    webauthn = Later("allauth.mfa.webauthn.views")
    second_factor = Later(f"{__package__}.second_factor")

type View = Callable[..., HttpResponseBase]


def honest(view: View) -> View:
    """A form that comes back with errors is answered 422, as everywhere in Piste; the library says 200."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        context: dict[str, Any] = getattr(response, "context_data", None) or {}
        if any(getattr(context.get(name), "errors", None) for name in ("form", "webauthn_form")):
            response.status_code = 422
        return response

    return inner


urlpatterns = [
    path("enter/<str:token>/", views.enter, name="enter"),
    path("join/<str:token>/", views.join, name="join"),
    path("language/", views.language, name="language"),
    path("account/login/", honest(library.login), name="account_login"),
    path("account/logout/", library.logout, name="account_logout"),
    path("account/signup/", library.signup, name="account_signup"),
    path("account/inactive/", library.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", honest(library.reauthenticate), name="account_reauthenticate"),
    path("account/password/change/", honest(library.password_change), name="account_change_password"),
    path("account/password/set/", honest(library.password_set), name="account_set_password"),
    path("account/password/reset/", honest(library.password_reset), name="account_reset_password"),
    path("account/password/reset/done/", library.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^account/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        honest(library.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "account/password/reset/key/done/",
        library.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/sessions/", sessions.places, name="usersessions_list"),
    path("account/sessions/end/", sessions.sign_out_everywhere, name="sign_out_everywhere"),
    path("account/2fa/", factor.index, name="mfa_index"),
    path("account/2fa/authenticate/", honest(second_factor.asked), name="mfa_authenticate"),
    path("account/2fa/reauthenticate/", honest(factor.reauthenticate), name="mfa_reauthenticate"),
    path("account/2fa/totp/activate/", honest(totp.activate_totp), name="mfa_activate_totp"),
    path("account/2fa/totp/deactivate/", honest(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/2fa/recovery-codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/2fa/recovery-codes/generate/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/2fa/recovery-codes/download/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("account/2fa/passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("account/2fa/passkeys/add/", honest(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("account/2fa/passkeys/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("account/2fa/passkeys/reauthenticate/", honest(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("account/2fa/passkeys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("account/2fa/passkeys/<int:pk>/edit/", honest(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
]
