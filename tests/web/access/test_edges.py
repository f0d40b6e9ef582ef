"""What lies beside the table: addresses made to break, the live stream, members who left, other people's keys."""

from __future__ import annotations

import asyncio
import re
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from piste.company.operations import deactivate
from piste.deals.models import Deal
from piste.exchange.importing.pending import refused_rows
from piste.journal.models import Entry
from piste.web.live import Client as Listener
from piste.web.live import LiveStream, cookie, deal_seen, last_seen, replay
from tests import make
from tests.cast import NOW, PASSWORD, Cast
from tests.web.access.scene import SECRET, make_scene

ODD = ("²", "٣", "9" * 18, "9" * 60, "-1", "x", "", "%00")
#: Addresses that read numbers out of what follows them.
NUMBERS = (
    "/settings/journal/?before={}", "/settings/journal/?person={}", "/deals/{deal}/live/?told={}", "/deals/{deal}/?before={}",
    "/pipelines/{pipeline}/?owner={}", "/pipelines/{pipeline}/?least={}", "/pipelines/{pipeline}/columns/?column={}:{}",
    "/pipelines/{pipeline}/columns/{stage}/?after={}", "/process/{pipeline}/?moved={}", "/process/{pipeline}/stages/new-{}/",
    "/import/{pending}/mapping/?saved={}",
    "/companies/?page={}", "/deals/bin/?page={}", "/deals/new/?stage={}&company={}&contact={}",
    "/deals/{deal}/products/?lines={}",
    "/search/?q={}", "/suggest/companies/?q={}", "/alike/contacts/?email={}", "/alike/companies/?name={}",
)  # fmt: skip
PLACES = (
    "/deals/{}/",
    "/companies/{}/",
    "/pipelines/{}/",
    "/settings/members/{}/",
    "/import/{}/done/",
    "/process/{}/versions/{}/",
)


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    cache.clear()


def as_(member: Any) -> Client:
    client = Client()
    client.force_login(member)
    return client


@pytest.mark.parametrize("odd", ODD)
def test_odd_numbers_break_no_page(cast: Cast, odd: str) -> None:
    scene = make_scene(cast)
    client = as_(cast.alice)
    for place in NUMBERS:
        pieces = re.sub(r"\{(\w+)\}", lambda found: str(scene.keys[found[1]]), place)
        assert client.get(pieces.replace("{}", odd)).status_code in (200, 302, 404, 422), place
    client.post(f"/deals/{scene.keys['deal']}/move/", {"to": odd, "seen": odd})
    client.post(f"/deals/{scene.keys['deal']}/undo/", {"number": odd})
    for place in PLACES:
        assert client.get(place.replace("{}", odd)).status_code in (200, 301, 302, 404), place


def test_what_is_searched_for_tells_nothing_more(cast: Cast) -> None:
    make_scene(cast)
    olga = as_(cast.olga)
    for path in ("/search/?q=Zita", "/suggest/contacts/?q=Zita", "/companies/?q=Zita", "/alike/contacts/?first_name=Zita"):
        assert SECRET not in olga.get(path).text
    assert SECRET in as_(cast.rosa).get("/search/?q=Zita").text


def test_who_left_is_a_stranger_at_once(cast: Cast) -> None:
    olga = as_(cast.olga)
    assert olga.get("/companies/").status_code == 200
    deactivate(member=cast.olga, by=cast.alice, at=NOW)
    assert olga.get("/companies/").headers["Location"] == "/account/login/?next=/companies/"


def test_another_members_passkey_does_not_exist(cast: Cast) -> None:
    scene = make_scene(cast)
    client = Client()
    client.force_login(cast.rosa)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    for what in ("remove", "edit"):
        path = f"/account/2fa/passkeys/{scene.keys['passkey']}/{what}/"
        assert (client.get(path).status_code, client.post(path, {"name": "mine"}).status_code) == (404, 404)


def test_a_manager_sees_and_undoes_the_imports_that_are_theirs(cast: Cast) -> None:
    scene = make_scene(cast)
    milo, alice = scene.people["milo"], as_(cast.alice)
    assert list(as_(milo).get("/import/").context["runs"]) == []
    assert [run.pk for run in alice.get("/import/").context["runs"]] == [scene.keys["run"]]
    undo = f"/import/runs/{scene.keys['run']}/undo/"
    assert as_(milo).post(undo).status_code == 404
    assert alice.post(undo).status_code == 302


def test_refused_rows_hold_no_formula() -> None:
    problem = {
        "outcome": "problem",
        "line": 2,
        "message": "=1+1 is no amount.",
        "row": ["=cmd()", "+1+1", "-1 200,50", "@a", "\t=", "plain"],
    }
    rows = list(refused_rows({"header": ["=HYPERLINK(1)", "Name"], "problems": [problem]}))
    assert rows[0] == ["line", "reason", "'=HYPERLINK(1)", "Name"]
    assert rows[1] == ["2", "'=1+1 is no amount.", "'=cmd()", "'+1+1", "-1 200,50", "'@a", "'\t=", "plain"]


def listener(member: Any, pipeline: int | None = None) -> Listener:
    made = Listener(member.pk, False, None, pipeline)
    made.take(member)
    return made


@pytest.mark.django_db(transaction=True)
def test_the_stream_tells_each_member_what_they_may_see(cast: Cast) -> None:
    deal = make.deal(make.stages(make.pipeline())[0], cast.rosa)
    before = Entry.objects.order_by("pk").values_list("pk", flat=True)[0] - 1
    told = {
        name: f'"kind":"deal","subject":{deal.pk},' in replay(before, listener(getattr(cast, name)))
        for name in ("alice", "marc", "remi", "olga")
    }
    assert told == {"alice": True, "marc": True, "remi": True, "olga": False}
    Deal.objects.update(owner=cast.olga, team=cast.south)
    assert f'"kind":"deal","subject":{deal.pk},' in replay(before, listener(cast.olga))


@pytest.mark.django_db(transaction=True)
def test_who_is_on_the_page_of_a_deal_is_told_to_those_who_may_see_it(cast: Cast) -> None:
    deal = make.deal(make.stages(make.pipeline())[0], cast.rosa)
    seen = {name: deal_seen(getattr(cast, name), deal.pk) for name in ("alice", "marc", "remi", "olga", "lea")}
    assert seen == {"alice": deal.pk, "marc": deal.pk, "remi": deal.pk, "olga": None, "lea": None}
    assert deal_seen(cast.rosa, None) is None


def scope(**headers: str) -> MutableMapping[str, Any]:
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "path": "/live", "query_string": b"", "headers": sent}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("said", ["", "sessionid=forged", "a/b=1; sessionid=forged", "sessionid=" + "x" * 5000])
def test_the_stream_refuses_strangers(said: str) -> None:
    answers: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        answers.append(message)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.disconnect"}

    asyncio.run(LiveStream()(scope(cookie=said), receive, send))
    assert [answer.get("status") for answer in answers] == [403, None]
    assert answers[1]["body"] == b""


def test_what_a_browser_sends_to_the_stream_is_read_like_anywhere() -> None:
    assert cookie(scope(cookie="a/b=1; sessionid=mine; c=2"), "sessionid") == "mine"
    assert [last_seen(scope(last_event_id=said)) for said in ("12", "²", "9" * 5000, "-1")] == [12, None, None, None]
