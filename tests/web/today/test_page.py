"""My day: what it shows to whom, where it says to begin, and taking over a lead."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from piste.activities import operations
from piste.activities.models import Activity, Outcome
from piste.activities.operations import Wanted
from piste.activities.queries import day as queries
from piste.company.models import Member
from piste.deals import operations as deals
from piste.deals.models import Deal
from piste.deals.queries import forward_count
from piste.people.operations import create_company
from piste.pipelines.models import Stage
from piste.post.models import Letter
from piste.qualification.models import ContactClock
from piste.web.today.showing import Event, side_by_side
from tests import make
from tests.cast import NOW, Cast
from tests.web.today.conftest import HTMX

TODAY = NOW.date()
DAY = timedelta(days=1)
HERE = HTMX | {"HX-Current-URL": "http://testserver/day/"}


@pytest.fixture
def rosa(cast: Cast, sign_in: Callable[[Any], Client]) -> Client:
    return sign_in(cast.rosa)


def plan(deal: Deal, who: Member, title: str, on: date, at: datetime | None = None) -> Activity:
    return operations.plan(wanted=Wanted(title=title, kind="call", due_on=on, due_at=at), assignee=who, by=who, at=NOW, deal=deal)


def text(client: Client, path: str = "/day/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def part(said: str, start: str, end: str) -> str:
    return said.split(start, 1)[1].split(end, 1)[0]


def test_each_thing_stands_in_its_part(rosa: Client, cast: Cast, deal: Deal, stages: list[Stage]) -> None:
    plan(deal, cast.rosa, "Old call", TODAY - 3 * DAY)
    plan(deal, cast.rosa, "Early call", TODAY, NOW - timedelta(hours=1))
    plan(deal, cast.rosa, "Noon call", TODAY, NOW + timedelta(hours=3))
    plan(deal, cast.rosa, "Soon call", TODAY + 2 * DAY)
    plan(deal, cast.rosa, "Far call", TODAY + 20 * DAY)
    plan(deal, cast.remi, "Remi’s call", TODAY)
    make.deal(stages[0], cast.rosa, title="Forgotten works")
    held = make.deal(stages[0], cast.rosa, title="Sleeping works")
    plan(held, cast.rosa, "Held call", TODAY)
    deals.hold(deal=held, until=TODAY + 4 * DAY, today=TODAY, by=cast.rosa, at=NOW)
    said = text(rosa)
    assert "Tuesday 24 November" in said
    assert "Hello Rosa. Begin with Planning : Old call. In all: 2 overdue, 1 for today and 2 at a fixed hour." in said
    late = part(said, "Overdue 2", "Today 1")
    assert "Old call" in late
    assert "Early call" in late
    assert "Noon call" in part(said, "Today 1", "Without a next step")
    assert "Forgotten works" in part(said, "Without a next step 1", "Back from hold")
    assert "Sleeping works" in part(said, "Back from hold this week", "The coming days 1")
    assert "Soon call" in said
    assert not {"Far call", "Remi’s call", "Held call"} & {
        name for name in ("Far call", "Remi’s call", "Held call") if name in said
    }


def test_the_agenda_shows_its_hours_only_where_something_has_one(rosa: Client, cast: Cast, deal: Deal) -> None:
    plan(deal, cast.rosa, "Some time", TODAY)
    said = text(rosa)
    assert "Agenda Nothing at a fixed hour today. Your week" in said
    plan(deal, cast.rosa, "Noon call", TODAY, NOW + timedelta(hours=3))
    said = text(rosa)
    assert "Nothing at a fixed hour" not in said
    assert "Agenda 1 at a fixed hour" in said


def test_the_counter_stands_on_every_page(rosa: Client, cast: Cast, deal: Deal) -> None:
    assert 'id="due-top" hidden' in rosa.get("/contacts/").content.decode()
    plan(deal, cast.rosa, "Old call", TODAY - DAY)
    plan(deal, cast.rosa, "Call", TODAY)
    plan(deal, cast.rosa, "Later", TODAY + DAY)
    assert 'id="due-top">2' in rosa.get("/contacts/").content.decode()


def test_the_team_is_shown_to_those_who_see_it(rosa: Client, cast: Cast, deal: Deal, sign_in: Callable[[Any], Client]) -> None:
    plan(deal, cast.remi, "Remi’s call", TODAY)
    assert "Remi’s call" in text(rosa, "/day/?who=team")
    assert "Remi’s call" not in text(rosa)
    olga = sign_in(cast.olga)
    assert "Remi’s call" not in text(olga, "/day/?who=team")
    assert "who=team" not in olga.get("/day/").content.decode()


def test_an_empty_day_says_so(rosa: Client, cast: Cast, stages: list[Stage], sign_in: Callable[[Any], Client]) -> None:
    make.deal(stages[0], cast.remi)
    assert "No open deal yet" in text(rosa)
    assert 'href="/import/">' not in rosa.get("/day/").content.decode()
    assert "or bring in a table of them. Add a deal Import" in text(sign_in(cast.alice))
    assert "No open deal yet" not in text(rosa, "/day/?who=team")
    plan(make.deal(stages[0], cast.rosa), cast.rosa, "Far call", TODAY + 20 * DAY)
    assert "Nothing is due today, and every deal has its next step." in text(rosa)
    make.deal(stages[0], cast.rosa)
    assert "Nothing is due today. Some deals have no next step" in text(rosa)


@pytest.fixture
def hot(cast: Cast, stages: list[Stage]) -> Deal:
    """A deal of Remi's that came into qualification yesterday at noon (in Paris)."""
    qualification = next(stage for stage in stages if stage.role == "qualification")
    return make.deal(qualification, cast.remi, title="Hot works", at=datetime(2026, 11, 23, 11, tzinfo=NOW.tzinfo))


def test_a_lead_of_a_colleague_is_offered_once_it_presses(
    rosa: Client, cast: Cast, hot: Deal, sign_in: Callable[[Any], Client]
) -> None:
    clock = ContactClock.objects.get(pk=hot.pk)
    assert clock.due_at == datetime(2026, 11, 24, 11, tzinfo=NOW.tzinfo)
    with time_machine.travel(clock.due_at - timedelta(days=1)):
        assert "Take over" not in text(rosa)
        assert "Hot works" in text(sign_in(cast.remi))
    said = text(rosa)
    assert "2 h before 12:00" in said
    assert "Lead of Remi" in said
    assert "Begin with Hot works : 2 h left for the first contact." in text(sign_in(cast.remi))
    with time_machine.travel(clock.due_at + timedelta(minutes=1)):
        assert "Begin with Hot works : the first contact is late." in text(sign_in(cast.remi))


def test_taking_over_and_giving_back(rosa: Client, cast: Cast, hot: Deal) -> None:
    url = f"/day/take-over/{hot.pk}/"
    answer = rosa.post(url, {"from": cast.remi.pk}, headers=HERE).content.decode()
    assert "Hot works is yours now." in answer
    assert Deal.objects.get(pk=hot.pk).owner == cast.rosa
    again = rosa.post(url, {"from": cast.remi.pk}, headers=HERE)
    assert again.status_code == 409
    assert "Hot works is with Rosa by now: nothing was changed." in again.content.decode()
    rosa.post(f"{url}?to={cast.remi.pk}")
    assert Deal.objects.get(pk=hot.pk).owner == cast.remi


def test_a_call_takes_the_lead_off_the_list(cast: Cast, hot: Deal, sign_in: Callable[[Any], Client]) -> None:
    remi = sign_in(cast.remi)
    answer = remi.post(f"/deals/{hot.pk}/call/", headers=HERE).content.decode()
    assert "The call to Hot works is noted." in answer
    assert "hot-title" not in answer
    assert "<b>1</b> of 1" in answer


def test_doing_a_step_answers_with_the_day(rosa: Client, cast: Cast, deal: Deal) -> None:
    step = plan(deal, cast.rosa, "Old call", TODAY - DAY)
    kept = plan(deal, cast.rosa, "Other call", TODAY)
    answer = rosa.post(f"/steps/{step.pk}/done/", headers=HERE).content.decode()
    assert f"step-{kept.pk}" in answer
    assert f'id="step-{step.pk}"' not in answer
    assert 'id="due-top">1' in answer
    assert f"/steps/{step.pk}/undo/" in answer


def test_deals_moved_forward_count_once_and_not_when_taken_back(cast: Cast, deal: Deal, stages: list[Stage]) -> None:
    def count() -> int:
        return forward_count([cast.rosa.pk], before=NOW - 2 * DAY, since=NOW - DAY, until=NOW + DAY).now

    assert count() == 0
    for stage in stages[3:5]:
        deals.move(deal=deal, to=stage, by=cast.rosa, at=NOW)
    other = make.deal(stages[1], cast.rosa)
    moved = deals.move(deal=other, to=stages[2], by=cast.rosa, at=NOW)
    assert count() == 2
    deals.undo(deal=other, number=moved.number, by=cast.rosa, at=NOW)
    assert count() == 1
    later = {"since": NOW + DAY, "until": NOW + 2 * DAY}
    assert forward_count([cast.rosa.pk], before=NOW - DAY, **later) == (0, 1)
    assert forward_count([cast.remi.pk], before=NOW - DAY, **later) == (0, 0)


def test_what_was_done_counts_whoever_planned_it(cast: Cast, deal: Deal) -> None:
    operations.do(activity=plan(deal, cast.rosa, "Call", TODAY), by=cast.rosa, at=NOW)
    operations.log(kind="call", title="Call", deal=deal, by=cast.rosa, at=NOW)
    assert queries.done_count([cast.rosa.pk], before=NOW - DAY, since=NOW, until=NOW + DAY) == (2, 0)
    assert queries.done_count([cast.rosa.pk], before=NOW, since=NOW + DAY, until=NOW + 2 * DAY) == (0, 2)


def test_long_lists_say_how_much_there_is(rosa: Client, cast: Cast, deal: Deal) -> None:
    for number in range(32):
        plan(deal, cast.rosa, f"Call {number}", TODAY - DAY)
    assert "15 of 32 shown: more" in text(rosa)
    assert "shown: more" not in text(rosa, "/day/?overdue=90")
    assert "15 of 32" in text(rosa, "/day/?overdue=x&who=nobody")


def test_events_at_the_same_time_stand_side_by_side() -> None:
    def event(at: float, length: float) -> Event:
        return Event("", "", "", "1", is_done=False, at=at, length=length, hour="")

    found = side_by_side([event(9, 2), event(9, 0.75), event(10, 0.75), event(11, 1)])
    assert [(one.lane, one.lanes) for one in found] == [(0, 2), (1, 2), (1, 2), (0, 1)]


def test_the_number_of_statements_does_not_grow(rosa: Client, cast: Cast, stages: list[Stage]) -> None:
    counts = []
    for count in (1, 3, 20):
        for number in range(count):
            made = make.deal(stages[1], cast.rosa, title=f"Works {count} {number}")
            plan(made, cast.rosa, "Old call", TODAY - DAY)
            plan(made, cast.remi, "Call", TODAY, NOW + timedelta(hours=1))
            plan(made, cast.rosa, "Call", TODAY + DAY)
            make.deal(stages[0], cast.rosa)
            held = make.deal(stages[0], cast.rosa)
            deals.hold(deal=held, until=TODAY + 4 * DAY, today=TODAY, by=cast.rosa, at=NOW)
        for address in ("/day/", "/day/?who=team"):
            with CaptureQueriesContext(connection) as spent:
                rosa.get(address)
            counts.append(len(spent))
    assert len(set(counts[::2])) == len(set(counts[1::2])) == 1
    assert max(counts) <= 22


def test_what_people_write_is_words_alone(rosa: Client, cast: Cast, stages: list[Stage]) -> None:
    """Lines are filled without the template's own escaping."""
    wicked = "<i>“50 %” & %(id)s\x02id\x03{{ 7 }}"
    for number in (1, 2):
        made = make.deal(stages[number], cast.rosa, title=wicked)
        plan(made, cast.rosa, wicked, TODAY - DAY)
    make.deal(stages[0], cast.rosa, title=wicked)
    held = make.deal(stages[0], cast.rosa, title=wicked)
    deals.hold(deal=held, until=TODAY + 4 * DAY, today=TODAY, by=cast.rosa, at=NOW)
    answer = rosa.get("/day/").content.decode()
    assert "<i>" not in answer
    said = html.unescape(answer)
    # A step twice over, two hot leads, one deal without a step and one on hold.
    assert said.count(f'aria-label="Done: {wicked}, {wicked}"') == 2
    assert said.count(f"<b>{wicked}</b>") >= 3
    assert said.count(f">{wicked}</a>") >= 3


def test_a_step_on_a_deal_one_does_not_see_leads_to_the_step(cast: Cast, deal: Deal, sign_in: Callable[[Any], Client]) -> None:
    """Who is given a step knows with whom it is and does it; the deal stays its owner's."""
    firm = create_company(name="Alba", by=cast.rosa, at=NOW)
    deals.amend(deal=deal, facts={"company": firm}, by=cast.rosa, at=NOW)
    step = plan(deal, cast.olga, "Ask the lawyer", TODAY, NOW + timedelta(hours=1))
    plan(deal, cast.rosa, "Secret step", TODAY)
    olga = sign_in(cast.olga)
    page = olga.get("/day/").content.decode()
    assert f"/deals/{deal.pk}/" not in page
    assert page.count(f'href="/steps/{step.pk}/"') >= 2
    said = text(olga)
    assert "Ask the lawyer" in said
    assert "Alba" in said
    for hidden in ("12,500", "Planning", deal.stage.name):
        assert hidden not in part(said, "Today 1", "Agenda")
    assert "Secret step" not in olga.get(f"/steps/{step.pk}/done/").content.decode()
    assert olga.get(f"/steps/{step.pk}/").status_code == 200
    assert olga.get(f"/deals/{deal.pk}/").status_code == 404
    assert operations.remind(at=NOW + timedelta(minutes=50)) == 1
    assert f'href="/steps/{step.pk}/"' in olga.get("/notifications/").content.decode()
    assert f"/steps/{step.pk}/" in Letter.objects.get().text
    outcome = Outcome.objects.filter(kind="call").values_list("pk", flat=True).first()
    answer = olga.post(f"/steps/{step.pk}/done/", {"outcome": outcome or "", "next": ""})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/day/"
    step.refresh_from_db()
    assert step.done_at is not None
    assert f"/deals/{deal.pk}/" in sign_in(cast.rosa).get("/day/").content.decode()


def test_the_first_morning_begins_with_a_deal_and_an_invitation(cast: Cast, sign_in: Callable[[Any], Client]) -> None:
    said = "your colleagues join by an invitation"
    alice = sign_in(cast.alice)
    html = alice.get("/day/").content.decode()
    assert "Add a deal" in html
    assert said not in html
    Member.objects.exclude(pk=cast.alice.pk).update(is_active=False)
    html = alice.get("/day/").content.decode()
    assert said in html
    assert 'href="/settings/members/invite/"' in html
    make.deal(make.stages(make.pipeline(by=cast.alice))[0], cast.alice)
    assert said not in alice.get("/day/").content.decode()
