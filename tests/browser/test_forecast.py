"""The plan follows its sliders, and a range of a spreadsheet goes into the grid of a year."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from .pipeline import Scene

pytestmark = pytest.mark.browser

PAST = """
from datetime import timedelta
from django.utils import timezone
from piste.deals.operations import Arrival, PastMove, bring_in
alice = Member.objects.get(email="alice@piste.example")
stages = list(Stage.objects.filter(pipeline=pipeline).order_by("position"))
arrivals = []
for number in range(24):
    came = timezone.now() - timedelta(days=60 + number)
    status = "won" if number % 2 else "lost"
    steps = ((0, "open", 0), (1, "open", 5), (1, status, 10))
    past = [PastMove(to=stages[place], status=said, at=came + timedelta(days=days), by=alice) for place, said, days in steps]
    facts = {"title": f"Past {number}", "owner": alice, "amount_minor": 100_000, "currency": "EUR"}
    arrivals.append(Arrival(facts=facts, past=past, contacts=[], products=[]))
bring_in(arrivals=arrivals, by=alice, at=timezone.now(), cause="import")
result = None
"""


def test_the_plan_follows_its_sliders(look: Any, scene: Scene, site: Any) -> None:
    pipeline = int(scene.path.split("/")[2])
    site.do(PAST, pipeline=pipeline)
    page = look("alice", f"/forecast/{pipeline}/plan/?span=year&target=400000")
    needed = page.locator(".forecast-plan tbody tr").last.locator("td b").first
    before = needed.inner_text()
    page.get_by_label("Conversion").evaluate(
        "slider => { slider.value = 200; slider.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    expect(page.locator("output").first).to_have_text("200%")
    expect(needed).not_to_have_text(before)
    assert int(needed.inner_text().replace(",", "")) < int(before.replace(",", ""))


def test_a_range_of_a_spreadsheet_goes_into_the_grid(look: Any, scene: Scene) -> None:
    page = look("alice", f"/forecast/{scene.path.split('/')[2]}/targets/year/")
    first = page.locator("[data-grid] td > input").nth(1)
    first.evaluate(
        """field => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", "100\\t200\\n300\\t400\\n");
            field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }"""
    )
    rows = page.locator("[data-grid] tbody tr")
    expect(rows.nth(0).locator("input").nth(2)).to_have_value("200")
    expect(rows.nth(1).locator("input").nth(1)).to_have_value("300")
    page.get_by_role("button", name="Set the targets").click()
    expect(page.locator(".toast").first).to_contain_text("4 targets are set.")
