"""The actions, each through the operation of the room it belongs to, with what refused it as a code."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override

from piste.activities.operations import Wanted, plan
from piste.activities.operations import write as write_note
from piste.automations.models import Automation, Delivery, Run
from piste.automations.rules import DISTURBING, Action
from piste.company.models import Member, Role
from piste.company.queries import company, working_time
from piste.deals import operations as deals
from piste.deals.models import Deal, DealContact, Source, sees
from piste.deals.queries import fact_value
from piste.foundations import typography
from piste.journal.operations import record
from piste.people.models import Agreement, Consent, Contact, Purpose
from piste.pipelines.models import Stage
from piste.playbooks.models import Template
from piste.playbooks.rules import filled
from piste.post.operations import write as write_letter
from piste.post.writing import Page, Part, Plain, Row

PURPOSE, PAUSED = "automation", "paused"
#: How long an e-mail is worth sending.
WORTH = timedelta(days=3)


class Refused(Exception):
    """An action that may not be done; `why` is its reason, `told` what else there is to say of it."""

    def __init__(self, why: str, **told: Any) -> None:
        super().__init__(why)
        self.why, self.told = why, told


@dataclass(frozen=True)
class Scene:
    """A run that acts: its automation, the deal, the moment. The deal is read anew for each action, which may have changed it."""

    automation: Automation
    run: Run
    deal_id: int
    at: datetime

    @property
    def deal(self) -> Deal:
        related = ("owner", "team", "company", "stage", "pipeline")
        found = Deal.objects.present().select_related(*related).filter(pk=self.deal_id).first()
        if found is None:
            raise Refused("gone")
        return found

    @cached_property
    def besides(self) -> dict[str, Any]:
        """What the entries of its effects say more: who did it, and how many effects have led here."""
        return {"automation": self.automation.pk, "name": self.automation.name, "depth": self.run.depth + 1}

    @property
    def act(self) -> dict[str, Any]:
        return {"by": None, "at": self.at, "cause": "automation", "besides": self.besides}


def act(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    """Does an action; what became of it. Raises `Refused`."""
    try:
        return DOING[action.kind](scene, action, place)
    except deals.DataMissing as lack:
        raise Refused("missing", facts=lack.facts) from lack
    except deals.DealError as problem:
        raise Refused(REASONS.get(type(problem), "not_possible")) from problem


REASONS: dict[type[Exception], str] = {
    deals.StageRetired: "retired",
    deals.NotAllowed: "left",
    deals.Discarded: "gone",
}


def must_wait(scene: Scene, action: Action) -> datetime | None:
    """Until when an action that disturbs somebody waits for their working hours; None when it may be done now."""
    if action.kind not in DISTURBING:
        return None
    person = who(scene, action) if action.kind == "notify" else scene.deal.owner
    opening = working_time(person).opening(scene.at)
    return opening if opening > scene.at else None


def who(scene: Scene, action: Action) -> Member:
    """Whom an action concerns: the owner, the manager of the owner's team (else an admin), or who is named."""
    owner = scene.deal.owner
    if action.who == "member":
        found = Member.objects.active().filter(pk=action.member or 0).first()
    elif action.who == "manager":
        managers = Member.objects.active().filter(role=Role.MANAGER).order_by("pk")
        found = managers.filter(team_id=owner.team_id).first() if owner.team_id else None
        found = found or managers.first() or Member.objects.admins().order_by("pk").first()
    else:
        found = owner if owner.is_active else None
    if found is None:
        raise Refused("left")
    return found


def _task(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    deal, person = scene.deal, who(scene, action)
    time = working_time(person)
    day = time.add_working_days(scene.at.astimezone(time.zone).date(), action.days or 0)
    wanted = Wanted(title=action.text, kind=action.fact or "task", due_on=day)
    made = plan(wanted=wanted, assignee=person, deal=deal, **scene.act)
    return {"result": "done", "activity": made.pk, "who": person.pk}


def _notify(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    """A note that names whom it is for: it is in their notifications, and stays with the deal."""
    deal, person = scene.deal, who(scene, action)
    if not sees(person, owner_id=deal.owner_id, team_id=deal.team_id):
        raise Refused("unseen", who=person.pk)
    text = f"@{person.name} {action.text}\n({scene.automation.name})"
    told: dict[str, Any] = {"by": None, "at": scene.at, "cause": "automation", "pipeline_id": deal.pipeline_id}
    note = write_note(subject_kind="deal", subject_id=deal.pk, text=text, may_read=[person], **told)
    return {"result": "done", "note": note.pk, "who": person.pk}


def _mail(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    """An e-mail by a template to the main contact, on the owner's behalf; nobody who withdrew their consent is written to."""
    deal = scene.deal
    template = Template.objects.filter(pk=action.template or 0, kind="email", retired_at=None).first()
    if template is None:
        raise Refused("no_template")
    if not deal.owner.is_active:
        raise Refused("left")
    people = DealContact.objects.filter(deal=deal, contact__deleted_at=None, contact__erased_at=None)
    found = people.select_related("contact").order_by("-is_main", "pk").first()
    if found is None or not found.contact.email:
        raise Refused("no_address")
    contact = found.contact
    if has_withdrawn(contact.pk):
        raise Refused("no_consent")
    told = company()
    language = contact.language or (told.language if told else deal.owner.language)
    known = _known(deal, contact, language)
    subject, absent = filled(template.subject or template.name, known)
    body, more = filled(template.body, known)
    if absent or more:
        raise Refused("fields", fields=list(dict.fromkeys(absent + more)))
    write_letter(
        key=f"automation:{scene.run.pk}:{place}",
        purpose=PURPOSE,
        about={"deal": deal.pk, "contact": contact.pk},
        to=deal.owner,
        address=contact.email,
        page=Plain(subject, body),
        language=language,
        at=scene.at,
        expires_at=scene.at + WORTH,
    )
    _tell(scene, deal, "mail", template=template.name)
    return {"result": "done", "template": template.name}


def has_withdrawn(contact_id: int) -> bool:
    """Whether a contact withdrew their consent to e-mail, and did not give it since."""
    rows = Consent.objects.filter(contact_id=contact_id, purpose=Purpose.EMAIL).order_by("-said_on", "-pk")
    return rows.values_list("agreement", flat=True).first() == Agreement.WITHDRAWN


def _known(deal: Deal, contact: Contact, language: str) -> Mapping[str, str]:
    worth = "" if deal.amount_minor is None else typography.amount(deal.amount_minor, deal.currency, language)
    firm = deal.company.name if deal.company else ""
    return {"contact": contact.name, "company": firm, "title": deal.title, "amount": worth, "owner": deal.owner.name}


def _move(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    to = Stage.objects.select_related("pipeline").filter(pk=action.stage or 0).first()
    if to is None:
        raise Refused("retired")
    try:
        moved = deals.move(deal=scene.deal, to=to, **scene.act)
    except deals.AlreadyThere:
        return {"result": "same", "stage": to.name}
    return {"result": "done", "stage": to.name, "move": moved.number}


def _assign(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    return _give(scene, who(scene, action))


def _turn(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    """To the next rep of a team: each in their turn, whoever comes and goes."""
    team = list(Member.objects.active().filter(team_id=action.team or 0, role=Role.REP).order_by("pk"))
    team = team or list(Member.objects.active().filter(team_id=action.team or 0).order_by("pk"))
    if not team:
        raise Refused("nobody")
    current = Automation.objects.get(pk=scene.automation.pk)
    person = team[current.turn % len(team)]
    Automation.objects.filter(pk=current.pk).update(turn=(current.turn + 1) % 1_000_000)
    return _give(scene, person)


def _give(scene: Scene, person: Member) -> dict[str, Any]:
    changed = deals.amend(deal=scene.deal, facts={"owner": person}, **scene.act)
    return {"result": "done" if changed else "same", "who": person.pk}


def _tags(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    deal = scene.deal
    there = fact_value(deal, "tags")
    without = [name for name in there if name.casefold() != action.text.casefold()]
    wanted = [*without, action.text] if action.kind == "tag" else without
    if sorted(one.casefold() for one in wanted) == sorted(one.casefold() for one in there):
        return {"result": "same", "tag": action.text}
    deals.name_tags(deal=deal, tags=wanted, **scene.act)
    return {"result": "done", "tag": action.text}


def _set(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    """Sets a field: one of the company's own, the source, or the expected close date so many days from now."""
    facts: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    if action.fact.startswith("custom:"):
        custom[action.fact.removeprefix("custom:")] = action.value
    elif action.fact == "source":
        facts["source"] = Source.objects.filter(pk=action.value, retired_at=None).first()
        if facts["source"] is None:
            raise Refused("retired")
    else:
        today = scene.at.astimezone(working_time().zone).date()
        facts["expected_close_on"] = today + timedelta(days=action.days or 0)
    changed = deals.amend(deal=scene.deal, facts=facts, custom=custom, **scene.act)
    return {"result": "done" if changed else "same", "fact": action.fact}


def _webhook(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    deal, number = scene.deal, uuid.uuid4()
    body = json.dumps(_message(scene, deal, str(number)), ensure_ascii=False)
    facts = {"run": scene.run, "place": place, "number": number, "url": action.url, "body": body}
    Delivery.objects.create(written_at=scene.at, held_until=scene.at, **facts)
    _tell(scene, deal, "webhook")
    return {"result": "done", "delivery": str(number)}


def _message(scene: Scene, deal: Deal, number: str) -> dict[str, Any]:
    return {
        "delivery": number,
        "at": scene.at.isoformat(),
        "automation": {"id": scene.automation.pk, "name": scene.automation.name},
        "because": scene.run.because,
        "deal": {
            "id": deal.pk,
            "url": f"{settings.LINKS_URL}/deals/{deal.pk}/",
            "title": deal.title,
            "company": deal.company.name if deal.company else None,
            "status": deal.status,
            "pipeline": deal.pipeline.name,
            "stage": {"id": deal.stage_id, "name": deal.stage.name},
            "amount_minor": deal.amount_minor,
            "currency": deal.currency,
            "expected_close_on": deal.expected_close_on.isoformat() if deal.expected_close_on else None,
            "owner": {"name": deal.owner.name, "email": deal.owner.email},
        },
    }


def _tell(scene: Scene, deal: Deal, did: str, **told: Any) -> None:
    """What leaves no other trace on the deal is told in its history."""
    record(
        verb="automation.acted",
        subject_kind="deal",
        subject_id=deal.pk,
        pipeline_id=deal.pipeline_id,
        actor_id=None,
        at=scene.at,
        cause="automation",
        data=scene.besides | {"did": did} | told,
    )


type Doing = Callable[[Scene, Action, int], dict[str, Any]]
DOING: dict[str, Doing] = {
    "task": _task,
    "notify": _notify,
    "mail": _mail,
    "move": _move,
    "assign": _assign,
    "turn": _turn,
    "tag": _tags,
    "untag": _tags,
    "set": _set,
    "webhook": _webhook,
}


def tell_of_pause(automation: Automation, at: datetime) -> None:
    """Writes to who made an automation, else to an admin, that it paused by itself."""
    author = automation.created_by if automation.created_by and automation.created_by.is_active else None
    person = author or Member.objects.admins().order_by("pk").first()
    if person is None:
        return
    href = f"{settings.LINKS_URL}/process/{automation.pipeline_id}/automations/{automation.pk}/runs/"
    with override(person.language):
        said = {"name": automation.name, "count": automation.most_per_hour}
        page = Page(
            subject=gettext("“%(name)s” has paused by itself") % said,
            lead=gettext("The automation “%(name)s” wanted to run more than %(count)s times within an hour, and has paused.")
            % said,
            parts=[Part("", [Row(gettext("What it did, and why"), href)])],
            door=href,
            door_name=gettext("Look at its runs"),
            foot=gettext("You are told because you made it, or look after this installation."),
        )
    write_letter(
        key=f"automation-paused:{automation.pk}:{at.isoformat()}", purpose=PAUSED, to=person, page=page, at=at,
        expires_at=at + WORTH,
    )  # fmt: skip
