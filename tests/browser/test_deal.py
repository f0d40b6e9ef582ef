"""The page of a deal in a real browser: by mouse and keys, with a colleague at the same time, on a phone, in the dark."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

SCENE = """
from datetime import date, timedelta
from django.utils import timezone
from piste.people.operations import create_company, create_contact
from piste.activities import operations as activities
from piste.pipelines.operations import create_pipeline
now = timezone.now()
rosa, alice = Member.objects.get(email="rosa@piste.example"), Member.objects.get(email="alice@piste.example")
number = Pipeline.objects.count()
pipeline = create_pipeline(name=f"Sales {number}", by=alice, at=now - timedelta(days=60), why="Start")
stages = make.stages(pipeline)
LossReason.objects.get_or_create(name="Too dear")
own = {"label": "Hosting", "kind": "choice", "options": ["Here", "There"]}
CustomField.objects.get_or_create(subject="deal", key="hosting", defaults=own)
Requirement.objects.create(stage=stages[4], fact="custom:hosting", to_enter=True)
company = create_company(name=f"Alba {number}", by=rosa, at=now, city="Nantes")
anna = create_contact(name=f"Anna Berg {number}", by=rosa, at=now, company=company, email="anna@berg.example")
start = now - timedelta(days=40)
deal = make.deal(stages[0], rosa, at=start, title="Planning", company=company, expected_close_on=date(2027, 1, 15))
for days, place, why in ((35, 1, ""), (30, 3, "Asked for a price"), (20, 2, "Did not see the users"), (9, 3, "")):
    operations.move(deal=deal, to=stages[place], by=rosa, at=now - timedelta(days=days), why=why)
    deal.refresh_from_db()
operations.name_contacts(deal=deal, contacts=[(anna.pk, "decides")], by=rosa, at=now)
activities.write(subject_kind="deal", subject_id=deal.pk, text="Budget ok", by=rosa, at=now)
other = make.deal(stages[3], rosa, title="Other", expected_close_on=date(2027, 2, 1))
result = {"deal": deal.pk, "other": other.pk, "pipeline": pipeline.pk, "stages": [s.pk for s in stages], "number": number}
"""


class Scene:
    """A deal of Rosa's in Proposal, that skipped Meeting, went back to it and came forward again; another beside it."""

    def __init__(self, site: Any) -> None:
        self.site = site
        found = site.do(SCENE)
        self.deal, self.other, self.pipeline = found["deal"], found["other"], found["pipeline"]
        self.stages: list[int] = found["stages"]
        self.number: int = found["number"]
        self.path = f"/deals/{self.deal}/"

    def ask(self, expression: str) -> Any:
        return self.site.do(f"deal = Deal.objects.get(pk=key); result = {expression}", key=self.deal)

    def act(self, script: str) -> None:
        names = "from django.utils import timezone; deal = Deal.objects.get(pk=key); now = timezone.now()\n"
        names += 'remi = Member.objects.get(email="remi@piste.example")\n'
        self.site.do(names + script + "\nresult = None", key=self.deal)


@pytest.fixture
def scene(site: Any) -> Scene:
    return Scene(site)


def fact(page: Page, name: str) -> Any:
    return page.locator(f"#fact-{name}")


def test_a_fact_is_edited_where_it_stands(scene, look):
    page = look("rosa", scene.path)
    fact(page, "amount").locator("a").click()
    field = fact(page, "amount").locator("[name=amount]")
    expect(field).to_be_focused()
    field.fill("a lot")
    page.keyboard.press("Enter")
    expect(fact(page, "amount").locator(".field__error")).to_contain_text("This is not an amount")
    expect(field).to_have_value("a lot")
    field.fill("46.5k")
    page.keyboard.press("Enter")
    expect(fact(page, "amount").locator("a")).to_have_text("€46,500")
    expect(fact(page, "amount").locator("a")).to_be_focused()
    expect(page.locator(".deal-head__figures")).to_contain_text("€23,250")
    expect(page.locator("#timeline")).to_contain_text("€12,500 → €46,500")
    assert scene.ask("deal.amount_minor") == 4_650_000


def test_an_edit_is_taken_back_by_a_key_but_not_over_a_colleagues(scene, look):
    page = look("rosa", scene.path)
    for amount in ("900", "950"):
        fact(page, "amount").locator("a").click()
        fact(page, "amount").locator("[name=amount]").fill(amount)
        page.keyboard.press("Enter")
        expect(fact(page, "amount").locator("a")).to_have_text(f"€{amount}")
    expect(page.locator(".toast").last).to_contain_text("Amount: €900 → €950")
    page.keyboard.press("z")
    expect(fact(page, "amount").locator("a")).to_have_text("€900")
    expect(page.locator(".toast").last).to_contain_text("Taken back: it is as before.")
    expect(page.locator("#timeline")).to_contain_text("took back a change of amount")
    fact(page, "campaign").locator("a").click()
    fact(page, "campaign").locator("[name=campaign]").fill("Spring")
    page.keyboard.press("Enter")
    expect(page.locator(".toast").last).to_contain_text("Campaign")
    scene.act('operations.amend(deal=deal, facts={"campaign": "Autumn"}, by=remi, at=now)')
    expect(fact(page, "campaign").locator("a")).to_have_text("Autumn")
    page.keyboard.press("z")
    expect(page.locator(".toast--error")).to_contain_text("Remi changed this")
    assert scene.ask("[deal.amount_minor, deal.campaign]") == [90_000, "Autumn"]


def test_escape_and_cancel_leave_a_fact_as_it_was(scene, look):
    page = look("rosa", scene.path)
    link = fact(page, "title").locator("a")
    link.focus()
    page.keyboard.press("Enter")
    fact(page, "title").locator("[name=title]").fill("Stock")
    page.keyboard.press("Escape")
    expect(link).to_have_text("Planning")
    expect(link).to_be_focused()
    link.click()
    fact(page, "title").get_by_text("Cancel").click()
    expect(link).to_have_text("Planning")
    assert scene.ask("deal.title") == "Planning"


def test_a_company_is_found_while_typing_or_created(scene, look):
    page = look("rosa", scene.path)
    fact(page, "company").locator("a").first.click()
    field = fact(page, "company").locator("[name=company]")
    field.fill("")
    field.press_sequentially("alba")
    options = page.locator(".listbox [role=option]")
    expect(options.first).to_contain_text("Alba")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_be_visible()
    field.fill(f"Borel {scene.number}")
    page.keyboard.press("Enter")
    expect(page.locator("#main h1")).to_have_text(f"Borel {scene.number}")
    assert scene.ask("deal.company.name") == f"Borel {scene.number}"


def test_a_required_fact_is_filled_in_and_the_stage_opens(scene, look):
    page = look("rosa", scene.path)
    panel = page.locator("#deal-needs")
    expect(panel).to_contain_text("1 missing")
    panel.locator("select").select_option("There")
    expect(panel).to_contain_text("All there")
    expect(fact(page, "custom-hosting").locator("a").first).to_have_text("There")
    assert scene.ask("deal.custom") == {"hosting": "There"}


def test_moves_by_keys_open_dialogs_and_can_be_undone(scene, look):
    page = look("rosa", scene.path)
    page.keyboard.press("l")
    page.get_by_label("Too dear").check()
    page.get_by_role("button", name="Mark as lost").click()
    expect(page.locator("#deal-head .chip--danger")).to_contain_text("Too dear")
    assert page.url.endswith(scene.path)
    page.keyboard.press("z")
    expect(page.locator("#deal-head .chip--danger")).to_have_count(0)
    assert scene.ask("deal.status") == "open"
    page.keyboard.press("h")
    expect(page.locator("#board-dialog")).to_contain_text("on hold until when?")
    page.keyboard.press("Escape")
    expect(page.locator("#board-dialog")).to_have_count(0)
    page.keyboard.press("j")
    expect(page.locator("#main h1")).to_have_text("Other")
    page.keyboard.press("k")
    expect(page.locator("#main h1")).to_have_text(f"Alba {scene.number}")


def test_winning_asks_what_is_missing_and_the_menu_moves_back(scene, look):
    page = look("rosa", scene.path)
    page.locator("#note").fill("They wait for")
    page.locator(".deal-head .drop summary").click()
    page.get_by_role("link", name="Move to…").click()
    page.locator("#board-dialog").get_by_role("button", name="Qualification").click()
    expect(page.locator(".track [aria-current] b")).to_have_text("Qualification")
    expect(page.locator("#board-dialog")).to_have_count(0)
    page.keyboard.press("w")
    expect(page.locator("#deal-head .chip--success")).to_be_visible()
    assert scene.ask("deal.status") == "won"
    expect(page.locator("#note")).to_have_value("They wait for")  # what is half written stays


def test_a_note_names_a_colleague_who_is_told(scene, look):
    page = look("rosa", scene.path)
    page.keyboard.press("m")
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.type("Can you look, @re")
    expect(page.locator(".listbox [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#note")).to_have_value("Can you look, @Remi Rep ")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#timeline .mention")).to_have_text("@Remi Rep")
    expect(page.locator("#note")).to_have_value("")
    theirs = look("remi", scene.path)
    expect(theirs.locator(".bell .count")).to_have_text("1")
    theirs.locator(".bell").click()
    expect(theirs.locator(".timeline").first).to_contain_text("Can you look")
    theirs.locator(".timeline a").first.click()
    expect(theirs.locator(".bell .count")).to_have_count(0)


def test_ones_own_note_is_changed_taken_away_and_brought_back(scene, look):
    page = look("rosa", scene.path)
    page.locator(".note-edit summary").click()
    page.locator(".note-edit textarea").fill("Budget is 40k")
    page.locator(".note-edit .btn--primary").click()
    expect(page.locator("#timeline blockquote")).to_contain_text("Budget is 40k")
    page.locator(".note-edit summary").click()
    page.locator(".note-edit").get_by_role("button", name="Take away").click()
    expect(page.locator("#timeline blockquote")).to_have_count(0)
    page.keyboard.press("z")
    expect(page.locator("#timeline blockquote")).to_contain_text("Budget is 40k")


def test_files_are_sent_dropped_and_taken_away_with_undo(scene, look, tmp_path: Path):
    page = look("rosa", scene.path)
    offer = tmp_path / "offer.pdf"
    offer.write_bytes(b"%PDF-1.4")
    page.locator("#deal-files input[type=file]").set_input_files(offer)
    expect(page.locator("#deal-files")).to_contain_text("offer.pdf")
    page.evaluate("""() => {
        const data = new DataTransfer();
        data.items.add(new File(["plan"], "dropped.txt"));
        const panel = document.querySelector("#deal-files");
        for (const name of ["dragenter", "dragover", "drop"])
            panel.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: data }));
    }""")
    expect(page.locator("#deal-files")).to_contain_text("dropped.txt")
    with page.expect_download() as got:
        page.get_by_role("link", name="offer.pdf").click()
    assert got.value.suggested_filename == "offer.pdf"
    page.get_by_role("button", name="Take offer.pdf away").click()
    expect(page.locator("#deal-files")).not_to_contain_text("offer.pdf")
    expect(page.locator("[data-undo] button").last).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator("#deal-files")).to_contain_text("offer.pdf")


def test_products_contacts_and_their_sum(scene, look):
    scene.act("from piste.catalogue.operations import add_product\nadd_product(name=f'Planning {key}', by=None, at=now)")
    page = look("rosa", scene.path)
    page.get_by_role("link", name="Edit the products").click()
    page.locator("[name=good0-product]").select_option(f"Planning {scene.deal}")
    page.locator("[name=good0-quantity]").fill("38")
    page.locator("[name=good0-price]").fill("1,250")
    page.keyboard.press("Enter")
    expect(page.locator("#deal-goods tfoot")).to_contain_text("€47,500")
    page.get_by_role("button", name="Make the sum the amount").click()
    expect(fact(page, "amount").locator("a")).to_have_text("€47,500")
    page.get_by_role("link", name="Add a contact").click()
    page.locator("#new-contact [name=name]").fill("Bo Dahl")
    page.locator("#new-contact [name=role]").select_option("signs")
    page.locator("#new-contact").get_by_role("button", name="Save").click()
    expect(page.locator("#deal-people")).to_contain_text("Bo Dahl")
    expect(page.locator("#new-contact form")).to_have_count(0)


def test_what_a_colleague_does_arrives_and_what_one_types_stays(scene, look):
    page = look("rosa", scene.path)
    fact(page, "title").locator("a").click()
    fact(page, "title").locator("[name=title]").fill("Half a tit")
    page.wait_for_timeout(400)
    scene.act("operations.amend(deal=deal, facts={'amount_minor': 2_000_000}, by=remi, at=now)")
    expect(page.locator(".toast")).to_contain_text("Remi changed amount")
    expect(page.locator(".deal-head__figures")).to_contain_text("€20,000")
    expect(fact(page, "title").locator("[name=title]")).to_have_value("Half a tit")
    scene.act("operations.amend(deal=deal, facts={'title': 'Stock'}, by=remi, at=now)")
    expect(page.locator(".deal-head__name")).to_contain_text("Stock")
    page.keyboard.press("Enter")
    warning = fact(page, "title").locator(".notice")
    expect(warning).to_contain_text("Remi changed this")
    expect(warning).to_contain_text("Planning → Stock")
    assert scene.ask("deal.title") == "Stock"
    page.keyboard.press("Enter")
    expect(page.locator(".deal-head__name")).to_contain_text("Half a tit")
    scene.act("operations.discard(deal=deal, by=remi, at=now)")
    page.wait_for_url(re.compile(r"/pipelines/\d+/"))


def test_two_people_on_one_deal_know_of_each_other(scene, look):
    rosa = look("rosa", scene.path)
    present = rosa.locator("[data-present]")
    expect(present).to_be_hidden()
    marc = look("marc", scene.path)
    expect(present).to_have_text("Marc Manager has this page open too.")
    expect(marc.locator("[data-present]")).to_have_text("Rosa Rep has this page open too.")
    look("remi", scene.path)
    expect(present).to_have_text("Marc Manager and Remi Rep have this page open too.")
    scene.act("operations.amend(deal=deal, facts={'title': 'Stock'}, by=remi, at=now)")
    expect(rosa.locator(".deal-head__name")).to_contain_text("Stock")
    expect(present).to_have_text("Marc Manager and Remi Rep have this page open too.")
    marc.goto("about:blank")
    expect(present).to_have_text("Remi Rep has this page open too.")


def test_a_new_deal_from_any_page(scene, look):
    page = look("rosa", f"/pipelines/{scene.pipeline}/")
    page.keyboard.press("n")
    dialog = page.locator("#new-deal")
    expect(dialog.locator("[name=company]")).to_be_focused()
    dialog.get_by_role("button", name="Create the deal").click()
    expect(dialog.locator(".field__error")).to_contain_text("Say at least a company")
    options = page.locator(".listbox [role=option]")
    dialog.locator("[name=company]").press_sequentially("alb")
    expect(options.first).to_contain_text("Alba")
    # One types on until the one meant is there: a few are offered, however many begin so.
    dialog.locator("[name=company]").press_sequentially(f"a {scene.number}")
    options.filter(has_text=re.compile(rf"Alba {scene.number}\b")).first.click()
    dialog.locator("[name=amount]").fill("12.5k")
    dialog.locator("[name=stage]").select_option(str(scene.stages[4]))
    hosting = dialog.locator("[name=custom_hosting]")
    expect(hosting).to_be_visible()
    expect(dialog.locator("[name=amount]")).to_have_value("12.5k")
    hosting.select_option("Here")
    dialog.get_by_role("button", name="Create the deal").click()
    page.wait_for_url(re.compile(r"/deals/\d+/"))
    expect(page.locator("#main h1")).to_have_text(f"Alba {scene.number}")
    expect(page.locator(".track [aria-current] b")).to_have_text("Closing")
    expect(page.locator(".deal-head__figures")).to_contain_text("€12,500")


def test_a_new_deal_sent_or_written_before_the_stage_has_asked_is_not_lost(scene, look):
    page = look("rosa", f"/pipelines/{scene.pipeline}/")
    waiting = []

    def hold(route):
        waiting.append(route) if "ask_again" in (route.request.post_data or "") else route.continue_()

    page.route("**/deals/new/", hold)
    page.keyboard.press("n")
    dialog = page.locator("#new-deal")
    title = dialog.locator("[name=title]")
    dialog.locator("[name=stage]").select_option(str(scene.stages[4]))
    title.fill("Written meanwhile")
    page.wait_for_function("() => document.activeElement.name === 'title'")
    waiting.pop().continue_()
    expect(dialog.locator("[name=custom_hosting]")).to_be_visible()
    expect(title).to_have_value("Written meanwhile")
    expect(title).to_be_focused()
    dialog.locator("[name=stage]").select_option(str(scene.stages[2]))
    dialog.get_by_role("button", name="Create the deal").click()
    page.wait_for_url(re.compile(r"/deals/\d+/"))
    expect(page.locator("#main h1")).to_have_text("Written meanwhile")
    assert waiting, "the question was still unanswered when the deal was sent"


def test_the_bin_is_one_click_and_one_key(scene, look):
    page = look("rosa", scene.path)
    page.locator(".deal-head .drop summary").click()
    page.get_by_role("button", name="Put in the bin").click()
    page.wait_for_url(re.compile(r"/pipelines/\d+/"))
    expect(page.locator(".toast")).to_contain_text("is in the bin")
    page.keyboard.press("z")
    page.wait_for_url(re.compile(rf"/deals/{scene.deal}/"))
    assert scene.ask("deal.deleted_at is None") is True


def test_without_the_script_facts_notes_and_new_deals_still_work(scene, look):
    page = look("rosa", scene.path, java_script_enabled=False)
    fact(page, "campaign").locator("a").click()
    page.locator("[name=campaign]").fill("Spring")
    page.get_by_role("button", name="Save").click()
    expect(fact(page, "campaign").locator("a")).to_have_text("Spring")
    page.locator("#note").fill("Written plainly")
    page.get_by_role("button", name="Add the note").click()
    expect(page.locator("#timeline")).to_contain_text("Written plainly")
    page.goto(f"{scene.site.address}/deals/new/?stage={scene.stages[1]}")
    page.locator("[name=title]").fill("Plain deal")
    page.get_by_role("button", name="Create the deal").click()
    expect(page.locator("#main h1")).to_have_text("Plain deal")


@pytest.mark.parametrize(
    ("language", "size", "scheme"), [("en", (1440, 900), "light"), ("fr", (390, 844), "dark"), ("fr", (1440, 900), "dark")]
)
def test_everybody_can_use_it(scene, look, language, size, scheme):
    scene.site.do("Member.objects.filter(email='rosa@piste.example').update(language=language); result = None", language=language)
    try:
        page = look("rosa", scene.path, viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
        fact(page, "amount").locator("a").click()
        expect(fact(page, "amount").locator("form")).to_be_visible()
        for address in (None, "/deals/new/", "/deals/bin/", "/notifications/"):
            if address:
                page.goto(scene.site.address + address)
            found = Axe().run(page)
            serious = [rule for rule in found.response["violations"] if rule["impact"] in ("serious", "critical")]
            assert serious == [], (address, [(rule["id"], [node["html"] for node in rule["nodes"]][:3]) for rule in serious])
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], address
    finally:
        scene.site.do("Member.objects.filter(email='rosa@piste.example').update(language='en'); result = None")
