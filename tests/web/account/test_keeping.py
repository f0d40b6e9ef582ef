"""Sessions are read by a statement written once: those of others, those that ended and those past their day are nobody's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string

from piste.company.models import Member
from tests.cast import Cast

SessionStore = import_string(f"{settings.SESSION_ENGINE}.SessionStore")


def begun(**held: str) -> str:
    store = SessionStore()
    store.update(held)
    store.save()
    return str(store.session_key)


def test_each_session_holds_its_own(db: None) -> None:
    first, second = begun(who="first"), begun(who="second")
    assert dict(SessionStore(first)) == {"who": "first"}
    assert dict(SessionStore(second)) == {"who": "second"}


@pytest.mark.parametrize("key", ["unknownunknownunknown", "", None, "' OR 1=1 --"])
def test_what_is_no_session_is_empty_and_gets_another_key(db: None, key: str | None) -> None:
    begun(who="first")
    store = SessionStore(key)
    assert dict(store) == {}
    assert store.session_key is None


def test_a_session_past_its_day_or_ended_is_none(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.rosa)
    assert client.get("/day/").status_code == 200
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/day/").status_code == 302
    client.force_login(cast.rosa)
    assert client.get("/day/").status_code == 200
    Session.objects.all().delete()
    assert client.get("/day/").status_code == 302


def test_a_member_is_found_by_number(cast: Cast) -> None:
    for member in (cast.rosa, cast.olga, cast.lea):
        found = Member.objects.get(pk=member.pk)
        assert (found, found.email, found.team_id, found.joined_at) == (member, member.email, member.team_id, member.joined_at)
    Member.objects.filter(pk=cast.rosa.pk).update(name="Rosa Renamed")
    assert Member.objects.get(pk=cast.rosa.pk).name == "Rosa Renamed"
    assert Member.objects.get(pk=str(cast.rosa.pk)) == Member.objects.get(email=cast.rosa.email) == cast.rosa
    for key in (0, -1, 2**53, 10**30):
        with pytest.raises(Member.DoesNotExist):
            Member.objects.get(pk=key)
