"""The bin shows what one may see of what was put there, by whom, and brings each back."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from piste.activities import operations as activities
from piste.activities.models import Note
from piste.deals import operations
from piste.people import operations as people
from piste.upkeep.operations import erase
from piste.upkeep.queries import checks
from piste.web.templatetags.piste import day
from tests import make
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def binned(cast: Cast, settings: Any, tmp_path: Path) -> dict[str, Any]:
    """One of each of Rosa's in the bin, put there by Remi."""
    settings.DATA_DIR = tmp_path
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
    about: dict[str, Any] = {"subject_kind": "deal", "subject_id": kept.pk}
    note = activities.write(text="Budget is short", **about, **by)
    activities.withdraw(note=note, **by)
    file = activities.attach(name="plan.pdf", content=[b"plan"], **about, **by)
    activities.detach(attachment=file, by=cast.remi, at=NOW)
    return {"deal": deal, "company": company, "contact": contact, "activity": step, "note": note, "file": file}


SAID = {
    "deal": "Planning", "company": "Nantes", "contact": "anna@alba.example", "activity": "Kept", "note": "Budget is short",
    "file": "plan.pdf",
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(SAID))
def test_each_kind_is_shown_with_who_and_comes_back(client: Client, cast: Cast, binned: dict[str, Any], kind: str) -> None:
    client.force_login(cast.rosa)
    page = client.get(f"/deals/bin/?kind={kind}").content.decode()
    assert SAID[kind] in page
    # Only who wrote a note takes it away.
    assert ("Rosa Rep" if kind == "note" else "Remi Rep") in page
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


@pytest.mark.parametrize("kind", sorted(set(SAID) - {"note"}))
def test_an_admin_erases_at_once_once_they_were_told(client: Client, cast: Cast, binned: dict[str, Any], kind: str) -> None:
    client.force_login(cast.alice)
    with time_machine.travel(NOW + timedelta(days=1)):
        page = client.get(f"/deals/bin/?kind={kind}").content.decode()
        assert day(NOW + timedelta(days=90)) in page
        address = f"/deals/bin/{kind}/{binned[kind].pk}/erase/"
        assert f'href="{address}"' in page
        assert "cannot be undone" in client.get(address).content.decode()
        binned[kind].refresh_from_db()
        assert binned[kind].erased_at is None
        assert "is erased." in client.post(address, follow=True).content.decode()
        assert "Nothing lies here" in client.get(f"/deals/bin/?kind={kind}").content.decode()
        assert client.post(address).status_code == 404
        journal = client.get("/settings/journal/").content.decode()
    assert "erased</b>" in journal
    assert "erased</b> · erased" not in journal
    assert [check for check in checks() if not check.ok] == []


def test_what_a_deal_names_is_kept_and_the_page_says_so(client: Client, cast: Cast, binned: dict[str, Any]) -> None:
    company = binned["company"]
    operations.amend(deal=binned["activity"].deal, facts={"company": company}, by=cast.rosa, at=NOW)
    client.force_login(cast.alice)
    page = client.get("/deals/bin/?kind=company").content.decode()
    assert "Kept: 1 names it" in page
    address = f"/deals/bin/company/{company.pk}/erase/"
    assert address not in page
    assert "Erase for good" not in client.get(address).content.decode()
    assert "1 deal or contact still names it" in client.post(address, follow=True).content.decode()
    company.refresh_from_db()
    assert company.name == "Alba"


def test_what_is_erased_around_a_deal_leaves_its_page_whole(client: Client, cast: Cast, binned: dict[str, Any]) -> None:
    deal = binned["activity"].deal
    for kind in ("activity", "note", "file"):
        erase(kind=kind, row=binned[kind], by=cast.alice, at=NOW)
    client.force_login(cast.rosa)
    page = client.get(f"/deals/{deal.pk}/").content.decode()
    for word in ("plan.pdf", "Call back", "Budget"):
        assert word not in page
    assert client.get(f"/steps/{binned['activity'].pk}/").status_code == 404
    for place in (f"notes/{binned['note'].pk}", f"files/{binned['file'].pk}"):
        client.post(f"/deals/{deal.pk}/{place}/back/")
    assert not Note.objects.filter(deleted_at=None).exists()
    assert client.get(f"/deals/{deal.pk}/files/{binned['file'].pk}/").status_code == 404


def test_a_rep_is_not_offered_to_erase(client: Client, cast: Cast, binned: dict[str, Any]) -> None:
    client.force_login(cast.rosa)
    assert "Erase now" not in client.get("/deals/bin/").content.decode()
    assert client.post(f"/deals/bin/deal/{binned['deal'].pk}/erase/").status_code == 403
