"""Filling an installation with the demo company, and removing it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import batched, islice
from typing import Any, NamedTuple

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from piste.catalogue.models import Product
from piste.company.models import Member, Settings, Team
from piste.deals.models import LossReason, Source
from piste.deals.operations import Arrival, PastMove, bring_in
from piste.journal.operations import permit_removal, record
from piste.people.models import Company
from piste.people.operations import bring_companies, bring_contacts
from piste.pipelines.models import Pipeline
from piste.pipelines.operations import create_pipeline
from piste.pipelines.queries import stages_in_use
from piste.qualification.operations import begin_where_due

from . import automating, goals, looking_back, said, shaping, teaching, trade, trying, working
from .english import worded
from .story import Story, stories

MONTHS = 14
DEFAULT_DEALS = 720
BATCH = 2000
#: How many telephone numbers the range kept for fiction has.
PHONES = 10_000


class NotEmpty(Exception):
    """The installation already holds a company; nothing was written."""


class NotDemo(Exception):
    """The company here is not the demo one; nothing was removed."""


def fill(*, deals: int = DEFAULT_DEALS, seed: int = 7, at: datetime, language: str = "fr") -> Iterator[int]:
    """Creates the demo company with so many deals; yields how many are there after each batch.

    The same seed, day and language give the same company. Raises `NotEmpty`.
    """
    if Settings.objects.exists() or Member.objects.exists():
        raise NotEmpty
    chance = random.Random(seed)
    began = at - timedelta(days=int(MONTHS * 30.44) + 1)
    with transaction.atomic(), override(language):
        sellers = _people(began, language=language)
        pipeline = create_pipeline(name=_("Software and services"), by=sellers[-1], at=began, why=_("Demo company"))
        cast = _Cast(
            sellers=sellers,
            pipeline=pipeline,
            sources=_named(Source, [name for name, _share in trade.SOURCES]),
            reasons=_named(LossReason, [name for name, _share in trade.LOSS_REASONS]),
            products=_products(began),
            buyers=_buyers(max(20, deals * 45 // 100), began, sellers, chance),
        )
        working.write_playbooks(cast.stages, by=sellers[-2], at=began + timedelta(days=20))
        shaping.write_versions(cast.stages, by=sellers[-2], at=at)
        teaching.change(cast.stages, by=sellers[-1], at=at)
        work = working.Work(cast.stages, at, random.Random(seed))
        told = stories(deals, months=MONTHS, now=at, buyers=len(cast.buyers), chance=chance)
        done = 0
        while batch := list(islice(told, BATCH)):
            arrivals = [cast.arrival(story, chance) for story in batch]
            came = bring_in(arrivals=arrivals, by=sellers[-1], at=at, cause="demo")
            work.do(came, batch, [arrival.past for arrival in arrivals], by=sellers[-1])
            done += len(batch)
            yield done
        begin_where_due(since=at - timedelta(days=3))
        goals.set_goals(pipeline, sellers, began=began, at=at, chance=random.Random(seed))
        trying.try_things(pipeline, sellers, at=at)
        automating.automate(pipeline, cast.stages, by=sellers[-2], at=at)
        shaping.write_draft(cast.stages, by=sellers[-2], at=at - timedelta(days=1))
        looking_back.audit(pipeline, sellers, at=at)
        teaching.teach(pipeline, cast.stages, sellers, at=at)
        said.say_things(pipeline, sellers, began=began, at=at, chance=random.Random(seed))


def remove(*, at: datetime) -> None:
    """Removes the demo company whole: the installation is as new. Raises `NotDemo` for any other company."""
    settings = Settings.objects.filter(pk=1).first()
    if settings is None or not settings.is_demo:
        raise NotDemo
    kept = {"django_migrations", "django_content_type", "journal_removalpermit"}
    with transaction.atomic(), permit_removal(reason="demo company removed"):
        _empty([name for name in connection.introspection.table_names() if name not in kept])
        record(
            verb="demo.removed",
            subject_kind="settings",
            subject_id=1,
            actor_id=None,
            at=at,
            cause="command",
        )


def _empty(tables: Sequence[str]) -> None:
    """Removes all rows of all these tables inside the present transaction, whatever points at whatever."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A table with checks still to be made at the end of the transaction cannot be emptied.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            names = ", ".join(quote(name) for name in tables)
            cursor.execute(f"TRUNCATE {names} RESTART IDENTITY")
            return
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        for name in tables:
            if not name.startswith(("finding_match", "sqlite_")):
                cursor.execute(f"DELETE FROM {quote(name)}")  # noqa: S608 - a table of the schema, quoted


class _Buyer(NamedTuple):
    """What is kept of each company: a million of them have to fit."""

    company_id: int
    name: str
    contact_ids: list[int]


class _Cast:
    """Everything stories refer to."""

    def __init__(
        self,
        *,
        sellers: list[Member],
        pipeline: Pipeline,
        sources: dict[str, int],
        reasons: dict[str, int],
        products: list[Product],
        buyers: list[_Buyer],
    ) -> None:
        self.sellers = sellers
        self.stages = stages_in_use(pipeline.pk)
        for stage in self.stages:
            stage.pipeline = pipeline
        self.sources = sources
        self.reasons = reasons
        self.products = products
        self.buyers = buyers

    def arrival(self, story: Story, chance: random.Random) -> Arrival:
        seller = self.sellers[story.seller]
        buyer = self.buyers[story.buyer]
        roles = ("decides", "influences", "uses")
        return Arrival(
            facts={
                "title": worded(story.title),
                "company": Company(pk=buyer.company_id, name=buyer.name),
                "owner": seller,
                "team_id": seller.team_id,
                "amount_minor": story.amount_minor,
                "currency": "EUR",
                "expected_close_on": story.expected_close_on,
                "source_id": self.sources[story.source],
            },
            past=[
                PastMove(
                    to=self.stages[event.stage],
                    status=event.status,
                    at=event.at,
                    by=seller,
                    why=worded(event.why),
                    loss_reason_id=self.reasons.get(event.loss_reason),
                    hold_until=event.hold_until,
                )
                for event in story.events
            ],
            contacts=list(zip(buyer.contact_ids[: story.people], roles, strict=False)),
            products=[(self.products[place].pk, chance.choice((1, 5, 10, 20)) * 1000, None) for place in story.products],
        )


def _people(at: datetime, *, language: str) -> list[Member]:
    Settings.objects.create(pk=1, name="Nordvik Logiciels", language=language, currency="EUR", is_demo=True, created_at=at)
    teams = [Team.objects.create(name=worded(name), created_at=at) for name in trade.TEAMS]
    locked = make_password(None)
    members = []
    for place, (name, role, sees, team, _share) in enumerate(trade.SELLERS):
        first, last = name.lower().split(" ", 1)
        plain = first.translate(str.maketrans("éèïë", "eeie"))
        members.append(
            Member(
                name=name,
                email=f"{plain}.{last}@nordvik.example",
                role=role,
                sees=sees,
                team=None if team is None else teams[team],
                language=language,
                hue=(place * 67 + 200) % 360,
                joined_at=at,
                password=locked,
            )
        )
    Member.objects.bulk_create(members)
    record(verb="demo.filled", subject_kind="settings", subject_id=1, actor_id=None, at=at, cause="demo")
    return members


def _named(model: type[Source] | type[LossReason], names: list[str]) -> dict[str, int]:
    """Rows by the name that the stories give them."""
    found = {}
    for place, name in enumerate(names):
        shown = worded(name)
        row = LossReason(name=shown, position=place) if model is LossReason else Source(name=shown)
        row.save(force_insert=True)
        found[name] = row.pk
    return found


def _products(at: datetime) -> list[Product]:
    return Product.objects.bulk_create(
        [
            Product(name=worded(name), code=code, price_minor=price, currency="EUR", created_at=at)
            for name, code, price in trade.PRODUCTS
        ]
    )


def _buyers(count: int, at: datetime, sellers: list[Member], chance: random.Random) -> list[_Buyer]:
    """Companies with one or two contacts each; domains are `.example`, phones of the reserved French range."""
    found = list[_Buyer]()
    numbers = set[int]()
    for names in batched(_company_names(count, chance), BATCH, strict=False):
        rows = [_company_facts(name, place, chance) for place, name in enumerate(names, start=len(found))]
        made = bring_companies(rows=rows, by=sellers[-1], at=at, cause="demo")
        people = [_contact_facts(company, chance, numbers) for company in made for _turn in range(chance.choice((1, 2, 2, 2)))]
        of: dict[int | None, list[int]] = {}
        for contact in bring_contacts(rows=people, by=sellers[-1], at=at, cause="demo"):
            of.setdefault(contact.company_id, []).append(contact.pk)
        found += [_Buyer(company.pk, company.name, of[company.pk]) for company in made]
    return found


def _company_facts(name: str, place: int, chance: random.Random) -> dict[str, Any]:
    city, postcode = chance.choice(trade.CITIES)
    return {
        "name": name,
        "website": f"https://{_slug(name)}-{place}.example",
        "sector": worded(chance.choice(trade.SECTORS)),
        "employees": chance.choice((8, 15, 24, 40, 60, 90, 140, 250, 600)),
        "city": city,
        "postcode": postcode,
        "country": "FR",
    }


def _contact_facts(company: Company, chance: random.Random, numbers: set[int]) -> dict[str, Any]:
    """`numbers` are those of others: no two people share one while there are enough, or they would pass for doubles."""
    first, last = chance.choice(trade.FIRST_NAMES), chance.choice(trade.FAMILIES)
    number = chance.randint(0, 99) * 100 + chance.randint(0, 99)
    while number in numbers and len(numbers) < PHONES:
        number = (number + 1) % PHONES
    numbers.add(number)
    return {
        "first_name": first,
        "last_name": last,
        "email": f"{_slug(first)}.{_slug(last)}@{company.domain}",
        "phone": f"+33 1 99 00 {number // 100:02d} {number % 100:02d}",
        "job_title": worded(chance.choice(trade.JOB_TITLES)),
        "company": company,
    }


def _company_names(count: int, chance: random.Random) -> list[str]:
    names: dict[str, None] = {}
    while len(names) < count:
        first = chance.choice(trade.TRADES)
        second = chance.choice(trade.FAMILIES if chance.random() < 0.6 else trade.PLACES)
        name = f"{first} {second}"
        if len(names) > 1200 or name in names:
            name = f"{name} {chance.choice(trade.CITIES)[0]}"
            if name in names:
                name = f"{name} {len(names)}"
        names[name] = None
    return list(names)


def _slug(text: str) -> str:
    from piste.foundations.names import search_words

    return "-".join(search_words(text).split())
