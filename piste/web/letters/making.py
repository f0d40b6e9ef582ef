"""A reader's copy of a dashboard: the letter and what is enclosed, with the rights of whose eyes it is made."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext

from piste.dashboards.models import Delivery
from piste.dashboards.operations.delivering import Copy
from piste.dashboards.queries import eyes
from piste.post.writing import File, Page

from . import paper
from .looking import as_member


def copy(delivery: Delivery, *, at: datetime) -> Copy:
    """Made anew of the figures of now: of a member with their own rights, of an address outside with those of who set it."""
    schedule, reader = delivery.schedule, delivery.reader
    member = eyes(schedule, reader)
    is_outside = reader.member is None
    language = schedule.language or member.language
    with as_member(member, str(schedule.dashboard_id), language=language, now=at) as opened:
        file = File(paper.name(opened), "application/pdf", paper.pdf(opened, has_link=not is_outside))
        names = {"dashboard": opened.board.name, "pipeline": opened.board.pipeline.name, "name": schedule.by.name}
        day = paper.said_day(paper.today(opened))
        door = f"{settings.LINKS_URL}{opened.links.plain}"
        if is_outside:
            foot = gettext("%(name)s has these figures sent to you. Write to them if you want them no more.") % names
        else:
            foot = gettext("%(name)s has this dashboard sent to you. You can leave its readers here:") % names
            foot += f" {settings.LINKS_URL}{opened.links.letters}"
        page = Page(
            subject=f"{opened.board.name}, {day}",
            lead=gettext("“%(dashboard)s” of %(pipeline)s, as of now, is enclosed.") % names,
            parts=[],
            door="" if is_outside else door,
            door_name="" if is_outside else gettext("Open it in Piste"),
            foot=foot,
        )
    return Copy(page, file, language)
