"""A manager has an audit made, opens the very deals of a finding, gives it as a task, and takes it away on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from piste.activities.models import Activity
from piste.audits import operations
from piste.audits.models import Audit, Chore, Finding, Schedule
from piste.audits.operations.sending import unsent
from piste.post.models import Enclosure, Letter
from piste.web.audits import tasks
from tests import make
from tests.cast import NOW, Cast
from tests.web.letters.reading import words_of

type SignIn = Callable[[Any], Client]


@pytest.fixture
def audit(cast: Cast, stages: Any) -> Audit:
    for number in range(3):
        make.deal(stages[1], cast.rosa, title=f"Bare {number}", amount_minor=None, at=NOW - timedelta(days=20))
    make.deal(stages[1], cast.olga, title="Olga’s own")
    return operations.make(pipeline=stages[0].pipeline, by=cast.alice, at=NOW)


def address(audit: Audit, code: str = "") -> str:
    found = f"/process/{audit.pipeline_id}/audits/{audit.pk}/"
    return f"{found}findings/{Finding.objects.get(audit=audit, code=code).pk}/" if code else found


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_an_audit_is_made_and_opened(cast: Cast, stages: Any, deal: Any, sign_in: SignIn) -> None:
    client, first = sign_in(cast.alice), f"/process/{stages[0].pipeline_id}/audits/"
    assert "Make the first audit" in client.get(first).content.decode()
    answer = client.post(first, follow=True)
    page = words(answer.content.decode())
    assert "Deals without a next step" in page
    assert "1 open deal of 1 has nothing planned." in page
    assert Audit.objects.get().by == cast.alice


def test_a_finding_names_as_many_deals_as_it_counts(cast: Cast, audit: Audit, sign_in: SignIn) -> None:
    page = sign_in(cast.alice).get(address(audit, "no_amount")).content.decode()
    assert re.search(r"data-counted>(\d+)<", page)[1] == "3"  # type: ignore[index]
    assert page.count('<th scope="row"><a href="/deals/') == 3
    assert "Bare 0" in page
    assert "Olga’s own" not in page


def test_a_finding_becomes_a_task_and_is_told_on_the_audit(cast: Cast, audit: Audit, sign_in: SignIn) -> None:
    client, task = sign_in(cast.alice), f"{address(audit, 'no_amount')}task/"
    assert "Have the missing amounts written down" in client.get(task).content.decode()
    facts = {"title": "Ask for the amounts", "assignee": cast.rosa.pk, "due_on": "2026-11-20", "detail": ""}
    assert "This day is over" in client.post(task, facts).content.decode()
    assert client.post(task, facts | {"due_on": "2026-12-01"}).status_code == 302
    made = Activity.objects.get(pk=Chore.objects.get().activity_id)
    assert (made.title, made.assignee, made.deal) == ("Ask for the amounts", cast.rosa, None)
    assert "Ask for the amounts" in client.get(address(audit)).content.decode()
    day = sign_in(cast.rosa).get("/day/").content.decode()
    assert "Ask for the amounts" in day
    assert sign_in(cast.rosa).get(f"/steps/{made.pk}/").status_code == 200
    done = sign_in(cast.rosa).post(f"/steps/{made.pk}/done/", {})
    assert (done.status_code, done["Location"]) == (302, "/day/")
    second = operations.make(pipeline=audit.pipeline, by=cast.alice, at=NOW + timedelta(days=7))
    page = words(client.get(address(second)).content.decode())
    assert "1 of 1 task of the audit before is done." in page


@pytest.mark.parametrize(
    ("language", "said"), [("en", "3 open deals of 4 have no amount."), ("fr", "3 affaires ouvertes sur 4 n’ont pas de montant.")]
)
def test_it_says_the_same_on_paper_in_both_languages(cast: Cast, audit: Audit, sign_in: SignIn, language: str, said: str) -> None:
    cast.alice.language = language
    cast.alice.save()
    answer = sign_in(cast.alice).get(f"{address(audit)}pdf/")
    assert answer["Content-Type"] == "application/pdf"
    told = re.sub(r"[\s\u2060]+", " ", words_of(answer.content))
    assert said in told
    assert said in words(sign_in(cast.alice).get(address(audit)).content.decode())


def test_who_reads_is_sent_what_is_made_by_itself(cast: Cast, audit: Audit, sign_in: SignIn, settings: Any) -> None:
    client, first = sign_in(cast.alice), f"/process/{audit.pipeline_id}/audits/"
    when = {"rhythm": "weekly", "weekday": 1, "hour": "06:00", "readers": [cast.alice.pk]}
    assert client.post(f"{first}schedule/", when | {"hour": "six"}).status_code == 422
    assert client.post(f"{first}schedule/", when).status_code == 302
    Schedule.objects.update(since=NOW - timedelta(days=1))
    assert "Each week on Tuesday at 6:00" in words(client.get(first).content.decode())
    assert tasks.run.call() == 1
    assert tasks.run.call() == 0
    letter = Letter.objects.get()
    assert (letter.member, letter.subject) == (cast.alice, f"Audit of {audit.pipeline.name}")
    assert "Deals without an amount" in letter.text
    assert bytes(Enclosure.objects.get(letter=letter).content).startswith(b"%PDF")
    assert unsent(at=NOW) == []
    assert not mail.outbox
    client.post(f"{first}schedule/end/")
    assert not Schedule.objects.exists()
