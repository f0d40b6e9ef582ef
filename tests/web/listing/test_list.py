"""The list's page, its columns, and the edit of a cell."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from piste.company.operations import add_field
from piste.deals import operations
from piste.deals.models import Deal, Habit, SavedView
from piste.deals.queries import fact_value
from piste.journal.models import Entry
from piste.people.operations import create_company
from piste.pipelines.models import Stage
from tests import make
from tests.cast import NOW, Cast
from tests.web.scene import HTMX

type SignIn = Callable[[Any], Client]


def page(client: Client, stages: list[Stage], query: str = "") -> str:
    answer = client.get(f"/pipelines/{stages[0].pipeline_id}/list/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def heads(html: str) -> list[str]:
    """What heads each line, in order."""
    return re.findall(r'class="list-head" href="/deals/\d+/">([^<]*)<', html)


def test_lines_say_what_they_know_of_each_deal(cast: Cast, stages: list[Stage], sign_in: SignIn) -> None:
    firm = create_company(name="Nettoyage Alba", by=cast.rosa, at=NOW)
    deal = make.deal(stages[2], cast.rosa, company=firm, at=NOW - timedelta(days=5))
    html = page(sign_in(cast.rosa), stages)
    line = html.split(f'id="line-{deal.pk}"')[1].split("</tr>")[0]
    for text in ("Nettoyage Alba", "Planning", "Meeting", "Rosa Rep", "€12,500", "€3,750", "No next step", "5\xa0d"):
        assert text in line
    assert "<b>1</b> deal<" in html
    assert "<b>€12,500</b>" in html
    assert "weighted €3,750" in html


def test_the_order_and_the_page_are_those_of_the_address(cast: Cast, stages: list[Stage], sign_in: SignIn) -> None:
    for number in range(60):
        make.deal(stages[number % 3], cast.rosa, title=f"Deal {number:02}", amount_minor=number * 100 or None)
    client = sign_in(cast.rosa)
    assert heads(page(client, stages, "?by=-amount")) == [f"Deal {number:02}" for number in range(59, 9, -1)]
    html = page(client, stages, "?by=-amount&page=2")
    assert heads(html) == [f"Deal {number:02}" for number in range(9, -1, -1)]
    assert "51 to 60 of 60" in html
    assert heads(page(client, stages, "?by=-amount&page=99")) == heads(html)
    assert heads(page(client, stages, "?by=nothing"))[:1] == ["Deal 00"]
    assert 'aria-sort="descending"' in html
    assert "by=amount&quot;" not in html
    assert heads(page(client, stages, "?by=amount&least=59")) == ["Deal 59"]


def test_the_list_shows_the_statuses_one_asks_for(cast: Cast, stages: list[Stage], sign_in: SignIn) -> None:
    open_, held = (make.deal(stages[0], cast.rosa, title=title) for title in ("Open", "Held"))
    operations.hold(deal=held, until=NOW.date() + timedelta(days=9), today=NOW.date(), by=cast.rosa, at=NOW)
    client = sign_in(cast.rosa)
    assert heads(page(client, stages)) == ["Open"]
    html = page(client, stages, "?status=held&status=open")
    assert sorted(heads(html)) == ["Held", "Open"]
    assert "<b>2</b> deals" in html
    assert open_.pk


def test_nobody_sees_lines_of_deals_they_may_not_see(cast: Cast, stages: list[Stage], deal: Deal, sign_in: SignIn) -> None:
    html = page(sign_in(cast.olga), stages)
    assert "No deal yet" in html
    url = f"/pipelines/{stages[0].pipeline_id}/list/deals/{deal.pk}/amount/"
    client = sign_in(cast.olga)
    assert client.get(url).status_code == 404
    assert client.post(url, {"amount": "1", "currency": "EUR"}).status_code == 404
    assert client.get("/pipelines/999/list/").status_code == 404


def heads_of(html: str) -> list[str]:
    return re.findall(r"<th scope=\"col\"[^>]*>(?:<label.*?</label>)?<a [^>]*>([^<]*)", html)


def test_the_columns_are_those_each_has_chosen(cast: Cast, stages: list[Stage], deal: Deal, sign_in: SignIn) -> None:
    add_field(subject="deal", label="Size", kind="number", by=cast.alice, at=NOW)
    operations.amend(deal=deal, custom={"size": "1250"}, by=cast.rosa, at=NOW)
    operations.name_tags(deal=deal, tags=["VIP"], by=cast.rosa, at=NOW)
    client, url = sign_in(cast.rosa), f"/pipelines/{stages[0].pipeline_id}/list/columns/"
    html = client.get(url).content.decode()
    assert re.search(r'value="amount"[^>]*checked', html)
    assert not re.search(r'value="tags"[^>]*checked', html)
    answer = client.post(f"{url}?by=-amount", {"column": ["tags", "custom:size"]}, headers=HTMX)
    assert answer.headers["HX-Redirect"] == f"/pipelines/{stages[0].pipeline_id}/list/?by=-amount"
    html = page(client, stages)
    assert heads_of(html) == ["Deal", "Tags", "Size"]
    assert "VIP" in html
    assert "1,250" in html
    assert client.post(url, {"column": ["nonsense"]}).status_code == 422
    assert Habit.objects.get().member_id == cast.rosa.pk
    assert "VIP" not in page(sign_in(cast.remi), stages)


def test_columns_stand_in_the_order_one_chose(cast: Cast, stages: list[Stage], deal: Deal, sign_in: SignIn) -> None:
    client, url = sign_in(cast.rosa), f"/pipelines/{stages[0].pipeline_id}/list/columns/"
    client.post(url, {"column": ["amount", "owner", "title"]})
    assert heads_of(page(client, stages)) == ["Deal", "Amount", "Owner", "What they need"]
    offered = re.findall(r'name="every" value="([^"]+)"', client.get(url).content.decode())
    assert offered[:4] == ["amount", "owner", "title", "stage"]
    # Without script a button moves one in the form, and nothing is kept yet.
    asked = {"column": ["amount", "owner"], "every": offered, "move": "owner:up"}
    html = client.post(url, asked).content.decode()
    assert re.findall(r'name="every" value="([^"]+)"', html)[:3] == ["owner", "amount", "title"]
    assert re.findall(r'name="column" value="([^"]+)"[^>]*checked', html) == ["owner", "amount"]
    assert heads_of(page(client, stages)) == ["Deal", "Amount", "Owner", "What they need"]
    for edge in ("amount:up", "amount:sideways", "nothing:up", ":", "campaign:down"):
        assert client.post(url, asked | {"move": edge}).status_code == 200


def test_an_export_and_a_view_keep_the_order(cast: Cast, stages: list[Stage], deal: Deal, sign_in: SignIn) -> None:
    operations.choose_columns(member=cast.rosa, columns=["owner", "amount", "title"])
    client, here = sign_in(cast.rosa), f"/pipelines/{stages[0].pipeline_id}/"
    answer = client.get(f"{here}list/export.csv")
    assert b"".join(answer.streaming_content).decode("utf-8-sig").startswith("Deal,Owner,Amount")
    client.post(f"{here}views/list/new/", {"name": "Mine"})
    assert SavedView.objects.get().columns == ["deal", "owner", "amount", "title"]


@pytest.mark.parametrize(
    ("name", "given", "shown"),
    [
        ("amount", {"amount": "20000", "currency": "EUR"}, "€20,000"),
        ("title", {"title": "Another need"}, "Another need"),
        ("expected_close_on", {"expected_close_on": "2027-03-04"}, "Thu 4\xa0Mar 2027"),
        ("owner", {"owner": "remi"}, "Remi Rep"),
        ("tags", {"tags": "VIP, New"}, "New, VIP"),
        ("custom:size", {"custom_size": "7"}, "7"),
    ],
)
def test_a_cell_is_edited_where_it_stands(
    cast: Cast, stages: list[Stage], deal: Deal, sign_in: SignIn, name: str, given: dict[str, Any], shown: str
) -> None:
    add_field(subject="deal", label="Size", kind="number", by=cast.alice, at=NOW)
    operations.choose_columns(member=cast.rosa, columns=["title", "amount", "expected_close_on", "owner", "tags", "custom:size"])
    client, url = sign_in(cast.rosa), f"/pipelines/{stages[0].pipeline_id}/list/deals/{deal.pk}/{name}/"
    form = client.get(f"{url}?by=amount", headers=HTMX).content.decode()
    assert f'hx-post="{url}?by=amount"' in form
    fact = {"amount": ("amount_minor", "currency")}.get(name, (name,))
    given = given | {"was": json.dumps({one: fact_value(deal, one) for one in fact})}
    if name == "owner":
        given["owner"] = cast.remi.pk
    html = client.post(f"{url}?by=amount", given, headers=HTMX).content.decode()
    assert 'hx-target="#list-table"' in html
    line = html.split(f'id="line-{deal.pk}"')[1].split("</tr>")[0]
    assert shown in line
    assert 'aria-sort="ascending"' in html
    assert "/undo/" in html
    assert Entry.objects.of("deal", deal.pk).newest_first()[0].verb in ("deal.amended", "deal.tagged")


def test_what_stands_in_the_way_of_an_edit_is_said(cast: Cast, stages: list[Stage], deal: Deal, sign_in: SignIn) -> None:
    client, url = sign_in(cast.rosa), f"/pipelines/{stages[0].pipeline_id}/list/deals/{deal.pk}/amount/"
    seen = {"was": json.dumps({"amount_minor": deal.amount_minor, "currency": "EUR"}), "currency": "EUR"}
    answer = client.post(url, seen | {"amount": "much"}, headers=HTMX)
    assert answer.status_code == 422
    assert "This is not an amount" in answer.content.decode()
    operations.amend(deal=deal, facts={"amount_minor": 7_700}, by=cast.remi, at=NOW)
    answer = client.post(url, seen | {"amount": "5"}, headers=HTMX)
    assert answer.status_code == 409
    assert "Remi changed this" in answer.content.decode()
    deal.refresh_from_db()
    assert deal.amount_minor == 7_700
    assert client.get(url.replace("amount", "nothing")).status_code == 404
    elsewhere = make.stages(make.pipeline("Elsewhere", by=cast.alice))[0].pipeline_id
    assert client.get(f"/pipelines/{elsewhere}/list/deals/{deal.pk}/amount/").status_code == 404


def test_a_deal_that_an_edit_takes_off_the_list_is_said_to_be(
    cast: Cast, stages: list[Stage], deal: Deal, sign_in: SignIn
) -> None:
    client, url = sign_in(cast.rosa), f"/pipelines/{stages[0].pipeline_id}/list/deals/{deal.pk}/amount/?least=5000"
    was = json.dumps({"amount_minor": deal.amount_minor, "currency": "EUR"})
    html = client.post(url, {"amount": "10", "currency": "EUR", "was": was}, headers=HTMX).content.decode()
    assert "Planning is saved; it now stands elsewhere in the list, or outside its filter." in html
    assert "No deal matches these filters" in html


def test_the_list_asks_as_much_for_fifty_lines_as_for_one(cast: Cast, stages: list[Stage], sign_in: SignIn) -> None:
    operations.choose_columns(member=cast.rosa, columns=["tags", "step", "amount"])
    client, counts = sign_in(cast.rosa), []
    for grown in (1, 2, 60):
        for number in range(grown):
            made = make.deal(stages[number % 3], cast.rosa, title=f"Deal {grown} {number}")
            operations.name_tags(deal=made, tags=[f"tag {number}"], by=cast.rosa, at=NOW)
        with CaptureQueriesContext(connection) as asked:
            page(client, stages)
        counts.append(len(asked))
    assert len(set(counts)) == 1
    assert counts[0] <= 12


def test_what_people_write_is_words_alone(cast: Cast, stages: list[Stage], sign_in: SignIn) -> None:
    """Lines are filled without the template's own escaping."""
    wicked = "<i>“50 %” & %(id)s\x02id\x03{{ 7 }}"
    field = add_field(subject="deal", label=wicked, kind="text", by=cast.alice, at=NOW)
    operations.choose_columns(
        member=cast.rosa, columns=["title", "stage", "owner", "step", "tags", "campaign", f"custom:{field.key}"]
    )
    for number in (1, 2):
        made = make.deal(stages[number], cast.rosa, title=wicked, campaign=wicked, custom={field.key: wicked})
        operations.name_tags(deal=made, tags=[wicked], by=cast.rosa, at=NOW)
    answer = page(sign_in(cast.rosa), stages)
    assert "<i>" not in answer
    said = unescape(answer)
    assert said.count(f'aria-label="Choose {wicked}"') == 2
    assert said.count(f'aria-label="{wicked}: {wicked}. Edit"') == 2
    assert said.count(f'data-label="{wicked}" id="cell-') == 2
    # The head and four cells of each line, and the head of a column.
    assert said.count(f">{wicked}<") == 2 * 5 + 1


def test_what_is_not_known_is_a_dash(cast: Cast, stages: list[Stage], sign_in: SignIn) -> None:
    operations.choose_columns(member=cast.rosa, columns=["amount", "source", "tags", "expected_close_on", "team"])
    made = make.deal(stages[0], cast.rosa, amount_minor=None)
    answer = page(sign_in(cast.rosa), stages)
    line = answer.split(f'id="line-{made.pk}"')[1].split("</tr>")[0]
    assert re.findall(r'<td class="([^"]*)" data-label="Source">—', line) == ["is-blank"]
    for name in ("amount", "tags", "expected_close_on"):
        cell = line.split(f'id="cell-{made.pk}-{name}">')[1].split("</td>")[0]
        assert 'class="list-edit is-empty"' in cell
        assert cell.endswith(">—</a>")
    assert "North" in line


def test_an_expected_close_gone_by_is_said_of_open_deals_alone(cast: Cast, stages: list[Stage], sign_in: SignIn) -> None:
    day = NOW.date() - timedelta(days=1)
    late, today = (make.deal(stages[0], cast.rosa, title="One", expected_close_on=on) for on in (day, NOW.date()))
    won = make.deal(stages[0], cast.rosa, title="Won", expected_close_on=day)
    operations.win(deal=won, by=cast.rosa, at=NOW)
    html = page(sign_in(cast.rosa), stages)
    for deal, is_late in ((late, True), (today, False), (won, False)):
        cell = html.split(f'id="cell-{deal.pk}-expected_close_on"')[1].split("</td>")[0]
        assert ("list-past" in cell, "gone by. Edit" in cell) == (is_late, is_late), deal.title
        head = sign_in(cast.rosa).get(f"/deals/{deal.pk}/").content.decode().split("Expected close</dt>")[1].split("</div>")[0]
        assert ("gone by" in head) is is_late
