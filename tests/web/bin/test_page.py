"""The bin shows what one may see of what was put there, by whom, and brings each back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from piste.activities import operations as activities
from piste.deals import operations
from piste.people import operations as people
from piste.upkeep.queries import checks
from tests import make
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def binned(cast: Cast) -> dict[str, Any]:
    """One of each of Rosa's in the bin, put there by Remi."""
    by: dict[str, Any] = {"by": cast.rosa, "at": NOW}
    deal = make.deal(make.stages(make.pipeline())[0], cast.rosa, title="Planning")
    company = people.create_company(name="Alba", city="Nantes", **by)
    contact = people.create_contact(name="Anna Berg", email="anna@alba.example", **by)
    kept = make.deal(deal.stage, cast.rosa, title="Kept")
    step = activities.plan(wanted=activities.Wanted(title="Call back", due_on=NOW.date()), assignee=cast.rosa, deal=kept, **by)
    operations.discard(deal=deal, by=cast.remi, at=NOW)
    for person in (company, contact):
        people.discard(person=person, by=cast.remi, at=NOW)
    activities.discard(activity=step, by=cast.remi, at=NOW)
    return {"deal": deal, "company": company, "contact": contact, "activity": step}


SAID = {"deal": "Planning", "company": "Nantes", "contact": "anna@alba.example", "activity": "Kept"}


@pytest.mark.parametrize("kind", sorted(SAID))
def test_each_kind_is_shown_with_who_and_comes_back(client: Client, cast: Cast, binned: dict[str, Any], kind: str) -> None:
    client.force_login(cast.rosa)
    page = client.get(f"/deals/bin/?kind={kind}").content.decode()
    assert SAID[kind] in page
    assert "Remi Rep" in page
    back = re.findall(r'action="([^"]+)"[^>]*><input[^>]*><button class="btn btn--s"', page)
    assert len(back) == 1
    assert client.post(back[0]).status_code == 302
    binned[kind].refresh_from_db()
    assert binned[kind].deleted_at is None
    assert "Nothing lies here" in client.get(f"/deals/bin/?kind={kind}").content.decode()
    assert [check for check in checks() if not check.ok] == []


def test_what_one_may_not_see_is_not_there(client: Client, cast: Cast, binned: dict[str, Any]) -> None:
    client.force_login(cast.olga)
    for kind in SAID:
        assert "Nothing lies here" in client.get(f"/deals/bin/?kind={kind}").content.decode()


def test_a_step_of_a_deal_in_the_bin_waits_for_its_deal(client: Client, cast: Cast, binned: dict[str, Any]) -> None:
    client.force_login(cast.rosa)
    operations.discard(deal=binned["activity"].deal, by=cast.rosa, at=NOW)
    assert "Nothing lies here" in client.get("/deals/bin/?kind=activity").content.decode()
    assert "Kept" in client.get("/deals/bin/?kind=nonsense").content.decode()
