"""What every answer carries against those who would abuse it."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from tests.cast import PASSWORD, Cast

PAGES = ("/account/login/", "/settings/profile/", "/start/", "/nowhere/")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_framed_by_policies(cast: Cast, path: str) -> None:
    client = Client()
    client.force_login(cast.rosa)
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    for part in ("object-src 'none'", "frame-ancestors 'none'", "base-uri 'self'", "form-action 'self'"):
        assert part in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_cookies_are_for_the_server_alone(cast: Cast) -> None:
    client = Client()
    client.get("/account/login/")
    client.post("/account/login/", {"login": "rosa@piste.example", "password": PASSWORD})
    for name in ("sessionid", "csrftoken"):
        cookie = client.cookies[name]
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name


@override_settings(SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True)
def test_under_https_cookies_travel_only_there(cast: Cast) -> None:
    client = Client()
    client.get("/account/login/", secure=True)
    client.post("/account/login/", {"login": "rosa@piste.example", "password": PASSWORD}, secure=True)
    assert client.cookies["sessionid"]["secure"]
    assert client.cookies["csrftoken"]["secure"]


def test_the_session_is_a_new_one_after_signing_in(cast: Cast) -> None:
    client = Client()
    client.cookies["sessionid"] = "chosenbysomebodyelse0000000000000"
    client.post("/account/login/", {"login": "rosa@piste.example", "password": PASSWORD})
    assert client.cookies["sessionid"].value != "chosenbysomebodyelse0000000000000"


@pytest.mark.parametrize(
    "path", ["/account/login/", "/account/logout/", "/settings/profile/", "/language/", "/enter/x/", "/join/x/"]
)
def test_a_form_of_another_site_is_refused(cast: Cast, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.rosa)
    assert client.post(path, {}).status_code == 403


def test_what_a_member_saw_is_not_for_shared_caches(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.rosa)
    assert "private" in client.get("/settings/profile/").headers["Cache-Control"]
