"""Saved views: one's own and shared ones, used on board and list, changed by who may."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from piste.deals import operations
from piste.deals.models import Deal, Habit, SavedView
from piste.journal.models import Entry
from piste.pipelines.models import Stage
from tests import make
from tests.cast import NOW, Cast
from tests.web.scene import HTMX

type SignIn = Callable[[Any], Client]


@pytest.fixture
def saved(cast: Cast, stages: list[Stage]) -> Callable[..., SavedView]:
    """Saves a view of Rosa's that shows the deals above 5,000, the dearest first."""

    def save(name: str = "Big ones", **facts: Any) -> SavedView:
        given = {"asked": "by=-amount&least=5000", "screen": "list", "columns": ["amount", "tags"]} | facts
        by = given.pop("by", cast.rosa)
        return operations.save_view(name=name, pipeline=stages[0].pipeline, facts=given, by=by, at=NOW)

    return save


def root(stages: list[Stage]) -> str:
    return f"/pipelines/{stages[0].pipeline_id}/"


def test_what_is_shown_is_saved_under_a_name(cast: Cast, stages: list[Stage], sign_in: SignIn) -> None:
    for title, amount in (("Small", 100_00), ("Big", 9_000_00), ("Bigger", 10_000_00)):
        make.deal(stages[0], cast.rosa, title=title, amount_minor=amount)
    operations.choose_columns(member=cast.rosa, columns=["amount", "tags"])
    client = sign_in(cast.rosa)
    url = f"{root(stages)}views/list/new/?least=5000&by=-amount&page=2"
    assert client.get(url).status_code == 200
    answer = client.post(url, {"name": " Big ones ", "opens": "on"}, headers=HTMX)
    view = SavedView.objects.get()
    assert (view.name, view.is_shared, view.screen, view.asked) == ("Big ones", False, "list", "by=-amount&least=5000")
    assert view.columns == ["deal", "amount", "tags"]
    address = f"{root(stages)}list/?by=-amount&least=5000&view={view.pk}"
    assert answer.headers["HX-Redirect"] == address
    operations.choose_columns(member=cast.rosa, columns=["team"])
    html = client.get(address).content.decode()
    assert re.findall(r'class="list-head" href="/deals/\d+/">([^<]*)<', html) == ["Bigger", "Big"]
    assert re.findall(r"<th scope=\"col\"[^>]*>(?:<label.*?</label>)?<a [^>]*>([^<]*)", html) == ["Deal", "Amount", "Tags"]
    assert '<a href="' + address.replace("&", "&amp;") + '" aria-current="true">Big ones' in html
    assert client.get("/").headers["Location"] == address
    assert client.post(url, {"name": "big ONES"}).status_code == 422
    assert client.post(url, {"name": ""}).status_code == 422
    assert Entry.objects.filter(verb="view.saved").count() == 1


def test_somebody_elses_private_view_is_not_there(
    cast: Cast, stages: list[Stage], saved: Callable[..., SavedView], sign_in: SignIn
) -> None:
    view = saved()
    client = sign_in(cast.marc)
    assert "Big ones" not in client.get(f"{root(stages)}views/board/").content.decode()
    for method, path in (
        ("get", f"/views/{view.pk}/"),
        ("post", f"/views/{view.pk}/"),
        ("post", f"/views/{view.pk}/remove/"),
        ("post", f"/views/{view.pk}/keep/list/"),
        ("get", f"{root(stages)}list/?view={view.pk}"),
        ("get", f"{root(stages)}?view={view.pk}"),
    ):
        assert getattr(client, method)(path).status_code == 404, path
    assert client.get(f"{root(stages)}?view=nonsense").status_code == 404
    elsewhere = make.stages(make.pipeline("Elsewhere", by=cast.alice))[0].pipeline_id
    assert sign_in(cast.rosa).get(f"/pipelines/{elsewhere}/list/?view={view.pk}").status_code == 404


def test_a_shared_view_is_everybodys_and_changed_by_its_author_or_a_manager(
    cast: Cast, stages: list[Stage], deal: Deal, saved: Callable[..., SavedView], sign_in: SignIn
) -> None:
    view = saved(is_shared=True)
    olga = sign_in(cast.olga)
    assert "Big ones" in olga.get(f"{root(stages)}views/list/", headers=HTMX).content.decode()
    # What it shows is still what she may see.
    assert "No deal matches" in olga.get(f"{root(stages)}list/?least=5000&view={view.pk}").content.decode()
    assert olga.post(f"/views/{view.pk}/keep/list/?least=1").status_code == 403
    assert olga.post(f"/views/{view.pk}/remove/").status_code == 403
    assert olga.post(f"/views/{view.pk}/", {"name": "Mine", "opens": "on"}).status_code == 302
    view.refresh_from_db()
    assert view.name == "Big ones"
    assert olga.get("/").headers["Location"].endswith(f"view={view.pk}")
    marc = sign_in(cast.marc)
    answer = marc.post(f"/views/{view.pk}/keep/board/?least=1&sort=newest&view={view.pk}")
    assert answer.headers["Location"] == f"{root(stages)}?least=1&sort=newest&view={view.pk}"
    view.refresh_from_db()
    assert (view.screen, view.asked, view.columns) == ("board", "least=1&sort=newest", [])
    # Taken back to its author, it opens nobody else's day any more.
    assert sign_in(cast.rosa).post(f"/views/{view.pk}/", {"name": "Big ones"}).status_code == 302
    assert not Habit.objects.filter(opens_with=view).exists()
    assert olga.get("/").headers["Location"] == root(stages)
    assert [entry.data["changes"].keys() for entry in Entry.objects.filter(verb="view.changed").order_by("pk")] == [
        {"screen", "asked", "columns"},
        {"is_shared"},
    ]


def test_a_view_is_renamed_and_removed(cast: Cast, stages: list[Stage], saved: Callable[..., SavedView], sign_in: SignIn) -> None:
    view, client = saved(), sign_in(cast.rosa)
    saved("Second")
    assert client.post(f"/views/{view.pk}/", {"name": "second"}).status_code == 422
    assert client.post(f"/views/{view.pk}/", {"name": "Dear ones", "is_shared": "on", "opens": "on"}).status_code == 302
    view.refresh_from_db()
    assert (view.name, view.is_shared) == ("Dear ones", True)
    assert client.post(f"/views/{view.pk}/remove/").headers["Location"] == f"{root(stages)}list/"
    assert not SavedView.objects.filter(pk=view.pk).exists()
    assert client.get("/").headers["Location"] == root(stages)
    assert client.get(f"/views/{view.pk}/").status_code == 404


def test_a_view_that_shows_something_else_now_can_be_kept_so(
    cast: Cast, stages: list[Stage], saved: Callable[..., SavedView], sign_in: SignIn
) -> None:
    view, client = saved(), sign_in(cast.rosa)
    asked = f"{view.asked}&view={view.pk}"
    menu = client.get(f"{root(stages)}views/list/?{asked}", headers=HTMX).content.decode()
    assert "Save the change" not in menu
    menu = client.get(f"{root(stages)}views/list/?{asked}&step=none", headers=HTMX).content.decode()
    assert "Save the change of “Big ones”" in menu
    assert "Big ones *" in client.get(f"{root(stages)}list/?{asked}&step=none").content.decode()
    form = client.get(f"{root(stages)}list/filter/?{asked}", headers=HTMX).content.decode()
    assert f'<input type="hidden" name="view" value="{view.pk}">' in form
    too_long = "&".join(f"owner={number}" for number in range(500))
    assert client.post(f"{root(stages)}views/list/new/?{too_long}", {"name": "Long"}).status_code == 422
    assert client.get(f"{root(stages)}views/nothing/").status_code == 404


def test_columns_chosen_in_a_view_are_the_views(
    cast: Cast, stages: list[Stage], saved: Callable[..., SavedView], sign_in: SignIn
) -> None:
    view = saved(is_shared=True)
    url = f"{root(stages)}list/columns/?view={view.pk}"
    assert sign_in(cast.rosa).post(url, {"column": ["team"]}).headers["Location"] == f"{root(stages)}list/?view={view.pk}"
    view.refresh_from_db()
    assert view.columns == ["team"]
    # Who may not change it chooses for themselves, and leaves the view.
    assert sign_in(cast.remi).post(url, {"column": ["tags"]}).headers["Location"] == f"{root(stages)}list/"
    view.refresh_from_db()
    assert view.columns == ["team"]
    assert Habit.objects.get(member=cast.remi).columns == ["tags"]
