"""Coming in: password, links, second factor, and everything that must not open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from piste.company import operations
from piste.company.models import Member
from piste.journal.models import Entry
from tests.cast import PASSWORD, Cast

LOGIN = "/account/login/"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> int:
    return client.post(LOGIN, {"login": email, "password": password} | more).status_code


def is_in(client: Client) -> bool:
    return client.get("/settings/profile/").status_code == 200


def code() -> str:
    return format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))))


def test_the_right_password_opens_and_is_written_down(cast: Cast) -> None:
    client = Client()
    assert sign_in(client, "Rosa@Piste.example") == 302
    assert is_in(client)
    assert Entry.objects.get().verb == "member.signed_in"
    assert client.post("/account/logout/").status_code == 302
    assert not is_in(client)


@pytest.mark.parametrize(
    ("email", "password"),
    [("rosa@piste.example", "wrong"), ("nobody@piste.example", PASSWORD), ("lea@piste.example", "wrong"), ("", "")],
)
def test_the_wrong_one_is_refused_in_the_same_words(cast: Cast, email: str, password: str) -> None:
    client = Client()
    page = client.post(LOGIN, {"login": email, "password": password})
    assert page.status_code == 422
    if email:
        assert "do not go together" in page.text
    assert not is_in(client)


def test_who_left_does_not_come_in(cast: Cast) -> None:
    client = Client()
    page = client.post(LOGIN, {"login": "lea@piste.example", "password": PASSWORD}, follow=True)
    assert not is_in(client)
    assert "Your access has ended" in page.text


def test_guessing_is_slowed_down(cast: Cast) -> None:
    client = Client()
    for _ in range(5):
        sign_in(client, "rosa@piste.example", "wrong")
    page = client.post(LOGIN, {"login": "rosa@piste.example", "password": PASSWORD})
    assert page.status_code == 422
    assert "Too many attempts" in page.text


def test_many_requests_from_one_place_are_answered_429(cast: Cast) -> None:
    client = Client()
    answers = [sign_in(client, f"nobody{number}@piste.example") for number in range(31)]
    assert answers[-1] == 429


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/settings/profile/", "/settings/profile/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\\evil.example", "/"),
    ],
)
def test_next_stays_in_the_house(cast: Cast, wanted: str, reached: str) -> None:
    client = Client()
    answer = client.post(LOGIN, {"login": "rosa@piste.example", "password": PASSWORD, "next": wanted})
    assert answer.headers["Location"] == reached
    back = Client().post("/language/", {"language": "fr", "next": wanted}).headers["Location"]
    assert back == (wanted if wanted == reached else "/account/login/")


def test_nobody_signs_up(cast: Cast) -> None:
    page = Client().post("/account/signup/", {"email": "new@piste.example", "password1": PASSWORD})
    assert "By invitation" in page.text
    assert not Member.objects.filter(email="new@piste.example").exists()
    for gone in ("/account/email/", "/account/confirm-email/"):
        assert Client().get(gone).status_code == 404


def test_a_one_time_link_is_not_spent_by_looking_at_it(cast: Cast) -> None:
    path = f"/enter/{operations.issue_sign_in_link(member=cast.rosa, at=timezone.now())}/"
    for _ in range(3):
        assert "Rosa Rep" in Client().get(path).text
    client = Client()
    assert client.post(path).headers["Location"] == "/"
    assert is_in(client)
    assert Client().get(path).status_code == 410
    assert Client().post(path).status_code == 410
    late = operations.issue_sign_in_link(member=cast.rosa, at=timezone.now() - timedelta(minutes=15))
    assert Client().get(f"/enter/{late}/").status_code == 410


def test_a_forgotten_password_is_replaced_by_mail(cast: Cast) -> None:
    client = Client()
    assert client.post("/account/password/reset/", {"email": "rosa@piste.example"}).status_code == 302
    link = re.search(r"http://testserver(\S+)", str(mail.outbox[0].body))
    assert link is not None
    page = client.get(link[1], follow=True)
    form = page.redirect_chain[-1][0]
    assert client.post(form, {"password1": "short", "password2": "short"}).status_code == 422
    assert client.post(form, {"password1": "another good phrase", "password2": "another good phrase"}).status_code == 302
    assert sign_in(Client(), "rosa@piste.example") == 422
    assert sign_in(Client(), "rosa@piste.example", "another good phrase") == 302
    assert "no longer works" in Client().get(link[1], follow=True).text
    assert Entry.objects.filter(verb="member.password_changed").count() == 1


def test_nobody_learns_who_is_a_member(cast: Cast) -> None:
    answers = [
        Client().post("/account/password/reset/", {"email": email}, follow=True)
        for email in ("rosa@piste.example", "nobody@piste.example", "lea@piste.example")
    ]
    assert len({answer.text.split("csrf")[0] for answer in answers}) == 1
    assert [letter.to for letter in mail.outbox] == [["rosa@piste.example"]]


def test_a_new_password_ends_the_other_sessions(cast: Cast) -> None:
    here, there = Client(), Client()
    sign_in(here, "rosa@piste.example")
    sign_in(there, "rosa@piste.example")
    facts = {"oldpassword": PASSWORD, "password1": "another good phrase", "password2": "another good phrase"}
    assert here.post("/account/password/change/", facts | {"oldpassword": "wrong"}).status_code == 422
    assert here.post("/account/password/change/", facts).status_code == 302
    assert (is_in(here), is_in(there)) == (True, False)
    assert "way you sign in" in mail.outbox[-1].subject


def test_sessions_are_listed_and_ended(cast: Cast) -> None:
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
    here, there = Client(headers={"User-Agent": firefox}), Client(headers={"User-Agent": "curl/8"})
    sign_in(here, "rosa@piste.example")
    sign_in(there, "rosa@piste.example")
    sign_in(Client(), "olga@piste.example")
    page = here.get("/account/sessions/")
    assert [(place.browser, place.is_here) for place in page.context["places"]] == [
        ("Firefox, Windows", True),
        ("Unknown browser", False),
    ]
    assert here.post("/account/sessions/end/").status_code == 302
    assert (is_in(here), is_in(there)) == (True, False)
    assert len(here.get("/account/sessions/").context["places"]) == 1
    assert here.post("/account/sessions/end/", {"here": "1"}).headers["Location"] == LOGIN
    assert not is_in(here)


def test_the_second_factor_is_asked_and_no_page_opens_without_it(cast: Cast) -> None:
    TOTP.activate(cast.rosa, SECRET)
    client = Client()
    answer = client.post(LOGIN, {"login": "rosa@piste.example", "password": PASSWORD, "next": "/settings/profile/"})
    assert answer.headers["Location"].startswith("/account/2fa/authenticate/")
    assert not is_in(client)
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 422
    answer = client.post("/account/2fa/authenticate/", {"code": code()})
    assert answer.headers["Location"] == "/settings/profile/"
    assert is_in(client)


def test_no_passkey_is_offered_to_who_has_none(cast: Cast) -> None:
    TOTP.activate(cast.rosa, SECRET)
    client = Client()
    client.post(LOGIN, {"login": cast.rosa.email, "password": PASSWORD})
    html = client.get("/account/2fa/authenticate/").content.decode()
    assert 'name="code"' in html
    assert "passkey" not in html.lower()


def test_the_second_factor_is_turned_on_only_by_who_knows_the_password(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.rosa)
    answer = client.get("/account/2fa/totp/activate/")
    assert answer.headers["Location"].startswith("/account/reauthenticate/")
    assert client.post(answer.headers["Location"], {"password": "wrong"}).status_code == 422
    assert client.post(answer.headers["Location"], {"password": PASSWORD}).headers["Location"] == "/account/2fa/totp/activate/"
    page = client.get("/account/2fa/totp/activate/")
    assert "data:image/svg" in page.text
    assert client.post("/account/2fa/totp/activate/", {"code": "123"}).status_code == 422
    assert not Authenticator.objects.exists()


def test_a_recovery_code_works_once(cast: Cast) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    TOTP.activate(cast.rosa, SECRET)
    spare = RecoveryCodes.activate(cast.rosa).get_unused_codes()[0]
    for expected in (302, 422):
        client = Client()
        sign_in(client, "rosa@piste.example")
        assert client.post("/account/2fa/authenticate/", {"code": spare}).status_code == expected
        cache.clear()


def test_who_lost_their_phone_is_helped_by_an_admin(cast: Cast) -> None:
    TOTP.activate(cast.rosa, SECRET)
    alice = Client()
    alice.force_login(cast.alice)
    page = f"/settings/members/{cast.rosa.pk}/"
    assert "Take the second factor away" in alice.get(page).text
    assert alice.post(f"{page}second-factor/").status_code == 302
    assert "Take the second factor away" not in alice.get(page).text
    client = Client()
    sign_in(client, "rosa@piste.example")
    assert is_in(client)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
    ],
)
def test_browsers_are_called_by_their_names(agent: str, name: str) -> None:
    from piste.web.account.sessions import called

    assert called(agent) == name
