"""Logs hold no token of a link that lets somebody in, and no password."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string

from piste.company import operations
from tests.cast import PASSWORD, Cast


@pytest.fixture
def logged() -> Iterator[StringIO]:
    """What the console gets, by the handler and the filters that the settings name."""
    handler = logging.StreamHandler(written := StringIO())
    for name in settings.LOGGING["handlers"]["console"]["filters"]:
        handler.addFilter(import_string(settings.LOGGING["filters"][name]["()"])())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


def test_links_are_not_written_out(cast: Cast, logged: StringIO) -> None:
    now = timezone.now()
    link = operations.issue_sign_in_link(member=cast.rosa, at=now)
    _invitation, token = operations.invite(email="n@piste.example", role="rep", sees="own", team=None, by=cast.alice, at=now)
    Client().put(f"/enter/{link}/")
    Client(enforce_csrf_checks=True).post(f"/enter/{link}/")
    Client().post(f"/join/{token}/", {"name": "", "password": "short", "language": "en"})
    Client().post(f"/account/password/reset/key/1-{token}/")
    written = logged.getvalue()
    for place in ("/enter/…", "/join/…", "/account/password/reset/key/…"):
        assert place in written
    assert link not in written
    assert token not in written


def test_passwords_are_not_written_out(cast: Cast, logged: StringIO) -> None:
    Client().post("/account/login/", {"login": "rosa@piste.example", "password": "a wrong guess"})
    Client(enforce_csrf_checks=True).post("/account/login/", {"login": "rosa@piste.example", "password": PASSWORD})
    assert "/account/login/" in logged.getvalue()
    assert "a wrong guess" not in logged.getvalue()
    assert PASSWORD not in logged.getvalue()


def test_what_is_called_by_another_name_says_the_way_out(cast: Cast) -> None:
    for host in ("crm.local:8000", "[fe80::1]", "10.0.0.9"):
        answer = Client(headers={"host": host}).get("/account/login/")
        assert answer.status_code == 400
        assert "Piste does not answer to this name" in answer.text
        assert "PISTE_URL" in answer.text
        assert f"http://{host}" in answer.text
    answer = Client(headers={"host": "<script>", "Accept-Language": "fr"}).get("/")
    assert answer.status_code == 400
    assert "Piste ne répond pas à ce nom" in answer.text
    assert "<script>" not in answer.text
