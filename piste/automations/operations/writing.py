"""What leaves the house: e-mails by template to contacts, messages to other systems, and the letter of who must know."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override

from piste.automations.models import Automation, Delivery
from piste.automations.rules import Action, may_be_written_to
from piste.company.models import Member
from piste.company.queries import company
from piste.deals.models import Deal, DealContact
from piste.experiments.queries import wording_of
from piste.experiments.rules import Wording
from piste.foundations import typography
from piste.people.models import Consent, Contact, Purpose
from piste.playbooks.models import Template
from piste.playbooks.rules import filled
from piste.post.models import Letter
from piste.post.operations import write as write_letter
from piste.post.writing import Page, Part, Plain, Row

from .scene import Refused, Scene, tell

PURPOSE, PAUSED = "automation", "paused"
#: How long an e-mail is worth sending.
WORTH = timedelta(days=3)


def mail(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    """An e-mail by a template to the main contact, on the owner's behalf, to whom an automation may write
    (`rules.may_be_written_to`). It says what it is about, and how to be written to no more."""
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
    agreement = said_of_mail(contact.pk)
    if why := may_be_written_to(agreement, deal.status):
        raise Refused(why)
    told = company()
    language = contact.language or (told.language if told else deal.owner.language)
    known = _known(deal, contact, language)
    own = wording_of(deal.pk, template.pk)
    said = Wording(template.subject, template.body) if own is None else own.wording
    subject, absent = filled(said.subject or template.name, known)
    body, more = filled(said.body, known)
    if absent or more:
        raise Refused("fields", fields=list(dict.fromkeys(absent + more)))
    write_letter(
        key=f"automation:{scene.run.pk}:{place}",
        purpose=PURPOSE,
        about={"deal": deal.pk, "contact": contact.pk},
        to=deal.owner,
        address=contact.email,
        page=Plain(subject, f"{body.rstrip()}\n\n-- \n{_way_out(deal, language)}\n"),
        language=language,
        at=scene.at,
        expires_at=scene.at + WORTH,
    )
    drawn = {} if own is None else {"letter": own.variant.letter, "number": own.variant.test.number}
    tell(scene, deal, "mail", template=template.name, **drawn)
    return {"result": "done", "template": template.name} | ({} if agreement else {"consent": "unknown"}) | drawn


def _way_out(deal: Deal, language: str) -> str:
    """Why one gets this e-mail, and how to get no more."""
    with override(language):
        said = gettext(
            "You receive this e-mail because of “%(deal)s”. If you would rather not get such e-mails, answer this one: we shall "
            "write to you no more."
        )
        return typography.sentence(said % {"deal": deal.title}, language)


def said_of_mail(contact_id: int) -> str:
    """What a contact last said of e-mail (`people.Agreement`); empty when nothing is known of it."""
    rows = Consent.objects.filter(contact_id=contact_id, purpose=Purpose.EMAIL).order_by("-said_on", "-pk")
    return rows.values_list("agreement", flat=True).first() or ""


def still_wanted(letter: Letter, at: datetime) -> bool:
    """Whether an e-mail by template may still leave: the deal is there, and its contact may still be written to."""
    deal = Deal.objects.present().filter(pk=letter.about["deal"]).first()
    return deal is not None and not may_be_written_to(said_of_mail(letter.about["contact"]), deal.status)


def _known(deal: Deal, contact: Contact, language: str) -> Mapping[str, str]:
    worth = "" if deal.amount_minor is None else typography.amount(deal.amount_minor, deal.currency, language)
    firm = deal.company.name if deal.company else ""
    return {"contact": contact.name, "company": firm, "title": deal.title, "amount": worth, "owner": deal.owner.name}


def webhook(scene: Scene, action: Action, place: int) -> dict[str, Any]:
    deal, number = scene.deal, uuid.uuid4()
    body = json.dumps(_message(scene, deal, str(number)), ensure_ascii=False)
    facts = {"run": scene.run, "place": place, "number": number, "url": action.url, "body": body}
    Delivery.objects.create(written_at=scene.at, held_until=scene.at, **facts)
    tell(scene, deal, "webhook")
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
