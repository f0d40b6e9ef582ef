"""Deals from rows: created with the past the file tells, or brought up to date where they are known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from piste.activities.operations import write as write_note
from piste.deals import operations as deals
from piste.deals import rules
from piste.deals.models import Deal, Source, Tag
from piste.deals.operations import Arrival, PastMove
from piste.exchange.reading.headers import status_of
from piste.exchange.reading.rows import Row, day_of
from piste.foundations.money import BadAmount, UnknownCurrency, decimals, to_minor
from piste.foundations.names import email_key, search_words
from piste.people.models import Company, Contact
from piste.pipelines.models import Requirement

from .context import Context
from .known import KnownDeals, Planned, name_of
from .lengths import check_reference, longest_of
from .own_fields import OwnFields
from .people import Contacts
from .places import Place

TRUE = frozenset("true vrai yes oui 1 x".split())
FALSE = frozenset("false faux no non 0".split())
#: What a deal is called by, the first that is told.
TITLES = ("title", "product", "company", "external_id")
NO_CHANCE = re.compile(r"0+([.,]0+)?\s*%?")


class DealImport:
    """Takes batches of rows; `plan` writes nothing, `apply` writes what was planned."""

    kind = "deals"

    def __init__(self, context: Context) -> None:
        self.context = context
        self.seen: dict[str, int] = {}
        self.known = KnownDeals(context)
        self.sources = {search_words(source.name): source for source in Source.objects.all()}
        self.tags = {search_words(tag.name): tag for tag in Tag.objects.all()}
        self.own_fields = OwnFields(context)
        self.required = self._requirements()

    def _requirements(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for need in Requirement.objects.filter(stage__in=[s.pk for s in self.context.places.stages if s.pk], to_enter=True):
            found.setdefault(need.stage_id, []).append(need.fact)
        return found

    def take(self, rows: Sequence[Row]) -> None:
        """Plans a batch, and applies it unless the import is a rehearsal."""
        context = self.context
        self._name_companies(rows)
        context.companies.look_up(row.text("company") for row in rows)
        asked = []
        for row in rows:
            name, email = Contacts.parts(row.text("contact"), row.text("email"))
            row.values["contact"], row.values["email"] = name, email
            asked.append((name, email, context.company_key(row.text("company"))))
        context.contacts.look_up(asked)
        known = self.known.among(rows)
        planned = [plan for row in rows if (plan := self._plan(row, known)) is not None]
        context.report.also_made("companies", context.companies.make())
        context.report.also_made("contacts", context.contacts.make(context.companies.known))
        self._apply(planned)

    def _name_companies(self, rows: Sequence[Row]) -> None:
        """A company told by its reference alone is the one that came with that reference."""
        alone = [row for row in rows if row.text("company_id") and not row.text("company")]
        references = {row.text("company_id") for row in alone}
        named = Company.objects.current().filter(external_id__in=references).values_list("external_id", "name") if alone else ()
        names = dict(named)
        for row in alone:
            row.values["company"] = names.get(row.text("company_id"), "")
            if not row.text("company"):
                row.warn("company_reference", value=row.text("company_id")[:100])

    def finish(self) -> None:
        """Nothing is left to do after the last batch."""

    # Planning

    def _plan(self, row: Row, known: dict[str, Deal]) -> Planned | None:
        context = self.context
        report = context.report
        report.read += 1
        reference = row.text("external_id")
        key = reference or "\n".join(row.cells)
        if not row.problems and key in self.seen:
            self.context.skip(row, "duplicate", line=self.seen[key])
            return None
        place = self._place(row)
        facts = self._facts(row)
        status = self._status(row, place)
        if not any(row.text(name) for name in ("title", "company", "product", "external_id")):
            row.refuse("nothing")
        email = row.text("email")
        if email and not email_key(email):
            row.refuse("email", value=email[:100])
        if row.problems:
            report.refuse(row.problems)
            return None
        self.seen[key] = row.line
        if place is None or place.ignored:
            self.context.skip(row, "unchanged")
            return None
        closed_at = self._closed_at(row, status)
        created_at = min(row.values.get("created_at") or context.at, closed_at or context.at, context.at)
        planned = Planned(row, facts, place, status, created_at, closed_at, note=row.text("note"), reason=row.text("lost_reason"))
        planned.known = known.get(reference or name_of(row.text("title"), row.text("company")))
        self._around(row, planned)
        absent = self._absent(planned)
        if absent:
            stage = (place.stage or context.places.first).name
            row.refuse("required", stage=stage, facts=", ".join(absent))
            report.refuse(row.problems)
            return None
        return planned

    def _place(self, row: Row) -> Place | None:
        place = self.context.places.of(row.text("stage"))
        if place is None:
            row.refuse("stage", value=row.text("stage")[:100])
        return place

    def _status(self, row: Row, place: Place | None) -> str:
        if search_words(row.text("is_won")) in TRUE:
            return rules.WON
        told = status_of(row.text("status"))
        if told in rules.CLOSED:
            return told
        if place is not None and place.status:
            return place.status
        if row.values.get("won_at"):
            return rules.WON
        if row.values.get("lost_at"):
            return rules.LOST
        if search_words(row.text("is_won")) in FALSE and NO_CHANCE.fullmatch(row.text("probability")):
            # A table that tells wins apart and gives a deal no chance any more means that it is lost.
            return rules.LOST
        return rules.OPEN

    def _closed_at(self, row: Row, status: str) -> datetime | None:
        if status not in rules.CLOSED:
            return None
        for name in ("won_at" if status == rules.WON else "lost_at", "closed_at", "close_date"):
            if row.values.get(name):
                told: datetime = row.values[name]
                return min(told, self.context.at)
        return self.context.at

    def _facts(self, row: Row) -> dict[str, Any]:
        context = self.context
        currency = (row.text("currency") or context.mapping.currency or row.text("currency_sign") or context.currency).upper()[:3]
        facts: dict[str, Any] = {
            "title": row.fitting(next((name for name in TITLES if row.text(name)), "title"), longest_of(Deal, "title")),
            "currency": currency,
            "campaign": row.fitting("campaign", longest_of(Deal, "campaign")),
            "external_id": row.text("external_id"),
        }
        check_reference(row, Deal)
        try:
            decimals(currency)
            if row.values.get("amount") is not None:
                facts["amount_minor"] = to_minor(row.values["amount"], currency)
        except UnknownCurrency:
            row.refuse("currency", value=currency)
        except BadAmount as problem:
            code = "amount_decimals" if problem.reason == "decimals" else "amount_large"
            row.refuse(code, value=str(row.values["amount"]), currency=currency)
        expected = row.values.get("expected_close_on") or (None if self._is_closed(row) else row.values.get("close_date"))
        facts["expected_close_on"] = day_of(expected, context.zone)
        facts["custom"], problems = self.own_fields.read(row)
        row.problems += problems
        return facts

    def _is_closed(self, row: Row) -> bool:
        place = self.context.places.of(row.text("stage"), count=False) if row.text("stage") else None
        return self._status(row, place) in rules.CLOSED

    def _around(self, row: Row, planned: Planned) -> None:
        """Asks for the company, the contact, the source; notes product and tags."""
        context = self.context
        about = {name: row.fitting(name, longest_of(Company, name)) for name in ("postcode", "city", "sector") if row.text(name)}
        planned.company_key = context.companies.want(row.text("company"), about) if row.text("company") else ""
        name, email = row.text("contact"), row.text("email")
        planned.contact_key = Contacts.key(name, email, planned.company_key)
        phone = row.fitting("phone", longest_of(Contact, "phone"))
        facts = {"name": name[:200], "email": email, "phone": phone, "company_key": planned.company_key}
        context.contacts.want(planned.contact_key, facts)
        planned.facts["owner"] = context.members.of(row.text("owner"))
        planned.facts["source"] = self._source(row.text("source"))
        planned.product = row.text("product")
        planned.tags = [tag.strip() for tag in row.text("tags").replace(";", ",").split(",") if tag.strip()]

    def _source(self, name: str) -> Source | None:
        if not name:
            return None
        key = search_words(name)
        if key not in self.sources:
            if self.context.dry:
                self.sources[key] = Source(name=name[:80])
            else:
                self.sources[key] = deals.add_source(name=name[:80], by=self.context.by, at=self.context.at, cause="import")
                self.context.listed.append(("source", self.sources[key].pk))
        return self.sources[key]

    def _absent(self, planned: Planned) -> list[str]:
        """What the stage of an open deal requires to enter and the row does not tell."""
        stage = planned.place.stage or self.context.places.first
        needed = self.required.get(stage.pk, [])
        if not needed or planned.status != rules.OPEN or planned.known is not None:
            return []
        row, facts = planned.row, planned.facts
        known = {f"custom:{key}" for key in facts["custom"]}
        for name, there in (
            ("amount", facts.get("amount_minor") is not None),
            ("expected_close_on", facts["expected_close_on"]),
            ("company", planned.company_key),
            ("contact", planned.contact_key),
            ("contact_email", row.text("email")),
            ("contact_phone", row.text("phone")),
            ("source", facts["source"]),
            ("product", planned.product),
        ):
            if there:
                known.add(name)
        return rules.missing(needed, known)

    # Applying

    def _apply(self, planned: Sequence[Planned]) -> None:
        fresh = [plan for plan in planned if plan.known is None]
        self.context.report.created += len(fresh)
        for plan in fresh:
            self.context.report.also_made("moves", len(self._past(plan)))
        if not self.context.dry:
            made = deals.bring_in(
                arrivals=[self._arrival(plan) for plan in fresh], by=self.context.by, at=self.context.at, cause="import"
            )
            for plan, deal in zip(fresh, made, strict=True):
                self.known.made.add(deal.pk)
                self.context.did(plan.row.line, "created", "deal", deal.pk)
                self._write_note(plan, deal)
        for plan in planned:
            if plan.known is not None:
                self.known.bring_up_to_date(plan, plan.known)

    def _write_note(self, plan: Planned, deal: Deal) -> None:
        if plan.note:
            write_note(
                subject_kind="deal",
                subject_id=deal.pk,
                text=plan.note,
                by=self.context.by,
                at=self.context.at,
                pipeline_id=deal.pipeline_id,
                cause="import",
            )

    def _past(self, plan: Planned) -> list[PastMove]:
        """What the file tells of a deal's past: it came, and perhaps it was won or lost."""
        places = self.context.places
        start = plan.place.stage or places.first
        past = [PastMove(to=start, status=rules.OPEN, at=plan.created_at, by=plan.facts["owner"])]
        if plan.status == rules.WON:
            landing = start if start.role == "retention" else places.landing or start
            past.append(PastMove(to=landing, status=rules.WON, at=plan.closed_at or plan.created_at, by=plan.facts["owner"]))
        elif plan.status == rules.LOST:
            reason = places.reason(plan.reason)
            past.append(
                PastMove(
                    to=start,
                    status=rules.LOST,
                    at=plan.closed_at or plan.created_at,
                    by=plan.facts["owner"],
                    loss_reason_id=reason.pk,
                )
            )
        return past

    def _arrival(self, plan: Planned) -> Arrival:
        context = self.context
        owner = plan.facts["owner"]
        contact = context.contacts.known.get(plan.contact_key)
        product = context.products.of(plan.product)
        return Arrival(
            facts={**plan.facts, "company": context.companies.known.get(plan.company_key), "team_id": owner.team_id},
            past=self._past(plan),
            contacts=[(contact.pk, "other")] if contact is not None else [],
            products=[(product.pk, 1000, None)] if product is not None else [],
            tag_ids=[self._tag(name).pk for name in plan.tags],
            data={"file": context.report.file_name, "line": plan.row.line} | self._named_owner(plan),
        )

    def _named_owner(self, plan: Planned) -> dict[str, str]:
        """The owner the file names stays in the journal, also where no member of this name is here."""
        name = plan.row.text("owner")
        return {"owner": name[:120]} if name and self.context.members.here(name) is None else {}

    def _tag(self, name: str) -> Tag:
        key = search_words(name)
        if key not in self.tags:
            self.tags[key] = deals.add_tag(name=name[:60], by=self.context.by, at=self.context.at, cause="import")
            self.context.listed.append(("tag", self.tags[key].pk))
        return self.tags[key]
