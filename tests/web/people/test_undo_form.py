"""Undo in the message after an act, before the page's script is ready or without it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from piste.people.operations import create_company
from tests.cast import NOW, Cast


@pytest.mark.django_db
def test_a_plain_form_takes_back_what_was_done(cast: Cast) -> None:
    company = create_company(name="Alba", by=cast.rosa, at=NOW)
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.rosa)
    page = client.get(f"/companies/{company.pk}/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    listed = client.post(f"/companies/{company.pk}/discard/", {"csrfmiddlewaretoken": token[1]}, follow=True)
    form = re.search(r'<form method="post" action="([^"]+)"[^>]*data-undo>.*?value="(\w+)"', listed.content.decode())
    assert form is not None
    assert client.post(form[1]).status_code == 403
    back = client.post(form[1], {"csrfmiddlewaretoken": form[2]}, follow=True)
    assert back.redirect_chain == [(f"/companies/{company.pk}/", 302)]
    company.refresh_from_db()
    assert company.deleted_at is None
