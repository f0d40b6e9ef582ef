"""What the worker does with audits: makes those that are due, and sends them to who reads them."""

from __future__ import annotations

import logging
from zoneinfo import ZoneInfo

from django.conf import settings
from django.tasks import task
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from piste.audits.operations import fall_due
from piste.audits.operations.sending import Unsent, send, unsent
from piste.company.queries import company
from piste.post.tasks import carry
from piste.post.writing import File, Page, Part, Row

from . import paper
from .showing import shown

log = logging.getLogger(__name__)


@task()
def run() -> int:
    """Makes the audits whose hour has come, and writes their letters; returns how many."""
    fall_due(at=timezone.now())
    written = 0
    for one in unsent(at=timezone.now()):
        try:
            page, file = copy(one)
        except Exception:
            log.exception("The audit %s could not be written to member %s and is tried again", one.audit.pk, one.reader.pk)
            continue
        written += send(one=one, page=page, file=file, at=timezone.now())
    if written:
        carry.enqueue()
    return written


def copy(one: Unsent) -> tuple[Page, File]:
    """A reader's letter and what is enclosed, in their language and time zone."""
    audit, reader = one.audit, one.reader
    with translation.override(reader.language), timezone.override(ZoneInfo(reader.time_zone)):
        found = shown(audit, audit.pipeline)
        rows = [
            Row(row.said.head, f"{settings.LINKS_URL}{_address(one, row.finding.pk)}", f"{row.said.text} {row.became}".strip())
            for part in found.parts
            for row in part.rows
            if row.finding.severity > 1
        ]
        names = {"pipeline": audit.pipeline.name}
        page = Page(
            subject=_("Audit of %(pipeline)s") % names,
            lead=f"{found.head} {found.text}",
            parts=[Part("", rows)] if rows else [],
            door=f"{settings.LINKS_URL}{reverse('audit', args=[audit.pipeline_id, audit.pk])}",
            door_name=_("Open it in Piste"),
            foot=_("You are on the list of those who are sent the audits of %(pipeline)s.") % names,
        )
        content = paper.pdf(audit, audit.pipeline, company=company())
        return page, File(paper.name(audit), "application/pdf", content)


def _address(one: Unsent, finding: int) -> str:
    return reverse("audit_finding", args=[one.audit.pipeline_id, one.audit.pk, finding])
