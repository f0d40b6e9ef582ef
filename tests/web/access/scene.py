"""A company with one of everything that has an address. All that Olga must never see carries the word `SECRET`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.utils import timezone

from piste.activities import operations as activities
from piste.audits.models import Finding
from piste.audits.operations import make as make_audit
from piste.automations.rules import Action, When
from piste.catalogue.operations import add_product
from piste.company import operations as company
from piste.company.models import Member
from piste.dashboards.operations import make as make_dashboard
from piste.dashboards.operations import scheduling
from piste.deals import operations as deals
from piste.deals.models import Deal
from piste.deals.operations import bulk as bulk_edits
from piste.deals.operations.merging import merge
from piste.exchange.importing.pending import carry_out, keep, try_out
from piste.exchange.reading.mapping import Mapping
from piste.journal.models import Entry
from piste.people import operations as people
from piste.people.models import Company, Contact
from piste.pipelines.operations import draft_new_stage
from piste.pipelines.rules import Shape
from piste.playbooks.models import ExitCriterion
from piste.playbooks.operations import set_guide
from piste.playbooks.rules import Criterion, Guide
from piste.training.operations import Text
from piste.training.operations import write as write_lesson
from tests import make
from tests.automations.scene import automation
from tests.cast import Cast, member

SECRET = "Zugspitze"
TABLE = b"Name;City\nNebelhorn GmbH;Oberstdorf\n"


@dataclass(frozen=True)
class Scene:
    """Who walks (None is signed out), and what stands in the place of each piece of an address."""

    people: dict[str, Member | None]
    keys: dict[str, int | str]


def make_scene(cast: Cast) -> Scene:
    """Rosa of North owns everything; Olga of South sees her own alone, Ines sees all without managing, Milo manages South."""
    ines = member("Ines Insight", "rep", "all", cast.south)
    milo = member("Milo South", "manager", "team", cast.south)
    keys: dict[str, int | str] = {"unknown": 987654}
    keys |= _subjects(cast) | _settings(cast) | _ways_in(cast) | _imports(cast)
    walkers: dict[str, Member | None] = {
        "stranger": None, "olga": cast.olga, "ines": ines, "rosa": cast.rosa, "milo": milo, "marc": cast.marc,
        "alice": cast.alice,
    }  # fmt: skip
    return Scene(walkers, keys)


def _subjects(cast: Cast) -> dict[str, int | str]:
    pipeline = make.pipeline(f"Sales of {cast.north.name}", by=cast.alice)
    stages = make.stages(pipeline)
    rosa: dict[str, Any] = {"by": cast.rosa, "at": timezone.now()}
    firm = people.create_company(name=f"{SECRET} AG", **rosa)
    double = people.create_company(name=f"{SECRET} AG", **rosa)
    person = people.create_contact(name=f"Zita {SECRET}", email=f"zita@{SECRET.lower()}.example", company=firm, **rosa)
    twin = people.create_contact(name=f"Zita {SECRET} again", email=f"zita@{SECRET.lower()}.example", **rosa)
    folded = people.create_contact(name=f"Old {SECRET}", **rosa)
    merged = merge(kept=person, folded=folded, **rosa)
    deal = make.deal(stages[1], cast.rosa, title=f"{SECRET} works", company=firm, contacts=[(person.pk, "decides")])
    deals.move(deal=deal, to=stages[2], why=f"{SECRET} asked", **rosa)
    guide = Guide(criteria=(Criterion("The signatory is known"),))
    set_guide(stage=stages[2], guide=guide, by=cast.alice, at=timezone.now(), why="Few follow up")
    draft_new_stage(pipeline=pipeline, shape=Shape("Web", "meeting"), after=None, by=cast.marc, at=timezone.now())
    binned = make.deal(stages[0], cast.rosa, title=f"{SECRET} in the bin")
    deals.discard(deal=binned, **rosa)
    wanted = activities.Wanted(title=f"Call {SECRET}", kind="call", due_on=timezone.localdate())
    step = activities.plan(wanted=wanted, assignee=cast.rosa, deal=deal, **rosa)
    deals.amend(deal=deal, facts={"campaign": SECRET}, **rosa)
    view = deals.save_view(name=f"{SECRET} deals", pipeline=pipeline, facts={"asked": "least=1"}, **rosa)
    shown = make_dashboard(name=f"{SECRET} at a glance", pipeline=pipeline, figures=["now-won", "now-feed", "won"], **rosa)
    timing: dict[str, Any] = {"rhythm": "daily", "weekday": 0, "hour": time(8), "language": ""}
    sent = scheduling.begin(board=shown, wanted=scheduling.Wanted(**timing, members=(cast.rosa,)), **rosa)
    found: dict[str, int | str] = _binned_and_edited(firm, person, deal.pk, rosa) | {
        "step": step.pk, "view": view.pk, "dashboard": shown.pk, "schedule": sent.pk, "ready_dashboard": f"ready-{pipeline.pk}",
        "pipeline": pipeline.pk, "stage": stages[0].pk, "last_stage": stages[-1].pk, "deal": deal.pk, "binned": binned.pk,
        "company": firm.pk, "double": double.pk, "contact": person.pk, "twin": twin.pk, "merge": merged.pk,
        "criterion": ExitCriterion.objects.get().pk,
    }  # fmt: skip
    text = Text("lesson", "Ask who decides", "Early.")
    found["lesson"] = write_lesson(pipeline=pipeline, stage=stages[2], text=text, path="rep", by=cast.alice, at=rosa["at"]).pk
    audit = make_audit(pipeline=pipeline, by=cast.marc, at=rosa["at"])
    found |= {"audit": audit.pk, "finding": Finding.objects.get(audit=audit, code="double_company").pk}
    watch = automation(pipeline, When("won"), Action("webhook", url="https://erp.example/"), name="Watch", at=rosa["at"])
    found["automation"] = watch.pk
    found |= make.trials(pipeline, by=cast.marc)
    for kind, key in (("deal", deal.pk), ("company", firm.pk), ("contact", person.pk)):
        about: dict[str, Any] = {"subject_kind": kind, "subject_id": key, **rosa}
        found[f"{kind}_note"] = activities.write(text=f"{SECRET} called @Olga Other", may_read=[cast.olga], **about).pk
        found[f"{kind}_file"] = activities.attach(name=f"{SECRET}.pdf", content=[SECRET.encode()], **about).pk
    return found


def _binned_and_edited(firm: Company, person: Contact, deal: int, rosa: dict[str, Any]) -> dict[str, int | str]:
    """A company and a contact in the bin, and the entries of edits that may be taken back."""
    gone = people.create_company(name=f"{SECRET} gone", **rosa)
    left = people.create_contact(name=f"Gone {SECRET}", **rosa)
    for record in (gone, left):
        people.discard(person=record, **rosa)
    people.amend_company(company=firm, facts={"city": "Grainau"}, **rosa)
    people.amend_contact(contact=person, facts={"job_title": "Guide"}, **rosa)
    entries = {(row.subject_kind, row.subject_id): row.pk for row in Entry.objects.filter(verb__endswith=".amended")}
    bulk = bulk_edits.start(
        deals=Deal.objects.filter(pk=deal), change=bulk_edits.Change(facts={"campaign": f"{SECRET} fair"}), **rosa
    )
    bulk_edits.carry_out(edit=bulk, at=rosa["at"])
    return {
        "bulk": bulk.pk,
        "binned_company": gone.pk,
        "binned_contact": left.pk,
        "deal_edit": entries["deal", deal],
        "company_edit": entries["company", firm.pk],
        "contact_edit": entries["contact", person.pk],
    }


def _settings(cast: Cast) -> dict[str, int | str]:
    alice: dict[str, Any] = {"by": cast.alice, "at": timezone.now()}
    source = deals.add_source(name="Fair", **alice)
    reason = deals.add_loss_reason(name="Price", **alice)
    product = add_product(name="Audit", code="A", price_minor=100, currency="EUR", **alice)
    field = company.add_field(subject="deal", label="Size", kind="text", **alice)
    retired = deals.add_source(name="Telex", **alice)
    deals.retire_item(item=retired, **alice)
    return {
        "source": source.pk, "loss_reason": reason.pk, "product": product.pk, "field": field.pk, "retired_source": retired.pk,
        "member": cast.remi.pk, "gone_member": cast.lea.pk, "team": cast.north.pk,
    }  # fmt: skip


def _ways_in(cast: Cast) -> dict[str, int | str]:
    now = timezone.now()
    invited: dict[str, Any] = {"role": "rep", "sees": "own", "team": None, "by": cast.alice, "at": now}
    invitation, token = company.invite(email="nina@piste.example", **invited)
    passkey = Authenticator.objects.create(user=cast.remi, type="webauthn", data={"name": "Remi’s key", "credential": {}})
    return {
        "invitation": invitation.pk,
        "join": token,
        "enter": company.issue_sign_in_link(member=cast.remi, at=now),
        "late": company.issue_sign_in_link(member=cast.remi, at=now - timedelta(hours=1)),
        "passkey": passkey.pk,
    }


def _imports(cast: Cast) -> dict[str, int | str]:
    """Two files of Marc's: one on its way, one imported."""
    marc: dict[str, Any] = {"by": cast.marc, "at": timezone.now()}
    waiting, done = (keep(name=f"{SECRET}.csv", content=[TABLE], kind="companies", **marc) for _ in range(2))
    try_out(pending=done, mapping=Mapping(columns={"Name": "name", "City": "city"}), **marc)
    run = carry_out(pending=done, at=timezone.now())
    assert run is not None
    return {"pending": waiting.pk, "done": done.pk, "run": run.pk}
