"""How far a deal has followed the playbook of its stage: the panel of its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from piste.activities.models import Activity, CriterionMet
from piste.activities.queries import adherence_of_deals, criteria_met, standards_of
from piste.deals.models import Deal, DealContact, Status
from piste.experiments.models import Change, Variant
from piste.experiments.queries import variant_told, wordings
from piste.experiments.rules import Wording
from piste.playbooks.queries import told
from piste.playbooks.rules import Progress, filled
from piste.web.templatetags.piste import amount, today

from . import reading


@dataclass(frozen=True, slots=True)
class Criterion:
    """An exit criterion, and who has said that the deal meets it."""

    key: int
    text: str
    met: CriterionMet | None


@dataclass(frozen=True, slots=True)
class Ready:
    """A template filled with the deal's facts; `absent` are the fields it does not know yet, `variant` whose text it is when that
    is not everybody's."""

    text: reading.Text
    subject: str
    body: str
    absent: list[str]
    variant: Variant | None


def context(deal: Deal, people: Sequence[DealContact]) -> dict[str, Any]:
    """What the panel shows; None as `guide` when the deal is lost or its stage has no playbook and never had one for it."""
    if deal.status == Status.LOST:
        return {"guide": None}
    drawn = variant_told(deal.pk, deal.stage_id) if deal.stage.is_tested else None
    said = drawn[1] if drawn else told([deal.stage_id]).get(deal.stage_id, {})
    texts = wordings(deal.pk) if deal.stage.is_tested and said.get("templates") else {}
    playbook = reading.read(said, reading.names_in([said]))
    given = list(standards_of(deal.pk, deal.stage_id))
    shown = [activity for activity in given if activity.deleted_at is None]
    if playbook.is_empty and not shown:
        return {"guide": None}
    return {
        "guide": playbook,
        "variant": drawn[0] if drawn else None,
        "steps": shown,
        "further": _further(playbook, given, said),
        "late": {row.pk for row in shown if _is_late(row, today()) and row.in_play},
        "progress": progress(shown, today()),
        "criteria": _criteria(deal, playbook),
        "ready": _ready(playbook, facts(deal, people), texts),
        "adherence": adherence_of_deals([deal.pk], today=today()).get(deal.pk),
    }


def progress(given: Sequence[Activity], day: date) -> Progress:
    """How far, as `activities.queries.progress` counts it."""
    done = sum(activity.done_at is not None for activity in given)
    return Progress(len(given), done, sum(_is_late(activity, day) for activity in given))


def _is_late(activity: Activity, day: date) -> bool:
    return activity.done_at is None and activity.due_on is not None and activity.due_on < day


def _further(playbook: reading.Playbook, given: Sequence[Activity], said: Mapping[str, Any]) -> list[reading.Activity]:
    """The standard activities that will begin once another is done."""
    had = {activity.standard_id for activity in given}
    waiting = {row["id"] for row in said.get("activities", []) if row["after"] and row["id"] not in had}
    return [activity for activity in playbook.activities if activity.key in waiting]


def _criteria(deal: Deal, playbook: reading.Playbook) -> list[Criterion]:
    met = {row.criterion_id: row for row in criteria_met(deal.pk, deal.stage_id)} if playbook.criteria else {}
    return [Criterion(key, text, met.get(key)) for key, text in playbook.criteria]


def facts(deal: Deal, people: Sequence[DealContact]) -> dict[str, str]:
    """What templates take from a deal."""
    return {
        "contact": people[0].contact.name if people else "",
        "company": deal.company.name if deal.company else "",
        "title": deal.title,
        "amount": amount(deal.amount_minor, deal.currency),
        "owner": deal.owner.name,
    }


def _ready(playbook: reading.Playbook, known: Mapping[str, str], texts: Mapping[int, Change]) -> list[Ready]:
    found = []
    for text in playbook.templates:
        own = texts.get(text.key)
        said = Wording(text.subject, text.body) if own is None else own.wording
        subject, absent = filled(said.subject, known)
        body, more = filled(said.body, known)
        found.append(Ready(text, subject, body, list(dict.fromkeys(absent + more)), own.variant if own else None))
    return found
