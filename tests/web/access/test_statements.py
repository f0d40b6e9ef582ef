"""No page asks the database more as its lists grow: as many statements for three rows as for one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from piste.activities import operations as activities
from piste.audits.models import Finding
from piste.audits.operations import act
from piste.audits.operations import make as make_audit
from piste.automations.operations import follow
from piste.automations.rules import Action, Condition, When
from piste.catalogue.operations import add_product
from piste.company import operations as company
from piste.company.models import Member
from piste.dashboards.models import Dashboard
from piste.dashboards.operations import make as make_dashboard
from piste.dashboards.operations import scheduling
from piste.deals import operations as deals
from piste.deals.models import BulkEdit, Deal
from piste.exchange.models import ImportRun
from piste.experiments.operations import design
from piste.experiments.rules import Arm, Plan, Way
from piste.forecasting.operations import say, set_targets, sort
from piste.forecasting.rules import Goal, Key
from piste.foundations.calendar import Period, Span
from piste.people import operations as people
from piste.pipelines.models import ProcessVersion, Stage
from piste.pipelines.operations import draft_new_stage, draft_stage, rename_pipeline
from piste.pipelines.queries import shape_of
from piste.pipelines.rules import FACTS, Need, Shape
from piste.training.operations import Text, note_lesson_read
from piste.training.operations import write as write_lesson
from piste.upkeep.operations import judge
from piste.web.dashboards import now as present
from piste.web.insights.catalogue import CATALOGUE
from tests import make
from tests.automations.scene import automation
from tests.cast import NOW, Cast, member
from tests.make import retests
from tests.make.forecast import snapshot


class Ground:
    """One company, contact, deal and pipeline, with everything that can be put on them."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.by: dict[str, Any] = {"by": cast.rosa, "at": NOW}
        self.pipeline = make.pipeline(by=cast.alice)
        self.stages: list[Stage] = make.stages(self.pipeline)
        self.firm = people.create_company(name="Nebelhorn", **self.by)
        self.person = people.create_contact(name="Nora Nebel", company=self.firm, **self.by)
        self.deal = make.deal(self.stages[2], cast.rosa, company=self.firm, contacts=[(self.person.pk, "decides")])
        wanted = activities.Wanted(title="Call", kind="call", due_on=NOW.date())
        self.step = activities.plan(wanted=wanted, assignee=cast.rosa, deal=self.deal, **self.by)
        self.bulk = BulkEdit.objects.create(by=cast.alice, change={}, counted=9, at=NOW, finished_at=NOW)
        every = [*present.NOW, *CATALOGUE]
        self.dashboard = make_dashboard(name="All", pipeline=self.pipeline, figures=every, by=cast.alice, at=NOW)
        self.wanted: dict[str, Any] = {"rhythm": "daily", "weekday": 0, "hour": time(8), "language": ""}
        self.grown = 0
        self.audit = make_audit(pipeline=self.pipeline, by=cast.alice, at=NOW)
        self.finding: Finding | None = None
        self.trials = make.trials(self.pipeline, by=cast.alice)

    def grow(self) -> None:
        """One more of everything, each with names of its own."""
        self.grown += 1
        number = self.grown
        for part in (self._people, self._deals, self._steps, self._papers, self._company, self._process):
            part(number)

    def _people(self, number: int) -> None:
        for name in (f"Firm {number}", "Double AG", "Twin SA", f"Pair {number // 2}"):
            people.create_company(name=name, website=f"https://pair{number % 2}.example", **self.by)
        for name in ("Dora Double", f"Person {number}"):
            email = f"same{number % 2}@piste.example"
            people.create_contact(name=name, email=email, phone="+33 1 23 45 67 89", company=self.firm, **self.by)
        people.discard(person=people.create_company(name=f"Gone {number}", **self.by), **self.by)
        people.discard(person=people.create_contact(name=f"Gone {number}", company=self.firm, **self.by), **self.by)

    def _deals(self, number: int) -> None:
        # Of the same stages: what a page shows of each stage is not a list that grows with the data.
        for stage in self.stages:
            owner = member(f"Owner{number}x{stage.pk} Many", "rep", "all", self.cast.north)
            made = make.deal(stage, owner, title=f"Deal {number}", company=self.firm, contacts=[(self.person.pk, "uses")])
            deals.name_tags(deal=made, tags=[f"tag{number}"], **self.by)
            self.bulk.parts.create(deal=made, state="refused", reason="missing", facts=["amount"])
        held = make.deal(self.stages[0], self.cast.rosa, title=f"Held {number}")
        deals.hold(deal=held, until=NOW.date().replace(month=12), today=NOW.date(), **self.by)
        binned = make.deal(self.stages[0], self.cast.rosa, title=f"Binned {number}", company=self.firm)
        deals.discard(deal=binned, **self.by)
        deals.move(deal=self.deal, to=self.stages[3 if number % 2 else 2], why=f"Reason {number}", **self.by)

    def _steps(self, number: int) -> None:
        now = timezone.now()
        for owner in (self.cast.alice, self.cast.rosa):
            deal = make.deal(self.stages[1], owner, title=f"Stepped {number}", company=self.firm, at=now)
            for days in (-1, 0, 1, 40):
                on = timezone.localdate() + timedelta(days=days)
                wanted = activities.Wanted(title=f"Step {number}", due_on=on, due_at=now + timedelta(days=days))
                activities.plan(wanted=wanted, assignee=owner, by=owner, at=now, deal=deal)
            stray = activities.plan(wanted=activities.Wanted(title="Stray"), assignee=owner, by=owner, at=now, deal=deal)
            activities.discard(activity=stray, by=owner, at=now)
            # Of a stage without a split test, whose variants would plan a step for some and none for others.
            make.deal(self.stages[0], owner, title=f"Stepless {number}", at=now)
            held = make.deal(self.stages[0], owner, title=f"Waking {number}", at=now)
            week = timezone.localdate() + timedelta(days=7)
            deals.hold(deal=held, until=week, today=timezone.localdate(), by=owner, at=now)

    def _papers(self, number: int) -> None:
        for kind, key in (("deal", self.deal.pk), ("company", self.firm.pk), ("contact", self.person.pk)):
            about: dict[str, Any] = {"subject_kind": kind, "subject_id": key, "by": self.cast.rosa, "at": NOW}
            activities.write(text=f"Note {number} for @Remi Rep", may_read=[self.cast.remi], **about)
            activities.attach(name=f"{number}.pdf", content=[str(number).encode()], **about)
            away: dict[str, Any] = {"by": self.cast.alice, "at": NOW}
            mine = about | {"by": self.cast.alice}
            activities.withdraw(note=activities.write(text=f"Gone {number}", **mine), **away)
            activities.detach(attachment=activities.attach(name=f"gone{number}", content=[b"gone"], **mine), **away)

    def _company(self, number: int) -> None:
        alice: dict[str, Any] = {"by": self.cast.alice, "at": NOW}
        member(f"Left{number} Long", "rep", "own", self.cast.south, active=False)
        company.name_team(name=f"Team {number}", **alice)
        company.invite(email=f"guest{number}@piste.example", role="rep", sees="own", team=None, **alice)
        deals.add_source(name=f"Source {number}", **alice)
        deals.add_loss_reason(name=f"Reason {number}", **alice)
        company.add_field(subject="deal", label=f"Field {number}", kind="text", **alice)
        month = NOW.date().replace(day=1)
        goals = [Goal(Key("rep", pk, 1, month, "amount"), 100 * number) for pk in Member.objects.values_list("pk", flat=True)]
        set_targets(pipeline=self.pipeline, goals=goals, why=f"Why {number}", **alice)
        for one in Member.objects.filter(name__startswith=f"Owner{number}x"):
            say(pipeline=self.pipeline, period=Period(Span.MONTH, month), amount_minor=number, by=one, at=NOW)
        for deal in Deal.objects.filter(title=f"Deal {number}", status="open"):
            sort(deal=deal, category="commit", by=self.cast.alice, at=NOW)
            deals.amend(deal=deal, facts={"expected_close_on": NOW.date()}, **alice)
        still = list(Deal.objects.filter(status="open", deleted_at=None))
        snapshot(self.pipeline, Period(Span.MONTH, month), still, at=NOW, day=month + timedelta(days=number))
        product = add_product(name=f"Product {number}", code="", price_minor=100, currency="EUR", **alice)
        self.products = [*getattr(self, "products", []), (product.pk, 1000, 100)]
        deals.name_products(deal=self.deal, products=self.products, **self.by)
        run = {"created": 1, "updated": 0, "skipped": 0, "refused": 0}
        readers = (self.cast.alice, member(f"Reader{number} Many", "rep", "own", self.cast.south))
        Dashboard.objects.filter(pk=self.dashboard.pk).update(is_shared=True)
        board = Dashboard.objects.get(pk=self.dashboard.pk)
        scheduling.begin(board=board, wanted=scheduling.Wanted(**self.wanted, members=readers), **alice)
        ImportRun.objects.create(kind="deals", file_name=f"{number}.csv", report=run, by=self.cast.alice, at=NOW)

    def _process(self, number: int) -> None:
        alice: dict[str, Any] = {"by": self.cast.alice, "at": NOW}
        make.pipeline(f"Pipeline {number}", by=self.cast.alice)
        rich = (Condition("owner", "is", (str(self.cast.rosa.pk),)),)
        automation(self.pipeline, When("stage_entered", stage=self.stages[2].pk), conditions=rich, name=f"Watch {number}")
        if number == 1:
            self.watch = automation(self.pipeline, When("created"), Action("tag", text="seen"), most_per_hour=10_000)
            arms = [Arm("As today", 50), Arm("Without", 50, ways={self.watch.pk: Way(on=False)})]
            plan = Plan("Without", "wins", 30, Decimal(10), Decimal(3), 100)
            tried = design(stage=self.stages[3], plan=plan, arms=arms, **alice)
            self.trials["varied"] = tried.number
        follow(at=NOW)
        self.audit = make_audit(pipeline=self.pipeline, by=self.cast.alice, at=NOW + timedelta(hours=number))
        self.finding = Finding.objects.get(audit=self.audit, code="no_step")
        for one in (self.finding, self.finding.before):
            if one is not None:
                wanted = activities.Wanted(title=f"Chore {number}", due_on=NOW.date())
                act(finding=one, wanted=wanted, assignee=self.cast.rosa, **alice)
        # Tests in design, running and stopped, each with an idea of its own.
        make.trials(make.pipeline(f"Tried {number}", by=self.cast.alice), by=self.cast.alice)
        make.idea(self.stages[1], by=self.cast.rosa)
        # The draft grows by a new stage and a change each time.
        shape = Shape(f"Stage {number}", "meeting", 1, number)
        draft_new_stage(pipeline=self.pipeline, shape=shape, after=None, **alice)
        needed = replace(shape_of(self.stages[2]), needs=tuple(Need(fact, False, True) for fact in FACTS[: number + 1]))
        draft_stage(pipeline=self.pipeline, key=self.stages[2].pk, shape=needed, **alice)
        text = Text("lesson", f"Lesson {number}", "Early.", (f"trait|{self.stages[2].pk}|contacts|yes",))
        for stage in (None, self.stages[2]):
            self.lesson = write_lesson(pipeline=self.pipeline, stage=stage, text=text, path="all", by=self.cast.alice, at=NOW)
        for reader in Member.objects.filter(name__startswith=f"Owner{number}x"):
            note_lesson_read(version=self.lesson.version, by=reader, at=NOW)
        rename_pipeline(pipeline=self.pipeline, name=f"Sales {number}", why=f"Reason {number}", **alice)
        version = ProcessVersion.objects.get(pipeline=self.pipeline, number=2)
        kept = retests.retest(version, on=NOW.date() + timedelta(days=number))
        for _ in range(2):
            judge(retest=kept, choice="keep", why=f"Reason {number}", today=NOW.date(), **alice)


PAGES = (
    "/pipelines/{pipeline}/", "/pipelines/{pipeline}/?q=deal", "/pipelines/{pipeline}/filter/", "/pipelines/{pipeline}/list/",
    "/pipelines/{pipeline}/list/?by=-tags&q=deal", "/pipelines/{pipeline}/list/columns/", "/deals/{deal}/",
    "/deals/{deal}/history/", "/deals/{deal}/move/", "/deals/{deal}/products/", "/deals/{deal}/people/", "/deals/new/",
    "/deals/bin/", "/deals/bin/?kind=company", "/deals/bin/?kind=contact", "/deals/bin/?kind=activity",
    "/deals/bin/?kind=note", "/deals/bin/?kind=file",
    "/notifications/", "/companies/", "/companies/{company}/", "/companies/?q=firm", "/contacts/",
    "/contacts/{contact}/", "/doubles/", "/search/?q=double", "/suggest/companies/?q=firm", "/alike/companies/?name=Double+AG",
    "/forecast/{pipeline}/?first=2026-11-01&span=month", "/forecast/{pipeline}/methods.csv?first=2026-11-01&span=month",
    "/forecast/{pipeline}/plan/?first=2026-11-01&span=month", "/forecast/{pipeline}/plan/plan.json?first=2026-11-01&target=90",
    "/forecast/{pipeline}/calls/?first=2026-11-01&span=month", "/forecast/{pipeline}/calls/?first=2026-12-01",
    "/forecast/{pipeline}/targets/", "/forecast/{pipeline}/targets/year/", "/forecast/{pipeline}/targets/history/",
    "/dashboards/ready-{pipeline}/", "/dashboards/{dashboard}/", "/dashboards/{dashboard}/letters/",
    "/dashboards/{dashboard}/pdf/", "/insights/{pipeline}/activities/?figure=team.{rosa}.all",
    "/process/{pipeline}/versions/2/retest/",
    "/process/{pipeline}/automations/", "/process/{pipeline}/automations/{watch}/",
    "/process/{pipeline}/automations/{watch}/runs/",
    "/import/", "/process/{pipeline}/", "/process/{pipeline}/versions/", "/process/{pipeline}/versions/compare/?from=1",
    "/process/{pipeline}/versions/1/restore/", "/process/{pipeline}/abandon/",
    "/process/{pipeline}/audits/", "/process/{pipeline}/audits/{audit}/", "/process/{pipeline}/audits/{audit}/pdf/",
    "/process/{pipeline}/training/", "/process/{pipeline}/training/works/", "/process/{pipeline}/training/lessons/{lesson}/",
    "/process/{pipeline}/training/lessons/{lesson}/edit/", "/day/",
    "/process/{pipeline}/audits/{audit}/findings/{finding}/", "/process/{pipeline}/audits/{audit}/findings/{finding}/task/",
    "/process/{pipeline}/audits/schedule/", "/process/{pipeline}/tests/", "/process/{pipeline}/tests/{running}/",
    "/process/{pipeline}/tests/{running}/variants/1/", "/process/{pipeline}/tests/{varied}/variants/1/?of=automation:{watch}",
    "/process/{pipeline}/tests/{varied}/design/", "/process/{pipeline}/stages/{stage}/",
    "/process/{pipeline}/tests/{design}/design/", "/process/{pipeline}/tests/{stopped}/decide/",
    "/process/{pipeline}/ideas/{idea}/", "/process/{pipeline}/ideas/new/", "/settings/", "/settings/members/", "/settings/teams/",
    "/settings/journal/", "/settings/sources/", "/settings/loss-reasons/", "/settings/tags/", "/settings/products/",
    "/pipelines/{pipeline}/bulk/", "/deals/bulk/{bulk}/",
    "/process/{pipeline}/stages/{stage}/playbook/", "/settings/fields/", "/account/sessions/",
)  # fmt: skip


@pytest.fixture
def ground(cast: Cast, settings: Any, tmp_path: Path) -> Ground:
    settings.DATA_DIR = tmp_path
    return Ground(cast)


def test_no_page_asks_more_for_more_rows(ground: Ground) -> None:
    keys = {
        "pipeline": ground.pipeline.pk,
        "step": ground.step.pk,
        "stage": ground.stages[2].pk,
        "deal": ground.deal.pk,
        "company": ground.firm.pk,
        "contact": ground.person.pk,
        "bulk": ground.bulk.pk,
        "dashboard": ground.dashboard.pk,
        "rosa": ground.cast.rosa.pk,
    }
    client = Client()
    client.force_login(ground.cast.alice)
    # Two of everything first: a list of a single row may have no second group, no page, no former version to speak of.
    ground.grow()
    ground.grow()
    name_alice(ground)
    keys |= audited(ground)
    keys["watch"] = ground.watch.pk
    keys |= ground.trials
    before = {page: asked(client, page.format(**keys)) for page in PAGES}
    assert Deal.objects.count() > 10
    for _ in range(4):
        ground.grow()
    name_alice(ground)
    keys |= audited(ground)
    grown = {}
    for page in PAGES:
        now = asked(client, page.format(**keys))
        if len(now) > len(before[page]):
            grown[page] = [len(before[page]), len(now), *{one for one in now if now.count(one) > before[page].count(one)}]
    assert grown == {}


def audited(ground: Ground) -> dict[str, int]:
    """The newest audit, and the finding that was given as a task."""
    assert ground.finding is not None
    return {"lesson": ground.lesson.pk, "audit": ground.audit.pk, "finding": ground.finding.pk}


def name_alice(ground: Ground) -> None:
    """Alice is named on one of each kind."""
    for kind, key in (("company", ground.firm.pk), ("contact", ground.person.pk), ("deal", ground.deal.pk)):
        about: dict[str, Any] = {"subject_kind": kind, "subject_id": key, **ground.by}
        activities.write(text="@Alice Admin", may_read=[ground.cast.alice], **about)


def asked(client: Client, path: str) -> list[str]:
    """The statements of a page, without what they ask for."""
    with CaptureQueriesContext(connection) as found:
        answer = client.get(path)
    assert answer.status_code == 200, path
    return [re.sub(r"\d+|'[^']*'", "?", query["sql"])[:300] for query in found.captured_queries]
