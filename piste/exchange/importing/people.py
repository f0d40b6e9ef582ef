"""Companies, contacts, members and products of an import: found where they are known, made where they are not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from piste.catalogue.models import Product
from piste.catalogue.operations import add_product
from piste.company.models import Member, Team
from piste.company.operations import join, name_team
from piste.foundations.names import email_key, name_key, person_key, plain, search_words
from piste.people.models import Company, Contact
from piste.people.operations import bring_companies, bring_contacts

NAMED_ADDRESS = re.compile(r"^(.*?)\s*[(<]([^()<>\s]+@[^()<>\s]+)[)>]\s*$")


class Companies:
    """Companies by their compared name (or the reference of the file); a missing one is made with the batch."""

    def __init__(self, *, by: Member | None, at: datetime, dry: bool) -> None:
        self.by, self.at, self.dry = by, at, dry
        self.known: dict[str, Company] = {}
        self.made: list[Company] = []
        self.wanted: dict[str, dict[str, Any]] = {}

    def look_up(self, names: Iterable[str]) -> None:
        """Loads the companies of a batch in one statement."""
        keys = {name_key(name) for name in names if name.strip()} - self.known.keys()
        for row in Company.objects.current().filter(name_key__in=keys).order_by("-pk") if keys else ():
            self.known[row.name_key] = row

    def want(self, name: str, facts: dict[str, Any]) -> str:
        """Asks for a company by name; returns its key."""
        key = name_key(name)
        if key and key not in self.known and key not in self.wanted:
            self.wanted[key] = {"name": name.strip()[:200], **facts}
        return key

    def make(self) -> int:
        """Makes those asked for and missing; returns how many."""
        rows, self.wanted = list(self.wanted.values()), {}
        if self.dry:
            made = [Company(name=row["name"], name_key=name_key(row["name"])) for row in rows]
        else:
            made = bring_companies(rows=rows, by=self.by, at=self.at)
        self.known |= {company.name_key: company for company in made}
        self.made += [] if self.dry else made
        return len(made)


class Contacts:
    """Contacts by e-mail, else by name within their company."""

    def __init__(self, *, by: Member | None, at: datetime, dry: bool) -> None:
        self.by, self.at, self.dry = by, at, dry
        self.known: dict[str, Contact] = {}
        self.made: list[Contact] = []
        self.wanted: dict[str, dict[str, Any]] = {}

    @staticmethod
    def parts(text: str, email: str) -> tuple[str, str]:
        """« Claire Durand (claire@…) » as name and address."""
        found = NAMED_ADDRESS.match(text)
        return (found[1], email or found[2]) if found else (text.strip(), email)

    @staticmethod
    def key(name: str, email: str, company_key: str) -> str:
        address = email_key(email)
        if address:
            return address
        return f"{person_key(name)}|{company_key}" if name.strip() else ""

    def look_up(self, asked: Iterable[tuple[str, str, str]]) -> None:
        """Loads the contacts of a batch (name, e-mail, company key) in two statements."""
        addresses: set[str] = set()
        names: set[str] = set()
        for name, email, company_key in asked:
            key = self.key(name, email, company_key)
            if key and key not in self.known:
                (names if "|" in key else addresses).add(key)
        for row in Contact.objects.current().filter(email_key__in=addresses).order_by("-pk") if addresses else ():
            self.known[row.email_key] = row
        wanted = {key.split("|")[0] for key in names}
        found = Contact.objects.current().filter(name_key__in=wanted).select_related("company") if wanted else ()
        for row in found:
            self.known[f"{row.name_key}|{row.company.name_key if row.company else ''}"] = row

    def want(self, key: str, facts: dict[str, Any]) -> None:
        if key and key not in self.known and key not in self.wanted:
            self.wanted[key] = facts

    def make(self, companies: dict[str, Company]) -> int:
        """Makes those asked for and missing; returns how many."""
        wanted, self.wanted = self.wanted, {}
        rows = []
        for facts in wanted.values():
            company = companies.get(facts.pop("company_key", ""))
            rows.append({**facts, "company": company})
        if self.dry:
            made = [Contact(name=row.get("name", "")) for row in rows]
        else:
            made = bring_contacts(rows=rows, by=self.by, at=self.at)
        self.known |= dict(zip(wanted, made, strict=True))
        self.made += [] if self.dry else made
        return len(made)


class Members:
    """Owners by name or address; unknown ones are counted, and made only when the mapping says so."""

    def __init__(self, *, fallback: Member, told: dict[str, str], make: bool, at: datetime, dry: bool) -> None:
        self.fallback, self.make, self.at, self.dry = fallback, make, at, dry
        everybody = list(Member.objects.select_related("team"))
        self.known = {plain(member.name): member for member in everybody} | {
            member.email.casefold(): member for member in everybody
        }
        for name, email in told.items():
            if email.casefold() in self.known:
                self.known[plain(name)] = self.known[email.casefold()]
        self.unknown: dict[str, int] = {}
        self.made = 0
        self.joined: list[Member] = []
        self.teams: dict[str, Team] = {search_words(team.name): team for team in Team.objects.all()}
        self.named: list[Team] = []

    def of(self, name: str) -> Member:
        """The member meant by a cell; who imports when nobody of this name is here."""
        return self.find(name) or self.fallback

    def find(self, name: str) -> Member | None:
        """The member meant by a cell, made when the mapping says so; None when there is none (who was named is counted)."""
        words = name.strip()
        if not words:
            return None
        found = self.here(words)
        if found is None and self.make:
            return self.join(words)
        if found is None:
            self.unknown[words] = self.unknown.get(words, 0) + 1
        return found

    def here(self, name: str) -> Member | None:
        """The member of this name or address."""
        return self.known.get(plain(name.strip())) or self.known.get(name.strip().casefold())

    def join(self, name: str, *, team: str = "", email: str = "", role: str = "rep") -> Member:
        """A member without a password: their name is on their deals, and an invitation can be sent when one likes."""
        self.made += 1
        group = self.team(team) if team.strip() else None
        if self.dry:
            made = Member(pk=-self.made, email=email, name=name[:120], role=role, team=group)
        else:
            made = join(
                email=email or self._address(name),
                name=name[:120],
                password=None,
                role=role,
                sees="team",
                team=group,
                language=self.fallback.language,
                at=self.at,
            )
            self.joined.append(made)
        self.known[plain(name.strip())] = made
        if email:
            self.known[email.casefold()] = made
        return made

    def _address(self, name: str) -> str:
        """An address that leads nowhere, and that nobody has."""
        root = ".".join(search_words(name).split())[:80] or "member"
        address, turn = f"{root}@members.invalid", 2
        while address in self.known:
            address, turn = f"{root}.{turn}@members.invalid", turn + 1
        return address

    def team(self, name: str) -> Team:
        key = search_words(name)
        if key not in self.teams:
            if self.dry:
                self.teams[key] = Team(name=name.strip()[:80])
            else:
                self.teams[key] = name_team(name=name.strip()[:80], by=self.fallback, at=self.at)
            self.named.append(self.teams[key])
        return self.teams[key]


class Products:
    """Products by name whatever their spaces (“GTXPro” is “GTX Pro”); missing ones are made."""

    def __init__(self, *, by: Member | None, at: datetime, dry: bool, currency: str) -> None:
        self.by, self.at, self.dry, self.currency = by, at, dry, currency
        self.known = {self._key(product.name): product for product in Product.objects.all()}
        self.made: list[Product] = []

    @staticmethod
    def _key(name: str) -> str:
        return search_words(name).replace(" ", "")

    def of(self, name: str) -> Product | None:
        if not name.strip():
            return None
        key = self._key(name)
        if key not in self.known:
            if self.dry:
                self.known[key] = Product(name=name)
            else:
                self.known[key] = add_product(name=name[:160], by=self.by, at=self.at, currency=self.currency, cause="import")
                self.made.append(self.known[key])
        return self.known[key]
