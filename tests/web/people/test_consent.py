"""Consent of a contact: noted by whoever heard it, kept with its history, said on their page."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from piste.deals.operations.merging import merge, unmerge
from piste.journal.models import Entry
from piste.people.models import Consent, Contact
from piste.people.operations import HowMissing, create_contact, note_consent
from piste.people.queries import consents_of
from tests.cast import NOW, Cast

DAY = NOW.date()
GIVEN = {"purpose": "email", "agreement": "given", "how": "On the fair’s form", "said_on": "2026-11-02"}


@pytest.fixture
def contact(cast: Cast) -> Contact:
    return create_contact(by=cast.rosa, at=NOW, first_name="Anna", last_name="Berg", name="Anna Berg")


@pytest.fixture
def rosa(cast: Cast, client: Client) -> Client:
    client.force_login(cast.rosa)
    return client


def panel(client: Client, contact: Contact) -> str:
    page = client.get(f"/contacts/{contact.pk}/").content.decode()
    return re.sub(r"<[^>]+>|\s+", " ", page.split('id="consent"')[1].split("</dl>")[0])


def note(contact: Contact, by: Any, purpose: str = "email", agreement: str = "given", on: date = DAY) -> Consent:
    return note_consent(contact=contact, purpose=purpose, agreement=agreement, how="By phone", said_on=on, by=by, at=NOW)


def test_it_is_unknown_until_noted_and_what_was_before_is_kept(cast: Cast, contact: Contact, rosa: Client) -> None:
    assert panel(rosa, contact).count("unknown") == 2
    address = f"/contacts/{contact.pk}/consent/"
    assert rosa.post(address, GIVEN).status_code == 302
    assert rosa.post(address, GIVEN | {"agreement": "withdrawn", "how": "By phone", "said_on": "2026-11-20"}).status_code == 302
    said = " ".join(panel(rosa, contact).split())
    assert "E-mail Withdrawn Fri 20" in said
    assert "By phone · noted by Rosa" in said
    assert "Before Given Mon 2" in said
    assert said.count("unknown") == 1
    page = rosa.get(f"/contacts/{contact.pk}/").content.decode()
    assert "noted that a consent was withdrawn (E-mail)" in page
    assert Entry.objects.of("contact", contact.pk).filter(verb="contact.consent").count() == 2


def test_the_latest_day_holds_whatever_was_noted_last(cast: Cast, contact: Contact) -> None:
    note(contact, cast.rosa, agreement="withdrawn", on=date(2026, 11, 20))
    note(contact, cast.rosa, on=date(2026, 11, 2))
    assert consents_of(contact)[0].agreement == "withdrawn"
    note(contact, cast.rosa, on=date(2026, 11, 20))
    assert consents_of(contact)[0].agreement == "given"


@pytest.mark.parametrize(
    "wrong",
    [
        {"how": " "},
        {"purpose": "fax"},
        {"agreement": "unknown"},
        {"said_on": "2999-01-01"},
        {"said_on": "x"},
        {"said_on": "0001-01-01"},
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_typed_is_lost(contact: Contact, rosa: Client, wrong: dict[str, str]) -> None:
    answer = rosa.post(f"/contacts/{contact.pk}/consent/", GIVEN | wrong)
    assert answer.status_code == 422
    assert 'class="field__error"' in answer.content.decode()
    assert "how" in wrong or "On the fair’s form" in answer.content.decode()
    assert not Consent.objects.exists()


def test_the_operation_wants_to_know_how(cast: Cast, contact: Contact) -> None:
    with pytest.raises(HowMissing):
        note_consent(contact=contact, purpose="email", agreement="given", how="", said_on=NOW.date(), by=cast.rosa, at=NOW)


def test_a_merge_keeps_the_consents_of_both_and_gives_them_back(cast: Cast, contact: Contact) -> None:
    twin = create_contact(by=cast.rosa, at=NOW, name="A. Berg")
    note(contact, cast.rosa)
    theirs = note(twin, cast.rosa, "phone")
    done = merge(kept=contact, folded=twin, by=cast.rosa, at=NOW)
    assert {row.purpose for row in consents_of(contact)} == {"email", "phone"}
    unmerge(merge=done, by=cast.rosa, at=NOW)
    assert [row.pk for row in consents_of(twin)] == [theirs.pk]
    assert [row.purpose for row in consents_of(contact)] == ["email"]


def test_the_page_asks_as_often_for_three_as_for_one(cast: Cast, contact: Contact, rosa: Client) -> None:
    spent = []
    for _round in range(3):
        note(contact, cast.rosa, on=timezone.localdate())
        with CaptureQueriesContext(connection) as found:
            rosa.get(f"/contacts/{contact.pk}/")
        spent.append(len(found))
    assert len(set(spent)) == 1
