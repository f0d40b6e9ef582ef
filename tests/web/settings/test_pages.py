"""The settings pages: who may open them, what they change, what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from datetime import time as clock
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from piste.activities.operations import Wanted, amend, plan
from piste.catalogue.models import Product
from piste.catalogue.operations import add_product
from piste.company import operations
from piste.company.models import CustomField, Invitation, Member, Settings, Team
from piste.company.queries import working_time
from piste.deals import operations as deals
from piste.deals.models import Deal, LossReason, Source, Tag
from piste.journal.models import Entry
from tests import make
from tests.cast import NOW, PASSWORD, Cast

SIZE = {"label": "Size", "subject": "deal", "kind": "choice", "options": "S\nL"}


def as_(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


@pytest.fixture
def alice(cast: Cast) -> Client:
    return as_(cast.alice)


def statements(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert act().status_code == 200
    return len(found)


def test_a_profile_is_ones_own(cast: Cast) -> None:
    client = as_(cast.rosa)
    facts = {"name": "Rosa Rêve", "language": "fr", "time_zone": "Indian/Reunion", "theme": "dark"}
    told = {"remind_minutes": "30", "digest_at": "07:30"}
    assert client.post("/settings/profile/", facts | told).status_code == 302
    cast.rosa.refresh_from_db()
    rosa = cast.rosa
    assert (rosa.remind_minutes, rosa.remind_by_mail, rosa.digest_at) == (30, False, clock(7, 30))
    assert (rosa.name, rosa.language, rosa.time_zone, rosa.theme, rosa.single_keys) == (
        "Rosa Rêve", "fr", "Indian/Reunion", "dark", False,
    )  # fmt: skip
    page = client.get("/settings/profile/")
    assert 'lang="fr"' in page.text
    assert 'data-theme="dark"' in page.text
    assert 'data-single-keys="off"' in page.text
    assert client.post("/settings/profile/", facts | told | {"time_zone": "Mars/Olympus"}).status_code == 422
    assert client.post("/settings/profile/", facts | told | {"digest_at": "25:00"}).status_code == 422
    assert client.post("/settings/profile/", facts | {"remind_minutes": "never", "digest_at": "never"}).status_code == 302
    rosa.refresh_from_db()
    assert (rosa.remind_minutes, rosa.digest_at) == (None, None)
    assert '<option value="never" selected>Jamais</option>' in client.get("/settings/profile/").text
    assert f'<option value="{rosa.time_zone}" selected>' in client.get("/settings/profile/").text


def test_working_time_of_the_company_and_ones_own(cast: Cast, alice: Client) -> None:
    url = "/settings/company/hours/"
    facts = {"weekdays": ["3", "0", "1"], "opens": "08:30", "closes": "17:00"}
    assert alice.post(url, facts).status_code == 302
    time = working_time(cast.rosa)
    assert (time.weekdays, time.opens.isoformat("minutes"), time.closes.hour) == ({0, 1, 3}, "08:30", 17)
    page = alice.get(url).text
    assert 'value="08:30"' in page
    assert "08:30" in alice.get("/settings/journal/").text
    wrong = ({"weekdays": []}, {"closes": "08:00"}, {"opens": ""}, {"opens": "x"})
    assert [alice.post(url, facts | change).status_code for change in wrong] == [422] * len(wrong)
    rosa = as_(cast.rosa)
    assert rosa.post("/settings/profile/hours/", {"weekdays": ["0"], "opens": "10:00", "closes": "12:00"}).status_code == 302
    assert rosa.post("/settings/profile/hours/", {"opens": "10:00"}).status_code == 422
    cast.rosa.refresh_from_db()
    assert (working_time(cast.rosa).weekdays, working_time(cast.rosa).opens.hour) == ({0}, 10)
    assert rosa.post("/settings/profile/hours/", {}).status_code == 302
    cast.rosa.refresh_from_db()
    assert working_time(cast.rosa).opens.minute == 30


def test_the_company_changes_its_facts(cast: Cast, alice: Client) -> None:
    facts = {"name": "Norvik", "language": "fr", "country": "CH", "currency": "CHF", "time_zone": "Europe/Zurich"}
    assert alice.post("/settings/company/", facts | {"fiscal_year_month": 7}).status_code == 302
    found = Settings.objects.get()
    assert (found.name, found.currency, found.fiscal_year_month) == ("Norvik", "CHF", 7)
    assert alice.post("/settings/company/", facts | {"fiscal_year_month": 13}).status_code == 422
    assert alice.post("/settings/company/", facts | {"currency": "XXX", "fiscal_year_month": 1}).status_code == 422
    assert Settings.objects.get().currency == "CHF"


def test_somebody_is_invited_joins_and_is_in(cast: Cast, alice: Client) -> None:
    facts = {"email": "nina@piste.example", "role": "rep", "sees": "own", "team": cast.south.pk}
    page = alice.post("/settings/members/invite/", facts)
    link = page.context["link"]
    assert link in mail.outbox[0].body
    assert page.headers["Cache-Control"] == "no-store"
    stranger = Client(headers={"Accept-Language": "fr"})
    path = link.removeprefix("http://testserver")
    assert "Nordvik" in stranger.get(path).text
    weak = stranger.post(path, {"name": "Nina", "password": "password", "language": "fr"})
    assert (weak.status_code, Member.objects.filter(name="Nina").exists()) == (422, False)
    assert stranger.post(path, {"name": "Nina", "password": PASSWORD, "language": "fr"}).headers["Location"] == "/"
    assert stranger.get("/settings/profile/").status_code == 200
    assert Client().get(path).status_code == 410
    assert alice.post("/settings/members/invite/", facts).status_code == 422


def test_a_lost_link_is_replaced_and_a_wrong_one_withdrawn(cast: Cast, alice: Client) -> None:
    first = alice.post("/settings/members/invite/", {"email": "a@b.example", "role": "rep", "sees": "own"}).context["link"]
    key = Invitation.objects.get().pk
    second = alice.post(f"/settings/invitations/{key}/renew/").context["link"]
    assert Client().get(first.removeprefix("http://testserver")).status_code == 410
    assert Client().get(second.removeprefix("http://testserver")).status_code == 200
    new = Invitation.objects.waiting().get().pk
    assert alice.post(f"/settings/invitations/{new}/revoke/").status_code == 302
    assert Client().get(second.removeprefix("http://testserver")).status_code == 410
    assert alice.post(f"/settings/invitations/{new}/renew/").status_code == 404


def member_facts(member: Member, **changed: Any) -> dict[str, Any]:
    facts = {"name": member.name, "email": member.email, "role": member.role, "sees": member.sees, "team": member.team_id or ""}
    return facts | changed


def test_rights_change_at_once(cast: Cast, alice: Client) -> None:
    deal = make.deal(make.stages(make.pipeline())[0], cast.rosa)
    olga = as_(cast.olga)
    assert olga.get(f"/deals/{deal.pk}/").status_code == 404
    page = f"/settings/members/{cast.olga.pk}/"
    assert alice.post(page, member_facts(cast.olga, sees="all")).status_code == 302
    assert olga.get(f"/deals/{deal.pk}/").status_code == 200


def test_a_new_team_takes_the_deals_along_only_when_asked(cast: Cast, alice: Client) -> None:
    deal = make.deal(make.stages(make.pipeline())[0], cast.rosa)
    page = f"/settings/members/{cast.rosa.pk}/"
    alice.post(page, member_facts(cast.rosa, team=cast.south.pk))
    deal.refresh_from_db()
    assert deal.team == cast.north
    alice.post(page, member_facts(cast.rosa, team=""))
    alice.post(page, member_facts(cast.rosa, team=cast.south.pk, deals_follow="on"))
    deal.refresh_from_db()
    assert deal.team == cast.south


@pytest.mark.parametrize(
    ("changed", "field"), [({"role": "rep"}, "role"), ({"email": "rosa@piste.example"}, "email"), ({"role": "king"}, "role")]
)
def test_changes_that_cannot_be_are_refused_at_their_field(
    cast: Cast, alice: Client, changed: dict[str, str], field: str
) -> None:
    page = alice.post(f"/settings/members/{cast.alice.pk}/", member_facts(cast.alice, **changed))
    assert page.status_code == 422
    assert page.context["form"].errors[field]
    cast.alice.refresh_from_db()
    assert (cast.alice.role, cast.alice.email) == ("admin", "alice@piste.example")


def test_a_farewell_asks_who_takes_the_deals(cast: Cast, alice: Client) -> None:
    first = make.stages(make.pipeline())[0]
    make.deal(first, cast.rosa)
    held = make.deal(first, cast.rosa)
    deals.hold(deal=held, until=NOW.date().replace(month=12), by=cast.rosa, at=NOW, today=NOW.date())
    page = f"/settings/members/{cast.rosa.pk}/leaving/"
    shown = alice.get(page)
    assert shown.context["counted"] == {"total": 2, "open": 1, "held": 1, "closed": 0, "binned": 0}
    for nobody in ("", cast.lea.pk, cast.rosa.pk, "x"):
        assert alice.post(page, {"successor": nobody}).status_code == 422
    assert alice.post(page, {"successor": cast.remi.pk}, follow=True).status_code == 200
    cast.rosa.refresh_from_db()
    assert not cast.rosa.is_active
    assert Deal.objects.filter(owner=cast.remi).count() == 2
    assert alice.get(page).status_code == 404


def test_the_last_admin_cannot_leave(cast: Cast, alice: Client) -> None:
    page = alice.post(f"/settings/members/{cast.alice.pk}/leaving/")
    assert page.status_code == 422
    cast.alice.refresh_from_db()
    assert cast.alice.is_active


def test_who_left_is_let_in_again(cast: Cast, alice: Client) -> None:
    assert alice.post(f"/settings/members/{cast.lea.pk}/return/").status_code == 302
    assert Client().login(email="lea@piste.example", password=PASSWORD)


def test_an_admin_signs_somebody_out_everywhere(cast: Cast, alice: Client) -> None:
    olga = as_(cast.olga)
    assert alice.post(f"/settings/members/{cast.olga.pk}/sessions/").status_code == 302
    assert olga.get("/settings/profile/").status_code == 302


def test_teams(cast: Cast, alice: Client) -> None:
    assert alice.post("/settings/teams/", {"name": "East"}).status_code == 302
    assert alice.post("/settings/teams/", {"name": "east"}).status_code == 422
    east = Team.objects.get(name="East")
    assert alice.post(f"/settings/teams/{east.pk}/", {"name": "Far East"}).status_code == 302
    assert alice.post(f"/settings/teams/{cast.north.pk}/removal/").status_code == 302
    assert alice.post(f"/settings/teams/{east.pk}/removal/").status_code == 302
    assert set(Team.objects.values_list("name", flat=True)) == {"North", "South"}


@pytest.mark.parametrize(
    ("page", "model", "facts", "changed"),
    [
        ("sources", Source, {"name": "Fair"}, {"name": "Trade fair"}),
        ("loss-reasons", LossReason, {"name": "Price"}, {"name": "Too dear"}),
        ("tags", Tag, {"name": "urgent"}, {"name": "soon"}),
        ("products", Product, {"name": "Audit", "currency": "EUR", "price": "1 200,50"}, {"name": "Audit", "currency": "EUR"}),
        ("fields", CustomField, SIZE, {"label": "Size", "options": "M"}),
    ],
)  # fmt: skip
def test_a_list_is_added_to_changed_emptied_and_filled_again(
    cast: Cast, page: str, model: Any, facts: dict[str, str], changed: dict[str, str]
) -> None:
    marc = as_(cast.marc)
    kind = {"loss-reasons": "loss_reasons", "fields": "custom_fields"}.get(page, page)
    assert marc.get(f"/settings/{page}/").status_code == 200
    assert marc.post(f"/settings/{page}/", facts).status_code == 302
    assert marc.post(f"/settings/{page}/", facts).status_code == 422
    assert marc.post(f"/settings/{page}/", {}).status_code == 422
    row = model.objects.get()
    assert str(row) in marc.get(f"/settings/{page}/").text
    item = f"/settings/lists/{kind}/{row.pk}"
    assert marc.get(f"{item}/").status_code == 200
    assert marc.post(f"{item}/", changed).status_code == 302
    assert marc.post(f"{item}/retire/").status_code == 302
    if model is Tag:
        assert not Tag.objects.exists()
    else:
        assert marc.post(f"{item}/retire/").status_code == 404
        assert marc.post(f"{item}/restore/").status_code == 302
        assert model.objects.get(retired_at=None).pk == row.pk


def test_a_price_is_read_as_the_language_writes_it(cast: Cast) -> None:
    cast.marc.language = "fr"
    cast.marc.save()
    marc = as_(cast.marc)
    marc.post("/settings/products/", {"name": "Audit", "currency": "EUR", "price": "1 200,50"})
    assert Product.objects.get().price_minor == 120_050
    for wrong in ("12,345", "-5", "1e40", "cher"):
        page = marc.post("/settings/products/", {"name": "Other", "currency": "EUR", "price": wrong})
        assert (wrong, page.status_code) == (wrong, 422)
    assert Product.objects.count() == 1


def test_loss_reasons_are_put_in_order_by_keys_and_by_drag(cast: Cast) -> None:
    marc = as_(cast.marc)
    rows = [deals.add_loss_reason(name=name, by=cast.marc, at=NOW) for name in "ABC"]
    marc.post(f"/settings/lists/loss_reasons/{rows[2].pk}/place/", {"place": "up"})
    assert "".join(LossReason.objects.values_list("name", flat=True)) == "ACB"
    part = marc.post(f"/settings/lists/loss_reasons/{rows[2].pk}/place/", {"place": "0"}, headers={"HX-Request": "true"})
    assert (part.status_code, "<html" in part.text, 'id="rows"' in part.text) == (200, False, True)
    assert "".join(LossReason.objects.values_list("name", flat=True)) == "CAB"
    for said in ("down", "9", "", "-1", "x"):
        marc.post(f"/settings/lists/loss_reasons/{rows[2].pk}/place/", {"place": said})
    assert marc.post("/settings/lists/sources/1/place/", {"place": "0"}).status_code == 404
    assert marc.post("/settings/lists/nonsense/1/place/", {"place": "0"}).status_code == 404


def test_a_field_of_a_name_taken_since_cannot_come_back(cast: Cast) -> None:
    marc = as_(cast.marc)
    add = {"subject": "deal", "label": "Size", "kind": "text", "by": cast.marc, "at": NOW}
    old = operations.add_field(**add)
    operations.retire_field(field=old, by=cast.marc, at=NOW)
    operations.add_field(**add)
    assert marc.post(f"/settings/lists/custom_fields/{old.pk}/restore/").status_code == 422


def test_the_audit_log_tells_who_did_what(cast: Cast, alice: Client) -> None:
    deal = make.deal(make.stages(make.pipeline(by=cast.alice))[0], cast.rosa, title="Planning of rounds")
    operations.amend_member(member=cast.rosa, facts={"role": "manager", "team": cast.south}, by=cast.alice, at=NOW)
    page = alice.get("/settings/journal/")
    assert "Planning of rounds" in page.text
    assert f"/deals/{deal.pk}/" in page.text
    assert "role: Rep → Manager; team: North → South" in page.text
    step = plan(
        wanted=Wanted(kind="task", title="Call Paul", due_on=NOW.date()), assignee=cast.rosa, deal=deal, by=cast.rosa, at=NOW
    )
    amend(activity=step, facts={"due_on": date(2027, 3, 2)}, by=cast.rosa, at=NOW)
    told = next(line for line in alice.get("/settings/journal/").context["lines"] if line.entry.verb == "activity.amended")
    assert told.detail.startswith("day: ")
    assert told.detail.endswith("→ Tue 2\xa0Mar 2027")
    only = alice.get("/settings/journal/", {"person": cast.rosa.pk, "verb": "deal.created"})
    assert [line.entry.verb for line in only.context["lines"]] == ["deal.created"]
    for odd in ({"person": "x"}, {"before": "9" * 40}, {"verb": "' OR 1=1"}, {"person": "9" * 40}):
        assert alice.get("/settings/journal/", odd).status_code == 200
    assert [line.entry.actor for line in alice.get("/settings/journal/", {"person": "piste"}).context["lines"]] == []


def test_the_audit_log_goes_back_page_by_page(cast: Cast, alice: Client) -> None:
    for number in range(120):
        operations.note(member=cast.rosa, verb="member.signed_in", by=cast.rosa, at=NOW, data={"number": number})
    seen: list[int] = []
    query = ""
    for _ in range(3):
        page = alice.get(f"/settings/journal/{query}")
        seen += [line.entry.pk for line in page.context["lines"]]
        query = page.context["older"]
    assert (len(seen), seen, query) == (120, sorted(seen, reverse=True), "")


def test_lists_take_as_many_statements_for_three_rows_as_for_one(cast: Cast, alice: Client) -> None:
    first = make.stages(make.pipeline(by=cast.alice))[0]

    def add(number: int) -> None:
        by: dict[str, Any] = {"by": cast.alice, "at": NOW}
        deals.add_source(name=f"Source {number}", **by)
        deals.add_loss_reason(name=f"Reason {number}", **by)
        deals.add_tag(name=f"Tag {number}", **by)
        add_product(name=f"Product {number}", **by)
        operations.add_field(subject="deal", label=f"Field {number}", kind="text", **by)
        operations.name_team(name=f"Team {number}", **by)
        operations.invite(email=f"{number}@b.example", role="rep", sees="own", team=cast.north, **by)
        make.deal(first, cast.rosa, title=f"Deal {number}", tags=[f"Tag {number}"])
        operations.amend_member(member=cast.remi, facts={"name": f"Remi {number}", "team": cast.south}, **by)

    pages = ("sources/", "loss-reasons/", "tags/", "products/", "fields/", "teams/", "members/", "journal/")
    add(1)
    before = {page: statements(lambda page=page: alice.get(f"/settings/{page}")) for page in pages}
    for number in (2, 3):
        add(number)
    after = {page: statements(lambda page=page: alice.get(f"/settings/{page}")) for page in pages}
    assert after == before
    assert max(after.values()) <= 24


def test_nothing_of_it_is_a_reps(cast: Cast) -> None:
    rosa = as_(cast.rosa)
    for page in ("members/", "company/", "teams/", "journal/", "sources/", "products/", "fields/", "tags/"):
        assert rosa.get(f"/settings/{page}").status_code == 403
    marc = as_(cast.marc)
    for page in ("members/", "company/", "teams/", "journal/"):
        assert marc.get(f"/settings/{page}").status_code == 403
    assert Entry.objects.count() == 0
