"""Companies, contacts, products and members from rows of their own files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from piste.catalogue.models import Product
from piste.catalogue.operations import add_product
from piste.deals.queries.facts import said
from piste.exchange.reading.findings import Problem
from piste.exchange.reading.rows import Row
from piste.foundations.money import BadAmount, to_minor
from piste.foundations.names import email_key, name_key, search_words
from piste.people.models import Company, Contact
from piste.people.operations import amend_company, amend_contact, bring_companies, bring_contacts, column_of

from .context import Context
from .lengths import check_reference, longest_of
from .own_fields import OwnFields

COMPANY_FACTS = ("website", "sector", "phone", "address", "postcode", "city", "country", "registration_number", "external_id")
CONTACT_FACTS = ("first_name", "last_name", "email", "phone", "job_title", "external_id")


class RecordImport:
    """What the kinds share: rows that were refused, doubles in the file, what is known already."""

    kind = ""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.seen: dict[str, int] = {}
        self.own_fields = OwnFields(context)

    def finish(self) -> None:
        """Nothing is left to do after the last batch."""

    def own(self, rows: Sequence[Row]) -> dict[int, dict[str, Any]]:
        """What rows say of the company's own fields, by their lines; a row with a value that does not fit is refused."""
        found = {}
        for row in rows:
            found[row.line], problems = self.own_fields.read(row)
            row.problems += problems
        return found

    def taken(self, row: Row, key: str) -> bool:
        """Counts a row; False when it is refused or a double."""
        report = self.context.report
        report.read += 1
        check_reference(row, Contact)
        if row.problems:
            report.refuse(row.problems)
            return False
        if key in self.seen:
            return self.skip(row, "duplicate", line=self.seen[key])
        self.seen[key] = row.line
        return True

    def skip(self, row: Row, code: str, **facts: Any) -> bool:
        self.context.report.skip(Problem(row.line, code, facts, tuple(row.cells)))
        return False

    def update(self, row: Row, person: Company | Contact, facts: dict[str, Any], own: dict[str, Any]) -> None:
        """Fills what is empty and changes what differs; an empty cell takes nothing away."""
        context = self.context
        told = {name: value for name, value in facts.items() if value not in (None, "")}
        before = {
            name: getattr(person, column_of(person, name))
            for name, value in told.items()
            if getattr(person, column_of(person, name)) != getattr(value, "pk", value)
        }
        old_own = {key: person.custom.get(key) for key, value in own.items() if person.custom.get(key) != value}
        if not before and not old_own:
            self.skip(row, "unchanged")
            return
        context.report.updated += 1
        if context.dry:
            return
        changed = {name: told[name] for name in before}
        new_own = {key: own[key] for key in old_own}
        kept = {
            "facts": before,
            "custom": old_own,
            "after": {name: said(getattr(value, "pk", value)) for name, value in changed.items()}
            | {f"custom:{key}": value for key, value in new_own.items()},
        }
        if isinstance(person, Company):
            amend_company(company=person, facts=changed, custom=new_own, by=context.by, at=context.at, cause="import")
            context.did(row.line, "updated", "company", person.pk, kept)
        else:
            amend_contact(contact=person, facts=changed, custom=new_own, by=context.by, at=context.at, cause="import")
            context.did(row.line, "updated", "contact", person.pk, kept)


class CompanyImport(RecordImport):
    kind = "companies"

    def take(self, rows: Sequence[Row]) -> None:
        context = self.context
        context.companies.look_up(row.text("name") for row in rows)
        fresh: list[tuple[Row, dict[str, Any]]] = []
        custom = self.own(rows)
        for row in rows:
            if not row.text("name"):
                row.refuse("name")
            if not self.taken(row, row.text("external_id") or name_key(row.text("name"))):
                continue
            facts: dict[str, Any] = {name: row.fitting(name, longest_of(Company, name)) for name in ("name", *COMPANY_FACTS)}
            if row.text("employees").replace(" ", "").isdecimal():
                facts["employees"] = int(row.text("employees").replace(" ", ""))
            owner = context.members.of(row.text("owner"))
            known = context.companies.known.get(name_key(row.text("name"))) if context.mapping.update else None
            if known is not None and known.pk and _same(known, row):
                self.update(row, known, {key: value for key, value in facts.items() if key != "name"}, custom[row.line])
            else:
                fresh.append((row, facts | {"owner": owner if row.text("owner") else None, "custom": custom[row.line]}))
        context.report.created += len(fresh)
        if context.dry:
            return
        made = bring_companies(rows=[facts for _row, facts in fresh], by=context.by, at=context.at)
        for (row, _facts), company in zip(fresh, made, strict=True):
            context.companies.known[company.name_key] = company
            context.did(row.line, "created", "company", company.pk)


class ContactImport(RecordImport):
    kind = "contacts"

    def take(self, rows: Sequence[Row]) -> None:
        context = self.context
        context.companies.look_up(row.text("company") for row in rows)
        by_reference = self._companies_by_reference(rows)
        for row in rows:
            if row.text("company"):
                context.companies.want(row.text("company"), {})
        context.report.also_made("companies", context.companies.make())
        keys = {}
        for row in rows:
            name = row.text("name") or f"{row.text('first_name')} {row.text('last_name')}".strip()
            row.values["name"] = name
            keys[row.line] = context.contacts.key(name, row.text("email"), context.company_key(row.text("company")))
        context.contacts.look_up((row.text("name"), row.text("email"), context.company_key(row.text("company"))) for row in rows)
        fresh: list[tuple[Row, dict[str, Any]]] = []
        custom = self.own(rows)
        for row in rows:
            if row.text("email") and not email_key(row.text("email")):
                row.refuse("email", value=row.text("email")[:100])
            if not row.text("name") and not row.text("email"):
                row.refuse("name")
            if not self.taken(row, row.text("external_id") or keys[row.line]):
                continue
            facts: dict[str, Any] = {name: row.fitting(name, longest_of(Contact, name)) for name in ("name", *CONTACT_FACTS)}
            company = context.companies.known.get(context.company_key(row.text("company"))) or by_reference.get(
                row.text("company_id")
            )
            facts["company"] = company if company is not None and company.pk else None
            known = context.contacts.known.get(keys[row.line]) if context.mapping.update else None
            if known is not None and known.pk and _same(known, row):
                self.update(row, known, {key: value for key, value in facts.items() if key != "name"}, custom[row.line])
            else:
                owner = context.members.of(row.text("owner")) if row.text("owner") else None
                fresh.append((row, facts | {"owner": owner, "custom": custom[row.line]}))
        context.report.created += len(fresh)
        if context.dry:
            return
        made = bring_contacts(rows=[facts for _row, facts in fresh], by=context.by, at=context.at)
        for (row, _facts), contact in zip(fresh, made, strict=True):
            context.did(row.line, "created", "contact", contact.pk)

    def _companies_by_reference(self, rows: Sequence[Row]) -> dict[str, Company]:
        references = {row.text("company_id") for row in rows if row.text("company_id")}
        found = Company.objects.current().filter(external_id__in=references) if references else ()
        return {company.external_id: company for company in found}


class ProductImport(RecordImport):
    kind = "products"

    def take(self, rows: Sequence[Row]) -> None:
        context = self.context
        for row in rows:
            name = row.text("name")
            if not name:
                row.refuse("name")
            price = None
            try:
                if row.values.get("price") is not None:
                    price = to_minor(row.values["price"], context.currency)
            except BadAmount:
                row.refuse("amount_decimals", value=str(row.values["price"]), currency=context.currency)
            if not self.taken(row, name.casefold()):
                continue
            if Product.objects.filter(name__iexact=name).exists():
                self.skip(row, "unchanged")
                continue
            context.report.created += 1
            if not context.dry:
                made = add_product(
                    name=name[:160],
                    code=row.text("code")[:60],
                    price_minor=price,
                    currency=context.currency,
                    by=context.by,
                    at=context.at,
                    cause="import",
                )
                context.did(row.line, "created", "product", made.pk)


MANAGES = frozenset({"manager", "responsable", "directeur", "directrice", "chef", "sales manager"})


class MemberImport(RecordImport):
    """Agents and those who lead them: members without a password, each in the team the file names. Nobody becomes an admin."""

    kind = "members"

    def take(self, rows: Sequence[Row]) -> None:
        context, members = self.context, self.context.members
        for row in rows:
            name, email = row.text("name"), row.text("email").casefold()
            if email and not email_key(email):
                row.refuse("email", value=email[:100])
            if not name and not email:
                row.refuse("name")
            if not self.taken(row, email or name.casefold()):
                continue
            if (members.here(email) if email else members.here(name)) is not None:
                self.skip(row, "unchanged")
                continue
            role = "manager" if search_words(row.text("role")) in MANAGES else "rep"
            members.join(name or email, team=row.text("team"), email=email, role=role)
            context.report.created += 1
        for row in rows:
            leader = row.text("manager")
            if leader and not row.problems and members.here(leader) is None:
                members.join(leader, team=row.text("team"), role="manager")
                context.report.also_made("managers")

    def finish(self) -> None:
        """Tells of the teams that were made."""
        self.context.report.also_made("teams", len(self.context.members.named))


def _same(known: Company | Contact, row: Row) -> bool:
    """Two records of one name are two when the file gives them different references."""
    return not known.external_id or not row.text("external_id") or known.external_id == row.text("external_id")
