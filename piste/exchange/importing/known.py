"""Deals that an import meets again: which ones they are, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from piste.deals import operations as deals
from piste.deals import rules
from piste.deals.models import Deal, DealContact
from piste.deals.queries.facts import fact_value, said
from piste.exchange.reading.rows import Row
from piste.foundations.names import name_key
from piste.people.operations import column_of

from .context import Context
from .places import Place


@dataclass(slots=True)
class Planned:
    """What a row becomes: an arrival, or the change of a known deal."""

    row: Row
    facts: dict[str, Any]
    place: Place
    status: str
    created_at: datetime
    closed_at: datetime | None
    company_key: str = ""
    contact_key: str = ""
    reason: str = ""
    product: str = ""
    note: str = ""
    tags: list[str] = field(default_factory=list)
    known: Deal | None = None


def name_of(title: str, company: str) -> str:
    """What tells a deal without a reference: its title and its company."""
    return f"{title.strip().casefold()}\n{company.strip().casefold()}"


class KnownDeals:
    """The deals there were before the import; `made` are those that it made itself."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.made: set[int] = set()

    def among(self, rows: Sequence[Row]) -> dict[str, Deal]:
        """Deals the rows are about: by their reference, else by title and company."""
        if not self.context.mapping.update:
            return {}
        related = ("company", "stage", "pipeline", "owner")
        references = {row.text("external_id") for row in rows if row.text("external_id")}
        found: dict[str, Deal] = {}
        if references:
            for deal in Deal.objects.present().filter(external_id__in=references).select_related(*related):
                found[deal.external_id] = deal
        unnamed = [row for row in rows if not row.text("external_id") and row.text("title").strip()]
        if unnamed:
            wanted = {name_of(row.text("title"), row.text("company")) for row in unnamed}
            titles = {row.text("title").strip() for row in unnamed}
            # Many deals may bear the title of one: those of other companies are left out, and only its own are read whole.
            of = Q(company=None) | Q(company__name_key__in={name_key(row.text("company")) for row in unnamed})
            there = Deal.objects.present().filter(of, external_id="", title__in=titles)
            alike = there.values_list("pk", "title", "company__name")
            keys = {pk: key for pk, title, company in alike if (key := name_of(title, company or "")) in wanted}
            for deal in Deal.objects.filter(pk__in=keys).select_related(*related):
                found[keys[deal.pk]] = deal
        return {key: deal for key, deal in found.items() if deal.pk not in self.made}

    def bring_up_to_date(self, plan: Planned, deal: Deal) -> None:
        """Brings a known deal up to date: facts the file tells, then its place; an empty cell takes nothing away."""
        context = self.context
        company = context.companies.known.get(plan.company_key)
        facts = {name: value for name, value in plan.facts.items() if name != "custom" and value not in (None, "")}
        if company is not None:
            facts["company"] = company
        if not plan.row.text("owner") or context.members.here(plan.row.text("owner")) is None:
            facts.pop("owner", None)
        if "amount_minor" not in facts:
            facts.pop("currency", None)
        before = {
            name: getattr(deal, column_of(deal, name))
            for name, value in facts.items()
            if getattr(deal, column_of(deal, name)) != getattr(value, "pk", value)
        }
        old_custom = {key: deal.custom.get(key) for key, value in plan.facts["custom"].items() if deal.custom.get(key) != value}
        moves = self._moves_needed(plan, deal)
        joins = self._joins(plan, deal)
        if not before and not old_custom and not moves and not joins:
            context.skip(plan.row, "unchanged")
            return
        context.report.updated += 1
        if context.dry:
            return
        changed = {name: facts[name] for name in before}
        new_custom = {key: plan.facts["custom"][key] for key in old_custom}
        deals.amend(deal=deal, facts=changed, custom=new_custom, by=context.by, at=context.at, cause="import")
        done = [self._move(deal, verb, plan) for verb in moves]
        kept: dict[str, Any] = {
            "facts": {name: said(value) for name, value in before.items()},
            "custom": old_custom,
            "moves": done,
            "after": {name: said(getattr(changed[name], "pk", changed[name])) for name in changed}
            | {f"custom:{key}": value for key, value in new_custom.items()},
        }
        if joins:
            kept["contacts"] = self._add_contact(plan, deal)
        context.did(plan.row.line, "updated", "deal", deal.pk, kept)

    def _joins(self, plan: Planned, deal: Deal) -> bool:
        """Whether the row names somebody who is not on the deal yet."""
        contact = self.context.contacts.known.get(plan.contact_key)
        return contact is not None and not DealContact.objects.filter(deal=deal, contact=contact.pk or 0).exists()

    def _add_contact(self, plan: Planned, deal: Deal) -> list[list[Any]]:
        """Puts the contact on the deal behind those who are there; returns who was."""
        context = self.context
        before: list[list[Any]] = fact_value(deal, "contacts")
        contacts = [(key, role) for key, role in before] + [(context.contacts.known[plan.contact_key].pk, "other")]
        deals.name_contacts(deal=deal, contacts=contacts, by=context.by, at=context.at, cause="import")
        return before

    def _moves_needed(self, plan: Planned, deal: Deal) -> list[str]:
        if plan.status == rules.WON:
            return [] if deal.status == rules.WON else ["win"]
        if plan.status == rules.LOST:
            return [] if deal.status == rules.LOST else ["lose"]
        wanted = plan.place.stage
        if wanted is None or not plan.row.text("stage"):
            return []
        return ["move"] if deal.stage_id != wanted.pk and deal.status in (rules.OPEN, rules.HELD) else []

    def _move(self, deal: Deal, verb: str, plan: Planned) -> int:
        context = self.context
        act: dict[str, Any] = {"deal": deal, "by": context.by, "at": context.at, "cause": "import"}
        why = context.report.file_name
        if verb == "win":
            return deals.win(**act, why=why, override=why).number
        if verb == "lose":
            return deals.lose(**act, reason=context.places.reason(plan.reason), why=why).number
        assert plan.place.stage is not None
        return deals.move(**act, to=plan.place.stage, why=why).number
