"""The next step on the page of a deal: first of all, in each of its states, and in place after each act."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from piste.activities import operations as activities
from piste.activities.models import Activity
from piste.activities.operations import Wanted
from piste.deals import operations as deals
from piste.deals.models import LossReason
from piste.pipelines.queries import shape_of
from piste.playbooks.operations import set_guide
from piste.playbooks.rules import Guide, Standard
from tests import make
from tests.cast import NOW, Cast

HTMX = {"HX-Request": "true", "HX-Current-URL": ""}


def signed_in(member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def planned(cast: Cast, title="Call back", kind="call", on=date(2026, 11, 20)):
    stage = make.stages(make.pipeline(by=cast.alice))[0]
    deal = make.deal(stage, cast.rosa)
    wanted = Wanted(title=title, kind=kind, due_on=on)
    return deal, activities.plan(wanted=wanted, assignee=cast.rosa, by=cast.rosa, at=NOW, deal=deal)


def test_an_overdue_step_says_so(cast, time_machine):
    time_machine.move_to(NOW)
    deal, _step = planned(cast)
    html = signed_in(cast.rosa).get(f"/deals/{deal.pk}/").content.decode()
    assert 'data-due="overdue"' in html
    assert "Call back" in html
    assert "4 days late" in html


def test_a_step_without_a_day_stands_behind_those_with_one(cast):
    deal, _step = planned(cast)
    activities.plan(wanted=Wanted(title="One day"), assignee=cast.rosa, by=None, at=NOW, deal=deal)
    html = signed_in(cast.rosa).get(f"/deals/{deal.pk}/").content.decode()
    assert 'id="next-step-title">Call back<' in html
    assert html.index("Call back") < html.index("One day")


def test_its_lack_is_a_state(cast):
    deal, step = planned(cast)
    client = signed_in(cast.rosa)
    client.post(f"/steps/{step.pk}/remove/")
    html = client.get(f"/deals/{deal.pk}/").content.decode()
    assert 'class="next-step" data-due="none"' in html
    assert f"/steps/new/?deal={deal.pk}" in html


def test_doing_it_shows_the_next_one_in_place(cast):
    deal, step = planned(cast)
    activities.plan(wanted=Wanted(title="Send it", due_on=date(2027, 1, 8)), assignee=cast.rosa, by=None, at=NOW, deal=deal)
    headers = HTMX | {"HX-Current-URL": f"http://testserver/deals/{deal.pk}/"}
    answer = signed_in(cast.rosa).post(f"/steps/{step.pk}/done/", {"result": "She agrees"}, headers=headers)
    html = answer.content.decode()
    assert answer.status_code == 200, html
    assert Activity.objects.get(pk=step.pk).result == "She agrees"
    assert 'hx-target="#deal-steps"' in html
    assert html.index("Send it") > html.index('id="next-step-title"')
    assert "did “Call back”" in html


def test_the_board_shows_it_on_the_card(cast, time_machine):
    time_machine.move_to(NOW)
    deal, _step = planned(cast)
    make.deal(deal.stage, cast.rosa, title="Alone")
    html = signed_in(cast.rosa).get(f"/pipelines/{deal.pipeline_id}/").content.decode()
    assert "data-due=overdue data-kind=call><p>Call back</p><time>−4 d</time>" in html
    assert "data-due=none><p>No next step</p>" in html


def test_many_steps_cost_as_much_as_one(cast):
    deal, _step = planned(cast)
    client, counts = signed_in(cast.rosa), []
    for _ in range(3):
        with CaptureQueriesContext(connection) as spent:
            client.get(f"/deals/{deal.pk}/")
        counts.append(len(spent))
        for number in range(3):
            wanted = Wanted(title=f"Step {number}", due_on=date(2027, 1, 8))
            activities.plan(wanted=wanted, assignee=cast.remi, by=None, at=NOW, deal=deal)
    assert counts[1] == counts[2]


def test_what_a_sale_left_undone_is_folded_and_counts_no_more(cast, time_machine):
    time_machine.move_to(NOW)
    stages = make.stages(make.pipeline(by=cast.alice))
    guide = Guide(activities=(Standard("task", "Send the proposal"), Standard("call", "Ask for it back")))
    set_guide(stage=stages[3], guide=guide, by=cast.marc, at=NOW, why="Few follow up")
    deal = make.deal(stages[3], cast.rosa, at=NOW - timedelta(days=40))
    client = signed_in(cast.rosa)
    page = f"/deals/{deal.pk}/"
    assert "steps-left" not in client.get(page).content.decode()
    deals.win(deal=deal, by=cast.rosa, at=NOW)
    html = client.get(page).content.decode()
    assert 'class="next-step"' not in html
    assert "days late" not in html
    fold = html[html.index('id="steps-left"') : html.index("</details>", html.index('id="steps-left"'))]
    assert "Left undone when the deal was won" in fold
    for step in Activity.objects.undone().filter(deal=deal):
        assert f'hx-get="/steps/{step.pk}/done/"' in fold
    card = client.get(f"/pipelines/{deal.pipeline_id}/").content.decode()
    assert "Send the proposal" not in card
    assert "data-due=overdue" not in card
    # Doing one all the same takes it out of the fold in place.
    step = Activity.objects.undone().filter(deal=deal).earliest("pk")
    headers = HTMX | {"HX-Current-URL": f"http://testserver{page}"}
    answer = client.post(f"/steps/{step.pk}/done/", {"result": "Sent late"}, headers=headers).content.decode()
    assert f"/steps/{step.pk}/done/" not in answer
    assert 'id="steps-left"' in answer


def test_what_a_loss_left_undone_comes_back_with_the_deal(cast, time_machine):
    time_machine.move_to(NOW)
    deal, _step = planned(cast)
    deals.lose(deal=deal, reason=LossReason.objects.create(name="Price"), by=cast.rosa, at=NOW)
    client = signed_in(cast.rosa)
    html = client.get(f"/deals/{deal.pk}/").content.decode()
    assert "Left undone: the deal is lost" in html
    assert "4 days late" not in html
    deals.move(deal=deal, to=deal.stage, by=cast.rosa, at=NOW)
    html = client.get(f"/deals/{deal.pk}/").content.decode()
    assert "steps-left" not in html
    assert "4 days late" in html


def test_what_is_planned_on_a_lost_deal_is_seen_and_says_that_it_comes_up_for_nobody(cast, time_machine):
    time_machine.move_to(NOW)
    deal, _step = planned(cast)
    client = signed_in(cast.rosa)
    asked = f"/steps/new/?deal={deal.pk}"
    assert "comes up for nobody" not in client.get(asked).content.decode()
    deals.lose(deal=deal, reason=LossReason.objects.create(name="Price"), by=cast.rosa, at=NOW)
    assert "comes up for nobody, unless the deal is reopened" in client.get(asked).content.decode()
    page = f"/deals/{deal.pk}/"
    fold = 'id="steps-left"'
    assert f"{fold}>" in client.get(page).content.decode()
    wanted = Wanted(title="Ask again in spring", due_on=date(2027, 3, 8))
    activities.plan(wanted=wanted, assignee=cast.rosa, by=cast.rosa, at=NOW + timedelta(minutes=1), deal=deal)
    html = client.get(page).content.decode()
    assert f"{fold} open>" in html
    assert "Ask again in spring" in html


def test_the_step_of_a_deal_on_hold_is_not_late_before_the_deal_is_back(cast, time_machine):
    time_machine.move_to(NOW)
    deal, _step = planned(cast)
    client = signed_in(cast.rosa)
    deals.hold(deal=deal, until=date(2026, 12, 15), today=NOW.date(), by=cast.rosa, at=NOW)

    def said(address: str) -> str:
        return client.get(address).content.decode().replace("\xa0", " ")

    page = said(f"/deals/{deal.pk}/")
    assert 'class="next-step" data-due="later"' in page
    assert "Fri 20 Nov, waits for the deal to be back" in page
    assert "4 days late" not in page
    line = said(f"/pipelines/{deal.pipeline_id}/list/?status=held")
    assert "Fri 20 Nov" in line
    assert "data-due=overdue" not in line.replace('"', "")
    assert "comes up once it is back, on Tue 15 Dec" in said(f"/steps/new/?deal={deal.pk}")


def test_a_stage_without_customers_shows_no_late_step_of_a_sale(cast, time_machine):
    """Where a sale stays in the stage that was left, its playbook's panel shows what it asked, and nothing of it is late."""
    time_machine.move_to(NOW)
    stages = make.stages(make.pipeline(by=cast.alice))
    shape = replace(shape_of(stages[5]), role="closing")
    deals.reshape_stage(stage=stages[5], shape=shape, by=cast.marc, at=NOW, why="no customers here")
    guide = Guide(activities=(Standard("task", "Send the proposal"),))
    set_guide(stage=stages[3], guide=guide, by=cast.marc, at=NOW, why="Few follow up")
    deal = make.deal(stages[3], cast.rosa, at=NOW - timedelta(days=40))
    client = signed_in(cast.rosa)
    page = f"/deals/{deal.pk}/"
    assert '<span class="chip chip--danger">late</span>' in client.get(page).content.decode()
    deals.win(deal=deal, by=cast.rosa, at=NOW)
    html = client.get(page).content.decode()
    assert "Send the proposal" in html
    assert '<span class="chip chip--danger">late</span>' not in html
    assert "steps-left" not in html


def test_those_after_the_next_six_are_folded_and_reached(cast):
    deal, _step = planned(cast)
    for number in range(9):
        wanted = Wanted(title=f"Step {number}", due_on=date(2027, 1, 8))
        activities.plan(wanted=wanted, assignee=cast.remi, by=None, at=NOW, deal=deal)
    page = signed_in(cast.rosa).get(f"/deals/{deal.pk}/").content.decode()
    _shown, folded = page.split("<summary>3 other steps", 1)
    folded = folded.split("</details>", 1)[0]
    assert folded.count('class="tick') == 3
    assert "Step 8" in folded
