"""The changelog on the process screen: any two versions compared, any of them brought back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from piste.company.models import CustomField, Member
from piste.company.operations import deactivate
from piste.deals.models import Deal
from piste.pipelines import operations as pipelines
from piste.pipelines.models import ProcessVersion, Stage
from piste.pipelines.queries import needs_of
from piste.pipelines.rules import Shape
from piste.playbooks.operations import set_guide
from piste.playbooks.queries import guide
from piste.playbooks.rules import Guide, Standard
from piste.web.process.marking import Piece, beside, between
from tests import make
from tests.cast import NOW, Cast
from tests.web.process.test_pages import LATER, as_, names, of


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    return make.stages(make.pipeline(by=cast.alice))


def test_two_versions_are_read_side_by_side(cast: Cast, stages: list[Stage]) -> None:
    call = Guide(activities=(Standard("call", "Call within five days"),), script="Begin with them.")
    set_guide(stage=stages[3], guide=call, by=cast.marc, at=NOW, why="First")
    row = guide(stages[3].pk).activities[0]
    quicker = replace(call, activities=(replace(row, title="Call within two days"),))
    set_guide(stage=stages[3], guide=quicker, by=cast.marc, at=LATER, why="Quicker")
    pipelines.set_norm(stage=stages[1], norm_days=3, by=cast.marc, at=LATER, why="Quicker")
    client = as_(cast.olga)
    html = client.get(of(stages[0], "versions/compare/?from=2&to=4")).content.decode()
    assert "Playbook of Proposal: “Call within five days” is now “Call within two days”" in html
    assert "<del>five </del>" in html
    assert "<ins>two </ins>" in html
    assert "The same in both: Prospecting, Meeting, Closing, Retention." in html
    assert "Begin with them." not in html
    backwards = client.get(of(stages[0], "versions/compare/?from=4&to=2")).content.decode()
    assert "Norm of Qualification: 3\xa0d, then 7\xa0d" in backwards
    assert "Nothing differs." in client.get(of(stages[0], "versions/compare/?from=2&to=2")).content.decode()
    assert "From v3 to v4" in client.get(of(stages[0], "versions/compare/")).content.decode()
    for wrong in ("from=9", "to=many", "from=0", "to=99999999999"):
        assert client.get(of(stages[0], f"versions/compare/?{wrong}")).status_code == 404


def test_a_version_comes_back_as_a_new_one(cast: Cast, stages: list[Stage]) -> None:
    new = pipelines.add_stage(
        pipeline=stages[0].pipeline, shape=Shape("Demo", "meeting"), after=stages[2], by=cast.marc, at=NOW, why="They ask"
    )
    pipelines.rename_stage(stage=stages[3], name="Offer", by=cast.marc, at=NOW, why="Our word")
    deal = make.deal(new, cast.rosa)
    client, path = as_(cast.marc), of(stages[0], "versions/1/restore/")
    html = client.get(path).content.decode()
    assert "Stage “Offer” renamed “Proposal”" in html
    assert "Deals of Demo go to" in html
    assert ProcessVersion.objects.count() == 3
    given = {"why": "As it was", "seen": "3", f"to_{new.pk}": str(stages[2].pk)}
    for wrong in ({"why": " "}, {f"to_{new.pk}": ""}, {f"to_{new.pk}": str(new.pk)}, {"seen": "2"}):
        assert client.post(path, given | wrong).status_code == 422, wrong
    html = client.post(path, given, follow=True).content.decode()
    assert "v4 is in force." in html
    assert names(stages[0].pipeline_id)[2:4] == ["Meeting", "Proposal"]
    assert Deal.objects.get(pk=deal.pk).stage == stages[2]
    assert "nothing to restore" in client.get(path).content.decode()
    assert ">Restore<" in client.get(of(stages[0], "versions/3/")).content.decode()
    for who, answer in ((cast.rosa, 403), (cast.marc, 404)):
        number = 1 if who == cast.rosa else 9
        assert as_(who).get(of(stages[0], f"versions/{number}/restore/")).status_code == answer


def test_what_cannot_be_as_it_was_is_said(cast: Cast, stages: list[Stage]) -> None:
    field = CustomField.objects.create(subject="deal", key="budget", label="Budget", position=1)
    pipelines.require(stage=stages[1], fact="custom:budget", to_enter=True, to_leave=True, by=cast.marc, at=NOW, why="Sums")
    wanted = Guide(activities=(Standard("call", "Ring", assigns="member", member_id=cast.remi.pk),))
    set_guide(stage=stages[1], guide=wanted, by=cast.marc, at=NOW, why="Remi knows")
    set_guide(stage=stages[1], guide=Guide(), by=cast.marc, at=NOW, why="No more")
    deactivate(member=Member.objects.get(pk=cast.remi.pk), successor=cast.rosa, by=cast.alice, at=NOW)
    CustomField.objects.filter(pk=field.pk).update(retired_at=NOW)
    client, path = as_(cast.marc), of(stages[0], "versions/3/restore/")
    html = client.get(path).content.decode()
    assert "Budget is no longer kept: Qualification does not ask for it." in html
    assert "Whoever had “Ring” has left: it goes to the owner of the deal." in html
    assert client.post(path, {"why": "It worked", "seen": "4"}).status_code == 302
    assert guide(stages[1].pk).activities[0].assigns == "owner"
    assert needs_of(stages[1]) == []


def test_what_differs_is_marked_word_by_word() -> None:
    assert between("Call in five days", "Call in two days") == [
        Piece("", "Call in "), Piece("del", "five "), Piece("ins", "two "), Piece("", "days"),
    ]  # fmt: skip
    assert between("Have it confirmed", "Have it confirmed in two days")[0] == Piece("", "Have it confirmed ")
    assert (between("", ""), between("", "New")) == ([], [Piece("ins", "New")])
    pairs = beside(["a", "b", "c"], ["a", "c", "d"])
    assert [("".join(p.text for p in pair.before), "".join(p.text for p in pair.after)) for pair in pairs] == [
        ("a", "a"), ("b", ""), ("c", "c"), ("", "d"),
    ]  # fmt: skip
