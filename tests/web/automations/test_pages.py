"""The pages of automations: written without a script, switched with a why, read with their reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from piste.automations.models import Automation, Run
from piste.automations.operations import follow
from piste.automations.rules import Action, Condition, When
from piste.deals import operations as deals
from piste.deals.models import LossReason
from piste.journal.models import Entry
from piste.pipelines.models import Draft, Pipeline, ProcessVersion
from tests import make
from tests.automations.scene import automation
from tests.cast import NOW, Cast


@pytest.fixture
def pipeline(cast: Cast) -> Pipeline:
    return make.pipeline(by=cast.alice)


@pytest.fixture
def client(cast: Cast) -> Client:
    made = Client()
    made.force_login(cast.marc)
    return made


def publish(client: Client, pipeline: Pipeline) -> None:
    """Publishes what waits in the draft, from the page of automations."""
    shown = client.get(f"/process/{pipeline.pk}/automations/").context["announced"]
    seen = shown.form.initial["seen"]
    answer = client.post(f"/process/{pipeline.pk}/publish/", {"why": "Better so", "seen": seen, "page": "automations"})
    assert answer.headers["Location"] == f"/process/{pipeline.pk}/automations/"


def test_written_without_a_script(client: Client, cast: Cast, pipeline: Pipeline) -> None:
    """Row by row, each choice asking for what it needs, then published; a change waits in the draft, shown in place."""
    stages = make.stages(pipeline)
    place = f"/process/{pipeline.pk}/automations/"
    sent: dict[str, Any] = {"name": "Large ones", "most_per_hour": "50", "w-kind": "amount_reaches"}
    sent |= {"row": ["a1"], "a1-kind": "move"}
    shown = client.post(f"{place}new/", sent | {"do": "choose"}).content.decode()
    assert 'name="w-amount"' in shown
    assert 'name="a1-stage"' in shown
    assert 'name="a1-text"' not in shown
    shown = client.post(f"{place}new/", sent | {"do": "add:c"}).content.decode()
    assert 'name="c1-fact"' in shown
    sent |= {"row": ["c1", "a1"], "c1-fact": "owner", "c1-how": "is", "w-amount": "10000"}
    refused = client.post(f"{place}new/", sent)
    assert refused.status_code == 422
    assert refused.content.decode().count("This is needed here.") == 2
    sent |= {"c1-value": str(cast.rosa.pk), "a1-stage": str(stages[2].pk)}
    assert client.post(f"{place}new/", sent).headers["Location"] == place
    assert not Automation.objects.exists()
    assert "new in the draft" in client.get(place).content.decode()
    assert 'value="10000"' in client.get(f"{place}new-1/").content.decode()
    publish(client, pipeline)
    made = Automation.objects.get()
    assert made.recipe == {
        "when": {"kind": "amount_reaches", "amount": "10000"},
        "if": [{"fact": "owner", "how": "is", "values": [str(cast.rosa.pk)]}],
        "do": [{"kind": "move", "stage": stages[2].pk}],
    }
    listed = client.get(place).content.decode()
    said = "When the amount of a deal reaches 10,000, if the owner is Rosa Rep: move the deal to Meeting"
    assert said in listed
    assert "New automation “Large ones”" in client.get(f"/process/{pipeline.pk}/versions/").content.decode()
    client.post(f"{place}{made.pk}/", sent | {"w-amount": "20000"})
    listed = client.get(place).content.decode()
    assert "<del>10,000, </del><ins>20,000, </ins>" in listed
    reader = Client()
    reader.force_login(cast.rosa)
    assert said in reader.get(place).content.decode()
    publish(client, pipeline)
    compared = client.get(f"/process/{pipeline.pk}/versions/compare/").content.decode()
    assert "<ins>20,000, </ins>" in compared
    assert "20,000, if the owner is Rosa Rep" in client.get(f"/process/{pipeline.pk}/versions/3/").content.decode()


EVERY_WHEN = [
    *(When(kind) for kind in ("stage_entered", "created", "won", "lost", "held", "resumed", "in_stage", "activity_done")),
    When("amount_reaches", amount="12.5"),
    When("fact_changes", fact="tags"),
    When("activity_done", activity="call"),
    When("silence", days=3),
    When("in_stage", days=9),
    When("date", fact="expected_close_on", days=-7),
    When("chance", percent=60, falls=True),
]


@pytest.mark.parametrize("when", EVERY_WHEN, ids=lambda when: when.kind)
def test_what_is_shown_is_what_is_kept(client: Client, cast: Cast, pipeline: Pipeline, when: When) -> None:
    """Saving a form as it was opened changes nothing, whatever the when; all actions and conditions at once."""
    stage = make.stages(pipeline)[1].pk
    when = replace(when, stage=stage) if when.kind == "stage_entered" else when
    actions = (
        Action("task", text="Call", who="manager", days=2, fact="call"),
        Action("notify", text="Look", who="member", member=cast.rosa.pk),
        Action("assign", who="member", member=cast.remi.pk),
        Action("turn", team=cast.north.pk),
        Action("tag", text="hot"),
        Action("untag", text="cold"),
        Action("set", fact="expected_close_on", days=30),
        Action("webhook", url="https://erp.example/in"),
        Action("lose", reason=LossReason.objects.create(name="Too late").pk, text="Nobody answers"),
        Action("hold", days=30),
    )
    conditions = (Condition("amount", "at_least", ("100",)), Condition("tag", "is_not", ("x",)), Condition("source", "unknown"))
    made = automation(pipeline, when, *actions, conditions=conditions)
    page = client.get(f"/process/{pipeline.pk}/automations/{made.pk}/")
    form = page.context["form"]
    sent: dict[str, Any] = {"row": [row.key for row in form.rows if row.key != "w"], "seen": form["seen"].value()}
    for one in [*form.rows, form]:
        for field in one.visible_fields():
            if field.value() not in (None, False):
                sent[field.html_name] = field.value()
    answer = client.post(f"/process/{pipeline.pk}/automations/{made.pk}/", sent)
    assert answer.status_code == 302, [row.errors for row in answer.context["form"].rows]
    assert not Draft.objects.exists()


def test_switched_with_a_why(client: Client, cast: Cast, pipeline: Pipeline) -> None:
    made = automation(pipeline, When("won"))
    place = f"/process/{pipeline.pk}/automations/{made.pk}/switch/"
    assert client.post(place, {"why": ""}).status_code == 422
    client.post(place, {"why": "Too early"})
    made.refresh_from_db()
    assert made.paused_at is not None
    client.post(place, {"why": "Now"})
    made.refresh_from_db()
    assert made.paused_at is None
    leaving = f"/process/{pipeline.pk}/automations/{made.pk}/leaving/"
    for sent, mark in (({}, "removed"), ({"back": ""}, ""), ({}, "removed")):
        client.post(leaving, sent)
        assert [line.mark for line in client.get(f"/process/{pipeline.pk}/automations/").context["lines"]] == [mark]
    publish(client, pipeline)
    assert client.get(f"/process/{pipeline.pk}/automations/{made.pk}/").status_code == 404


def test_runs_say_why_and_only_of_deals_one_sees(client: Client, cast: Cast, pipeline: Pipeline) -> None:
    stages = make.stages(pipeline)
    rich = (Condition("amount", "at_least", ("20000",)),)
    made = automation(pipeline, When("stage_entered", stage=stages[1].pk), Action("tag", text="hot"), conditions=rich)
    for title, worth, owner in (("Small", 1_000_000, cast.rosa), ("Large", 3_000_000, cast.rosa), ("Hidden", 1, cast.alice)):
        deal = make.deal(stages[0], owner, title=title, amount_minor=worth)
        deals.move(deal=deal, to=stages[1], by=owner, at=NOW)
    follow(at=NOW)
    log = client.get(f"/process/{pipeline.pk}/automations/{made.pk}/runs/").content.decode()
    assert "“the amount is at least 20,000” did not hold (10,000)" in log
    assert "it entered Qualification" in log
    assert "tag: hot" in log
    assert "Hidden" not in log
    assert Run.objects.count() == 3
    refused = client.get(f"/process/{pipeline.pk}/automations/{made.pk}/runs/?state=done").content.decode()
    assert "Large" in refused
    assert "Small" not in refused
    large = Run.objects.get(state="done").deal_id
    assert "Automation “Watch”" in client.get(f"/deals/{large}/").content.decode()
    client.force_login(cast.rosa)
    assert client.get(f"/process/{pipeline.pk}/automations/{made.pk}/runs/").status_code == 200


def test_a_secret_is_shown_once(client: Client, cast: Cast, pipeline: Pipeline) -> None:
    place = f"/process/{pipeline.pk}/automations/"
    sent = {"name": "Tell", "most_per_hour": "9", "w-kind": "won", "row": "a1", "a1-kind": "webhook"}
    for address in ("javascript:alert(1)", "https://me:pw@erp.example/"):
        assert client.post(f"{place}new/", sent | {"a1-url": address}).status_code == 422
    client.post(f"{place}new/", sent | {"a1-url": "https://erp.example/in"})
    publish(client, pipeline)
    key = Automation.objects.get().pk
    assert "nobody has taken its secret yet" in client.get(place).content.decode()
    answer = client.post(f"{place}{key}/secret/")
    made = Automation.objects.get()
    assert made.secret
    assert made.secret in answer.content.decode()
    for page in (place, f"{place}{made.pk}/", f"{place}{made.pk}/runs/", f"/process/{pipeline.pk}/versions/2/"):
        shown = client.get(page).content.decode()
        assert made.secret not in shown
        assert "nobody has taken its secret" not in shown
    assert made.secret not in str(list(ProcessVersion.objects.values_list("definition", "changes")))
    again = client.post(f"{place}{made.pk}/secret/").content.decode()
    assert made.secret not in again
    assert Automation.objects.get().secret in again


def test_tried_on_the_past_without_writing_anything(client: Client, cast: Cast, pipeline: Pipeline) -> None:
    stages, now = make.stages(pipeline), timezone.now()
    for title, worth, owner in (("Small", 1_000_000, cast.rosa), ("Large", 3_000_000, cast.rosa), ("Hidden", 1, cast.alice)):
        deal = make.deal(stages[0], owner, title=title, amount_minor=worth, at=now - timedelta(days=9))
        deals.move(deal=deal, to=stages[1], by=owner, at=now - timedelta(days=8))
    sent = {"row": ["c1", "a1"], "w-kind": "stage_entered", "w-stage": str(stages[1].pk), "most_per_hour": "9", "do": "try"}
    sent |= {"c1-fact": "amount", "c1-how": "at_least", "c1-value": "20000", "a1-kind": "tag", "a1-text": "hot"}
    entries = Entry.objects.count()
    shown = client.post(f"/process/{pipeline.pk}/automations/new/", sent).content.decode()
    assert "In the last 30 days it would have run 1 time. 1 time its conditions would not have been met." in shown
    assert "Large" in shown
    assert "Hidden" not in shown
    clock = sent | {"w-kind": "in_stage", "w-days": "5", "w-stage": ""}
    assert "it would have run 1 time." in client.post(f"/process/{pipeline.pk}/automations/new/", clock).content.decode()
    assert client.post(f"/process/{pipeline.pk}/automations/new/", clock | {"w-days": "x"}).status_code == 422
    assert (Entry.objects.count(), Run.objects.count(), Automation.objects.count()) == (entries, 0, 0)


def test_a_stage_shows_what_waits_in_it(client: Client, cast: Cast, pipeline: Pipeline) -> None:
    stages = make.stages(pipeline)
    made = automation(pipeline, When("stage_entered", stage=stages[1].pk), name="Greet them")
    there, elsewhere = (client.get(f"/process/{pipeline.pk}/stages/{one.pk}/").content.decode() for one in stages[1:3])
    switch = f"/process/{pipeline.pk}/automations/{made.pk}/switch/"
    assert (switch in there, switch in elsewhere) == (True, False)
