"""The page of a deal."""

from __future__ import annotations

from datetime import timedelta

from tests.cast import NOW


def test_smoke(cast, deal, sign_in):
    client = sign_in(cast.rosa)
    for path in ("", "history/", "facts/amount/", "products/", "people/", "live/"):
        for headers in ({}, {"HX-Request": "true"}):
            answer = client.get(f"/deals/{deal.pk}/{path}", headers=headers)
            assert answer.status_code in (200, 302), (path, headers)
    for path in ("/deals/new/", "/deals/bin/", "/notifications/", "/suggest/companies/?q=al", "/suggest/contacts/?q=al"):
        assert client.get(path).status_code == 200, path
