"""The process pages: what they show, to whom, and what each change does or refuses."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from piste.company.models import CustomField, Member
from piste.deals import operations as deals
from piste.deals.models import Deal
from piste.journal.models import Entry
from piste.pipelines import operations as pipelines
from piste.pipelines.models import Pipeline, ProcessVersion, Stage
from piste.pipelines.queries import needs_of
from piste.pipelines.rules import Need
from tests import make
from tests.cast import NOW, Cast

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    return make.stages(make.pipeline(by=cast.alice))


def as_(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def at(stage: Stage, rest: str = "") -> str:
    return f"/process/{stage.pipeline_id}/stages/{stage.pk}/{rest}"


def of(stage: Stage, rest: str) -> str:
    return f"/process/{stage.pipeline_id}/{rest}"


def names(pipeline_id: int) -> list[str]:
    return [stage.name for stage in Stage.objects.in_use().filter(pipeline_id=pipeline_id)]


FORM = {"name": "Proposal", "role": "proposal", "norm_days": "21", "probability": "50"}


def publish(client: Client, stage: Stage, **more: str) -> HttpResponse:
    """Publishes the draft as its panel does."""
    number = ProcessVersion.objects.filter(pipeline=stage.pipeline_id).latest("number").number
    given = {"why": "The audit says so", "seen": str(number), "stage": str(stage.pk)} | more
    return client.post(of(stage, "publish/"), given, follow=True)


def test_the_way_in(cast: Cast) -> None:
    assert b"Make the first pipeline" in as_(cast.marc).get("/process/").content
    assert b"Make the first pipeline" not in as_(cast.rosa).get("/process/").content
    pipeline = make.pipeline()
    answer = as_(cast.rosa).get("/process/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/process/{pipeline.pk}/")
    assert Client().get("/process/").status_code == 302


def test_a_manager_sees_what_a_stage_asks_and_who_lacks_it(cast: Cast, stages: list[Stage]) -> None:
    CustomField.objects.create(subject="deal", key="budget", label="Budget", position=1)
    make.deal(stages[3], cast.rosa, amount_minor=None)
    make.deal(stages[3], cast.rosa, custom={"budget": ""})
    held = make.deal(stages[3], cast.rosa, custom={"budget": "9"})
    deals.hold(deal=held, until=NOW.date() + timedelta(days=9), by=cast.rosa, at=NOW, today=NOW.date())
    for fact in ("amount", "custom:budget"):
        pipelines.require(stage=stages[3], fact=fact, to_enter=False, to_leave=True, by=cast.marc, at=NOW, why="sums")
    html = as_(cast.marc).get(at(stages[3])).content.decode()
    assert "3 deals stand here" in html
    assert "1 deal lacks it" in html
    assert "2 deals lack it" in html
    assert "2 open deals, stage 4 of 6" in html
    assert "Budget: now required in Proposal" in html


def test_what_lacks_is_what_the_move_says(cast: Cast, stages: list[Stage]) -> None:
    from piste.deals.queries import knowing, known_facts
    from piste.pipelines.rules import FACTS

    facts = [*FACTS, "custom:budget", "custom:tags"]
    for custom in ({}, {"budget": "", "tags": []}, {"budget": None}, {"budget": "0", "tags": ["a"]}, {"budget": False}):
        make.deal(stages[0], cast.rosa, custom=custom, amount_minor=0 if custom else None)
    counted, known = knowing(Deal.objects.all(), facts=facts)
    assert counted == 5
    one_by_one = [known_facts(deal, among=facts) for deal in Deal.objects.all()]
    assert known == {fact: sum(fact in found for found in one_by_one) for fact in facts}


def test_reps_read_what_concerns_them_and_change_nothing(cast: Cast, stages: list[Stage]) -> None:
    make.deal(stages[0], cast.rosa)
    pipelines.require(stage=stages[0], fact="amount", to_enter=False, to_leave=True, by=cast.marc, at=NOW, why="sums")
    html = as_(cast.olga).get(at(stages[0])).content.decode()
    assert "0 open deals" in html
    assert "Amount" in html
    assert "<textarea" not in html
    pipelines.draft_order(pipeline=stages[0].pipeline, order=[stage.pk for stage in stages[::-1]], by=cast.marc, at=LATER)
    html = as_(cast.olga).get(at(stages[0])).content.decode()
    assert "Draft" not in html
    assert "stage 1 of 6" in html
    assert as_(cast.olga).post(at(stages[0]), FORM).status_code == 403
    for path in ("stages/new/", "name/", "leaving/", "abandon/", f"stages/{stages[0].pk}/leaving/"):
        assert as_(cast.rosa).get(of(stages[0], path)).status_code == 403, path
        assert as_(cast.rosa).post(of(stages[0], path), {"why": "because"}).status_code == 403, path
    for path in ("place/", "order/", "publish/", "stages/new-1/drop/"):
        assert as_(cast.rosa).post(of(stages[0], path), {"to": "later"}).status_code == 403, path
    assert as_(cast.rosa).get("/process/new/").status_code == 403
    assert ProcessVersion.objects.count() == 2


def test_a_stage_is_drafted_then_published_with_its_why(cast: Cast, stages: list[Stage]) -> None:
    given = FORM | {
        "name": " Offer ",
        "norm_days": "",
        "probability": "43",
        "enter": ["amount"],
        "leave": ["amount", "source", "no"],
    }
    client = as_(cast.marc)
    html = client.post(at(stages[3]), given, follow=True).content.decode()
    assert "Saved to the draft: 5 changes." in html
    assert "Draft of v2, 5 changes" in html
    assert "<del>Proposal</del> <ins>Offer</ins>" in html
    assert "<ins>Source</ins>" in html
    assert "Norm of Offer: 21\xa0d, then no norm" in html
    assert names(stages[3].pipeline_id)[3] == "Proposal"
    answer = publish(client, stages[3])
    stage = Stage.objects.get(pk=stages[3].pk)
    assert (stage.name, stage.norm_days, stage.probability) == ("Offer", None, 43)
    assert needs_of(stage) == [Need("amount", True, True), Need("source", False, True)]
    version = ProcessVersion.objects.latest("number")
    assert (version.number, version.why, version.by) == (2, "The audit says so", cast.marc)
    html = answer.content.decode()
    assert "v2 is in force." in html
    assert "Stage “Proposal” renamed “Offer”" in html
    assert "Norm of Offer: 21\xa0d, then no norm" in html
    assert Entry.objects.filter(verb="process.changed", actor=cast.marc).count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "A name is needed."),
        ({"name": "meeting"}, "Another stage of this pipeline already has this name."),
        ({"norm_days": "many"}, "A whole number of days, or nothing."),
        ({"norm_days": "0"}, "At least one day, or nothing."),
        ({"norm_days": "99999999999999999999"}, "At most ten years."),
        ({"probability": "101"}, "A whole number from 0 to 100."),
        ({"probability": ""}, "A whole number from 0 to 100."),
        ({"role": "queen"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_published_is_said_and_kept(cast: Cast, stages: list[Stage], wrong: dict[str, str], said: str) -> None:
    given = FORM | {"enter": ["source"]} | wrong
    answer = as_(cast.marc).post(at(stages[3]), given)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert said in html
    assert 'name="enter" value="source" checked' in html
    assert ProcessVersion.objects.count() == 1


def test_a_stage_is_added(cast: Cast, stages: list[Stage]) -> None:
    client = as_(cast.marc)
    shown = client.get(of(stages[0], "stages/new/"), headers=HTMX).content.decode()
    assert shown.count("<dialog") == 1
    assert f'<option value="{stages[4].pk}" selected>Closing' in shown
    given = {"name": "Demo", "after": stages[2].pk, "role": "meeting", "norm_days": "5", "probability": "35"}
    refused = client.post(of(stages[0], "stages/new/"), given | {"name": ""}, headers=HTMX)
    assert (refused.status_code, b"<dialog" in refused.content) == (422, False)
    done = client.post(of(stages[0], "stages/new/"), given, headers=HTMX)
    assert done.headers["HX-Redirect"] == of(stages[0], "stages/new-1/")
    assert "<ins>Demo</ins>" in client.get(of(stages[0], "stages/new-1/")).content.decode()
    wanted = {"name": "Demo", "role": "meeting", "norm_days": "6", "probability": "35", "leave": ["amount"]}
    client.post(of(stages[0], "stages/new-1/"), wanted)
    taken = client.post(of(stages[0], "stages/new/"), given)
    assert (taken.status_code, "This name is taken" in taken.content.decode()) == (422, True)
    for name in ("Web", "Fair"):
        client.post(of(stages[0], "stages/new/"), given | {"name": name, "after": "0"})
    assert client.post(of(stages[0], "stages/new-3/drop/")).status_code == 302
    assert client.get(of(stages[0], "stages/new-3/")).status_code == 404
    assert names(stages[0].pipeline_id)[0] == "Prospecting"
    publish(client, stages[0])
    assert names(stages[0].pipeline_id)[:5] == ["Web", "Prospecting", "Qualification", "Meeting", "Demo"]
    assert Stage.objects.get(name="Demo").norm_days == 6


def test_stages_are_put_in_order(cast: Cast, stages: list[Stage]) -> None:
    keys = [stages[place].pk for place in (1, 0, 2, 3, 4, 5)]
    client = as_(cast.marc)
    sent = {"order": ",".join(map(str, keys)), "stage": str(stages[3].pk), "moved": str(keys[0])}
    answer = client.post(of(stages[0], "order/"), sent)
    assert answer.headers["Location"] == f"{at(stages[3])}?moved={keys[0]}"
    html = client.get(answer.headers["Location"]).content.decode()
    assert "New order: Qualification, Prospecting" in html
    assert 'autofocus aria-label="Move Qualification"' in html
    for wrong in ("", "1", "1,1,1,1,1,1", ",".join(map(str, keys[:-1])), "a,b"):
        told = client.post(of(stages[0], "order/"), {"order": wrong}, follow=True)
        assert "The stages have changed" in told.content.decode()
    publish(client, stages[0])
    assert [stage.pk for stage in make.stages(stages[0].pipeline)] == keys


def test_retiring_says_how_many_go_and_moves_them(cast: Cast, stages: list[Stage]) -> None:
    make.deal(stages[3], cast.rosa)
    held, binned = make.deal(stages[3], cast.rosa), make.deal(stages[3], cast.olga)
    deals.hold(deal=held, until=NOW.date() + timedelta(days=9), by=cast.rosa, at=NOW, today=NOW.date())
    deals.discard(deal=binned, by=cast.olga, at=NOW)
    client = as_(cast.marc)
    html = client.get(at(stages[3], "leaving/")).content.decode()
    assert "These deals stand here and will go: 1 open, 1 on hold, 1 in the bin." in html
    given = {"destination": stages[2].pk}
    assert client.post(at(stages[3], "leaving/"), {"destination": stages[3].pk}).status_code == 422
    html = client.post(at(stages[3], "leaving/?merge=1"), given, follow=True).content.decode()
    assert "Merged into Meeting once the draft is published." in html
    assert "Stage “Proposal” merged into Meeting" in html
    assert "2 deals go from Proposal to Meeting" in html
    assert Deal.objects.filter(stage=stages[3]).count() == 3
    # Taken back, said again, and one deal more by the time it is published.
    assert "there is no draft" in client.post(at(stages[3], "keep/"), follow=True).content.decode()
    client.post(at(stages[3], "leaving/?merge=1"), given)
    make.deal(stages[3], cast.rosa)
    publish(client, stages[2])
    assert Deal.objects.filter(stage=stages[2]).count() == 4
    assert client.get(at(stages[3])).status_code == 404
    assert client.post(at(stages[3], "leaving/"), given).status_code == 404


def test_what_a_draft_sends_where_nobody_is_any_more_is_not_published(cast: Cast, stages: list[Stage]) -> None:
    client = as_(cast.marc)
    client.post(at(stages[3], "leaving/"), {"destination": stages[2].pk})
    # A colleague takes the destination out of use meanwhile.
    facts = {"by": cast.alice, "at": LATER, "why": "Fewer"}
    deals.retire_stage(stage=stages[2], destination=stages[1], **facts)
    html = client.get(at(stages[3])).content.decode()
    assert "The stage that its deals were to go to has gone" in html
    answer = publish(client, stages[0])
    assert (answer.status_code, "say where else they go" in answer.content.decode()) == (422, True)
    client.post(at(stages[3], "leaving/"), {"destination": stages[1].pk})
    publish(client, stages[0])
    assert names(stages[0].pipeline_id) == ["Prospecting", "Qualification", "Closing", "Retention"]


def test_a_new_stage_may_take_the_deals_and_the_name(cast: Cast, stages: list[Stage]) -> None:
    deal, client = make.deal(stages[3], cast.rosa), as_(cast.marc)
    client.post(of(stages[0], "stages/new/"), FORM | {"name": "Offer", "after": stages[3].pk, "probability": "40"})
    client.post(at(stages[3], "leaving/"), {"destination": "-1"})
    html = client.post(of(stages[0], "stages/new-1/drop/"), follow=True).content.decode()
    assert "The deals of Proposal are to go here" in html
    client.post(of(stages[0], "stages/new-1/"), FORM | {"name": "Proposal", "probability": "40"})
    html = client.post(at(stages[3], "keep/"), follow=True).content.decode()
    assert "has this name by now" in html
    publish(client, stages[0])
    deal.refresh_from_db()
    assert (deal.stage.name, deal.stage != stages[3]) == ("Proposal", True)
    assert deal.moves.get(number=2).kind == "advanced"
    assert Stage.objects.get(pk=stages[3].pk).name == "Proposal"


def test_whoever_publishes_has_seen_the_draft(cast: Cast, stages: list[Stage]) -> None:
    client = as_(cast.marc)
    client.post(at(stages[3]), FORM | {"probability": "44"})
    shown = re.search(r'name="written" value="([^"]*)"', client.get(at(stages[3])).content.decode())
    assert shown
    as_(cast.alice).post(at(stages[3], "leaving/"), {"destination": stages[2].pk})
    answer = publish(client, stages[0], written=shown[1])
    html = answer.content.decode()
    assert (answer.status_code, "Alice has changed the draft since you looked" in html) == (422, True)
    again = re.search(r'name="written" value="([^"]*)"', html)
    assert again
    assert again[1] != shown[1]
    assert publish(client, stages[0], written=again[1]).status_code == 200
    assert "Proposal" not in names(stages[0].pipeline_id)


def test_the_only_stage_stays(cast: Cast) -> None:
    only = pipelines.create_pipeline(name="Short", stages=[("All", "closing", 50, None)], by=cast.marc, at=NOW, why="Simple")
    stage = make.stages(only)[0]
    answer = as_(cast.marc).post(at(stage, "leaving/"), {"why": "none"})
    assert "add another first" in answer.content.decode()
    assert names(only.pk) == ["All"]


def test_pipelines_are_made_copied_named_and_put_in_order(cast: Cast, stages: list[Stage]) -> None:
    client, sales = as_(cast.marc), stages[0].pipeline_id
    pipelines.set_norm(stage=stages[0], norm_days=3, by=cast.marc, at=NOW, why="Quicker")
    client.post("/process/new/", {"name": "Partners", "source": sales, "why": "Resellers"})
    client.post("/process/new/", {"name": "Renewals", "source": "0", "why": "Customers"})
    partners, renewals = Pipeline.objects.get(name="Partners"), Pipeline.objects.get(name="Renewals")
    assert make.stages(partners)[0].norm_days == 3
    assert make.stages(renewals)[0].norm_days == 10
    assert client.post("/process/new/", {"name": "sales", "source": "0", "why": "Again"}).status_code == 422
    assert client.post(f"/process/{renewals.pk}/name/", {"name": "Partners"}).status_code == 422
    html = client.post(f"/process/{renewals.pk}/name/", {"name": "Loyalty"}, follow=True).content.decode()
    assert "<del>Renewals</del> <ins>Loyalty</ins>" in html
    assert Pipeline.objects.get(pk=renewals.pk).name == "Renewals"
    publish(client, make.stages(renewals)[0])
    client.post(f"/process/{renewals.pk}/place/", {"to": "earlier"})
    client.post(f"/process/{sales}/place/", {"to": "earlier"})
    assert [row.name for row in Pipeline.objects.in_use()] == ["Sales", "Loyalty", "Partners"]
    assert client.get(f"/process/{sales}/place/").status_code == 405


def test_a_version_is_read_whole(cast: Cast, stages: list[Stage]) -> None:
    pipelines.require(stage=stages[3], fact="source", to_enter=True, to_leave=False, by=cast.marc, at=NOW, why="For the fair")
    pipelines.rename_stage(stage=stages[3], name="Offer", by=cast.marc, at=NOW, why="Our word")
    client = as_(cast.olga)
    html = client.get(of(stages[0], "versions/2/")).content.decode()
    assert "Proposal" in html
    assert "Offer" not in html
    assert "For the fair" in html
    assert "(to enter)" in html
    assert "In force" not in html
    assert "In force" in client.get(of(stages[0], "versions/3/")).content.decode()
    assert client.get(of(stages[0], "versions/9/")).status_code == 404


def test_everything_speaks_french(cast: Cast, stages: list[Stage]) -> None:
    Member.objects.filter(pk=cast.marc.pk).update(language="fr")
    pipelines.set_probability(stage=stages[3], probability=43, by=cast.marc, at=NOW, why="Observé")
    client = as_(cast.marc)
    html = client.get(at(stages[3])).content.decode()
    assert "Probabilité de Proposal\xa0: 50\u202f%, puis 43\u202f%" in html
    assert "Pipeline «\u202fSales\u202f» créé avec 6\xa0étapes" in html or "créé avec 6 étapes" in html
    client.post(at(stages[3]), FORM)
    assert "Say why" not in publish(client, stages[3], why="").content.decode()


def test_statements_do_not_grow_with_what_is_shown(cast: Cast, stages: list[Stage]) -> None:
    client = as_(cast.marc)

    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(at(stages[3])).status_code == 200
        return len(caught)

    def listed() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(of(stages[3], "versions/")).status_code == 200
        return len(caught)

    statements()
    one, of_list = statements(), listed()
    for number in range(3):
        make.deal(stages[3], cast.rosa)
        make.pipeline(f"Another {number}")
        CustomField.objects.create(subject="deal", key=f"k{number}", label=f"Field {number}", position=number)
        pipelines.set_norm(stage=stages[3], norm_days=number + 1, by=cast.alice, at=LATER, why="again")
    assert statements() == one <= 26
    assert listed() == of_list <= 10
