"""Every page for everybody: no fault found by axe that hinders, one title, no sideways scroll on a phone, the language said.

Each page is looked at in both themes and both languages: English in the light by every rule, French in the dark by those that
a theme or a language may break. One window a pair serves all pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE, Site
from tests.cast import PASSWORD

pytestmark = pytest.mark.browser

SCENE = """
from datetime import date, timedelta
from django.utils import timezone
from piste.activities import operations as activities
from piste.catalogue.operations import add_product
from piste.deals.operations.merging import merge
from piste.exchange.importing.pending import carry_out, keep, try_out
from piste.exchange.reading.mapping import Mapping
from piste.people.operations import create_company, create_contact
now = timezone.now()
alice, rosa = Member.objects.get(email="alice@piste.example"), Member.objects.get(email="rosa@piste.example")
amelie = member("Amelie Admin", "admin", "all", None)
amelie.language = "fr"
amelie.save()
pipeline = make.pipeline("Sales")
stages = make.stages(pipeline)
for name in ("Too dear", "No answer"):
    LossReason.objects.create(name=name)
Source.objects.create(name="Fair")
Tag.objects.create(name="urgent")
CustomField.objects.create(subject="deal", key="hosting", label="Hosting", kind="choice", options=["Here", "There"])
add_product(name="Planning", by=alice, at=now)
alba = create_company(name="Alba", by=rosa, at=now, city="Nantes", sector="Food", website="alba.example", phone="0240000000")
twin = create_company(name="Alba SAS", by=rosa, at=now, website="alba.example")
old, young = create_company(name="Borel", by=rosa, at=now), create_company(name="Borel & fils", by=rosa, at=now)
anna = create_contact(name="Anna Berg", by=rosa, at=now, company=alba, email="anna@alba.example", job_title="Director")
merged = merge(kept=old, folded=young, take={}, by=alice, at=now)
deals = [make.deal(stages[n % 5], rosa, at=now - timedelta(days=20), title=f"Deal {n}", company=alba,
                   expected_close_on=date(2027, 1, 15)) for n in range(8)]
deal = deals[2]
operations.name_contacts(deal=deal, contacts=[(anna.pk, "decides")], by=rosa, at=now)
operations.move(deal=deal, to=stages[3], by=rosa, at=now, why="Asked for a price")
activities.write(subject_kind="deal", subject_id=deal.pk, text="Budget ok", by=rosa, at=now)
operations.discard(deal=deals[7], by=rosa, at=now)
from piste.people import operations as people
people.discard(person=create_company(name="Calan", by=rosa, at=now, city="Brest"), by=rosa, at=now)
rows = "Company,Title,Amount,Stage\\nCalan,Stock,1200,Meeting\\nDorel,Stock,a lot,Proposal\\n".encode()
imports = {}
for who in (alice, amelie):
    for state in ("mapping", "check", "done"):
        pending = keep(name="deals.csv", content=[rows], kind="deals", by=who, at=now)
        if state != "mapping":
            try_out(pending=pending, mapping=Mapping(), by=who, at=now)
        if state == "done":
            carry_out(pending=pending, at=now)
        imports[state + "_" + who.language] = pending.pk
from piste.deals.operations import bulk
for who in (alice, amelie):
    of_two = Deal.objects.filter(pk__in=[deals[0].pk, deals[5].pk])
    edit = bulk.start(deals=of_two, change=bulk.Change(facts={"owner": rosa.pk, "campaign": who.name}), by=who, at=now)
    operations.discard(deal=deals[5], by=rosa, at=now)
    bulk.carry_out(edit=edit, at=now)
    operations.restore(deal=deals[5], by=rosa, at=now)
    imports["bulk_" + who.language] = edit.pk
from piste.company.operations import invite
invitation, token = invite(email="new@piste.example", role="rep", sees="own", team=None, by=alice, at=now)
wanted = activities.Wanted(title="Call", kind="call", due_on=timezone.localdate() - timedelta(days=2))
step = activities.plan(wanted=wanted, assignee=rosa, by=rosa, at=now, deal=deal)
view = operations.save_view(name="Big", pipeline=pipeline, facts={"is_shared": True}, by=alice, at=now)
from piste.dashboards.operations import make as make_dashboard
from piste.web.dashboards.now import NOW
from piste.web.insights.catalogue import CATALOGUE
dashboard = make_dashboard(name="All of it", pipeline=pipeline, figures=[*NOW, *CATALOGUE], is_shared=True, by=alice, at=now)
from piste.forecasting.operations import set_targets
from piste.forecasting.rules import Goal, Key
month = timezone.localdate().replace(day=1)
goals = [Goal(Key(*one, 1, month, "amount"), 9_000_000) for one in (("company", 0), ("rep", rosa.pk))]
set_targets(pipeline=pipeline, goals=goals, why="Plan", by=alice, at=now)
from piste.forecasting.operations import say, sort
from piste.foundations.calendar import Period, Span
sort(deal=deal, category="best", by=rosa, at=now)
for who in (alice, rosa):
    say(pipeline=pipeline, period=Period(Span.MONTH, month), amount_minor=5_000_000, note="Two big ones", by=who, at=now)
from piste.forecasting.models import Chance, Snapshot
told = {"verdict": {"code": "no_signal", "gain": 0, "closed": 60}, "leaks": [["source", "predicts"]]}
quarter = Period(Span.QUARTER, date(2026, 10, 1))
Snapshot.objects.create(pipeline=pipeline, span=3, first=quarter.first, day=month, at=now, currency="EUR", said=told)
Chance.objects.create(deal=deal, at=now, until=quarter.last, ever=0.34, within=0.12, table=0.3, low=0.2, high=0.5, like=60,
                      reasons=[["stage", 0.1], ["field:contacts", -0.05]])
for who in (alice, amelie):
    operations.choose_columns(member=who, columns=["title", "stage", "owner", "amount", "chance", "step", "days"])
operations.amend(deal=deal, facts={"expected_close_on": timezone.localdate()}, by=alice, at=now)
from tests.make.forecast import snapshot
for back in (1, 0):
    snapshot(pipeline, Period(Span.MONTH, month), [deal], at=now, day=timezone.localdate() - timedelta(days=back))
from datetime import time
from piste.dashboards.operations import scheduling
daily = scheduling.Wanted(rhythm="daily", weekday=0, hour=time(8), language="", members=(alice, rosa, amelie))
for who in (alice, amelie):
    scheduling.begin(board=dashboard, wanted=daily, by=who, at=now)
from piste.audits.models import Finding
from piste.audits.operations import act
from piste.audits.operations import make as make_audit
for _ in range(2):
    audit = make_audit(pipeline=pipeline, by=alice, at=now)
finding = Finding.objects.get(audit=audit, code="no_step")
act(finding=finding, wanted=activities.Wanted(title="Plan", due_on=timezone.localdate()), assignee=rosa, by=alice, at=now)
from tests.make import retests
from piste.pipelines.models import ProcessVersion
from piste.pipelines.operations import rename_pipeline
rename_pipeline(pipeline=pipeline, name=pipeline.name + " 2", by=alice, at=now, why="Tried")
retests.retest(ProcessVersion.objects.get(pipeline=pipeline, number=2), others=1)
audits = {"audit": audit.pk, "finding": finding.pk}
from piste.automations.operations import follow
from piste.automations.rules import Action, Condition, When
from tests.automations.scene import automation
acts = (Action("task", text="Call", who="owner", days=1, fact="call"), Action("webhook", url="https://erp.example/in"))
rich = (Condition("amount", "at_least", ("20000",)),)
watch = automation(pipeline, When("created"), *acts, conditions=rich, name="Large ones", at=now)
for worth in (500_000, 5_000_000):
    make.deal(stages[0], alice, at=now, amount_minor=worth)
follow(at=now)
audits["watch"] = watch.pk
from decimal import Decimal
from piste.experiments.operations import design
from piste.experiments.rules import Arm, Plan, Way
from piste.playbooks.models import Template
from piste.playbooks.operations import set_guide
from piste.playbooks.rules import Guide, Text as Letter
words = (Letter("email", "First letter", "Dear {contact},", subject="About {title}"),)
set_guide(stage=stages[4], guide=Guide(templates=words), by=alice, at=now, why="Words")
audits["text"] = Template.objects.get(stage=stages[4]).pk
tagging = Way(True, (Action("tag", text="hot").as_json(),))
arms = {"worded": Arm("Asks", 50), "arranged": Arm("Tags", 50, clock_days=1, ways={watch.pk: tagging})}
for name in arms:
    plan = Plan(name, "wins", 30, Decimal(10), Decimal(3), 100)
    audits[name] = design(stage=stages[4], plan=plan, arms=[Arm("As today", 50), arms[name]], by=alice, at=now).number
from piste.training.operations import Text, note_lesson_read
from piste.training.operations import write as write_lesson
body = "# How\\n\\n- **early**\\n\\n> Who decides?"
lesson = write_lesson(pipeline=pipeline, stage=stages[3], path="all", by=alice, at=now,
                      text=Text("script", "Ask who decides", body, [f"trait|{stages[3].pk}|contacts|yes"]))
note_lesson_read(version=lesson.version, by=rosa, at=now)
audits["lesson"] = lesson.pk
audits |= make.trials(pipeline, by=alice)
result = {**audits, "binned": deals[7].pk, "dashboard": dashboard.pk, "view": view.pk, "deal": deal.pk,
          "step": step.pk, "company": alba.pk, "twin": twin.pk, "contact": anna.pk, "merge": merged.pk,
          "pipeline": pipeline.pk, "stage": stages[3].pk, "member": rosa.pk, "token": token, **imports,
          "team": rosa.team_id, "reason": LossReason.objects.first().pk}
"""

PAGES = {
    "my day": "/day/?who=team",
    "call": "/deals/{deal}/call/",
    "new step": "/steps/new/?deal={deal}",
    "step done": "/steps/{step}/done/",
    "board": "/pipelines/{pipeline}/",
    "board filter": "/pipelines/{pipeline}/filter/",
    "list": "/pipelines/{pipeline}/list/",
    "filtered list": "/pipelines/{pipeline}/list/?least=1&step=overdue&step=none&by=-amount",
    "columns": "/pipelines/{pipeline}/list/columns/",
    "views": "/pipelines/{pipeline}/views/list/?view={view}&least=1",
    "new view": "/pipelines/{pipeline}/views/list/new/?least=1",
    "view": "/views/{view}/",
    "cell": "/pipelines/{pipeline}/list/deals/{deal}/amount/",
    "many deals": "/pipelines/{pipeline}/bulk/",
    "many deals done": "/deals/bulk/{bulk}/",
    "deal": "/deals/{deal}/",
    "new deal": "/deals/new/",
    "fact of a deal": "/deals/{deal}/facts/amount/",
    "products of a deal": "/deals/{deal}/products/",
    "people of a deal": "/deals/{deal}/people/",
    "move": "/deals/{deal}/move/",
    "lose": "/deals/{deal}/lose/",
    "hold": "/deals/{deal}/hold/",
    "bin": "/deals/bin/",
    "bin of companies": "/deals/bin/?kind=company",
    "erasing a deal": "/deals/bin/deal/{binned}/erase/",
    "notifications": "/notifications/",
    "companies": "/companies/",
    "nobody found": "/companies/?q=zzzz",
    "company": "/companies/{company}/",
    "new company": "/companies/new/",
    "edit company": "/companies/{company}/edit/",
    "contacts": "/contacts/",
    "contact": "/contacts/{contact}/",
    "new contact": "/contacts/new/",
    "edit contact": "/contacts/{contact}/edit/",
    "doubles": "/doubles/",
    "merge": "/doubles/company/{company}/{twin}/",
    "merged": "/merges/{merge}/",
    "search": "/search/?q=alba",
    "keyboard": "/keyboard/",
    "process": "/process/{pipeline}/",
    "new pipeline": "/process/new/",
    "name of a pipeline": "/process/{pipeline}/name/",
    "new stage": "/process/{pipeline}/stages/new/",
    "stage": "/process/{pipeline}/stages/{stage}/",
    "stage leaving": "/process/{pipeline}/stages/{stage}/leaving/",
    "versions": "/process/{pipeline}/versions/",
    "versions compared": "/process/{pipeline}/versions/compare/?from=1",
    "version brought back": "/process/{pipeline}/versions/1/restore/",
    "contact clock": "/process/{pipeline}/clock/",
    "draft abandoned": "/process/{pipeline}/abandon/",
    "version": "/process/{pipeline}/versions/1/",
    "re-test": "/process/{pipeline}/versions/2/retest/",
    "automations": "/process/{pipeline}/automations/",
    "new automation": "/process/{pipeline}/automations/new/",
    "automation": "/process/{pipeline}/automations/{watch}/",
    "switch of an automation": "/process/{pipeline}/automations/{watch}/switch/",
    "runs of an automation": "/process/{pipeline}/automations/{watch}/runs/",
    "training": "/process/{pipeline}/training/",
    "lesson": "/process/{pipeline}/training/lessons/{lesson}/",
    "lesson to be changed": "/process/{pipeline}/training/lessons/{lesson}/edit/",
    "what works here": "/process/{pipeline}/training/works/",
    "split tests": "/process/{pipeline}/tests/",
    "split test": "/process/{pipeline}/tests/{running}/",
    "design of a split test": "/process/{pipeline}/tests/{design}/design/",
    "playbook of a variant": "/process/{pipeline}/tests/{design}/variants/1/",
    "text of a variant": "/process/{pipeline}/tests/{worded}/variants/1/?of=template:{text}",
    "actions of a variant": "/process/{pipeline}/tests/{arranged}/variants/1/?of=automation:{watch}",
    "playbook that some deals follow": "/process/{pipeline}/tests/{running}/variants/1/",
    "decision on a split test": "/process/{pipeline}/tests/{stopped}/decide/",
    "idea": "/process/{pipeline}/ideas/{idea}/",
    "new idea": "/process/{pipeline}/ideas/new/",
    "audit": "/process/{pipeline}/audits/{audit}/",
    "finding": "/process/{pipeline}/audits/{audit}/findings/{finding}/",
    "finding as a task": "/process/{pipeline}/audits/{audit}/findings/{finding}/task/",
    "schedule of audits": "/process/{pipeline}/audits/schedule/",
    "insights": "/insights/{pipeline}/",
    "insights as a table": "/insights/{pipeline}/?table=glass",
    "insights of a team": "/insights/{pipeline}/team/",
    "insights of sources": "/insights/{pipeline}/sources/",
    "insights of losses": "/insights/{pipeline}/losses/",
    "insights of a stage": "/insights/{pipeline}/stages/{stage}/",
    "insights, other days": "/insights/{pipeline}/period/insights/",
    "activities behind a figure": "/insights/{pipeline}/activities/?figure=team.{member}.all",
    "deals behind a figure": "/insights/{pipeline}/deals/?figure=glass.created",
    "dashboard": "/dashboards/ready-{pipeline}/",
    "dashboard of one’s own": "/dashboards/{dashboard}/",
    "dashboard on the wall": "/dashboards/{dashboard}/?wall=1",
    "catalogue of figures": "/dashboards/ready-{pipeline}/figures/",
    "new dashboard": "/dashboards/ready-{pipeline}/new/",
    "dashboard settings": "/dashboards/{dashboard}/settings/",
    "dashboard filter": "/dashboards/{dashboard}/filter/",
    "dashboard period": "/dashboards/{dashboard}/period/",
    "forecast": "/forecast/{pipeline}/?span=month",
    "forecast of a period to come": "/forecast/{pipeline}/?first=2031-01-01",
    "plan": "/forecast/{pipeline}/plan/?span=month",
    "plan without a target": "/forecast/{pipeline}/plan/?first=2031-01-01",
    "calls": "/forecast/{pipeline}/calls/?span=month",
    "targets": "/forecast/{pipeline}/targets/",
    "a target": "/forecast/{pipeline}/targets/set/",
    "targets of a year": "/forecast/{pipeline}/targets/year/",
    "history of targets": "/forecast/{pipeline}/targets/history/",
    "dashboard by e-mail": "/dashboards/{dashboard}/letters/",
    "dashboard to be sent": "/dashboards/{dashboard}/letters/new/",
    "import": "/import/",
    "import mapping": "/import/{mapping}/mapping/",
    "import check": "/import/{check}/check/",
    "import done": "/import/{done}/done/",
    "settings": "/settings/",
    "profile": "/settings/profile/",
    "company settings": "/settings/company/",
    "audit log": "/settings/journal/",
    "working time": "/settings/company/hours/",
    "own working time": "/settings/profile/hours/",
    "members": "/settings/members/",
    "invite": "/settings/members/invite/",
    "member": "/settings/members/{member}/",
    "member leaving": "/settings/members/{member}/leaving/",
    "teams": "/settings/teams/",
    "team": "/settings/teams/{team}/",
    "sources": "/settings/sources/",
    "loss reasons": "/settings/loss-reasons/",
    "a loss reason": "/settings/lists/loss_reasons/{reason}/",
    "tags": "/settings/tags/",
    "products": "/settings/products/",
    "custom fields": "/settings/fields/",
    "signing in": "/account/2fa/",
    "second factor": "/account/2fa/totp/activate/",
    "passkeys": "/account/2fa/passkeys/",
    "new passkey": "/account/2fa/passkeys/add/",
    "sessions": "/account/sessions/",
    "change password": "/account/password/change/",
    "style guide": "/styleguide/",
    "no such page": "/nothing/here/",
}
STRANGERS_PAGES = {
    "sign in": "/account/login/",
    "forgotten password": "/account/password/reset/",
    "link sent": "/account/password/reset/done/",
    "join": "/join/{token}/",
    "spent link": "/join/nothing/",
    "no such page": "/nothing/here/",
}
PAIRS = [("en", "light"), ("fr", "dark")]
#: What is asked of each: only what is wrong is told, which is much quicker than all that is right.
ASKED = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"resultTypes": ["violations"], "runOnly": ["color-contrast", "html-has-lang", "html-lang-valid", "valid-lang"]},
}
ADMINS = {"en": "alice", "fr": "amelie"}


@pytest.fixture(scope="module")
def keys(site: Site) -> dict[str, Any]:
    """A company with something on every page."""
    found: dict[str, Any] = site.do(SCENE)
    return found


def sign_in(page: Page, site: Site, email: str) -> None:
    page.goto(f"{site.address}/account/login/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".topbar")).to_be_visible()


@pytest.fixture(scope="module")
def windows(site: Site, browser: Browser, keys: dict[str, Any]) -> Iterator[dict[tuple[str, str, bool], Page]]:
    """A window for each pair, of an admin who has just signed in and of a stranger."""
    opened = {}
    for language, scheme in PAIRS:
        for is_member in (True, False):
            locale = {"en": "en-GB", "fr": "fr-FR"}[language]
            context = browser.new_context(locale=locale, color_scheme=scheme, reduced_motion="reduce")
            page = opened[language, scheme, is_member] = context.new_page()
            page.set_default_timeout(PATIENCE)
            if is_member:
                sign_in(page, site, f"{ADMINS[language]}@piste.example")
    yield opened
    for page in opened.values():
        page.context.close()


def is_good(page: Page, address: str, language: str, scheme: str) -> None:
    """One page, wide then narrow."""
    page.set_viewport_size({"width": 1440, "height": 900})
    answer = page.goto(address)
    if "/account/reauthenticate/" in page.url:
        # Before what opens an account is touched, the password is asked once more.
        page.locator("[name=password]").fill(PASSWORD)
        with page.expect_navigation(url=address) as gone:
            page.keyboard.press("Enter")
        answer = gone.value
    assert answer is not None
    assert answer.status == (404 if "/nothing/here/" in address else 410 if "/join/nothing/" in address else 200)
    assert answer.url == address
    assert page.locator("html").get_attribute("lang") == language
    assert page.title() not in ("", "Piste"), "a title says where one is"
    told = Axe().run(page, options=ASKED[scheme]).response["violations"]
    found = [row for row in told if row["impact"] in ("moderate", "serious", "critical")]
    assert [(row["id"], [node["html"] for node in row["nodes"]][:3]) for row in found] == []
    assert page.get_by_role("heading", level=1).count() == 1
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.get_by_role("heading", level=1).count() == 1, "a phone hears where it is, too"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, wide(page)


def wide(page: Page) -> Any:
    """What stands out on the right of a phone."""
    return page.evaluate("""() => [...document.querySelectorAll("main *, header *")]
        .filter((part) => part.getBoundingClientRect().right > 391).slice(0, 6).map((part) => part.outerHTML.slice(0, 120))""")


@pytest.mark.parametrize(("language", "scheme"), PAIRS, ids=["english-light", "french-dark"])
@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_use_the_page(windows, site, keys, name, language, scheme):
    own = {step: keys[f"{step}_{language}"] for step in ("mapping", "check", "done", "bulk")}
    is_good(windows[language, scheme, True], site.address + PAGES[name].format(**keys, **own), language, scheme)


@pytest.mark.parametrize(("language", "scheme"), PAIRS, ids=["english-light", "french-dark"])
@pytest.mark.parametrize("name", STRANGERS_PAGES)
def test_a_stranger_can_use_the_page(windows, site, keys, name, language, scheme):
    is_good(windows[language, scheme, False], site.address + STRANGERS_PAGES[name].format(**keys), language, scheme)
