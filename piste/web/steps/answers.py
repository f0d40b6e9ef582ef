"""Answers after something about a step: the page it was asked from, as it is now, and a toast that can take it back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from piste.activities.models import Activity
from piste.activities.queries import place_of, sees_deal
from piste.company.models import Member
from piste.foundations import typography
from piste.web.access import MemberRequest
from piste.web.answering import wants_fragment
from piste.web.board.words import ago
from piste.web.deal import page
from piste.web.templatetags.piste import tongue
from piste.web.today.page import fragments as day_now

COMES_BACK = re.compile(r"^/(?:day|(?:deals|pipelines|contacts|companies)/\d+)/$")
CLOSED = '<hx-partial hx-target="#step-dialog" hx-swap="delete"></hx-partial>'


def behind(request: MemberRequest) -> str:
    """The path of the page that asks, or that a plain form was opened from; empty when one does not come back there."""
    path = urlsplit(request.headers.get("HX-Current-URL", "")).path if wants_fragment(request) else request.POST.get("back", "")
    path = path or urlsplit(request.headers.get("Referer", "")).path
    return path if COMES_BACK.match(path) else ""


def home_of(activity: Activity, member: Member) -> str:
    """The page of what an activity is about; My day for who does not see its deal, and of what is about nobody."""
    return place_of(activity, member) if sees_deal(activity, member) and activity.subject[0] != "activity" else "/day/"


def told(
    request: MemberRequest, said: str, *, home: str, undo: str = "", level: str = "success", status: int = 200
) -> HttpResponse:
    """The page behind as it is now, with what happened or why it did not; `home` is where one goes without any."""
    back = behind(request)
    if wants_fragment(request) and (found := page.DEAL_PATH.match(back)):
        answer = page.changed(request, int(found[1]), said=said, undo=undo, level=level, status=status)
        answer.write(CLOSED)
        return answer
    if wants_fragment(request) and back == "/day/":
        return day_now(request, toast={"text": said, "undo_url": undo, "level": level}, done=True, status=status)
    messages.add_message(request, messages.ERROR if level == "error" else messages.SUCCESS, said, extra_tags=undo)
    if wants_fragment(request):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect(back or home)


def refused(request: MemberRequest, said: str, *, home: str) -> HttpResponse:
    """What did not happen, and why."""
    return told(request, said, home=home, level="error", status=409)


def ask(request: MemberRequest, template: str, context: Mapping[str, Any], *, home: str, status: int = 200) -> HttpResponse:
    """A form: a dialog over the page, or a page of its own without the script."""
    shown = {
        "template": f"steps/{template}.html",
        "action": request.get_full_path(),
        "back": request.POST.get("back") or behind(request) or home,
        "section": "today" if behind(request).startswith("/day/") else "board",
        **context,
    }
    if not wants_fragment(request):
        return render(request, "steps/ask.html", shown, status=status)
    part = "again" if request.method == "POST" else "dialog"
    return render(request, f"steps/ask.html#{part}", shown, status=status)


def overtaken(activity: Activity, now: datetime) -> str:
    """Who did a step, or took it away, before."""
    said = {"step": activity.title, "who": activity.done_by.first_name if activity.done_by else "Piste"}
    if activity.deleted_at is not None:
        sentence = gettext("“%(step)s” has been removed in the meantime: nothing was changed.") % said
    elif activity.done_at is not None:
        said["when"] = ago(activity.done_at, now)
        sentence = gettext("%(who)s already did “%(step)s” %(when)s: nothing was changed.") % said
    else:
        sentence = gettext("“%(step)s” is still to be done: there is nothing to take back.") % said
    return typography.sentence(sentence, tongue())
