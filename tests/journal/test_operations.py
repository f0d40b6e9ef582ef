"""The journal: numbered, chained, erasable without breaking the chain."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from piste.journal.models import Entry, RemovalPermit
from piste.journal.operations import Happening, on_announcement, permit_removal, record, record_many
from piste.journal.queries import broken_links
from piste.journal.rules import canonical
from tests.cast import NOW, Cast


def tell(number: int, subject: int = 1) -> Entry:
    return record(verb="thing.done", subject_kind="thing", subject_id=subject, actor_id=None, at=NOW, data={"n": number})


@pytest.mark.django_db
def test_entries_of_a_subject_follow_each_other() -> None:
    first, other, second = tell(1), tell(1, subject=2), tell(2)
    assert [first.number, other.number, second.number] == [1, 1, 2]
    assert bytes(second.previous_hash) == bytes(first.hash)
    assert list(broken_links()) == []


@pytest.mark.django_db
def test_many_at_once_follow_what_is_there() -> None:
    tell(1)
    later = NOW + timedelta(hours=1)
    happenings = [
        Happening("thing.done", "thing", subject, None, later, {"é": [1, None, {"b": 2, "a": "ü"}]})
        for subject in (1, 2, 1, 3, 1)
    ]
    assert record_many(happenings=happenings) == 5
    assert list(Entry.objects.of("thing", 1).order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]
    assert list(broken_links()) == []


def test_one_value_has_one_form() -> None:
    assert canonical({"b": 1, "a": ["é", None]}) == '{"a":["é",null],"b":1}'.encode()


@pytest.mark.django_db
def test_erased_data_leave_the_chain_whole() -> None:
    tell(1)
    kept = tell(2)
    with permit_removal(reason="a person asked for it"):
        Entry.objects.filter(pk=kept.pk).update(data={}, erased_at=NOW)
    assert list(broken_links()) == []
    assert not RemovalPermit.objects.exists()
    with permit_removal(reason="a forgery"):
        Entry.objects.filter(number=1).update(data={"n": 9})
    assert [link.what for link in broken_links()] == ["its data was changed"]


@pytest.mark.django_db
def test_a_permit_does_not_outlive_its_transaction() -> None:
    with pytest.raises(ZeroDivisionError), permit_removal(reason="an accident"):
        raise ZeroDivisionError
    assert not RemovalPermit.objects.exists()


def test_listeners_hear_of_what_was_committed_alone(cast: Cast, django_capture_on_commit_callbacks: type[object]) -> None:
    heard: list[int] = []
    on_announcement(lambda: heard.append(1))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[call-arg]
        tell(1)
        assert heard == []
    assert heard == [1]

    def fail() -> None:
        with transaction.atomic():
            tell(2)
            raise ZeroDivisionError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError):  # type: ignore[call-arg]
        fail()
    assert heard == [1]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the embedded database has one writer")
@pytest.mark.django_db(transaction=True)
def test_two_who_tell_of_one_subject_wait_for_each_other() -> None:
    troubles: list[str] = []

    def run() -> None:
        try:
            for number in range(20):
                with transaction.atomic():
                    tell(number)
        except Exception as problem:
            troubles.append(repr(problem))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert troubles == []
    assert Entry.objects.count() == 80
    assert list(broken_links()) == []
