"""Looking at a dashboard without a browser: as a member would, now, in a language, with nothing but their rights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from piste.company.models import Member
from piste.web.access import MemberRequest
from piste.web.dashboards.looking import Opened, opened
from piste.web.dashboards.tiles import TEAM


@contextmanager
def as_member(member: Member, key: str, *, language: str, now: datetime) -> Iterator[Opened]:
    """The dashboard as this member sees it; `Http404` when they may not."""
    request = MemberRequest()
    request.method, request.path, request.user, request.now = "GET", "/", member, now
    with translation.override(language), timezone.override(ZoneInfo(member.time_zone)):
        yield opened(request, key, TEAM)
