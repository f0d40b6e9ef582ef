"""A morning on My day, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import Site

pytestmark = pytest.mark.browser

MORNING = """
from datetime import timedelta
from django.utils import timezone
from piste.activities import operations as activities
from piste.activities.models import Activity, Outcome
rosa = Member.objects.get(email="rosa@piste.example")
stages = make.stages(make.pipeline(f"Sales {Pipeline.objects.count()}", by=Member.objects.get(email="alice@piste.example")))
now, today = timezone.now(), timezone.localdate()
for number, name in enumerate(("Oldest", "Older", "Old")):
    deal = make.deal(stages[2], rosa, title=f"Works {name}", at=now)
    wanted = activities.Wanted(title=f"{name} call", kind="call", due_on=today - timedelta(days=3 - number))
    activities.plan(wanted=wanted, assignee=rosa, by=rosa, at=now, deal=deal)
Outcome.objects.get_or_create(kind="call", name="Reached", defaults={"position": 0})
Outcome.objects.get_or_create(kind="call", name="No answer", defaults={"is_contact": False, "position": 1})
result = deal.pk
"""
DONE_BY_REMI = """
from django.utils import timezone
from piste.activities import operations as activities
from piste.activities.models import Activity
remi = Member.objects.get(email="remi@piste.example")
activities.do(activity=Activity.objects.get(deal_id=key), by=remi, at=timezone.now())
result = None
"""
STANDS = """
from piste.activities.models import Activity
result = [(step.title, step.done_at is not None, step.outcome.name if step.outcome else "", step.result)
          for step in Activity.objects.present().order_by("pk")]
"""


def test_a_morning_by_keyboard(site: Site, look: Callable[..., Page]) -> None:
    site.do(MORNING)
    page = look("rosa", "/day/")
    late = page.locator("[data-due=overdue]")
    expect(late).to_have_count(3)
    expect(page.locator("#due-top")).to_have_text("3 to do")

    # The first one is done: nobody answered, and it is to be tried again.
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Oldest call", exact=True)).to_be_focused()
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="Reached")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("Voice box full")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("Try again")
    page.keyboard.press("Enter")
    expect(page.get_by_text("“Oldest call” is done. Next: Try again")).to_be_visible()
    expect(dialog).to_have_count(0)
    expect(late).to_have_count(2)
    expect(page.locator("#due-top")).to_have_text("2 to do")
    assert ["Oldest call", True, "No answer", "Voice box full"] in site.do(STANDS)

    # The next one has taken its place, and is put off to the day that is ticked.
    expect(page.get_by_role("link", name="Older call", exact=True)).to_be_focused()
    page.keyboard.press("s")
    expect(dialog.get_by_role("heading")).to_have_text("Put off: Older call")
    page.keyboard.press("Enter")
    expect(page.get_by_text("“Older call” is put off to")).to_be_visible()
    expect(late).to_have_count(1)

    # Not that one after all.
    page.keyboard.press("z")
    expect(page.get_by_text("Undone: “Older call” is due as before.")).to_be_visible()
    expect(late).to_have_count(2)

    # A call in two keystrokes.
    page.get_by_role("link", name="Old call", exact=True).focus()
    page.keyboard.press("c")
    expect(dialog.get_by_role("radio", name="Reached")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("“Old call” is done.")).to_be_visible()
    expect(late).to_have_count(1)
    assert ["Old call", True, "Reached", ""] in site.do(STANDS)


def test_a_colleague_at_work_is_seen(site: Site, look: Callable[..., Page]) -> None:
    key = site.do(MORNING.replace("Outcome.objects.create", "dict"))
    page = look("rosa", "/day/")
    before = page.locator("[data-due=overdue]").count()
    site.do(DONE_BY_REMI, key=key)
    expect(page.locator("[data-due=overdue]")).to_have_count(before - 1)


COVERED = """row => {
  const box = part => row.querySelector(part).getBoundingClientRect();
  const tools = box(".task__more");
  const meet = other => other.width && tools.left < other.right && other.left < tools.right
    && tools.top < other.bottom && other.top < tools.bottom;
  return [".task__stage", ".task__deal", ".task__when", ".task__what a"].filter(part => meet(box(part)));
}"""


@pytest.mark.parametrize("width", [1440, 800, 390])
def test_the_tools_of_a_line_cover_nothing(site: Site, look: Callable[..., Page], width: int) -> None:
    site.do(MORNING)
    page = look("rosa", "/day/", viewport={"width": width, "height": 844})
    row = page.locator(".task").first
    before = row.bounding_box()
    row.hover()
    expect(row.locator(".task__more a").first).to_be_visible()
    assert row.evaluate(COVERED) == []
    assert row.bounding_box() == before
