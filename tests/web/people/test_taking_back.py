"""Edits of companies and contacts, putting them in the bin and merging them: each taken back by its toast."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from piste.company.models import CustomField
from piste.people.models import Company, Contact
from piste.people.operations import amend_company, amend_contact, create_company, create_contact
from tests.cast import NOW
from tests.web.scene import HTMX

pytestmark = pytest.mark.django_db


@pytest.fixture
def rosa(client: Client, cast: Any) -> Client:
    client.force_login(cast.rosa)
    return client


@pytest.fixture
def alba(cast: Any) -> Company:
    return create_company(by=cast.rosa, at=NOW, name="Alba", domain="alba.example")


def way_back(page: Any) -> str:
    return re.findall(r'hx-post="([^"]*)" hx-swap="none" data-undo', page.content.decode())[0]


def test_a_companys_edit_is_taken_back_to_the_letter(rosa, cast, alba):
    CustomField.objects.create(subject="company", key="size", label="Size", kind="text")
    answer = rosa.post(
        f"/companies/{alba.pk}/edit/",
        {"name": "Alba SA", "website": "https://new.example", "employees": "12", "custom_size": "XL"},
        follow=True,
    )
    assert "Alba SA is saved." in answer.content.decode()
    back = rosa.post(way_back(answer), headers=HTMX)
    assert back.headers["HX-Redirect"] == f"/companies/{alba.pk}/"
    alba.refresh_from_db()
    assert (alba.name, alba.website, alba.domain, alba.employees) == ("Alba", "", "alba.example", None)
    assert alba.custom["size"] is None
    page = rosa.get(f"/companies/{alba.pk}/").content.decode()
    assert "Taken back: it is as before." in page
    assert "took back an edit" in page
    rosa.post(way_back(answer))
    assert "This has been taken back already." in rosa.get(f"/companies/{alba.pk}/").content.decode()


def test_who_changed_a_contact_since_is_named(rosa, cast, alba):
    anna = create_contact(by=cast.rosa, at=NOW, first_name="Anna", last_name="Berg", company=alba)
    answer = rosa.post(
        f"/contacts/{anna.pk}/edit/", {"first_name": "Anna", "last_name": "Berg", "phone": "1", "company": ""}, follow=True
    )
    amend_contact(contact=anna, facts={"phone": "2"}, by=cast.remi, at=NOW)
    rosa.post(way_back(answer))
    assert "Remi changed this" in rosa.get(f"/contacts/{anna.pk}/").content.decode()
    amend_contact(contact=anna, facts={"phone": "1"}, by=cast.remi, at=NOW)
    rosa.post(way_back(answer))
    anna.refresh_from_db()
    assert (anna.phone, anna.company) == ("", alba)


@pytest.mark.parametrize("kind", ["company", "contact"])
def test_the_bin_is_taken_back(rosa, cast, alba, kind):
    anna = create_contact(by=cast.rosa, at=NOW, name="Anna")
    record: Any = alba if kind == "company" else anna
    place = "companies" if kind == "company" else "contacts"
    answer = rosa.post(f"/{place}/{record.pk}/discard/", follow=True)
    assert f"{record.name} is in the bin." in answer.content.decode()
    assert rosa.get(f"/{place}/{record.pk}/").status_code == 404
    rosa.post(way_back(answer), headers=HTMX)
    assert f"{record.name} is back." in rosa.get(f"/{place}/{record.pk}/").content.decode()


def test_a_merge_is_taken_back(rosa, cast, alba):
    other = create_company(by=cast.rosa, at=NOW, name="Albah")
    answer = rosa.post(f"/doubles/company/{alba.pk}/{other.pk}/", follow=True)
    assert rosa.post(way_back(answer), headers=HTMX).headers["HX-Redirect"] == f"/companies/{other.pk}/"
    assert "The merge is undone" in rosa.get(f"/companies/{other.pk}/").content.decode()
    assert Company.objects.current().count() == 2


def test_what_is_folded_or_in_the_bin_is_not_taken_back(rosa, cast, alba):
    amend_company(company=alba, facts={"city": "Nantes"}, by=cast.rosa, at=NOW)
    rosa.post(f"/companies/{alba.pk}/discard/")
    assert rosa.post(f"/companies/{alba.pk}/edits/1/undo/").status_code == 404
    assert Contact.objects.count() == 0
