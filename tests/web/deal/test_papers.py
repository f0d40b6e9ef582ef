"""Notes, files and mentions through the page, with hostile files."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from piste.activities.models import Attachment, Mention, Note
from piste.journal.models import Entry
from piste.people.operations import create_company, create_contact
from tests import make
from tests.cast import NOW

from .conftest import HTMX

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PAGE = b"<html><script>alert(document.cookie)</script></html>"


def upload(client: Any, deal: Any, name: str, content: bytes, kind: str = "text/html") -> Any:
    file = SimpleUploadedFile(name, content, content_type=kind)
    return client.post(f"/deals/{deal.pk}/files/", {"file": file}, headers=HTMX)


def test_a_note_is_shown_with_whom_it_names(cast, deal, sign_in):
    client = sign_in(cast.rosa)
    answer = client.post(f"/deals/{deal.pk}/notes/", {"text": "<b>Budget</b> ok, @Remi Rep and @Olga"}, headers=HTMX)
    text = answer.content.decode()
    assert "&lt;b&gt;Budget&lt;/b&gt; ok, " in text
    assert '<b class="mention">@Remi Rep</b>' in text
    assert list(Mention.objects.values_list("member__name", flat=True)) == ["Remi Rep"]
    assert "Remi Rep" in client.get(f"/deals/{deal.pk}/").content.decode().split("data-mention-names")[1].split("</template>")[0]
    assert "Olga" not in client.get(f"/deals/{deal.pk}/").content.decode().split("data-mention-names")[1].split("</template>")[0]


def test_a_note_is_changed_taken_away_and_brought_back_by_its_author_alone(cast, deal, sign_in):
    rosa, remi = sign_in(cast.rosa), sign_in(cast.remi)
    rosa.post(f"/deals/{deal.pk}/notes/", {"text": "First words"})
    note = Note.objects.get()
    one = f"/deals/{deal.pk}/notes/{note.pk}/"
    assert f'action="{one}"' in rosa.get(f"/deals/{deal.pk}/").content.decode()
    assert f'action="{one}"' not in remi.get(f"/deals/{deal.pk}/").content.decode()
    assert remi.post(one, {"text": "Other words"}).status_code == 404
    assert remi.post(f"{one}back/").status_code == 404
    assert "Other words" in rosa.post(one, {"text": "Other words"}, headers=HTMX).content.decode()
    gone = rosa.post(one, {"away": "1", "text": ""}, headers=HTMX).content.decode()
    assert "Other words" not in gone
    assert f'hx-post="{one}back/"' in gone
    assert rosa.post(one, {"text": "Again"}).status_code == 404
    assert "Other words" in rosa.post(f"{one}back/", headers=HTMX).content.decode()


@pytest.mark.parametrize(("text", "said"), [("  ", "The note is empty"), ("x" * 20_001, "too long"), ("nul\x00", "Null")])
def test_a_note_that_cannot_be_kept(cast, deal, sign_in, text, said):
    answer = sign_in(cast.rosa).post(f"/deals/{deal.pk}/notes/", {"text": text}, headers=HTMX)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Note.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("page.html", PAGE, "text/html"),
        ("drawing.svg", b"<svg onload='alert(1)'/>", "image/svg+xml"),
        ("picture.png", PAGE, "image/png"),
        ("script.js", b"alert(1)", "text/javascript"),
        ("../../../etc/passwd", b"root", "text/plain"),
        ("GIF89a.gif", b"GIF8;<script>", "image/gif"),
        ("evil\u202egnp.exe", b"MZ", "image/png"),
        ('"; filename="x.html', PAGE, "text/html\r\nX-Evil: 1"),
    ],
)
def test_a_hostile_file_is_kept_inert(cast, deal, sign_in, tmp_path, name, content, kind):
    client = sign_in(cast.rosa)
    assert upload(client, deal, name, content, kind).status_code == 200
    file = Attachment.objects.get()
    assert file.media_type == "application/octet-stream"
    assert "/" not in file.name
    assert "\u202e" not in file.name
    kept = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert kept == [file.sha256]
    for address in (f"/deals/{deal.pk}/files/{file.pk}/", f"/deals/{deal.pk}/files/{file.pk}/?show=1"):
        answer = client.get(address)
        assert b"".join(answer.streaming_content) == content
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"].startswith("sandbox")
        assert "X-Evil" not in answer


def test_a_picture_is_shown_in_place_but_checked_again(cast, deal, sign_in):
    client = sign_in(cast.rosa)
    upload(client, deal, "a.png", PNG, "text/html")
    file = Attachment.objects.get()
    address = f"/deals/{deal.pk}/files/{file.pk}/?show=1"
    answer = client.get(address)
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert f'src="{address}"' in client.get(f"/deals/{deal.pk}/").content.decode()
    from piste.activities.operations import path_of

    path_of(file.sha256).write_bytes(PAGE)
    assert client.get(address)["Content-Disposition"].startswith("attachment")


def test_a_file_of_another_subject_is_not_found_here(cast, deal, stages, sign_in):
    client = sign_in(cast.rosa)
    upload(client, deal, "a.txt", b"1")
    file = Attachment.objects.get()
    other = make.deal(stages[0], cast.rosa)
    assert client.get(f"/deals/{other.pk}/files/{file.pk}/").status_code == 404
    assert client.post(f"/deals/{other.pk}/files/{file.pk}/away/").status_code == 404


@override_settings(UPLOAD_LIMIT=1_000_000)
def test_what_cannot_be_kept_is_named_and_the_rest_is_kept(cast, deal, sign_in):
    files = [
        SimpleUploadedFile("big.bin", b"x" * 1_000_001),
        SimpleUploadedFile("none.txt", b""),
        SimpleUploadedFile("a.txt", b"1"),
    ]
    answer = sign_in(cast.rosa).post(f"/deals/{deal.pk}/files/", {"file": files}, headers=HTMX)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "big.bin is larger than 1 MB" in text
    assert "none.txt is empty" in text
    assert list(Attachment.objects.values_list("name", flat=True)) == ["a.txt"]
    assert sign_in(cast.rosa).post(f"/deals/{deal.pk}/files/", headers=HTMX).status_code == 422


def test_a_file_taken_away_comes_back_by_undo(cast, deal, sign_in):
    client = sign_in(cast.rosa)
    upload(client, deal, "offer.pdf", b"%PDF")
    file = Attachment.objects.get()
    one = f"/deals/{deal.pk}/files/{file.pk}/"
    text = client.post(f"{one}away/", headers=HTMX).content.decode()
    assert "offer.pdf is gone." in text
    assert f'hx-post="{one}back/"' in text
    assert client.get(one).status_code == 404
    client.post(f"{one}back/", headers=HTMX)
    assert client.get(one).status_code == 200


def test_contacts_and_companies_have_notes_and_files_too(cast, sign_in):
    client, olga = sign_in(cast.rosa), sign_in(cast.olga)
    places = {
        "contacts": create_contact(name="Anna Berg", by=cast.rosa, at=NOW).pk,
        "companies": create_company(name="Alba", by=cast.rosa, at=NOW).pk,
    }
    for place, key in places.items():
        assert client.post(f"/{place}/{key}/notes/", {"text": "Words"}).url == f"/{place}/{key}/"
        file = SimpleUploadedFile("a.txt", b"1")
        assert client.post(f"/{place}/{key}/files/", {"file": file}, headers=HTMX).headers["HX-Refresh"] == "true"
        assert olga.post(f"/{place}/{key}/notes/", {"text": "Words"}).status_code == 404
        assert olga.post(f"/{place}/{key}/files/").status_code == 404
        page = client.get(f"/{place}/{key}/").content.decode()
        assert "Words" in page
        assert "a.txt" in page
    assert Note.objects.count() == Attachment.objects.count() == 2
    assert client.post("/deals/999/notes/", {"text": "x"}).status_code == 404
    assert client.post("/members/1/notes/", {"text": "x"}).status_code == 404


def test_the_bell_counts_until_the_page_was_seen(cast, deal, sign_in):
    rosa, remi = sign_in(cast.rosa), sign_in(cast.remi)
    rosa.post(f"/deals/{deal.pk}/notes/", {"text": "@Remi: seen this?"})
    assert "Notifications, 1 new" in remi.get(f"/deals/{deal.pk}/").content.decode()
    assert "Notifications, 1 new" not in rosa.get(f"/deals/{deal.pk}/").content.decode()
    page = remi.get("/notifications/").content.decode()
    assert "seen this?" in page
    assert f'href="/deals/{deal.pk}/"' in page
    assert ">new<" in page
    again = remi.get("/notifications/").content.decode()
    assert ">new<" not in again
    assert "Notifications, 1 new" not in again
    assert "seen this?" not in sign_in(cast.olga).get("/notifications/").content.decode()


def test_notifications_ask_as_often_for_three_as_for_one(cast, deal, sign_in):
    rosa, remi = sign_in(cast.rosa), sign_in(cast.remi)
    counts = []
    for _round in range(3):
        rosa.post(f"/deals/{deal.pk}/notes/", {"text": "@Remi"})
        with CaptureQueriesContext(connection) as spent:
            remi.get("/notifications/")
        counts.append(len(spent))
    assert len(set(counts[1:])) == 1
    assert max(counts) <= 12


def test_a_pinned_note_stands_first_until_it_is_unpinned(cast, deal, sign_in):
    rosa, remi, olga = sign_in(cast.rosa), sign_in(cast.remi), sign_in(cast.olga)
    for words in ("First words", "Second words", "Third words"):
        rosa.post(f"/deals/{deal.pk}/notes/", {"text": words})
    note = Note.objects.get(text="First words")
    address = f"/deals/{deal.pk}/notes/{note.pk}/pin/"
    assert olga.post(address).status_code == 404
    answer = remi.post(address, headers=HTMX).content.decode()
    assert answer.index("First words") < answer.index("Third words")
    assert answer.count("First words</blockquote>") == 1
    assert "pinned a note" in answer
    assert remi.post(address).status_code == 302
    assert [entry.verb for entry in Entry.objects.of("deal", deal.pk) if entry.verb.startswith("note.p")] == ["note.pinned"]
    assert "First words" not in rosa.get(f"/deals/{deal.pk}/history/?only=moves").content.decode()
    unpinned = rosa.post(address, {"off": "1"}, headers=HTMX).content.decode()
    assert unpinned.index("Third words") < unpinned.index("First words")
    rosa.post(address)
    rosa.post(f"/deals/{deal.pk}/notes/{note.pk}/", {"away": "1"})
    assert "First words" not in rosa.get(f"/deals/{deal.pk}/").content.decode()


def test_a_note_is_pinned_on_a_contact_too(cast, sign_in):
    rosa = sign_in(cast.rosa)
    contact = create_contact(name="Anna Berg", by=cast.rosa, at=NOW)
    for words in ("First words", "Second words"):
        rosa.post(f"/contacts/{contact.pk}/notes/", {"text": words})
    note = Note.objects.get(text="First words")
    assert rosa.post(f"/contacts/{contact.pk}/notes/{note.pk}/pin/").url == f"/contacts/{contact.pk}/"
    page = rosa.get(f"/contacts/{contact.pk}/").content.decode()
    assert page.index("First words") < page.index("Second words")
    assert page.count("First words</blockquote>") == 1
    assert rosa.post(f"/contacts/{contact.pk + 1}/notes/{note.pk}/pin/").status_code == 404
