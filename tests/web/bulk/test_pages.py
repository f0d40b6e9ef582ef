"""Many deals at once by its page: which ones, what is asked, what was refused, and taking it back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from piste.company.models import CustomField
from piste.deals import operations
from piste.deals.models import BulkEdit, Deal, LossReason, Source
from piste.deals.queries import fact_value
from piste.deals.tasks import carry_out_bulk
from piste.pipelines.models import Requirement, Stage
from piste.web.bulk import views
from tests import make
from tests.cast import NOW
from tests.web.scene import HTMX

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages(cast: Any) -> list[Stage]:
    return make.stages(make.pipeline(by=cast.alice))


@pytest.fixture
def deals(cast: Any, stages: list[Stage]) -> list[Deal]:
    return [make.deal(stages[place], cast.rosa, title=f"Deal {place}") for place in range(3)]


@pytest.fixture
def rosa(client: Client, cast: Any) -> Client:
    client.force_login(cast.rosa)
    return client


def address(stages: list[Stage], query: str = "") -> str:
    return f"/pipelines/{stages[0].pipeline_id}/bulk/{query}"


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_deals_of_the_board_are_changed_and_taken_back(rosa, cast, stages, deals):
    elsewhere = make.deal(make.stages(make.pipeline("Other"))[0], cast.rosa)
    hers = make.deal(stages[0], cast.olga)
    lost = make.deal(stages[0], cast.rosa)
    operations.lose(deal=lost, reason=LossReason.objects.create(name="Price"), by=cast.rosa, at=NOW)
    assert "Change 3 deals" in text(rosa.get(address(stages)))
    fair = Source.objects.create(name="Fair")
    asked = {"counted": 3, "source": fair.pk, "add_tags": "VIP, New", "campaign": "Autumn", "expected_close_on": "2027-01-04"}
    answer = rosa.post(address(stages), asked, follow=True)
    assert answer.redirect_chain == [(f"/pipelines/{stages[0].pipeline_id}/", 302)]
    assert "3 deals are changed." in text(answer)
    assert set(Deal.objects.filter(source=fair, campaign="Autumn").values_list("pk", flat=True)) == {deal.pk for deal in deals}
    assert fact_value(deals[0], "tags") == ["New", "VIP"]
    for other in (elsewhere, hers, lost):
        other.refresh_from_db()
        assert other.campaign == ""
    back = re.findall(r'action="(/deals/bulk/\d+/undo/)"', answer.content.decode())[0]
    page = rosa.post(back, follow=True)
    assert "3 deals are as before" in text(page)
    assert fact_value(deals[0], "tags") == []
    assert "This has been taken back already." in text(rosa.post(back, follow=True))


def test_a_filter_and_a_choice_narrow_them(rosa, stages, deals):
    assert "Change 1 deal<" in text(rosa.get(address(stages, "?q=2")))
    assert "Change 0 deals" in text(rosa.get(address(stages, "?chosen=1")))
    chosen = address(stages, f"?chosen=1&deal={deals[0].pk}&deal={deals[1].pk}&deal=x")
    assert "Change 2 deals" in text(rosa.get(chosen))
    rosa.post(chosen, {"counted": 2, "campaign": "Autumn"})
    assert Deal.objects.filter(campaign="Autumn").count() == 2


def test_refused_deals_are_named_with_their_reason(rosa, cast, stages, deals):
    Requirement.objects.create(stage=stages[3], fact="expected_close_on", to_enter=True)
    answer = rosa.post(address(stages), {"counted": 3, "stage": stages[3].pk}, follow=True)
    assert "No deal is changed" in text(answer)
    assert "3 deals were refused." in text(answer)
    assert text(answer).count("Missing: Expected close. Fill them in, then move it.") == 3
    assert 'data-key="z"' not in answer.content.decode()


def test_what_was_changed_since_is_named(rosa, cast, stages, deals):
    rosa.post(address(stages), {"counted": 3, "campaign": "Autumn"})
    edit = BulkEdit.objects.get()
    operations.amend(deal=deals[1], facts={"campaign": "Winter"}, by=cast.remi, at=NOW)
    page = text(rosa.post(f"/deals/bulk/{edit.pk}/undo/", follow=True))
    assert "2 deals are as before" in page
    assert "1 deal could not be taken back." in page
    assert "Changed since: Campaign. It stays as it is." in page


def test_deals_that_changed_meanwhile_are_counted_anew(rosa, cast, stages, deals):
    make.deal(stages[0], cast.rosa)
    answer = rosa.post(address(stages), {"counted": 3, "campaign": "Autumn"})
    assert answer.status_code == 422
    assert "look at how many they are now" in text(answer)
    assert 'name="counted" value="4"' in text(answer)
    assert not Deal.objects.filter(campaign="Autumn").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Nothing would change"),
        ({"owner": "999999"}, "Select a valid choice"),
        ({"expected_close_on": "soon"}, "This is not a day"),
        ({"add_tags": "x" * 61}, "A tag has at most 60 characters"),
        ({"stage": "x"}, "Select a valid choice"),
        ({"empty": "title"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_done_is_said_in_the_dialog(rosa, stages, deals, given, said):
    answer = rosa.post(address(stages), {"counted": 3} | given, headers=HTMX)
    assert answer.status_code == 422
    assert said in text(answer)
    assert 'hx-target="#board-dialog"' in text(answer)
    assert not BulkEdit.objects.exists()


def test_own_fields_are_set_and_facts_emptied(rosa, cast, stages, deals):
    CustomField.objects.create(subject="deal", key="size", label="Size", kind="text")
    CustomField.objects.create(subject="deal", key="kind", label="Kind", kind="text")
    operations.amend(deal=deals[0], facts={"campaign": "Spring"}, custom={"kind": "Old"}, by=cast.rosa, at=NOW)
    rosa.post(address(stages), {"counted": 3, "custom_size": "12", "empty": ["campaign", "custom:kind"]})
    deals[0].refresh_from_db()
    assert (deals[0].campaign, deals[0].custom) == ("", {"size": "12", "kind": None})


def test_many_are_left_to_the_worker_and_one_sees_how_far_it_is(rosa, stages, deals, monkeypatch):
    monkeypatch.setattr(views, "AT_ONCE", 2)
    answer = rosa.post(address(stages), {"counted": 3, "campaign": "Autumn"}, headers=HTMX)
    edit = BulkEdit.objects.get()
    page = f"/deals/bulk/{edit.pk}/"
    assert answer.headers["HX-Redirect"] == page
    assert "0 deals out of 3 so far" in text(rosa.get(page))
    carry_out_bulk.call(edit.pk)
    assert "3 deals are changed" in text(rosa.get(page))
    rosa.post(f"{page}undo/")
    assert "Taking back: 0 deals out of 3 so far" in text(rosa.get(page))
    carry_out_bulk.call(edit.pk)
    assert "3 deals are as before" in text(rosa.get(page))
    assert not Deal.objects.filter(campaign="Autumn").exists()


def test_a_deal_given_away_is_not_named_to_who_no_longer_sees_it(client, cast, stages):
    made = make.deal(stages[0], cast.olga, title="Hidden")
    client.force_login(cast.olga)
    client.post(address(stages), {"counted": 1, "owner": cast.rosa.pk})
    operations.amend(deal=made, facts={"owner": cast.remi}, by=cast.marc, at=NOW)
    page = text(client.post(f"/deals/bulk/{BulkEdit.objects.get().pk}/undo/", follow=True))
    assert "A deal out of your sight" in page
    assert "Hidden" not in page
