"""Members and their deals: a farewell, a change of team, the first start, the lists around deals."""

from __future__ import annotations

from datetime import timedelta

import pytest

from piste.company.models import Member, Settings
from piste.company.operations import AlreadySetUp, LastAdmin
from piste.deals import operations
from piste.deals.models import Deal, LossReason, Source, Tag
from piste.journal.models import Entry
from piste.pipelines.models import Pipeline
from piste.pipelines.operations import create_pipeline
from piste.upkeep.queries import checks
from tests import make
from tests.cast import NOW, PASSWORD, Cast

LATER = NOW + timedelta(hours=1)


def choices(language: str) -> operations.FirstChoices:
    return operations.FirstChoices(
        company="Alpages", language=language, currency="CHF", country="CH", time_zone="Europe/Zurich",
        name="Ada Alpe", email="ada@alpages.example", password=PASSWORD,
    )  # fmt: skip


def test_the_first_start_makes_all_that_is_needed(db: None) -> None:
    ada = operations.first_start(choices=choices("en"), at=NOW)
    assert (ada.role, ada.sees_all, ada.language, ada.time_zone) == ("admin", True, "en", "Europe/Zurich")
    pipeline = Pipeline.objects.get()
    names = [stage.name for stage in make.stages(pipeline)]
    assert names == ["Prospecting", "Qualification", "Meeting", "Proposal", "Closing", "Retention"]
    assert LossReason.objects.count() == 6
    assert Source.objects.count() == 5
    assert Entry.objects.filter(actor=ada, verb="loss_reason.added").count() == 6
    with pytest.raises(AlreadySetUp):
        operations.first_start(choices=choices("fr"), at=NOW)
    assert (Member.objects.count(), Settings.objects.count(), Pipeline.objects.count()) == (1, 1, 1)


def test_who_leaves_gives_their_deals(cast: Cast) -> None:
    first = make.stages(make.pipeline())[0]
    deals = [make.deal(first, cast.rosa), make.deal(first, cast.rosa, title="Second"), make.deal(first, cast.remi)]
    operations.lose(deal=deals[1], reason=operations.add_loss_reason(name="Price", by=None, at=NOW), by=cast.rosa, at=LATER)
    with pytest.raises(operations.SuccessorMissing) as missing:
        operations.say_goodbye(leaver=cast.rosa, successor=None, by=cast.alice, at=LATER)
    assert missing.value.count == 2
    for nobody in (cast.lea, cast.rosa):
        with pytest.raises(operations.NotAllowed):
            operations.say_goodbye(leaver=cast.rosa, successor=nobody, by=cast.alice, at=LATER)
    cast.rosa.refresh_from_db()
    assert cast.rosa.is_active
    assert operations.say_goodbye(leaver=cast.rosa, successor=cast.olga, by=cast.alice, at=LATER) == 2
    assert Deal.objects.filter(owner=cast.olga, team=cast.south).count() == 2
    assert not Deal.objects.filter(owner=cast.rosa).exists()
    with pytest.raises(LastAdmin):
        operations.say_goodbye(leaver=cast.alice, successor=cast.marc, by=cast.alice, at=LATER)


def test_deals_follow_into_a_new_team_only_when_asked(cast: Cast) -> None:
    first = make.stages(make.pipeline())[0]
    deal = make.deal(first, cast.rosa)
    _, moved = operations.change_member(member=cast.rosa, facts={"team": cast.south}, deals_follow=False, by=cast.alice, at=LATER)
    deal.refresh_from_db()
    assert (moved, deal.team) == (0, cast.north)
    operations.change_member(member=cast.rosa, facts={"team": cast.north}, deals_follow=False, by=cast.alice, at=LATER)
    changes, moved = operations.change_member(
        member=cast.rosa, facts={"team": cast.south}, deals_follow=True, by=cast.alice, at=LATER
    )
    deal.refresh_from_db()
    assert (changes, moved, deal.team) == ({"team": [cast.north.pk, cast.south.pk]}, 1, cast.south)
    assert all(found.ok for found in checks())


def test_lists_hold_each_name_once_and_lose_nothing(cast: Cast) -> None:
    by = {"by": cast.marc, "at": NOW}
    fair, web = operations.add_source(name="Fair", **by), operations.add_source(name="Web", **by)
    with pytest.raises(operations.NameTaken):
        operations.add_source(name="fair", **by)
    with pytest.raises(operations.NameTaken):
        operations.rename_item(item=web, name="FAIR", **by)
    operations.retire_item(item=fair, **by)
    assert operations.add_source(name="fair", **by).pk == fair.pk
    operations.retire_item(item=fair, **by)
    operations.restore_item(item=fair, **by)
    operations.rename_item(item=web, name="Web site", **by)
    verbs = list(Entry.objects.filter(subject_kind="source", subject_id=web.pk).order_by("number").values_list("verb", flat=True))
    assert verbs == ["source.added", "source.renamed"]


def test_loss_reasons_are_put_in_order(cast: Cast) -> None:
    by = {"by": cast.marc, "at": NOW}
    reasons = [operations.add_loss_reason(name=name, **by) for name in "ABCD"]
    operations.place_loss_reason(reason=reasons[3], place=1, **by)
    assert "".join(LossReason.objects.values_list("name", flat=True)) == "ADBC"
    operations.place_loss_reason(reason=reasons[0], place=99, **by)
    assert "".join(LossReason.objects.values_list("name", flat=True)) == "DBCA"


def test_a_tag_is_renamed_and_removed_on_all_deals(cast: Cast) -> None:
    by = {"by": cast.marc, "at": NOW}
    deal = make.deal(make.stages(make.pipeline())[0], cast.rosa, tags=["urgent", "key"])
    urgent = Tag.objects.get(name="urgent")
    with pytest.raises(operations.NameTaken):
        operations.rename_item(item=urgent, name="Key", **by)
    operations.rename_item(item=urgent, name="Soon", **by)
    assert operations.remove_tag(tag=Tag.objects.get(name="key"), **by) == 1
    assert [tag.name for tag in deal.tags.all()] == ["Soon"]


def test_default_stages_are_named_in_the_language_of_the_first_person(db: None) -> None:
    from django.utils.translation import override

    with override("fr"):
        made = create_pipeline(name="Ventes", by=None, at=NOW, why="Essai")
    assert make.stages(made)[0].name == "Prospection"
