"""What is to be done at an hour says so on the page that is open; a note that all must read stands first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from .conftest import Site

pytestmark = pytest.mark.browser

SOON = """
from datetime import timedelta
from django.utils import timezone
from piste.activities import operations as activities
rosa = Member.objects.get(email="rosa@piste.example")
stages = make.stages(make.pipeline(f"Sales {Pipeline.objects.count()}", by=Member.objects.get(email="alice@piste.example")))
now = timezone.now()
deal = make.deal(stages[0], rosa, title="Works at an hour", at=now)
due = now + timedelta(minutes=6)
wanted = activities.Wanted(title="Call at the hour", kind="call", due_on=due.date(), due_at=due)
activities.plan(wanted=wanted, assignee=rosa, by=rosa, at=now, deal=deal)
activities.write(subject_kind="deal", subject_id=deal.pk, text="Read me first", by=rosa, at=now - timedelta(minutes=2))
activities.write(subject_kind="deal", subject_id=deal.pk, text="Said later", by=rosa, at=now)
result = deal.pk
"""
REMIND = """
from django.utils import timezone
from piste.activities import operations as activities
result = activities.remind(at=timezone.now())
"""
LETTERS = """
from piste.post.models import Letter
result = list(Letter.objects.values_list("member__email", flat=True))
"""


def test_a_reminder_comes_to_the_open_page_once(site: Site, look: Callable[..., Page]) -> None:
    key = site.do(SOON)
    page = look("rosa", "/contacts/")
    bell = page.locator(".bell")
    expect(bell).to_have_accessible_name("Notifications")
    assert site.do(REMIND) == 1
    assert site.do(REMIND) == 0
    assert site.do(LETTERS) == ["rosa@piste.example"]

    # Half a minute later, the page asks by itself.
    page.clock.install(time=timezone.now() + timedelta(minutes=1))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    toast = page.get_by_role("status").filter(has_text="Call at the hour")
    expect(toast).to_be_visible()
    expect(bell).to_have_accessible_name("Notifications, 1 new")
    toast.get_by_role("link", name="Works at an hour").click()
    page.wait_for_url(f"**/deals/{key}/")

    page.goto(page.url.split("/deals/")[0] + "/notifications/")
    expect(page.get_by_text("Call at the hour")).to_be_visible()
    page.reload()
    expect(page.locator(".bell")).to_have_accessible_name("Notifications")

    # A note that all must read.
    page.goto(page.url.split("/notifications/")[0] + f"/deals/{key}/")
    notes = page.locator("#timeline blockquote")
    expect(notes.first).to_have_text("Said later")
    page.locator("#timeline li", has_text="Read me first").get_by_role("button", name="Pin", exact=True).click()
    expect(page.get_by_role("list", name="Pinned notes").locator("blockquote")).to_have_text("Read me first")
    expect(notes.first).to_have_text("Read me first")
    page.get_by_role("button", name="Unpin").click()
    expect(notes.first).to_have_text("Said later")
