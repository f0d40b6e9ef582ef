"""The panel of a deal: what its stage asks, what was done of it, and the texts filled with what is known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from piste.activities import operations as activities
from piste.activities.models import Activity, CriterionMet
from piste.activities.queries import progress
from piste.company.models import Member
from piste.deals import operations as deals
from piste.deals.models import Deal, LossReason
from piste.journal.models import Entry
from piste.people import operations as people
from piste.pipelines import operations as pipelines
from piste.pipelines.models import Stage
from piste.playbooks.models import ExitCriterion
from piste.playbooks.operations import set_guide
from piste.playbooks.queries import guide
from piste.playbooks.rules import Criterion, Guide, Standard, Text
from tests import make
from tests.cast import NOW, Cast

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
PROPOSAL = Guide(
    activities=(
        Standard("task", "Go through the needs"),
        Standard("email", "Send the proposal", offset_days=3),
        Standard("call", "Call after reading", offset_days=2, after=1),
    ),
    criteria=(Criterion("The signatory is known"),),
    templates=(Text("email", "First proposal", "Dear {contact}, {title} for {amount}. {owner}", "For {company}"),),
    script="Begin with **their** words. <script>alert(1)</script> [here](javascript:alert(1)) ![x](https://spy.example/x.png)",
)


@pytest.fixture(autouse=True)
def _on_the_casts_day() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    found = make.stages(make.pipeline(by=cast.alice))
    set_guide(stage=found[3], guide=PROPOSAL, by=cast.marc, at=NOW, why="Few follow up")
    return found


@pytest.fixture
def deal(cast: Cast, stages: list[Stage]) -> Deal:
    return make.deal(stages[3], cast.rosa, title="Planning")


def as_(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def panel(member: Member, deal: Deal) -> str:
    html = as_(member).get(f"/deals/{deal.pk}/").content.decode()
    return html.split('id="deal-guide"')[1].split("</section>")[0]


def test_what_the_stage_asks_and_what_was_done(cast: Cast, deal: Deal) -> None:
    needs, proposal = Activity.objects.filter(deal=deal).order_by("due_on")
    html = panel(cast.rosa, deal)
    assert "Playbook: Proposal" in html
    assert "0 of 2" in html
    assert f'href="/steps/{needs.pk}/done/"' in html
    assert "2 working days after “Send the proposal”" in html
    activities.do(activity=needs, by=cast.rosa, at=NOW)
    html = panel(cast.rosa, deal)
    assert "1 of 2" in html
    assert 'data-vars="p 50"' in html
    assert f"/steps/{needs.pk}/done/" not in html
    assert ">late<" not in html
    with time_machine.travel(NOW + timedelta(days=10)):
        late = panel(cast.rosa, deal)
    assert late.count(">late<") == 1
    activities.do(activity=proposal, by=cast.rosa, at=NOW)
    html = panel(cast.rosa, deal)
    assert "2 of 3" in html
    assert "2 working days after" not in html


def test_the_ring_is_that_of_the_card(cast: Cast, deal: Deal) -> None:
    first, second = Activity.objects.filter(deal=deal).order_by("due_on")
    activities.do(activity=first, by=cast.rosa, at=NOW)
    activities.discard(activity=second, by=cast.rosa, at=NOW)
    found = progress([deal.pk], deal.stage_id, today=NOW.date())[deal.pk]
    assert f"{found.done} of {found.asked}" == "1 of 1"
    assert "1 of 1" in panel(cast.rosa, deal)


def test_criteria_are_kept_per_deal_and_told(cast: Cast, stages: list[Stage], deal: Deal) -> None:
    criterion = ExitCriterion.objects.get()
    path = f"/deals/{deal.pk}/criteria/{criterion.pk}/"
    assert 'aria-pressed="false"' in panel(cast.rosa, deal)
    for _twice in range(2):
        assert as_(cast.rosa).post(path, {"met": "1"}, headers=HTMX).status_code == 200
    assert CriterionMet.objects.get().by == cast.rosa
    html = as_(cast.rosa).get(f"/deals/{deal.pk}/").content.decode()
    assert 'aria-pressed="true"' in html
    assert "met an exit criterion" in html
    assert as_(cast.rosa).post(path, {"met": ""}).status_code == 302
    assert not CriterionMet.objects.exists()
    told = Entry.objects.filter(verb__startswith="deal.criterion").order_by("pk")
    assert [(entry.verb, entry.data["text"]) for entry in told] == [
        ("deal.criterion_met", "The signatory is known"),
        ("deal.criterion_unmet", "The signatory is known"),
    ]
    assert "took back an exit criterion" in as_(cast.rosa).get(f"/deals/{deal.pk}/").content.decode()
    assert as_(cast.olga).post(path, {"met": "1"}).status_code == 404
    assert as_(cast.rosa).get(path).status_code == 405


def test_a_question_no_longer_asked_is_told(cast: Cast, stages: list[Stage], deal: Deal) -> None:
    criterion = ExitCriterion.objects.get()
    path = f"/deals/{deal.pk}/criteria/{criterion.pk}/"
    deals.move(deal=deal, to=stages[4], by=cast.rosa, at=NOW)
    answer = as_(cast.rosa).post(path, {"met": "1"}, headers=HTMX)
    assert answer.status_code == 409
    assert b"This question is no longer asked" in answer.content
    deals.move(deal=deal, to=stages[3], by=cast.rosa, at=NOW)
    set_guide(stage=stages[3], guide=Guide(script="Other"), by=cast.marc, at=NOW, why="Nobody asked it")
    assert as_(cast.rosa).post(path, {"met": "1"}, headers=HTMX).status_code == 409
    assert not CriterionMet.objects.exists()
    elsewhere = make.pipeline("Elsewhere", by=cast.alice)
    other = make.stages(elsewhere)[0]
    set_guide(stage=other, guide=Guide(criteria=(Criterion("?"),)), by=cast.marc, at=NOW, why="Why")
    strange = ExitCriterion.objects.get(stage=other)
    assert as_(cast.rosa).post(f"/deals/{deal.pk}/criteria/{strange.pk}/", {"met": "1"}).status_code == 404


def test_templates_are_filled_and_say_what_they_lack(cast: Cast, stages: list[Stage]) -> None:
    bare = make.deal(stages[3], cast.rosa, title="Planning")
    html = panel(cast.rosa, bare)
    assert "Dear {contact}, Planning for €12,500. Rosa Rep" in html
    assert "Not known of this deal yet: company, contact." in html
    firm = people.create_company(name="Nebel & Horn", by=cast.rosa, at=NOW)
    person = people.create_contact(name="Nora <b>Nebel</b>", company=firm, by=cast.rosa, at=NOW)
    full = make.deal(stages[3], cast.rosa, title="Planning", company=firm, contacts=[(person.pk, "decides")])
    html = panel(cast.rosa, full)
    assert "Dear Nora &lt;b&gt;Nebel&lt;/b&gt;, Planning" in html
    assert 'value="For Nebel &amp; Horn"' in html
    assert "Not known of this deal yet" not in html


def test_the_script_is_safe(cast: Cast, deal: Deal) -> None:
    html = panel(cast.rosa, deal)
    assert "<strong>their</strong>" in html
    assert "&lt;script&gt;alert(1)" in html
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "<img" not in html


def test_required_facts_stand_in_it(cast: Cast, stages: list[Stage], deal: Deal) -> None:
    pipelines.require(stage=stages[4], fact="contact", to_enter=True, to_leave=False, by=cast.marc, at=NOW, why="sums")
    assert "Required for" in panel(cast.rosa, deal)
    bare = make.deal(stages[0], cast.rosa)
    html = as_(cast.rosa).get(f"/deals/{bare.pk}/").content.decode()
    assert html.split('id="deal-guide"')[1].split(">")[0].endswith(" hidden")


def test_a_manager_moves_it_all_the_same_and_that_is_told(cast: Cast, stages: list[Stage], deal: Deal) -> None:
    pipelines.require(stage=stages[4], fact="contact", to_enter=True, to_leave=False, by=cast.marc, at=NOW, why="sums")
    move = {"to": str(stages[4].pk)}
    reason = {"fact": "contact", "override": "Signed at the fair"}
    refused = as_(cast.rosa).post(f"/deals/{deal.pk}/move/", move, headers=HTMX)
    assert (refused.status_code, b'name="override"' in refused.content) == (422, False)
    as_(cast.rosa).post(f"/deals/{deal.pk}/move/", move | reason)
    assert Deal.objects.get(pk=deal.pk).stage == stages[3]
    asked = as_(cast.marc).post(f"/deals/{deal.pk}/move/", move, headers=HTMX)
    assert (asked.status_code, b'name="override"' in asked.content) == (422, True)
    assert as_(cast.marc).post(f"/deals/{deal.pk}/move/", move | reason).status_code == 302
    assert Deal.objects.get(pk=deal.pk).stage == stages[4]
    html = as_(cast.rosa).get(f"/deals/{deal.pk}/").content.decode()
    assert "in spite of missing facts: Signed at the fair" in html


def test_a_lost_deal_has_no_playbook_and_an_early_one_is_told(cast: Cast, stages: list[Stage], deal: Deal) -> None:
    early = make.deal(stages[1], cast.rosa)
    set_guide(stage=stages[1], guide=Guide(activities=(Standard("call", "Ring"),)), by=cast.marc, at=NOW, why="New")
    assert "This deal came here before the standard activities were written" in panel(cast.rosa, early)
    deals.lose(deal=deal, reason=LossReason.objects.create(name="Price"), by=cast.rosa, at=NOW)
    assert "First proposal" not in panel(cast.rosa, deal)


def test_adherence_with_its_definition(cast: Cast, deal: Deal) -> None:
    activities.do(activity=Activity.objects.filter(deal=deal).order_by("due_on")[0], by=cast.rosa, at=NOW)
    assert "Playbooks followed so far" not in panel(cast.rosa, deal)
    with time_machine.travel(NOW + timedelta(days=7)):
        html = panel(cast.rosa, deal)
    assert "Playbooks followed so far: 50%" in html
    assert "n = 2 activities" in html
    assert "Done in time: 1, done late: 0, not done: 1." in html


def test_as_many_statements_for_a_long_playbook(cast: Cast, stages: list[Stage]) -> None:
    def asked(deal: Deal) -> int:
        client = as_(cast.rosa)
        client.get(f"/deals/{deal.pk}/")
        with CaptureQueriesContext(connection) as found:
            client.get(f"/deals/{deal.pk}/")
        return len(found)

    before = asked(make.deal(stages[3], cast.rosa))
    now = guide(stages[3].pk)
    more = Guide(
        activities=(
            *now.activities,
            *(Standard("call", f"Ring {n}", assigns="member", member_id=cast.remi.pk) for n in range(5)),
        ),
        criteria=(*now.criteria, *(Criterion(f"Question {n}") for n in range(5))),
        templates=(*now.templates, *(Text("email", f"Letter {n}", "{contact}") for n in range(5))),
        script=now.script,
    )
    set_guide(stage=stages[3], guide=more, by=cast.marc, at=NOW, why="More")
    # The names of members whom it names are one statement more, whatever their number.
    assert asked(make.deal(stages[3], cast.rosa)) <= before + 1
