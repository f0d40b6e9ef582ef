"""Doing, putting off, changing and taking back a step; noting a call."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from piste.activities import operations
from piste.activities.models import Activity, Outcome
from piste.activities.operations import Wanted
from piste.deals.models import Deal
from tests.cast import NOW, Cast
from tests.web.steps.conftest import HTMX

TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture
def step(cast: Cast, deal: Deal) -> Activity:
    wanted = Wanted(title="Call back", kind="call", due_on=TODAY)
    return operations.plan(wanted=wanted, assignee=cast.rosa, by=cast.rosa, at=NOW, deal=deal)


@pytest.fixture
def rosa(cast: Cast, sign_in: Callable[[Any], Client]) -> Client:
    return sign_in(cast.rosa)


def outcome(name: str = "Reached", *, is_contact: bool = True) -> Outcome:
    return Outcome.objects.create(kind="call", name=name, is_contact=is_contact)


def now(step: Activity) -> Activity:
    return Activity.objects.get(pk=step.pk)


def test_done_and_next_with_its_undo(rosa: Client, step: Activity, deal: Deal) -> None:
    reached = outcome()
    page = rosa.get(f"/steps/{step.pk}/done/")
    assert page.status_code == 200
    assert "checked" in page.content.decode().split("Reached")[0]
    answers = {
        "outcome": reached.pk,
        "result": "Wants an offer",
        "title": "Send the offer",
        "kind": "email",
        "when": "2026-11-27",
    }
    answer = rosa.post(f"/steps/{step.pk}/done/", answers | {"hour": "14:30"}, follow=True)
    said = html.unescape(answer.content.decode())
    assert "“Call back” is done. Next: Send the offer, Fri 27\xa0Nov." in said
    assert f'action="/steps/{step.pk}/undo/"' in said
    done = now(step)
    assert (done.outcome, done.result, done.done_by_id) == (reached, "Wants an offer", done.assignee_id)
    following = Activity.objects.get(follows=step)
    assert following.due_on == date(2026, 11, 27)
    rosa.post(f"/steps/{step.pk}/undo/")
    assert now(step).done_at is None
    assert now(following).deleted_at is not None


def test_the_hour_is_that_of_whoever_does_it(rosa: Client, cast: Cast, step: Activity) -> None:
    cast.rosa.time_zone = "America/New_York"
    cast.rosa.save()
    rosa.post(f"/steps/{step.pk}/snooze/", {"on": "2026-11-30", "hour": "09:00"})
    due = now(step).due_at
    assert due is not None
    assert due.isoformat() == "2026-11-30T14:00:00+00:00"
    assert 'value="09:00"' in rosa.get(f"/steps/{step.pk}/").content.decode()


def test_next_without_day_and_day_without_words_are_asked_again(rosa: Client, step: Activity) -> None:
    url = f"/steps/{step.pk}/done/"
    no_day = rosa.post(url, {"title": "Send the offer"})
    no_words = rosa.post(url, {"on": "2026-11-30"})
    odd = rosa.post(url, {"title": "Later", "when": "soon"})
    far = rosa.post(url, {"title": "Later", "on": "9999-12-31"})
    assert [answer.status_code for answer in (no_day, no_words, odd, far)] == [422] * 4
    assert "On which day?" in no_day.content.decode()
    assert "What is to be done on that day?" in no_words.content.decode()
    assert "This is not a day" in odd.content.decode()
    assert "too far away" in far.content.decode()
    assert now(step).done_at is None


def test_second_comes_second(rosa: Client, cast: Cast, step: Activity) -> None:
    operations.do(activity=step, by=cast.remi, at=NOW - timedelta(minutes=4))
    answer = rosa.post(f"/steps/{step.pk}/done/", {"title": "Twice", "when": "2026-11-27"}, follow=True)
    assert "Remi already did “Call back” 4 minutes ago: nothing was changed." in html.unescape(answer.content.decode())
    assert not Activity.objects.filter(title="Twice").exists()


def test_an_outcome_is_asked_for_and_must_be_of_the_list(rosa: Client, step: Activity) -> None:
    gone = outcome("Fax")
    outcome()
    Outcome.objects.filter(pk=gone.pk).update(retired_at=NOW)
    url = f"/steps/{step.pk}/done/"
    assert "What came of it? Choose one." in rosa.post(url).content.decode()
    assert "no longer on the list" in rosa.post(url, {"outcome": gone.pk}).content.decode()


def test_put_off_and_taken_back(rosa: Client, step: Activity) -> None:
    url = f"/steps/{step.pk}/snooze/"
    seen = step.updated_at.isoformat()
    answer = rosa.post(url, {"when": "2026-11-25", "seen": seen}, follow=True)
    assert "“Call back” is put off to Wed 25\xa0Nov." in html.unescape(answer.content.decode())
    assert now(step).due_on == TODAY + DAY
    rosa.post(f"/steps/{step.pk}/undo/?on=2026-11-24")
    assert now(step).due_on == TODAY
    assert "This day is over" in rosa.post(url, {"on": "2026-11-23"}).content.decode()
    assert "Until which day?" in rosa.post(url, {"when": ""}).content.decode()


def test_what_a_colleague_changed_is_not_overwritten(rosa: Client, cast: Cast, step: Activity) -> None:
    seen = step.updated_at.isoformat()
    operations.snooze(activity=step, until=TODAY + 3 * DAY, by=cast.remi, at=NOW + timedelta(seconds=1))
    url = f"/steps/{step.pk}/"
    facts = {"kind": "task", "title": "Call them", "on": "2026-12-01", "assignee": cast.remi.pk}
    answer = rosa.post(url, facts | {"seen": seen})
    assert answer.status_code == 409
    assert "was changed meanwhile: it is now due on Fri 27\xa0Nov" in html.unescape(answer.content.decode())
    fresh = now(step).updated_at.isoformat()
    assert rosa.post(url, facts | {"seen": fresh}).status_code == 302
    assert (now(step).title, now(step).assignee_id, now(step).due_on) == ("Call them", cast.remi.pk, date(2026, 12, 1))


def test_a_step_goes_to_nobody_who_does_not_see_the_deal(rosa: Client, cast: Cast, deal: Deal) -> None:
    facts = {"kind": "call", "title": "Call", "when": "2026-11-27", "assignee": cast.olga.pk}
    assert rosa.post(f"/steps/new/?deal={deal.pk}", facts).status_code == 422
    assert rosa.post(f"/steps/new/?deal={deal.pk}", facts | {"assignee": cast.remi.pk}).status_code == 302
    assert Activity.objects.get().assignee == cast.remi


def test_a_call_in_two_keystrokes_and_its_undo(rosa: Client, deal: Deal) -> None:
    reached = outcome()
    page = rosa.get(f"/deals/{deal.pk}/call/", headers=HTMX).content.decode()
    assert f'value="{reached.pk}" checked autofocus' in page
    answer = rosa.post(f"/deals/{deal.pk}/call/", {"outcome": reached.pk, "when": "2026-11-25"}, headers=HTMX)
    assert answer.headers["HX-Refresh"] == "true"
    logged = Activity.objects.get()
    assert (logged.due_on, logged.done_by, logged.outcome) == (None, logged.assignee, reached)
    rosa.post(f"/steps/{logged.pk}/undo/?logged=1")
    assert now(logged).deleted_at is not None
    assert Deal.objects.get(pk=deal.pk).last_activity_at is None


def test_the_deal_page_is_answered_with_what_changed(rosa: Client, step: Activity, deal: Deal) -> None:
    here = HTMX | {"HX-Current-URL": f"http://testserver/deals/{deal.pk}/"}
    answer = rosa.post(f"/steps/{step.pk}/done/", headers=here).content.decode()
    assert "#deal-head" in answer
    assert 'hx-target="#step-dialog" hx-swap="delete"' in answer


def test_removed_and_back(rosa: Client, step: Activity) -> None:
    rosa.post(f"/steps/{step.pk}/remove/")
    assert now(step).deleted_at is not None
    said = html.unescape(rosa.get(f"/steps/{step.pk}/done/", follow=True).content.decode())
    assert "“Call back” has been removed in the meantime: nothing was changed." in said
    rosa.post(f"/steps/{step.pk}/undo/")
    assert now(step).deleted_at is None


def test_a_stranger_address_leads_to_no_other_site(rosa: Client, step: Activity, deal: Deal) -> None:
    answer = rosa.post(f"/steps/{step.pk}/done/", {"back": "https://evil.example/day/"})
    assert answer.headers["Location"] == f"/deals/{deal.pk}/"
