"""What lies in the bin for 90 days is erased: no word of it is left, and every figure of the past stays."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.db import connection

from piste.activities import operations as activities
from piste.activities.models import Activity, Attachment, Note
from piste.deals import operations as ops
from piste.deals.models import BulkEdit, Deal, LossReason, Move
from piste.deals.operations import bulk
from piste.deals.operations.bulk import Change
from piste.deals.operations.merging import merge, unmerge
from piste.deals.queries import steps
from piste.deals.rules import replay
from piste.journal.models import Entry
from piste.journal.operations import permit_removal
from piste.people import operations as people
from piste.people.models import Company, Contact, Merge
from piste.upkeep import operations as upkeep
from piste.upkeep.queries import checks
from piste.upkeep.rules import KEPT
from tests import installation, make
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db(transaction=True)

#: What is said of the things to be erased, and must be found nowhere afterwards.
SECRET = "Zugspitze"
LATER = NOW + KEPT + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR = tmp_path


def left(but: str = "") -> list[str]:
    """Every row of every table of Piste that still says the secret."""
    found = []
    for model in apps.get_models():
        if model.__module__.startswith("piste.") and model._meta.db_table != but:
            for row in model._default_manager.all():
                if SECRET.casefold() in serializers.serialize("json", [row]).casefold():
                    found.append(f"{model.__name__} {row.pk}")
    return found


@pytest.fixture
def whole(cast: Cast) -> dict[str, Any]:
    """A deal about which everything was said that can be, its company and contact, all in the bin."""
    by: dict[str, Any] = {"by": cast.rosa, "at": NOW}
    stages = make.stages(make.pipeline())
    firm = people.create_company(name=f"{SECRET} AG", website=f"https://{SECRET}.example", city=SECRET, **by)
    person = people.create_contact(name=f"Zita {SECRET}", email=f"zita@{SECRET}.example", company=firm, **by)
    folded = people.create_contact(name=f"Old {SECRET}", **by)
    merge(kept=person, folded=folded, **by)
    people.note_consent(contact=person, purpose="email", agreement="given", how=f"{SECRET} fair", said_on=NOW.date(), **by)
    deal = make.deal(
        stages[1], cast.rosa, title=f"{SECRET} works", company=firm, contacts=[(person.pk, "decides")], external_id=SECRET
    )
    ops.amend(deal=deal, facts={"campaign": SECRET, "amount_minor": 90_000_00}, custom={"size": SECRET}, **by)
    ops.name_tags(deal=deal, tags=["Big"], **by)
    ops.move(deal=deal, to=stages[3], why=f"{SECRET} asked", **by)
    reason = LossReason.objects.create(name="Price")
    ops.lose(deal=deal, reason=reason, why=f"{SECRET} is dear", **by)
    for kind, key in (("deal", deal.pk), ("company", firm.pk), ("contact", person.pk)):
        about: dict[str, Any] = {"subject_kind": kind, "subject_id": key, **by}
        note = activities.write(text=f"{SECRET} called @Olga Other", may_read=[cast.olga], **about)
        activities.pin(note=note, **by)
        activities.attach(name=f"{SECRET}.pdf", content=[f"{SECRET} {kind}".encode()], **about)
    wanted = activities.Wanted(title=f"Call {SECRET}", kind="call", detail=SECRET, due_on=NOW.date())
    activities.plan(wanted=wanted, assignee=cast.rosa, deal=deal, contact=person, **by)
    done = activities.plan(wanted=wanted, assignee=cast.rosa, deal=deal, **by)
    activities.do(activity=done, result=f"{SECRET} said yes", **by)
    activities.plan(wanted=wanted, assignee=cast.rosa, contact=person, **by)
    activities.plan(wanted=wanted, assignee=cast.rosa, company=firm, **by)
    deal.refresh_from_db()
    ops.discard(deal=deal, **by)
    for record in (person, firm):
        people.discard(person=record, **by)
    return {"deal": deal, "contact": person, "company": firm, "folded": folded}


def broken() -> list[str]:
    return [f"{check.name}: {check.first_broken}" for check in checks() if not check.ok]


def files(root: Path) -> int:
    return sum(1 for path in (root / "files").glob("**/*") if path.is_file())


def test_a_day_too_early_nothing_goes(whole: dict[str, Any]) -> None:
    assert upkeep.empty_bin(at=NOW + KEPT - timedelta(seconds=1)) == 0
    ops.restore(deal=whole["deal"], by=None, at=NOW)
    assert broken() == []


def test_no_word_is_left_and_every_figure_stays(whole: dict[str, Any], tmp_path: Path) -> None:
    assert left() != []
    before = list(Move.objects.values_list("deal", "number", "kind", "to_stage", "at", "hash").order_by("deal", "number"))
    hashes = list(Entry.objects.values_list("pk", "hash").order_by("pk"))
    amount, state = whole["deal"].amount_minor, replay(steps(whole["deal"]))
    assert files(tmp_path) == 3
    assert upkeep.empty_bin(at=LATER) == 3
    assert left() == []
    assert files(tmp_path) == 0
    assert list(Move.objects.values_list("deal", "number", "kind", "to_stage", "at", "hash").order_by("deal", "number")) == before
    assert list(Entry.objects.values_list("pk", "hash").order_by("pk"))[: len(hashes)] == hashes
    deal = Deal.objects.get()
    assert (deal.amount_minor, deal.stage_id, deal.status) == (amount, state.stage_id, state.status)
    assert Activity.objects.filter(deal=deal, done_at__isnull=False).count() == 1
    assert broken() == []
    assert {check.name: check.counted for check in checks()}["created = open + won + lost + held + erased"] == 1
    assert upkeep.empty_bin(at=LATER + timedelta(days=400)) == 0


@pytest.mark.embedded
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps its own files")
def test_the_file_of_the_embedded_database_holds_no_word_either(tmp_path: Path) -> None:
    """Freed pages and the write-ahead log keep what they held, unless it is written over."""
    place = installation.fresh(tmp_path)
    words = f"{SECRET} keeps bees in the east"
    script = (
        "from datetime import timedelta\n"
        "from tests.cast import NOW, make_cast\n"
        "from tests import make\n"
        "from piste.activities import operations as a\n"
        "from piste.deals import operations as d\n"
        "from piste.upkeep.operations import empty_bin\n"
        "from piste.upkeep.rules import KEPT\n"
        "cast = make_cast()\n"
        f"deal = make.deal(make.stages(make.pipeline())[0], cast.rosa, title={words!r})\n"
        f"a.write(subject_kind='deal', subject_id=deal.pk, text={words!r} * 200, by=cast.rosa, at=NOW)\n"
        f"d.move(deal=deal, to=make.stages(deal.pipeline)[2], why={words!r}, by=cast.rosa, at=NOW)\n"
        "d.discard(deal=deal, by=cast.rosa, at=NOW)\n"
        "print(empty_bin(at=NOW + KEPT))\n"
    )
    code, out, err = place.piste("manage", "shell", "-v0", "--no-imports", "-c", script)
    assert (code, out.strip()) == (0, "1"), err
    for path in tmp_path.rglob("piste.sqlite3*"):
        assert words.encode() not in path.read_bytes(), path.name


def test_what_is_erased_does_not_come_back(whole: dict[str, Any], cast: Cast) -> None:
    upkeep.empty_bin(at=LATER)
    act: dict[str, Any] = {"by": cast.rosa, "at": LATER}
    for verb in (ops.restore, ops.erase, ops.discard):
        with pytest.raises(ops.Discarded):
            verb(deal=whole["deal"], **act)
    for kind in ("company", "contact"):
        with pytest.raises(people.AlreadyThere):
            people.restore(person=whole[kind], **act)
        with pytest.raises(ops.NotInTheBin):
            ops.erase_person(person=whole[kind], **act)
    for activity in Activity.objects.all():
        activities.restore(activity=activity, **act)
    for note in Note.objects.all():
        activities.bring_back(note=note, **act)
    for attachment in Attachment.objects.all():
        activities.reattach(attachment=attachment, **act)
    assert not Note.objects.filter(deleted_at=None).exists() | Attachment.objects.filter(deleted_at=None).exists()
    ops.say_goodbye(leaver=cast.rosa, successor=None, by=cast.alice, at=LATER)
    assert broken() == []


def test_only_what_lies_in_the_bin_is_erased(whole: dict[str, Any], cast: Cast) -> None:
    ops.restore(deal=whole["deal"], by=cast.rosa, at=LATER)
    with pytest.raises(ops.NotInTheBin):
        ops.erase(deal=whole["deal"], by=cast.alice, at=LATER)
    step = activities.plan(wanted=activities.Wanted(title="Stay"), assignee=cast.rosa, deal=whole["deal"], by=cast.rosa, at=LATER)
    activities.erase(activity=step, by=cast.alice, at=LATER)
    step.refresh_from_db()
    assert step.title == "Stay"


def test_a_company_waits_for_the_last_that_names_it(whole: dict[str, Any], cast: Cast) -> None:
    """A deal that came back, or one that is still in the bin, names it; then its contact does."""
    ops.restore(deal=whole["deal"], by=cast.rosa, at=LATER)
    upkeep.empty_bin(at=LATER)
    assert Company.objects.get().name == f"{SECRET} AG"
    with pytest.raises(ops.StillNamed) as refused:
        ops.erase_person(person=whole["company"], by=cast.alice, at=LATER)
    assert refused.value.count == 2
    ops.discard(deal=whole["deal"], by=cast.rosa, at=LATER)
    upkeep.empty_bin(at=LATER + timedelta(days=1))
    assert Contact.objects.get(pk=whole["contact"].pk).name == f"Zita {SECRET}"
    upkeep.empty_bin(at=LATER + KEPT)
    assert left() == []
    assert broken() == []


def test_one_step_one_note_and_one_file_are_erased_from_a_deal_that_stays(
    whole: dict[str, Any], cast: Cast, tmp_path: Path
) -> None:
    by: dict[str, Any] = {"by": cast.rosa, "at": NOW}
    for record in ("contact", "company"):
        people.restore(person=whole[record], **by)
    deal = make.deal(whole["deal"].stage, cast.rosa, title="Kept", company=whole["company"])
    about: dict[str, Any] = {"subject_kind": "deal", "subject_id": deal.pk, **by}
    wanted = activities.Wanted(title="Ask for the Eiger plan")
    step = activities.plan(wanted=wanted, assignee=cast.rosa, deal=deal, **by)
    other = activities.plan(wanted=activities.Wanted(title="Call"), assignee=cast.rosa, deal=deal, **by)
    note = activities.write(text="The Eiger is too dear", **about)
    one = activities.attach(name="Eiger.pdf", content=[b"Eiger"], **about)
    twin = activities.attach(name="Same.pdf", content=[b"Eiger"], **about)
    activities.discard(activity=step, **by)
    activities.withdraw(note=note, **by)
    activities.detach(attachment=one, **by)
    assert upkeep.empty_bin(at=LATER) == 4
    said = [serializers.serialize("json", model.objects.all()) for model in (Activity, Note, Attachment, Entry)]
    assert [text for text in said if "Eiger" in text] == []
    # The same content under another name is still there.
    assert activities.path_of(twin.sha256).read_bytes() == b"Eiger"
    other.refresh_from_db()
    assert other.title == "Call"
    assert Entry.objects.filter(subject_kind="deal", subject_id=deal.pk, verb="activity.planned", erased_at=None).count() == 1
    assert broken() == []


def test_a_twin_of_a_merge_undone_is_forgotten(cast: Cast) -> None:
    by: dict[str, Any] = {"by": cast.rosa, "at": NOW}
    kept, twin = people.create_company(name="Alba", **by), people.create_company(name=SECRET, **by)
    unmerge(merge=merge(kept=kept, folded=twin, **by), **by)
    twin.refresh_from_db()
    people.discard(person=twin, **by)
    assert upkeep.empty_bin(at=LATER) == 1
    assert left() == []
    assert not Merge.objects.exists()
    assert broken() == []


def test_a_bulk_edit_of_an_erased_deal_is_not_taken_back(cast: Cast) -> None:
    deal = make.deal(make.stages(make.pipeline())[0], cast.rosa)
    edit = bulk.start(deals=Deal.objects.all(), change=Change(facts={"campaign": SECRET}), by=cast.rosa, at=NOW)
    bulk.carry_out(edit=edit, at=NOW)
    ops.discard(deal=deal, by=cast.rosa, at=NOW)
    ops.erase(deal=deal, by=cast.alice, at=NOW)
    bulk.ask_back(edit=edit, at=NOW)
    bulk.take_all_back(edit=edit, at=NOW)
    assert BulkEdit.objects.get().parts.get().state == "kept"
    assert broken() == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE deals_move SET to_status = 'won' WHERE number = 2", "does not start"),
        ("UPDATE deals_move SET by_id = NULL WHERE number = 3", "sealed"),
        ("UPDATE deals_deal SET title = 'again'", "still has facts"),
        ("UPDATE deals_move SET erased_at = NULL", "was changed"),
        ("UPDATE journal_entry SET data = '{}', erased_at = at WHERE verb = 'member.invited'", "no erasure tells"),
        ("UPDATE activities_note SET text = 'again'", "a note still tells"),
        ("UPDATE journal_entry SET data = '{\"ledger\": \"\"}' WHERE verb = 'deal.erased'", "its data was changed"),
    ],
)
def test_what_is_done_to_a_tombstone_is_found(whole: dict[str, Any], cast: Cast, statement: str, said: str) -> None:
    from piste.journal.operations import record

    record(verb="member.invited", subject_kind="member", subject_id=1, actor_id=None, at=NOW, data={"email": "a@b.example"})
    upkeep.empty_bin(at=LATER)
    assert broken() == []
    with permit_removal(reason="a test"), connection.cursor() as cursor:
        cursor.execute(statement)
    assert said in " ".join(broken())


def test_contents_nobody_names_are_swept_and_the_others_stay(cast: Cast, tmp_path: Path) -> None:
    deal = make.deal(make.stages(make.pipeline())[0], cast.rosa)
    kept = activities.attach(subject_kind="deal", subject_id=deal.pk, name="a.txt", content=[b"kept"], by=cast.rosa, at=NOW)
    fresh, stray = tmp_path / "files" / "tmpfresh", tmp_path / "files" / "ab" / ("ab" * 32)
    stray.parent.mkdir(exist_ok=True)
    for path in (fresh, stray):
        path.write_bytes(b"left")
    old = (NOW - timedelta(days=3)).timestamp()
    for path in (stray, activities.path_of(kept.sha256)):
        os.utime(path, (old, old))
    os.utime(fresh, (NOW.timestamp(), NOW.timestamp()))
    assert upkeep.sweep_files(at=NOW) == 1
    assert (stray.exists(), fresh.exists(), activities.path_of(kept.sha256).exists()) == (False, True, True)
