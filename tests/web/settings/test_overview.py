"""The landing page of the settings."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from piste.company import operations
from piste.company.models import Member
from piste.deals import operations as deals
from piste.deals.models import Tag
from piste.exchange.models import Backup
from tests import make
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.alice)
    return client


def test_the_landing_page_shows_each_setting_as_it_stands(cast: Cast, alice: Client, settings: Any) -> None:
    settings.MAIL_GOES_OUT = False
    deals.discard(deal=make.deal(make.stages(make.pipeline())[0], cast.rosa), by=cast.alice, at=NOW)
    operations.invite(email="new@piste.example", role="rep", sees="own", team=None, by=cast.alice, at=NOW)
    found = states(alice)
    people = Member.objects.active().count()
    assert found["Members"] == f"{people} members, 1 invited"
    assert found["Bin"] == "1 thing"
    assert found["E-mail"] == "not set up"
    assert found["Tags"] == "none yet"
    Tag.objects.create(name="urgent")
    settings.MAIL_GOES_OUT = True
    found = states(alice)
    assert (found["Tags"], found["E-mail"]) == ("1 in use", "set up")


def test_the_landing_page_says_when_the_last_back_up_was_made(alice: Client, cast: Cast) -> None:
    assert states(alice)["Back-ups"] == "never"
    assert "“piste backup FILE” saves everything" in alice.get("/settings/").content.decode()
    made = Backup.objects.create(place="/backups/one.zip", size=12_300_000, file_count=2, at=timezone.now())
    page = alice.get("/settings/").content.decode()
    assert "/backups/one.zip (12 MB)" in page.replace("\xa0", " ")
    assert states(alice)["Back-ups"].startswith("last: today ")
    warnings = page.count("settings-card__state is-warning")
    Backup.objects.filter(pk=made.pk).update(at=timezone.now() - timedelta(days=9))
    assert alice.get("/settings/").content.decode().count("settings-card__state is-warning") == warnings + 1
    marc = Client()
    marc.force_login(cast.marc)
    assert "Back-ups" not in states(marc)


def test_the_landing_page_leads_where_the_side_does(cast: Cast) -> None:
    for member in (cast.rosa, cast.marc, cast.alice):
        client = Client()
        client.force_login(member)
        page = client.get("/settings/").content.decode()
        side, cards = page.split('class="settings__nav')[1].split('class="settings__main"')
        wanted = set(re.findall(r'href="([^"]+)"', side))
        assert len(wanted) >= 3
        assert wanted <= set(re.findall(r'href="([^"]+)"', cards)), member
        for address in wanted:
            assert client.get(address).status_code == 200, address


def test_an_import_stays_among_the_settings(alice: Client) -> None:
    page = alice.get("/import/").content.decode()
    assert 'href="/import/" aria-current="page"' in page
    assert 'class="settings__nav' in page


def states(client: Client) -> dict[str, str]:
    """What each card of the landing page says, by its name."""
    page = client.get("/settings/").content.decode()
    cards = re.findall(r'settings-card__name">(.*?)</p>.*?settings-card__state[^>]*>(.*?)</p>', page, re.DOTALL)
    return {re.sub("<.*?>", "", name): re.sub("<.*?>", "", state) for name, state in cards}


def test_working_time_has_its_place_beside_the_page(alice: Client) -> None:
    for address, name in (("profile/hours/", "My working time"), ("company/hours/", "Working time and first contact")):
        page = alice.get(f"/settings/{address}").content.decode()
        marked = page.split('class="settings__nav')[1].split("</nav>")[0].split('aria-current="page"')
        assert len(marked) == 2
        assert name in marked[1].split("</a>")[0]
