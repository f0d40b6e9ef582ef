"""Playbooks on the process screen: written by managers, read by all, told in the versions."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from piste.activities import operations as activities
from piste.activities.models import Activity
from piste.company.models import Member
from piste.company.operations import deactivate
from piste.pipelines import operations as pipelines
from piste.pipelines.models import ProcessVersion, Stage
from piste.playbooks import rules
from piste.playbooks.operations import set_guide
from piste.playbooks.queries import guide, told
from piste.playbooks.rules import Criterion, Guide, Standard, Text
from piste.web.process import words
from piste.web.process.playbook_forms import state_of
from tests import make
from tests.cast import NOW, Cast

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
WRITTEN = Guide(
    activities=(Standard("task", "Go through the needs"), Standard("email", "Send the proposal", offset_days=3)),
    criteria=(Criterion("The signatory is known"),),
    templates=(Text("email", "First proposal", "Dear {contact}", "Our proposal"),),
    script="Begin with **their** words.",
)


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make.stages(make.pipeline(by=cast.alice))[3]


def as_(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def at(stage: Stage, rest: str = "playbook/") -> str:
    return f"/process/{stage.pipeline_id}/stages/{stage.pk}/{rest}"


def activity(key: str, title: str, **more: Any) -> dict[str, Any]:
    facts = {"title": title, "kind": "call", "offset_days": "2", "after": "", "assigns": "owner", "detail": ""} | more
    return {f"{key}-{name}": value for name, value in facts.items()}


def form(*rows: dict[str, Any], seen: str = "{}", script: str = "", **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"seen": seen, "script": script, "row": [], **more}
    for row in rows:
        found["row"].append(next(iter(row)).split("-")[0])
        found |= row
    return found


def said(stage: Stage) -> str:
    """The playbook in force, as the form carries what it shows."""
    return json.dumps(told([stage.pk]).get(stage.pk, {}))


def publish(stage: Stage, cast: Cast, why: str = "Few follow up") -> str:
    """Publishes the draft as its panel does."""
    number = ProcessVersion.objects.filter(pipeline=stage.pipeline_id).latest("number").number
    given = {"why": why, "seen": str(number), "stage": str(stage.pk)}
    answer = as_(cast.marc).post(f"/process/{stage.pipeline_id}/publish/", given, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_manager_writes_a_playbook(cast: Cast, stage: Stage) -> None:
    assert "Write a playbook" in as_(cast.marc).get(at(stage, "")).content.decode()
    sent = form(
        activity("an1", "Ring", assigns="mover", offset_days=""),
        activity("an2", "Write", after="an1", kind="email", assigns=f"member:{cast.remi.pk}", detail="In three lines"),
        activity("an3", "", offset_days="0"),
        {"cn1-text": "Is the signatory known?"},
        {"cn2-text": " "},
        {"tn1-title": "Letter", "tn1-kind": "email", "tn1-subject": "For {company}", "tn1-body": "Dear {contact},"},
        script="Say **less**.",
    )
    html = as_(cast.marc).post(at(stage), sent, follow=True).content.decode()
    assert "Saved to the draft: 5 changes." in html
    assert "<ins>Ring</ins>" in html
    assert guide(stage.pk) == Guide()
    # What is only in the draft is found again by its form, and nothing comes twice.
    again = as_(cast.marc).get(at(stage)).content.decode()
    assert 'name="an1-title" value="Ring"' in again
    html = publish(stage, cast)
    assert "v2 is in force." in html
    assert "<strong>less</strong>" in html
    assert "2 working days after “Ring”" in html
    assert "Remi Rep" in html
    assert "Whoever moves the deal here" in html
    assert "Playbook of Proposal: new activity “Ring”" in html
    found = guide(stage.pk)
    assert [(row.title, row.kind, row.offset_days, row.after, row.assigns, row.member_id) for row in found.activities] == [
        ("Ring", "call", 0, None, "mover", None),
        ("Write", "email", 2, 0, "member", cast.remi.pk),
    ]
    assert [row.text for row in found.criteria] == ["Is the signatory known?"]
    assert [(text.name, text.subject, text.body) for text in found.templates] == [("Letter", "For {company}", "Dear {contact},")]
    assert ProcessVersion.objects.latest("number").why == "Few follow up"


def test_rows_move_come_and_go_without_being_saved(cast: Cast, stage: Stage) -> None:
    client = as_(cast.marc)
    rows = (activity("an1", "First"), activity("an2", "Second", after="an1"), activity("an3", "Third", offset_days="x"))

    def press(do: str, **options: Any) -> str:
        answer = client.post(at(stage), form(*rows, {"cn1-text": "Kept?"}, script="typed", do=do), **options)
        assert answer.status_code == 200
        return str(answer.content.decode())

    def order(html: str) -> list[str]:
        return [piece.split('"')[0] for piece in html.split('name="row" value="')[1:]]

    html = press("up:an2")
    assert order(html) == ["an2", "an1", "an3", "cn1"]
    assert "typed" in html
    assert 'value="x"' in html
    assert "A whole number" not in html
    assert 'id="down-an2" name="do" value="down:an2"' in html.split("autofocus")[0].rsplit("<button", 1)[1]
    assert order(press("down:an1")) == ["an2", "an1", "an3", "cn1"]
    assert order(press("down:an3")) == ["an1", "an2", "an3", "cn1"]
    html = press("out:an1")
    assert order(html) == ["an2", "an3", "cn1"]
    assert '<option value="" selected>entry into the stage' in html
    html = press("add:a", headers=HTMX)
    assert order(html) == ["an1", "an2", "an3", "an4", "cn1"]
    assert "<html" not in html
    assert "autofocus" in html.split('name="an4-title"')[1].split(">")[0]
    for nonsense in ("", "up", "up:zz", "add:z", "fly:an1", "out:a999"):
        assert order(press(nonsense or "x")) == ["an1", "an2", "an3", "cn1"]
    assert ProcessVersion.objects.count() == 1


def test_what_is_wrong_is_said_beside_the_field(cast: Cast, stage: Stage) -> None:
    client = as_(cast.marc)

    def refused(*rows: dict[str, Any], **more: Any) -> str:
        answer = client.post(at(stage), form(*rows, **more))
        assert answer.status_code == 422
        return str(answer.content.decode())

    html = refused(activity("an1", "A", after="an2"), activity("an2", "B", after="an1"), activity("an3", "C"))
    assert html.count("These wait for each other, so that none would begin") == 2
    assert 'aria-describedby="id_an1-after_error"' in html
    assert "Say what is to be done." in refused(activity("an1", "", detail="But there is a detail"))
    assert "from 0 to 365" in refused(activity("an1", "A", offset_days="-1"))
    assert "This activity is gone" in refused(activity("an1", "A", after="a77"))
    assert "Write the text." in refused({"tn1-title": "L", "tn1-kind": "email", "tn1-body": " "})
    assert "Give the template a name." in refused({"tn1-title": "", "tn1-kind": "email", "tn1-body": "Dear {contact}"})
    assert "Piste does not know {first_name}" in refused({"tn1-title": "L", "tn1-kind": "email", "tn1-body": "{first_name}"})
    assert refused(activity("an1", "A", assigns="nobody"))
    assert ProcessVersion.objects.count() == 1


def test_somebody_who_has_left_is_named(cast: Cast, stage: Stage) -> None:
    wanted = Guide(activities=(Standard("call", "Ring", assigns="member", member_id=cast.remi.pk),))
    set_guide(stage=stage, guide=wanted, by=cast.marc, at=NOW, why="Remi knows")
    deactivate(member=cast.remi, successor=cast.rosa, by=cast.alice, at=NOW)
    key = f"a{guide(stage.pk).activities[0].id}"
    html = as_(cast.marc).get(at(stage)).content.decode()
    assert "Always Remi Rep" in html
    answer = as_(cast.marc).post(at(stage), form(activity(key, "Ring", assigns=f"member:{cast.remi.pk}"), seen=said(stage)))
    assert answer.status_code == 422
    assert "Remi Rep has left: give it to somebody else." in answer.content.decode()


def test_what_a_colleague_changed_elsewhere_stands_in_nobodys_way(cast: Cast, stage: Stage) -> None:
    set_guide(stage=stage, guide=WRITTEN, by=cast.marc, at=NOW, why="First")
    pipelines.rename_pipeline(pipeline=stage.pipeline, name="Others", by=cast.alice, at=NOW, why="A better name")
    sent = form(activity("an1", "Ring"), seen=said(stage))
    assert as_(cast.marc).post(at(stage), sent).status_code == 302
    pipelines.set_norm(stage=stage, norm_days=3, by=cast.alice, at=NOW, why="Meanwhile")
    publish(stage, cast)
    assert [row.title for row in guide(stage.pk).activities] == ["Ring"]
    stage.pipeline.refresh_from_db()
    assert stage.pipeline.name == "Others"


def typed(stage: Stage, **more: Any) -> dict[str, Any]:
    """The form of a playbook as its page shows it, with a few fields typed over."""
    html = as_(Member.objects.get(name="Marc Manager")).get(at(stage)).content.decode()
    found: dict[str, Any] = {
        "row": re.findall(r'name="row" value="([^"]+)"', html),
        "seen": said(stage),
        "script": "Say it.",
    }
    wrote = guide(stage.pk)
    for key, row in state_of(wrote).items():
        found |= {f"{key}-{name}": str(value) for name, value in row.items()}
    return found | {"script": wrote.script} | more


def overtake(cast: Cast, stage: Stage) -> tuple[str, str]:
    """Alice changes the first activity and the script meanwhile, and adds a criterion; gives the keys of the two activities."""
    now = guide(stage.pk)
    first, second = now.activities
    theirs = replace(
        now,
        activities=(replace(first, title="Ring twice"), second),
        criteria=(*now.criteria, Criterion("Is the price known?")),
        script="Say less.",
    )
    set_guide(stage=stage, guide=theirs, by=cast.alice, at=NOW, why="They hang up")
    return f"a{first.id}", f"a{second.id}"


def test_who_was_overtaken_is_shown_what_changed_and_chooses(cast: Cast, stage: Stage) -> None:
    set_guide(stage=stage, guide=WRITTEN, by=cast.marc, at=NOW, why="First")
    mine = typed(stage)
    _first, second = overtake(cast, stage)
    mine |= {f"{second}-title": "Write at once"}
    client = as_(cast.marc)
    for _again in range(2):
        # Publishing again without an answer asks again: nothing of hers is replaced by chance.
        answer = client.post(at(stage), mine)
        html = answer.content.decode()
        assert answer.status_code == 422
        assert "Alice has published v3 meanwhile (“They hang up”)" in html
        for said in ("is now “Ring twice”", "new exit criterion “Is the price known?”", "script changed"):
            assert said in html
        assert 'value="Write at once"' in html
    assert "You both changed" not in html
    html = client.post(at(stage), mine | {"do": "both"}).content.decode()
    assert "together. Look at it, then save." in html
    for said in (
        'value="Ring twice"',
        'value="Write at once"',
        'value="Is the price known?"',
        "Say less.",
    ):
        assert said in html
    assert guide(stage.pk).activities[1].title != "Write at once"


def test_mine_replaces_theirs_only_when_one_says_so(cast: Cast, stage: Stage) -> None:
    set_guide(stage=stage, guide=WRITTEN, by=cast.marc, at=NOW, why="First")
    mine = typed(stage)
    first, _second = overtake(cast, stage)
    mine |= {f"{first}-title": "Ring at nine", "script": "Say more."}
    client = as_(cast.marc)
    html = client.post(at(stage), mine).content.decode()
    assert "You both changed: “Ring at nine”, the script." in html
    assert "<p>Say less.</p>" in html
    for answered in ("2", "four", "9" * 12):
        assert client.post(at(stage), mine | {"over": answered}).status_code == 422
    mark = re.search(r'name="over" value="([0-9a-f]+)"', html)
    assert mark
    assert client.post(at(stage), mine | {"over": mark[1]}).status_code == 302
    publish(stage, cast)
    assert (guide(stage.pk).activities[0].title, guide(stage.pk).script) == ("Ring at nine", "Say more.")
    assert len(guide(stage.pk).criteria) == len(WRITTEN.criteria)


def test_ends_of_lines_alone_change_nothing(cast: Cast, stage: Stage) -> None:
    wanted = replace(WRITTEN, templates=(Text("email", "First", "Dear {contact},\n\nHere"),), script="One\nTwo")
    set_guide(stage=stage, guide=wanted, by=cast.marc, at=NOW, why="First")
    sent = typed(stage)
    sent |= {name: value.replace("\n", "\r\n") for name, value in sent.items() if name not in ("seen", "row")}
    html = as_(cast.marc).post(at(stage), sent, follow=True).content.decode()
    assert "there is no draft" in html


@pytest.mark.parametrize("seen", ["", "77", "four", "[1]", "{"])
def test_who_came_from_nowhere_replaces_nothing(cast: Cast, stage: Stage, seen: str) -> None:
    set_guide(stage=stage, guide=WRITTEN, by=cast.marc, at=NOW, why="First")
    answer = as_(cast.marc).post(at(stage), typed(stage) | {"do": "both", "seen": seen})
    assert answer.status_code == 200


def test_rows_keep_who_they_are(cast: Cast, stage: Stage) -> None:
    """What deals followed stays the same activity; the key of another stage's row is a new one here."""
    set_guide(stage=stage, guide=WRITTEN, by=cast.marc, at=NOW, why="First")
    other = make.stages(stage.pipeline)[1]
    set_guide(stage=other, guide=WRITTEN, by=cast.marc, at=NOW, why="There too")
    foreign = guide(other.pk).activities[0]
    first, second = guide(stage.pk).activities
    rows = (activity(f"a{second.id}", "Send it"), activity(f"a{foreign.id}", "Taken"), activity(f"a{first.id}", first.title))
    assert as_(cast.marc).post(at(stage), form(*rows, seen=said(stage))).status_code == 302
    publish(stage, cast)
    assert [(row.title, row.id) for row in guide(stage.pk).activities if row.title != "Taken"] == [
        ("Send it", second.id),
        (first.title, first.id),
    ]
    assert guide(other.pk).activities[0] == foreign


def test_reps_read(cast: Cast, stage: Stage) -> None:
    set_guide(stage=stage, guide=WRITTEN, by=cast.marc, at=NOW, why="First")
    html = as_(cast.olga).get(at(stage, "")).content.decode()
    for words_ in ("Send the proposal", "3 working days after entry", "The signatory is known", "<strong>their</strong>"):
        assert words_ in html
    assert "Change the playbook" not in html
    assert as_(cast.olga).get(at(stage)).status_code == 403
    assert as_(cast.olga).post(at(stage), form(activity("an1", "Ring"))).status_code == 403
    assert as_(cast.marc).get(f"/process/{stage.pipeline_id + 1}/stages/{stage.pk}/playbook/").status_code == 404


def test_a_version_shows_the_playbook_as_it_was(cast: Cast, stage: Stage) -> None:
    set_guide(stage=stage, guide=WRITTEN, by=cast.marc, at=NOW, why="First")
    set_guide(stage=stage, guide=Guide(script="Only this"), by=cast.marc, at=NOW, why="Too long")
    client = as_(cast.olga)
    then = client.get(f"/process/{stage.pipeline_id}/versions/2/").content.decode()
    assert "Send the proposal" in then.split('id="whole"')[1]
    now = client.get(f"/process/{stage.pipeline_id}/versions/3/").content.decode()
    assert "Send the proposal" not in now.split('id="whole"')[1]
    assert "Playbook of Proposal: no more activity “Send the proposal”" in now
    first = client.get(f"/process/{stage.pipeline_id}/versions/1/").content.decode()
    assert "Playbook: Proposal" not in first


def test_every_change_has_its_words_in_both_languages() -> None:
    def state(*keys: int, name: str, more: str = "") -> dict[str, Any]:
        rows = [
            {"id": key, "title": f"{name}{key}", "text": f"{name}{key}", "name": f"{name}{key}", "more": more} for key in keys
        ]
        return {"activities": rows, "criteria": rows, "templates": rows, "script": name + more}

    found = rules.changes("Proposal", state(1, 2, 3, name="A"), state(3, 2, 4, name="A", more="b"))
    found += rules.changes("Proposal", {"criteria": [{"id": 1, "text": "A"}]}, {"criteria": [{"id": 1, "text": "B"}]})
    codes = {change["code"] for change in found}
    assert len(codes) == 13
    for language in ("en", "fr"):
        with override(language):
            said = [words.difference(change, {}) for change in found]
        assert len(set(said)) == len(said)
        assert all("Proposal" in line and "%(" not in line for line in said)


def test_how_far_it_is_followed(cast: Cast, stage: Stage) -> None:
    set_guide(stage=stage, guide=WRITTEN, by=cast.marc, at=NOW, why="First")
    one, _two = make.deal(stage, cast.rosa), make.deal(stage, cast.remi)
    activities.do(activity=Activity.objects.filter(deal=one).order_by("due_on")[0], by=cast.rosa, at=NOW)
    client = as_(cast.marc)
    with time_machine.travel(NOW):
        assert "followed" not in client.get(at(stage, "")).content.decode().lower().split("</main>")[0]
    with time_machine.travel(NOW + timedelta(days=7)):
        html = client.get(at(stage, "")).content.decode()
        unseen = as_(cast.olga).get(at(stage, "")).content.decode()
    assert html.lower().count("followed 25%, n = 2 deals") == 2
    assert "Done in time: 1, done late: 0, not done: 3." in html
    assert "n = 2 deals" not in unseen
    followers = html.partition("Who follows the playbooks")[2].lower()
    assert followers.index("remi rep") < followers.index("followed 0%, n = 1 deal<") < followers.index("rosa rep")
    assert followers.index("rosa rep") < followers.index("followed 50%, n = 1 deal<")
    assert "Who follows the playbooks" not in unseen


def test_as_many_statements_for_a_long_playbook(cast: Cast, stage: Stage) -> None:
    client = as_(cast.marc)

    def asked(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as found:
            assert client.get(path).status_code == 200
        return len(found)

    paths = (at(stage), at(stage, ""))
    set_guide(stage=stage, guide=WRITTEN, by=cast.marc, at=NOW, why="First")
    before = [asked(path) for path in paths]
    more = Guide(
        activities=tuple(Standard("call", f"Ring {n}") for n in range(20)),
        criteria=tuple(Criterion(f"Question {n}") for n in range(20)),
        templates=tuple(Text("email", f"Letter {n}", "Text") for n in range(20)),
        script="Short",
    )
    set_guide(stage=stage, guide=more, by=cast.marc, at=NOW, why="More")
    assert [asked(path) for path in paths] == before
