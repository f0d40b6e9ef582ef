"""A merge keeps everything of both in sight, and its undoing parts them as they were."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from piste.activities import operations as activities
from piste.activities.models import Activity, Attachment, Note
from piste.activities.operations import Wanted
from piste.company.operations import add_field
from piste.deals.operations.merging import merge, unmerge
from piste.people.models import Merge
from piste.people.operations import create_company, create_contact
from piste.upkeep.queries import checks
from piste.web.people import merging
from tests.cast import NOW

pytestmark = pytest.mark.django_db
HAD = ("What Bea said", "Show the range", "Call to Bea", "offer.pdf")


@pytest.fixture
def alice(client: Client, cast: Any, settings: Any, tmp_path: Any) -> Client:
    settings.DATA_DIR = tmp_path
    client.force_login(cast.alice)
    return client


def two(cast: Any, kind: str) -> tuple[Any, Any]:
    """One who is kept, and one who has something of each kind."""
    make = create_contact if kind == "contact" else create_company
    kept, folded = make(name="Ada Vance", by=cast.alice, at=NOW), make(name="Bea Vance", by=cast.alice, at=NOW)
    by: dict[str, Any] = {"by": cast.alice, "at": NOW}
    about = {"subject_kind": kind, "subject_id": folded.pk}
    activities.write(text=HAD[0], **about, **by)
    activities.attach(name=HAD[3], content=[b"%PDF-1.7"], **about, **by)
    activities.plan(wanted=Wanted(title=HAD[1]), assignee=cast.alice, **{kind: folded}, **by)
    activities.log(kind="call", title=HAD[2], **{kind: folded}, **by)
    return kept, folded


@pytest.mark.parametrize("kind", ["contact", "company"])
def test_all_that_both_had_stands_on_the_page_of_the_one_kept(alice: Client, cast: Any, kind: str) -> None:
    kept, folded = two(cast, kind)
    home = f"/{'contacts' if kind == 'contact' else 'companies'}/"
    assert not any(word in alice.get(f"{home}{kept.pk}/").content.decode() for word in HAD)
    merge(kept=kept, folded=folded, by=cast.alice, at=NOW)
    page = alice.get(f"{home}{kept.pk}/").content.decode()
    assert [word for word in HAD if word not in page] == []
    assert page.count("into this one") == 1
    assert alice.get(f"{home}{folded.pk}/")["Location"] == f"{home}{kept.pk}/"
    note = Note.objects.get()
    alice.post(reverse("note_pin", args=[kind, kept.pk, note.pk]), {"on": "1"})
    assert "Pinned notes" in alice.get(f"{home}{kept.pk}/").content.decode()
    assert all(check.ok for check in checks())


@pytest.mark.parametrize("kind", ["contact", "company"])
def test_its_undoing_parts_them_and_leaves_what_came_since(alice: Client, cast: Any, kind: str) -> None:
    kept, folded = two(cast, kind)
    done = merge(kept=kept, folded=folded, by=cast.alice, at=NOW)
    activities.write(subject_kind=kind, subject_id=kept.pk, text="Said since", by=cast.alice, at=NOW)
    unmerge(merge=Merge.objects.get(pk=done.pk), by=cast.alice, at=NOW)
    home = f"/{'contacts' if kind == 'contact' else 'companies'}/"
    ones, others = (alice.get(f"{home}{person.pk}/").content.decode() for person in (kept, folded))
    assert [word for word in HAD if word not in others] == []
    assert not any(word in ones for word in HAD)
    assert "Said since" in ones
    assert "took back the merge with Bea Vance" in ones
    assert "unmerged" not in ones
    assert {one.subject_id for one in (*Note.objects.exclude(text="Said since"), *Attachment.objects.all())} == {folded.pk}
    assert set(Activity.objects.values_list(f"{kind}_id", flat=True)) == {folded.pk}
    assert all(check.ok for check in checks())


@pytest.mark.parametrize("kind", ["contact", "company"])
def test_one_chooses_among_own_fields_too(alice: Client, cast: Any, kind: str) -> None:
    shade, size = (add_field(subject=kind, label=name, kind="text", by=cast.alice, at=NOW) for name in ("Shade", "Size"))
    make = create_contact if kind == "contact" else create_company
    kept = make(name="Ada Vance", by=cast.alice, at=NOW, custom={shade.key: "blue", size.key: "big"})
    folded = make(name="Bea Vance", by=cast.alice, at=NOW, custom={shade.key: "green", size.key: "small"})
    address = reverse("fold", args=[kind, kept.pk, folded.pk])
    page = alice.get(address).content.decode()
    assert [word for word in ("Shade", "blue", "green", "Size", "big", "small") if word not in page] == []
    alice.post(address, {f"custom:{shade.key}": "other", f"custom:{size.key}": "one"})
    kept.refresh_from_db()
    assert kept.custom == {shade.key: "green", size.key: "big"}
    alice.post(reverse("undo_merge", args=[Merge.objects.get().pk]))
    kept.refresh_from_db()
    assert kept.custom == {shade.key: "blue", size.key: "big"}


def test_doubles_beyond_those_shown_are_told(alice: Client, cast: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(merging, "GROUPS", 2)
    for number in range(3):
        assert "There are more" not in alice.get(reverse("doubles")).content.decode()
        for first in ("Ann", "Ben"):
            create_contact(name=f"{first} {number}", email=f"same{number}@alba.example", by=cast.alice, at=NOW)
    assert "There are more" in alice.get(reverse("doubles")).content.decode()


def test_an_old_address_tells_nothing_of_what_one_may_not_see(client: Client, cast: Any) -> None:
    kept, folded = (create_company(name=name, by=cast.marc, at=NOW, owner=cast.marc) for name in ("Ada Vance", "Bea Vance"))
    merge(kept=kept, folded=folded, by=cast.alice, at=NOW)
    last = create_company(name="Cleo Vance", by=cast.marc, at=NOW, owner=cast.marc)
    merge(kept=last, folded=kept, by=cast.alice, at=NOW)
    client.force_login(cast.marc)
    assert client.get(f"/companies/{folded.pk}/")["Location"] == f"/companies/{last.pk}/"
    client.force_login(cast.olga)
    assert client.get(f"/companies/{folded.pk}/").status_code == 404
