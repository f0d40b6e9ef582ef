"""A pipeline with four deals, and the hands that move them."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Page, expect

#: Seconds that an answer of the server may take on a loaded machine.
LONG = 15
SCENE = """
from datetime import date, timedelta
from django.utils import timezone
from piste.activities import operations as activities
now = timezone.now()
rosa, alice = Member.objects.get(email="rosa@piste.example"), Member.objects.get(email="alice@piste.example")
from piste.pipelines.operations import create_pipeline, require
number = Pipeline.objects.count()
pipeline = create_pipeline(name=f"Sales {number}", by=alice, at=now, why="Start")
stages = make.stages(pipeline)
LossReason.objects.get_or_create(name="Too dear")
def deal(stage, title, **facts):
    facts = {"amount_minor": 1_000_000, "expected_close_on": date(2027, 1, 15)} | facts
    made = make.deal(stages[stage], rosa, at=now - timedelta(days=3), title=title, **facts)
    wanted = activities.Wanted(title="Call", kind="call", due_on=facts["expected_close_on"])
    activities.plan(wanted=wanted, assignee=rosa, by=rosa, at=now, deal=made)
    return made
alba = deal(2, "Alba")
borel = deal(2, "Borel", expected_close_on=date(2027, 2, 1))
calan = deal(3, "Calan", expected_close_on=date(2027, 1, 1))
dorel = deal(3, "Dorel", expected_close_on=date(2027, 3, 1))
result = {"pipeline": pipeline.pk, "stages": [s.pk for s in stages],
          "deals": {d.title: d.pk for d in (alba, borel, calan, dorel)}}
"""


def box_of(part: Any) -> dict[str, float]:
    """Where a part of the page stands, once it is seen."""
    expect(part).to_be_visible()
    found: dict[str, float] | None = part.bounding_box()
    assert found is not None, "gone again"
    return found


class Scene:
    """A pipeline with four deals: Alba and Borel in Meeting, Calan and Dorel in Proposal."""

    def __init__(self, site: Any) -> None:
        self.site = site
        found = site.do(SCENE)
        self.path = f"/pipelines/{found['pipeline']}/"
        self.stages: list[int] = found["stages"]
        self.deals: dict[str, int] = found["deals"]

    def card(self, page: Page, title: str) -> Any:
        return page.locator(f"#deal-{self.deals[title]}")

    def column(self, page: Page, place: int) -> Any:
        return page.locator(f"#col-{self.stages[place]}")

    def in_column(self, page: Page, place: int, title: str) -> Any:
        return self.column(page, place).locator(f"#deal-{self.deals[title]}")

    def lift(self, page: Page, title: str) -> None:
        """Takes a card by the mouse, once it stands still: what was just answered may still be moving it."""
        card = self.card(page, title)
        expect(page.locator("dialog[open]")).to_have_count(0)
        card.hover(position={"x": 60, "y": 30})
        box = box_of(card)
        page.mouse.down()
        page.mouse.move(box["x"] + 75, box["y"] + 40, steps=4)

    def drag(self, page: Page, title: str, to: Any) -> None:
        """Takes a card by the mouse and drops it on something that may appear only while dragging."""
        self.lift(page, title)
        goal = box_of(to)
        page.mouse.move(goal["x"] + goal["width"] / 2, goal["y"] + min(150, goal["height"] / 2), steps=8)
        page.mouse.move(goal["x"] + goal["width"] / 2 + 3, goal["y"] + min(150, goal["height"] / 2), steps=2)
        page.mouse.up()

    def status(self, title: str) -> list[Any]:
        script = "d = Deal.objects.get(pk=key); result = [d.status, d.stage_id, d.ledger_number]"
        return self.site.do(script, key=self.deals[title])

    def settles(self, title: str, status: str, stage: int) -> None:
        """Waits until the server holds what the page shows already: a card goes to its place before the answer."""
        wanted = [status, self.stages[stage]]
        end = time.monotonic() + LONG
        while self.status(title)[:2] != wanted and time.monotonic() < end:
            time.sleep(0.05)
        assert self.status(title)[:2] == wanted
