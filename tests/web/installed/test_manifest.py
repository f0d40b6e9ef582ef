"""What a browser is told before it installs Piste."""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles import finders
from django.test import Client

from tests.cast import Cast


def test_the_app_speaks_the_language_of_who_asks_and_its_icons_exist(cast: Cast) -> None:
    client = Client()
    cast.rosa.language = "fr"
    cast.rosa.save()
    client.force_login(cast.rosa)
    told = client.get("/app.webmanifest")
    assert told["Content-Type"] == "application/manifest+json"
    assert told.json()["shortcuts"][2] == {"name": "Nouvelle affaire", "url": "/deals/new/"}
    assert client.get(told.json()["start_url"]).status_code == 200
    for icon in told.json()["icons"]:
        name = icon["src"].partition("?")[0].removeprefix("/static/")
        width = int.from_bytes(Path(str(finders.find(name))).read_bytes()[16:20], "big")
        assert icon["sizes"] == f"{width}x{width}"


def test_every_page_leads_to_it(cast: Cast) -> None:
    assert '<link rel="manifest" href="/app.webmanifest"' in Client().get("/account/login/").content.decode()
