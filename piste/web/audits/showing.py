"""What the page and the paper of an audit show, prepared from the room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from piste.audits.models import Audit, Finding
from piste.audits.queries import Followed, followed, gone, severities
from piste.audits.rules import PARTS
from piste.foundations import typography
from piste.pipelines.models import Pipeline
from piste.web.insights.words import count, money
from piste.web.process.words import labels
from piste.web.templatetags.piste import day, today, tongue

from . import words

MARKS = {3: ("danger", "flag"), 2: ("warning", "warning"), 1: ("line", "info")}


@dataclass(frozen=True, slots=True)
class Row:
    """A finding with its words, its tasks and where it leads."""

    finding: Finding
    said: words.Said
    followed: Followed
    became: str
    worth: str
    now: str
    now_said: str

    @property
    def tone(self) -> str:
        return MARKS[self.finding.severity][0]

    @property
    def icon(self) -> str:
        return MARKS[self.finding.severity][1]

    @property
    def severity(self) -> str:
        return str(words.SEVERITIES[self.finding.severity])

    @property
    def counted(self) -> str:
        return count(self.finding.count)

    @property
    def is_worse(self) -> bool:
        return self.finding.became in ("new", "worse")

    @property
    def former(self) -> str:
        """What became of the tasks that the audit before led to."""
        tasks = self.followed.former
        if not tasks:
            return ""
        done = sum(task.done_at is not None for task in tasks)
        told = ngettext(
            "%(done)s of %(all)s task of the audit before is done.",
            "%(done)s of %(all)s tasks of the audit before are done.",
            len(tasks),
        )
        return told % {"done": count(done), "all": count(len(tasks))}


@dataclass(frozen=True, slots=True)
class Part:
    """Findings under one heading."""

    key: str
    title: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Shown:
    """A whole audit: its sentence, its parts, what is gone since the one before, what was found well or not looked at."""

    audit: Audit
    head: str
    text: str
    parts: list[Part]
    gone: list[Row]
    fine: str
    mute: str


def shown(audit: Audit, pipeline: Pipeline) -> Shown:
    """Everything an audit says; a constant number of statements."""
    names = labels()
    rows = [_row(one, pipeline, names) for one in followed(audit)]
    levels: dict[int, int] = {}
    for row in rows:
        levels[row.finding.severity] = levels.get(row.finding.severity, 0) + 1
    open_deals = audit.facts["open"]
    told = ngettext("%(count)s open deal looked at", "%(count)s open deals looked at", open_deals) % {"count": count(open_deals)}
    if any(audit.facts["worth"].values()):
        told = _("%(deals)s, worth %(amount)s.") % {"deals": told, "amount": money(audit.facts["worth"])}
    else:
        told += "."
    parts = [Part(key, str(words.PARTS[key]), [row for row in rows if row.finding.code in codes]) for key, codes in PARTS.items()]
    head = words.in_short(levels)
    return Shown(
        audit=audit,
        head=head[:1].upper() + head[1:] + ".",
        text=typography.sentence(told, tongue()),
        parts=[part for part in parts if part.rows],
        gone=[_row(one, pipeline, names) for one in gone(audit)],
        fine=words.looked(audit.facts["fine"]),
        mute=words.looked(audit.facts["mute"]),
    )


def row(finding: Finding, pipeline: Pipeline) -> Row:
    """One finding alone, without its tasks."""
    return _row(Followed(finding, [], []), pipeline, labels())


def _row(one: Followed, pipeline: Pipeline, names: dict[str, str]) -> Row:
    finding = one.finding
    return Row(finding, words.said(finding, names), one, words.became(finding), words.worth(finding), *_now(finding, pipeline))


def _now(finding: Finding, pipeline: Pipeline) -> tuple[str, str]:
    """Where the same is shown as it is now, or put right, and what the link is called."""
    asked = {
        "rotting": {"pace": "rotting"},
        "no_step": {"step": "none"},
        "past_close": {"before": (today() - timedelta(days=1)).isoformat()},
    }.get(finding.code)
    if asked is not None:
        return f"{reverse('list', args=[pipeline.pk])}?{urlencode(asked)}", _("As it is now")
    if finding.code == "bottleneck":
        return reverse("insights_stage", args=[pipeline.pk, finding.facts["stage"]]), _("The stage in figures")
    if finding.code in ("double_company", "double_contact"):
        return reverse("doubles"), _("To the doubles")
    if finding.code in ("stage_order", "unused_stage", "missing_facts", "stalling", "playbook"):
        return reverse("process_pipeline", args=[pipeline.pk]), _("To the process")
    return "", ""


@dataclass(frozen=True, slots=True)
class Line:
    """An audit in the list of all."""

    audit: Audit
    day: str
    by: str
    said: str
    is_current: bool


def lines(audits: Sequence[Audit], current: Audit | None) -> list[Line]:
    """Audits with what they found in short."""
    levels = severities(audits)
    return [
        Line(
            audit,
            day(audit.at),
            audit.by.first_name if audit.by else _("by itself"),
            words.in_short(levels[audit.pk]),
            current is not None and audit.pk == current.pk,
        )
        for audit in audits
    ]
