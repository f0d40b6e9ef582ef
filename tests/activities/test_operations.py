"""Notes, mentions and files."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from piste.activities import operations, queries
from piste.activities.models import Attachment, Mention, Note
from piste.deals.models import Deal
from piste.journal.models import Entry
from piste.people.operations import create_company
from tests import make
from tests.cast import NOW

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, settings):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def deal(cast) -> Deal:
    return make.deal(make.stages(make.pipeline(by=cast.alice))[0], cast.rosa)


def on(deal: Deal) -> dict:
    return {"subject_kind": "deal", "subject_id": deal.pk}


def readers(deal: Deal) -> list:
    return queries.readers(owner_id=deal.owner_id, team_id=deal.team_id)


def test_who_may_read_a_deal_is_who_sees_it(cast, deal):
    seen = [member for member in [*cast.everybody(), cast.lea] if Deal.objects.visible_to(member).exists()]
    assert {member.pk for member in readers(deal)} == {member.pk for member in seen}
    assert cast.olga not in readers(deal)
    assert cast.olga in queries.readers(owner_id=None, team_id=None)


def test_a_note_tells_whom_it_names_and_nobody_else(cast, deal):
    note = operations.write(
        **on(deal), text=" @Remi and @Olga: budget ok, says @Rosa ", by=cast.rosa, at=NOW, may_read=readers(deal)
    )
    assert note.text == "@Remi and @Olga: budget ok, says @Rosa"
    assert set(Mention.objects.values_list("member__name", flat=True)) == {"Remi Rep"}
    assert queries.waiting_for(cast.remi, NOW.date()).unread == 1
    assert queries.waiting_for(cast.olga, NOW.date()).unread == 0
    entry = Entry.objects.of("deal", deal.pk).get(verb="note.written")
    assert entry.data == {"note": note.pk, "mentions": [cast.remi.pk]}


def test_a_mention_goes_when_the_deal_is_out_of_sight_or_the_note_away(cast, deal):
    note = operations.write(**on(deal), text="@Remi", by=cast.rosa, at=NOW, may_read=readers(deal))
    Deal.objects.filter(pk=deal.pk).update(team=cast.south)
    assert queries.waiting_for(cast.remi, NOW.date()).unread == 0
    Deal.objects.filter(pk=deal.pk).update(team=cast.north)
    assert queries.waiting_for(cast.remi, NOW.date()).unread == 1
    operations.withdraw(note=note, by=cast.rosa, at=NOW)
    assert queries.waiting_for(cast.remi, NOW.date()).unread == 0
    assert queries.notes([note.pk]) == {}
    assert queries.withdrawn("deal", deal.pk) == [note.pk]
    operations.bring_back(note=note, by=cast.rosa, at=NOW)
    assert queries.waiting_for(cast.remi, NOW.date()).unread == 1
    named = list(queries.mentions_of(cast.remi).values_list("pk", flat=True))
    assert operations.mark_read(member=cast.rosa, mentions=named, at=NOW) == 0
    assert operations.mark_read(member=cast.remi, mentions=named, at=NOW) == 1
    assert queries.waiting_for(cast.remi, NOW.date()).unread == 0


def test_a_mention_is_looked_up_and_not_all_that_is_seen_read(cast, deal):
    """Every page of everybody asks what is unread: one mention made each of them read all deals."""
    operations.write(**on(deal), text="@Remi", by=cast.rosa, at=NOW, may_read=readers(deal))
    with CaptureQueriesContext(connection) as asked:
        assert queries.waiting_for(cast.remi, NOW.date()).unread == 1
    if connection.vendor != "sqlite":
        pytest.skip("with a table of one deal PostgreSQL may as well read it")
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + asked[0]["sql"])
        plan = str([row[3] for row in cursor.fetchall()])
    assert "CORRELATED SCALAR SUBQUERY" in plan
    assert "LIST SUBQUERY" not in plan


def test_only_the_author_changes_a_note(cast, deal):
    note = operations.write(**on(deal), text="Hello @Remi", by=cast.rosa, at=NOW, may_read=readers(deal))
    for change in (
        lambda: operations.rewrite(note=note, text="No", by=cast.alice, at=NOW),
        lambda: operations.withdraw(note=note, by=cast.alice, at=NOW),
    ):
        with pytest.raises(operations.NotYours):
            change()
    operations.rewrite(note=note, text="Hello @Marc", by=cast.rosa, at=NOW, may_read=readers(deal))
    note.refresh_from_db()
    assert note.edited_at == NOW
    assert list(Mention.objects.values_list("member__name", flat=True)) == ["Marc Manager"]


@pytest.mark.parametrize(("text", "error"), [("  \n ", operations.Empty), ("x" * 20_001, operations.TooLong)])
def test_a_note_has_words_but_not_a_book(cast, deal, text, error):
    with pytest.raises(error):
        operations.write(**on(deal), text=text, by=cast.rosa, at=NOW)
    assert not Note.objects.exists()
    assert not Entry.objects.filter(verb="note.written").exists()


def test_a_file_lies_under_its_hash_once(cast, deal, tmp_path):
    for name in ("a.png", "b.png"):
        operations.attach(**on(deal), name=name, content=[PNG[:3], PNG[3:]], by=cast.rosa, at=NOW)
    first, second = Attachment.objects.order_by("pk")
    assert first.sha256 == second.sha256
    assert (first.size, first.media_type) == (48, "image/png")
    assert operations.path_of(first.sha256).read_bytes() == PNG
    assert sum(path.is_file() for path in (tmp_path / "files").rglob("*")) == 1


@override_settings(UPLOAD_LIMIT=10)
@pytest.mark.parametrize(("content", "error"), [([], operations.Empty), ([b"123456", b"78901"], operations.TooLarge)])
def test_a_file_that_is_refused_leaves_nothing(cast, deal, tmp_path, content, error):
    with pytest.raises(error):
        operations.attach(**on(deal), name="a", content=content, by=cast.rosa, at=NOW)
    assert not Attachment.objects.exists()
    assert not [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


def test_a_file_taken_away_comes_back(cast, deal):
    file = operations.attach(**on(deal), name="a", content=[b"1"], by=cast.rosa, at=NOW)
    operations.detach(attachment=file, by=cast.rosa, at=NOW)
    assert not queries.attachments("deal", deal.pk)
    operations.reattach(attachment=file, by=cast.remi, at=NOW)
    operations.reattach(attachment=file, by=cast.remi, at=NOW)
    assert [found.name for found in queries.attachments("deal", deal.pk)] == ["a"]
    verbs = Entry.objects.filter(verb__startswith="file.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["file.attached", "file.detached", "file.brought_back"]


def test_subjects_have_names(cast, deal):
    company = create_company(name="Alba", by=cast.rosa, at=NOW)
    names = queries.names_of_subjects([("deal", deal.pk), ("company", company.pk), ("contact", 99)])
    assert names == {("deal", deal.pk): "Planning", ("company", company.pk): "Alba"}
