"""An audit on paper: as it was that day, in the present language, set as an accessible PDF."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from piste.audits.models import Audit
from piste.company.models import Settings
from piste.foundations import typography
from piste.pipelines.models import Pipeline
from piste.web.letters.palette import PALETTE
from piste.web.letters.printing import file_name, printed
from piste.web.templatetags.piste import day, near, tongue, zone

from .showing import Row, shown

HERE = Path(__file__).resolve().parent


def pdf(audit: Audit, pipeline: Pipeline, *, company: Settings | None) -> bytes:
    """The audit as a PDF."""
    return printed(HERE / "audit.typ", told(audit, pipeline, company=company), at=audit.at)


def name(audit: Audit) -> str:
    """What the file is called: the pipeline and the day."""
    return file_name(f"audit {audit.pipeline.name}", audit.at.astimezone(zone()).date())


def told(audit: Audit, pipeline: Pipeline, *, company: Settings | None) -> dict[str, Any]:
    """Everything the paper says, written in the present language."""
    found = shown(audit, pipeline)
    moment = audit.at.astimezone(zone())
    when = {"day": said_day(moment.date()), "hour": typography.hour_said(moment, tongue(), zone())}
    return {
        "lang": tongue(),
        "palette": PALETTE,
        "company": company.name if company else "",
        "title": _("Audit"),
        "pipeline": pipeline.name,
        "when": _("As of %(day)s, %(hour)s") % when,
        "head": found.head,
        "text": found.text,
        "rights": _("With what %(name)s may see.") % {"name": audit.eyes.name} if audit.eyes else "",
        "link": f"{settings.LINKS_URL}{reverse('audit', args=[pipeline.pk, audit.pk])}",
        "link_said": _("Open it in Piste"),
        "page": _("Page"),
        "parts": [{"title": part.title, "rows": [_row(row) for row in part.rows]} for part in found.parts],
        "gone_title": _("Gone since the audit before"),
        "gone": [{"head": row.said.head, "count": _("was %(count)s") % {"count": row.counted}} for row in found.gone],
        "fine": _("Looked at and well: %(list)s.") % {"list": found.fine} if found.fine else "",
        "mute": _("Nothing there to look at: %(list)s.") % {"list": found.mute} if found.mute else "",
    }


def said_day(found: date) -> str:
    """A day in full: Friday 27 November 2026, « vendredi 1er mai 2026 »."""
    return date_format(found, "l jS F Y" if tongue() == "fr" and found.day == 1 else "l j F Y")


def _row(row: Row) -> dict[str, Any]:
    tasks = []
    for task in row.followed.tasks:
        when = _("done %(day)s") % {"day": day(task.done_at)} if task.done_at else near(task.due_on)
        tasks.append(f"{task.title} ({task.assignee.first_name}, {when})")
    return {
        "severity": row.finding.severity,
        "level": row.severity,
        "head": row.said.head,
        "text": row.said.text,
        "details": list(row.said.details),
        "advice": row.said.advice,
        "count": row.counted,
        "worth": row.worth,
        "became": row.became,
        "is_worse": row.is_worse,
        "tasks": [*tasks, *([row.former] if row.former else [])],
    }
