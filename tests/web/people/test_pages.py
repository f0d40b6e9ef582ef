"""Pages of companies and contacts say things as people say them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from piste.activities.models import Activity
from piste.activities.operations import Wanted, plan
from piste.people.models import Company, Contact
from piste.people.operations import amend_company, bring_companies, bring_contacts, create_company, create_contact
from piste.web.people import views
from tests import make
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(client: Client, cast: Any) -> Client:
    client.force_login(cast.alice)
    return client


def test_a_country_is_said_by_its_name_in_the_readers_language(alice: Client, cast: Any) -> None:
    coded = create_company(by=cast.alice, at=NOW, name="Ostrowski", country="DE")
    free = create_company(by=cast.alice, at=NOW, name="Vauquelin", country="Outremer")
    cast.alice.language = "fr"
    cast.alice.save()
    assert "Allemagne" in alice.get(f"/companies/{coded.pk}/").content.decode()
    assert "Outremer" in alice.get(f"/companies/{free.pk}/").content.decode()


def test_open_deals_without_amount_are_counted_and_no_zero_is_invented(alice: Client, cast: Any) -> None:
    company = create_company(by=cast.alice, at=NOW, name="Ostrowski")
    stages = make.stages(make.pipeline(by=cast.alice))
    make.deal(stages[0], cast.rosa, company=company, amount_minor=None)
    page = alice.get("/companies/").content.decode()
    assert '<td class="n">1</td>' in page


def test_doubles_show_what_tells_two_people_apart(alice: Client, cast: Any) -> None:
    for first, where in (("Yannick", "Isle"), ("Mireille", "Serrurerie")):
        company = create_company(by=cast.alice, at=NOW, name=where)
        create_contact(by=cast.alice, at=NOW, first_name=first, last_name="V", phone="+33 1 99 00 03 43", company=company)
    page = alice.get("/doubles/").content.decode()
    assert "Isle" in page
    assert "Serrurerie" in page
    assert "+33 1 99 00 03 43" in page
    assert "+33199000343" not in page


def test_one_writes_calls_and_reads_from_the_facts(alice: Client, cast: Any) -> None:
    company = create_company(name="Alba", by=cast.alice, at=NOW, website="alba.example", phone="+33 2 40 00 00 00")
    page = alice.get(f"/companies/{company.pk}/").content.decode()
    assert 'href="https://alba.example"' in page
    assert 'href="tel:+33240000000"' in page
    Company.objects.filter(pk=company.pk).update(website="javascript:alert(1)")
    assert 'href="javascript' not in alice.get(f"/companies/{company.pk}/").content.decode()
    anna = create_contact(name="Anna Berg", by=cast.alice, at=NOW, company=company, email="anna@alba.example")
    assert 'href="mailto:anna@alba.example"' in alice.get(f"/companies/{company.pk}/").content.decode()
    assert 'href="mailto:anna@alba.example"' in alice.get(f"/contacts/{anna.pk}/").content.decode()


@pytest.mark.parametrize("kind", ["companies", "contacts"])
def test_accents_and_capitals_do_not_sort_names(alice: Client, cast: Any, kind: str) -> None:
    names = ["Zénith", "Étoile du Nord", "abel", "Eugène", "Àbreu"]
    made = [(create_company if kind == "companies" else create_contact)(name=name, by=cast.alice, at=NOW) for name in names]
    page = alice.get(f"/{kind}/").content.decode()
    assert sorted(names, key=lambda name: page.index(f"<b>{name}</b>")) == ["abel", "Àbreu", "Étoile du Nord", "Eugène", "Zénith"]
    back = alice.get(f"/{kind}/?order=-name").content.decode()
    assert sorted(names, key=lambda name: back.index(f"<b>{name}</b>"))[0] == "Zénith"
    if kind == "companies":
        amend_company(company=made[0], facts={"name": "Ébène"}, by=cast.alice, at=NOW)
        page = alice.get("/companies/").content.decode()
        assert page.index("Àbreu") < page.index("Ébène") < page.index("Étoile")


@pytest.mark.parametrize("kind", ["contact", "company"])
def test_one_plans_and_notes_calls_with_a_person_or_a_company(alice: Client, cast: Any, kind: str) -> None:
    made: Any = (create_contact if kind == "contact" else create_company)(name="Anna Berg", by=cast.alice, at=NOW)
    home = f"/{'contacts' if kind == 'contact' else 'companies'}/{made.pk}/"
    page = alice.get(home).content.decode()
    assert f'href="/steps/new/?{kind}={made.pk}"' in page
    assert f'href="/calls/new/?{kind}={made.pk}"' in page
    assert "To be done" not in page
    deal = make.deal(make.stages(make.pipeline(by=cast.alice))[0], cast.alice, **({kind: made} if kind == "company" else {}))
    soon = timezone.localdate() + timedelta(days=9)
    asked = {"kind": "meeting", "on": soon.isoformat(), "assignee": cast.alice.pk}
    alice.post(f"/steps/new/?deal={deal.pk}", asked | {"title": "Of the deal"})
    answer = alice.post(f"/steps/new/?{kind}={made.pk}", asked | {"title": "Show the new range"}, follow=True)
    assert answer.redirect_chain[-1][0] == home
    planned = answer.content.decode().split('id="planned"')[1].split("</section>")[0]
    assert "Show the new range" in planned
    assert "Of the deal" not in planned
    step = Activity.objects.get(title="Show the new range")
    done = alice.post(f"/steps/{step.pk}/done/", {"title": "Send the minutes", "when": soon.isoformat()}, follow=True)
    planned = done.content.decode().split('id="planned"')[1].split("</section>")[0]
    assert "Send the minutes" in planned
    assert "Show the new range" not in planned
    assert "this deal" not in alice.get(f"/calls/new/?{kind}={made.pk}").content.decode()
    called = alice.post(f"/calls/new/?{kind}={made.pk}", {"result": "Likes the catalogue"}, follow=True)
    assert called.redirect_chain[-1][0] == home
    call = Activity.objects.get(kind="call", **{kind: made})
    assert call.done_at is not None
    assert "Likes the catalogue" in called.content.decode().split('id="tl"')[1]
    assert "taken back</span>" not in called.content.decode()
    undone = alice.post(f"/steps/{call.pk}/undo/?logged=1", follow=True).content.decode().split('id="tl"')[1]
    noted = undone.split("Likes the catalogue")[1].split("</li>")[0]
    assert '<span class="chip">taken back</span>' in noted
    assert undone.count("taken back</span>") == 1
    assert not Activity.objects.present().filter(pk=call.pk).exists()


def test_nobody_plans_with_a_person_out_of_sight(client: Client, cast: Any) -> None:
    made = create_contact(name="Anna Berg", by=cast.olga, at=NOW)
    client.force_login(cast.rosa)
    for address in ("/steps/new/", "/calls/new/"):
        assert client.get(f"{address}?contact={made.pk}").status_code == client.get(f"/contacts/{made.pk}/").status_code
        assert client.get(f"{address}?contact={made.pk + 99}").status_code == 404


@pytest.mark.parametrize("kind", ["contact", "company"])
def test_what_is_planned_beyond_a_page_is_counted_and_reached(alice: Client, cast: Any, kind: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(views, "PLANNED", 2)
    found = (create_contact if kind == "contact" else create_company)(name="Zénith", by=cast.alice, at=NOW)
    for number in range(1, 6):
        wanted = Wanted(title=f"Step {number}", due_on=NOW.date() + timedelta(days=number))
        plan(wanted=wanted, assignee=cast.alice, by=cast.alice, at=NOW, **{kind: found})
    first = alice.get(f"{found_at(found)}?state=open").content.decode()
    assert "Step 2" in first
    assert "Step 3<" not in first
    assert "1 to 2 of 5" in first
    assert 'href="?state=open&amp;planned=2"' in first
    last = alice.get(f"{found_at(found)}?planned=3").content.decode()
    assert "Step 5" in last
    assert "5 to 5 of 5" in last


def test_the_contacts_of_a_company_beyond_a_page_are_counted_and_reached(alice: Client, cast: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(views, "PEOPLE", 2)
    company = create_company(name="Zénith", by=cast.alice, at=NOW)
    for name in ("Anna", "Bruno", "Carla"):
        create_contact(name=name, by=cast.alice, at=NOW, company=company)
    first = alice.get(f"/companies/{company.pk}/").content.decode()
    assert "Carla" not in first
    assert "1 to 2 of 3" in first
    assert "Carla" in alice.get(f"/companies/{company.pk}/?people=2").content.decode()


@pytest.mark.parametrize("kind", ["companies", "contacts"])
def test_a_search_of_a_list_counts_all_that_it_finds(alice: Client, cast: Any, kind: str) -> None:
    bring, rows = (bring_companies, bring_contacts)[kind == "contacts"], [{"name": f"Zénith {n}"} for n in range(230)]
    bring(rows=rows, by=cast.alice, at=NOW)
    page = alice.get(f"/{kind}/?q=zenith&page=5").content.decode()
    assert "201 to 230 of 230" in page
    assert "Zénith 7<" in alice.get(f"/{kind}/?q=zenoth+7").content.decode(), "a slip is forgiven"


def found_at(found: Any) -> str:
    return f"/{'contacts' if isinstance(found, Contact) else 'companies'}/{found.pk}/"
