"""The page of a deal: who sees it, what it says, and that it asks the database no more for many rows than for one."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from piste.activities import operations as activities
from piste.catalogue.operations import add_product
from piste.company.models import CustomField
from piste.deals import operations
from piste.deals.models import Deal, LossReason
from piste.people.operations import create_company, create_contact
from piste.pipelines.models import Requirement
from tests import make
from tests.cast import NOW

from .conftest import HTMX

PAGES = (
    "/deals/{deal}/",
    "/deals/{deal}/live/",
    "/deals/{deal}/history/",
    "/deals/{deal}/facts/amount/",
    "/deals/{deal}/products/",
    "/deals/{deal}/people/",
    "/deals/{deal}/people/{contact}/",
    "/deals/{deal}/files/{file}/",
)
ACTS = (
    "/deals/{deal}/facts/title/",
    "/deals/{deal}/products/",
    "/deals/{deal}/products/sum/",
    "/deals/{deal}/people/",
    "/deals/{deal}/people/{contact}/",
    "/deals/{deal}/discard/",
    "/deals/{deal}/restore/",
    "/deals/{deal}/notes/",
    "/deals/{deal}/notes/{note}/",
    "/deals/{deal}/notes/{note}/back/",
    "/deals/{deal}/files/",
    "/deals/{deal}/files/{file}/away/",
    "/deals/{deal}/files/{file}/back/",
)


def furnish(deal: Deal, by, count: int = 1) -> dict[str, int]:
    """Puts something of every kind on a deal."""
    on = {"subject_kind": "deal", "subject_id": deal.pk, "by": by, "at": NOW}
    people, goods = [], []
    for number in range(count):
        contact = create_contact(name=f"Anna Berg {number}", by=by, at=NOW)
        people.append((contact.pk, "decides"))
        goods.append((add_product(name=f"Planning {deal.pk} {number}", by=by, at=NOW).pk, 2000, 4950))
        note = activities.write(**on, text="@Remi: budget ok", may_read=[by])
        file = activities.attach(**on, name=f"offer {number}.pdf", content=[b"%PDF"])
        operations.amend(deal=deal, facts={"campaign": f"Spring {number}"}, custom={"size": str(number)}, by=by, at=NOW)
    operations.name_contacts(deal=deal, contacts=people, by=by, at=NOW)
    operations.name_products(deal=deal, products=goods, by=by, at=NOW)
    operations.name_tags(deal=deal, tags=[f"tag {number}" for number in range(count)], by=by, at=NOW)
    return {"deal": deal.pk, "contact": contact.pk, "note": note.pk, "file": file.pk}


def test_who_may_not_see_a_deal_finds_nothing(cast, deal, sign_in):
    keys = furnish(deal, cast.rosa)
    client = sign_in(cast.olga)
    for address in PAGES:
        for headers in ({}, HTMX):
            assert client.get(address.format(**keys), headers=headers).status_code == 404, address
    for address in ACTS:
        assert client.post(address.format(**keys), {"title": "Mine", "text": "x"}).status_code == 404, address
    deal.refresh_from_db()
    assert (deal.title, deal.deleted_at) == ("Planning", None)


def test_who_sees_it_finds_every_part(cast, deal, sign_in):
    keys = furnish(deal, cast.rosa)
    for member in (cast.alice, cast.marc, cast.rosa, cast.remi):
        for address in PAGES:
            assert sign_in(member).get(address.format(**keys), headers=HTMX).status_code == 200, address


def test_a_stranger_is_sent_to_sign_in(cast, deal, client):
    for address in (
        "/deals/{deal}/",
        "/deals/new/",
        "/deals/bin/",
        "/notifications/",
        "/suggest/companies/",
        "/suggest/contacts/",
    ):
        answer = client.get(address.format(deal=deal.pk))
        assert answer.status_code == 302
        assert "login" in answer.url


def test_the_head_says_who_what_how_much_and_where(cast, stages, sign_in):
    company = create_company(name="Énergies du Ponant", by=cast.rosa, at=NOW)
    deal = make.deal(stages[2], cast.rosa, company=company, amount_minor=4_650_000, expected_close_on=date(2026, 12, 18))
    html = sign_in(cast.rosa).get(f"/deals/{deal.pk}/").content.decode()
    head = html.split('id="deal-head"')[1].split("</header>")[0]
    for words in (
        "Énergies du Ponant",
        "ÉP",
        "Planning",
        "€46,500",
        "30%",
        "€13,950",
        "Rosa Rep",
        "Sales",
        "1 of 1 in the stage",
    ):
        assert words in head, words


def test_a_closed_deal_shows_no_weighted_amount_and_can_be_reopened(cast, deal, sign_in):
    reason = LossReason.objects.create(name="Too dear")
    operations.lose(deal=deal, reason=reason, by=cast.rosa, at=NOW)
    html = sign_in(cast.rosa).get(f"/deals/{deal.pk}/").content.decode()
    assert "Weighted" not in html
    assert "Too dear" in html
    assert "Reopen…" in html
    assert "of 1 in the stage" not in html


def test_neighbours_are_one_key_away(cast, stages, deal, sign_in):
    after = make.deal(stages[2], cast.rosa, title="After")
    html = sign_in(cast.rosa).get(f"/deals/{deal.pk}/").content.decode()
    assert f'href="/deals/{after.pk}/" data-key="j"' in html
    assert 'data-key="k"' not in html


def test_the_page_asks_the_database_as_often_for_three_of_everything_as_for_one(cast, stages, sign_in):
    CustomField.objects.create(subject="deal", key="size", label="Size", kind="number")
    Requirement.objects.create(stage=stages[3], fact="custom:size", to_enter=True)
    client = sign_in(cast.rosa)
    counts = []
    for count in (1, 3):
        deal = make.deal(stages[2], cast.rosa)
        furnish(deal, cast.rosa, count)
        for stage in stages[: count + 2]:
            if stage != deal.stage:
                operations.move(deal=deal, to=stage, by=cast.rosa, at=NOW, override="x" if cast.rosa.may_manage else "")
                deal.refresh_from_db()
        client.get(f"/deals/{deal.pk}/")
        with CaptureQueriesContext(connection) as spent:
            assert client.get(f"/deals/{deal.pk}/").status_code == 200
        counts.append(len(spent))
    assert counts[0] == counts[1]
    assert counts[0] <= 36


def test_what_the_next_stage_requires_is_said_with_the_field_to_fill(cast, stages, deal, sign_in):
    CustomField.objects.create(subject="deal", key="hosting", label="Hosting", kind="choice", options=["Here", "There"])
    for place, fact in enumerate(("amount", "custom:hosting", "decision_maker")):
        Requirement.objects.create(stage=stages[3], fact=fact, to_enter=True, position=place)
    Requirement.objects.create(stage=stages[2], fact="source", to_leave=True)
    client = sign_in(cast.rosa)
    panel = client.get(f"/deals/{deal.pk}/").content.decode().split('id="deal-needs"')[1].split("</section>")[0]
    assert "Required for Proposal" in panel
    assert "3 missing" in panel
    assert "€12,500" in panel
    assert '<option value="There">' in panel
    was = re.search(r'name="was" value="([^"]*)" id="need-custom-hosting', panel)
    assert was is not None
    values = {"custom_hosting": "There", "was": was.group(1).replace("&quot;", '"'), "place": "need-custom-hosting"}
    answer = client.post(f"/deals/{deal.pk}/facts/custom:hosting/", values, headers=HTMX)
    assert "2 missing" in answer.content.decode()
    deal.refresh_from_db()
    assert deal.custom == {"hosting": "There"}


def test_a_colleagues_move_is_told_with_the_page_as_it_is_now(cast, stages, deal, sign_in):
    operations.move(deal=deal, to=stages[3], by=cast.remi, at=NOW + timedelta(hours=1), why="Asked for it")
    from piste.journal.models import Entry

    entry = Entry.objects.get(verb="deal.advanced")
    answer = sign_in(cast.rosa).get(f"/deals/{deal.pk}/live/?told={entry.pk}", headers=HTMX).content.decode()
    assert "Remi moved this deal to Proposal." in answer
    assert "Asked for it" in answer
    own = sign_in(cast.remi).get(f"/deals/{deal.pk}/live/?told={entry.pk}", headers=HTMX).content.decode()
    assert "Remi moved this deal" not in own


@pytest.mark.parametrize(("only", "shown", "hidden"), [
    ("notes", "budget ok", "created the deal"),
    ("moves", "created the deal", "budget ok"),
    ("facts", "campaign", "budget ok"),
    ("files", "offer 0.pdf", "budget ok"),
    ("", "budget ok", "no such words"),
    ("nonsense", "budget ok", "no such words"),
])  # fmt: skip
def test_the_history_is_filtered(cast, deal, sign_in, only, shown, hidden):
    furnish(deal, cast.rosa)
    html = sign_in(cast.rosa).get(f"/deals/{deal.pk}/history/?only={only}", headers=HTMX).content.decode()
    assert shown in html
    assert hidden not in html


def test_older_entries_come_thirty_at_a_time(cast, deal, sign_in):
    for number in range(35):
        at = NOW + timedelta(minutes=number)
        operations.amend(deal=deal, facts={"campaign": f"C{number:02}"}, by=cast.rosa, at=at)
    client = sign_in(cast.rosa)
    first = client.get(f"/deals/{deal.pk}/history/", headers=HTMX).content.decode()
    assert "C34" in first
    assert "→ C03" not in first
    older = re.search(r'hx-get="([^"]*before=[^"]*)"', first)
    assert older is not None
    rest = client.get(older.group(1).replace("&amp;", "&"), headers=HTMX).content.decode()
    assert "→ C03" in rest
    assert "created the deal" in rest
    assert "before=" not in rest
    assert rest.count("<li") + first.count("<li") - 1 == 36


def test_the_bin_gives_back_what_one_may_see(cast, stages, deal, sign_in):
    hers = make.deal(stages[0], cast.olga, title="Hers")
    client = sign_in(cast.rosa)
    answer = client.post(f"/deals/{deal.pk}/discard/", headers=HTMX)
    assert answer.headers["HX-Redirect"] == f"/pipelines/{deal.pipeline_id}/"
    operations.discard(deal=hers, by=cast.olga, at=NOW)
    board = client.get(f"/pipelines/{deal.pipeline_id}/").content.decode()
    assert f'action="/deals/{deal.pk}/restore/"' in board
    assert client.get(f"/deals/{deal.pk}/").status_code == 404
    shown = client.get("/deals/bin/").content.decode()
    assert "Planning" in shown
    assert "Hers" not in shown
    assert "Hers" in sign_in(cast.alice).get("/deals/bin/").content.decode()
    assert client.post(f"/deals/{deal.pk}/discard/").status_code == 404
    assert client.post(f"/deals/{deal.pk}/restore/").url == f"/deals/{deal.pk}/"
    assert client.get(f"/deals/{deal.pk}/").status_code == 200


def test_the_bin_asks_as_often_for_three_deals_as_for_one(cast, stages, sign_in):
    client = sign_in(cast.alice)
    counts = []
    for count in (1, 2):
        for number in range(count):
            company = create_company(name=f"Alba {count} {number}", by=cast.rosa, at=NOW)
            operations.discard(deal=make.deal(stages[number], cast.rosa, company=company), by=cast.rosa, at=NOW)
        client.get("/deals/bin/")
        with CaptureQueriesContext(connection) as spent:
            client.get("/deals/bin/")
        counts.append(len(spent))
    assert counts[0] == counts[1]


def test_after_giving_a_deal_away_one_is_led_elsewhere(cast, stages, sign_in):
    deal = make.deal(stages[0], cast.olga)
    client = sign_in(cast.olga)
    values = {"owner": cast.rosa.pk, "was": f'{{"owner": {cast.olga.pk}}}'}
    answer = client.post(f"/deals/{deal.pk}/facts/owner/", values, headers=HTMX)
    assert answer.headers["HX-Redirect"] == "/"
    deal.refresh_from_db()
    assert (deal.owner, deal.team) == (cast.rosa, cast.north)
