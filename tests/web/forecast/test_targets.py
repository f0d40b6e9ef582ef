"""The pages of targets: set one, a year at once, in both languages, against a colleague."""

from __future__ import annotations

import pytest
from django.test import Client

from piste.forecasting.models import Target
from piste.pipelines.models import Pipeline
from tests import make
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(cast: Cast) -> str:
    return f"/forecast/{make.pipeline(by=cast.alice).pk}/targets/"


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def test_one_is_set_and_shown_with_its_history(alice: Client, page: str, cast: Cast) -> None:
    sent = {"who": f"rep-{cast.rosa.pk}", "value": "12.5k", "why": "New region", "seen": "0"}
    assert alice.post(f"{page}set/?span=month&first=2026-11-01", sent).status_code == 302
    row = Target.objects.get()
    assert (row.subject_id, row.span, row.first.isoformat(), row.value) == (cast.rosa.pk, 1, "2026-11-01", 1_250_000)
    shown = alice.get(f"{page}?span=quarter&first=2026-11-20").content.decode()
    assert "1 of 3 parts set" in shown
    assert "New region" in shown
    assert "€12,500" in alice.get(f"{page}history/").content.decode()
    file = page.replace("targets/", "targets.csv")
    assert f"{file}?" in alice.get(f"{page}?span=month&first=2026-11-20").content.decode()
    lines = alice.get(f"{file}?span=month&first=2026-11-20").content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("Rosa Rep,12500"), "the number of the page, as a number"
    assert alice.get(f"{file}?span=month&first=2025-11-20").status_code == 404, "no target, no file"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("a lot", "This is not an amount"),
        ("-5", "A target is not below zero."),
        ("1.234", "more decimals"),
        ("9e99", "not an amount"),
    ],
)
def test_what_cannot_be_kept_is_said(alice: Client, page: str, value: str, said: str) -> None:
    answer = alice.post(f"{page}set/?first=2026-11-01", {"who": "company-0", "value": value, "seen": "0"})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Target.objects.exists()


def test_a_year_at_once(alice: Client, page: str, cast: Cast) -> None:
    months = {f"rep-{cast.rosa.pk}-2026-{month:02d}-01": f"{month},000" for month in range(1, 13)}
    months[f"rep-{cast.remi.pk}-2026-03-01"] = "500"
    assert alice.post(f"{page}year/?first=2026-05-01", {**months, "seen": "0", "why": "Plan"}).status_code == 302
    assert sorted(row.value or 0 for row in Target.objects.filter(subject_id=cast.rosa.pk)) == [
        month * 100_000 for month in range(1, 13)
    ]
    again = alice.get(f"{page}year/?first=2026-05-01").content.decode()
    assert 'value="12,000"' in again
    assert "€78,000" in again, "the sum of the year"
    # What was not touched is not set again; what was emptied is taken back.
    months[f"rep-{cast.remi.pk}-2026-03-01"] = ""
    alice.post(f"{page}year/?first=2026-05-01", {**months, "seen": str(Target.objects.last().pk)})  # type: ignore[union-attr]
    assert Target.objects.count() == 14
    shown = {(row.subject_id, row.first): row for row in Target.objects.all()}
    assert shown[cast.remi.pk, Target.objects.last().first].value is None  # type: ignore[union-attr]


def test_a_wrong_field_of_the_year_keeps_all_from_being_set(alice: Client, page: str, cast: Cast) -> None:
    sent = {f"rep-{cast.rosa.pk}-2026-01-01": "100", f"rep-{cast.remi.pk}-2026-02-01": "many", "seen": "0"}
    answer = alice.post(f"{page}year/?first=2026-05-01", sent)
    assert answer.status_code == 422
    assert "Remi Rep, Feb 2026: This is not an amount" in answer.content.decode()
    assert 'value="many"' in answer.content.decode()
    assert not Target.objects.exists()


def test_a_colleague_is_not_overwritten(alice: Client, page: str, cast: Cast) -> None:
    name = f"rep-{cast.rosa.pk}-2026-01-01"
    alice.post(f"{page}year/?first=2026-05-01", {name: "100", "seen": "0"})
    answer = alice.post(f"{page}year/?first=2026-05-01", {name: "200", "seen": "0"})
    assert answer.status_code == 422
    assert "Alice Admin set €100 for Jan 2026 meanwhile" in answer.content.decode()


def test_the_insights_of_the_team_tell_the_same(alice: Client, page: str, cast: Cast) -> None:
    alice.post(f"{page}set/", {"who": "company-0", "value": "9000", "seen": "0"})
    pipeline = page.split("/")[2]
    make.deal(make.stages(Pipeline.objects.get(pk=pipeline))[0], cast.rosa)
    assert "€9,000" in alice.get(f"/insights/{pipeline}/team/").content.decode()
    assert "Targets, pace and coverage" in alice.get(f"/dashboards/ready-{pipeline}/figures/").content.decode()


def test_a_target_is_taken_back_only_where_it_was_opened(alice: Client, page: str, cast: Cast) -> None:
    sent = {"who": "company-0", "value": "500", "seen": "0"}
    alice.post(f"{page}set/?first=2026-11-01", sent)
    kept = Target.objects.get()
    empty = sent | {"value": "", "seen": str(kept.pk)}
    refused = alice.post(f"{page}set/?first=2026-11-01", empty)
    assert refused.status_code == 422
    assert "Write the target. To take one back, open it from its own line." in refused.content.decode()
    assert Target.objects.count() == 1
    opened = f"{page}set/?first=2026-11-01&who=company-0"
    assert "Leave it empty to take the target back." in alice.get(opened).content.decode()
    assert alice.post(opened, empty).status_code == 302
    last = Target.objects.order_by("-pk").first()
    assert last is not None
    assert last.value is None
