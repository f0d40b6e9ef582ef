"""Who is answered what, at every address of Piste: for each role and view, for who must never see, and for a stranger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from piste.company.models import Member
from piste.journal.models import Entry
from piste.web.settings.verbs import VERBS
from tests.cast import Cast
from tests.web.access.rows import EVERYBODY, SEEING, Row
from tests.web.access.scene import SECRET, Scene, make_scene
from tests.web.access.table import TABLE

LOGIN = "/account/login/"


@pytest.fixture
def scene(cast: Cast, settings: Any, tmp_path: Path) -> Iterator[Scene]:
    settings.DATA_DIR = tmp_path
    cache.clear()
    yield make_scene(cast)
    cache.clear()


def patterns(of: Iterable[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    """All addresses, however deep they are included."""
    for pattern in of:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns)
        else:
            yield pattern


def address(name: str, row: Row, scene: Scene) -> str:
    pieces = {piece: word[1:] if word.startswith("=") else scene.keys[word] for piece, word in row.at.items()}
    query = f"?{row.query.format(**scene.keys)}" if row.query else ""
    return reverse(name, kwargs=pieces) + query


class Walker:
    """Somebody signed in once, whose every request is taken back: none changes what the next one finds."""

    def __init__(self, member: Member | None) -> None:
        self.client = Client()
        if member is not None:
            self.client.force_login(member)
        self.session = self.client.cookies.output(header="", sep="; ").strip()

    def ask(self, method: str, path: str) -> tuple[HttpResponse, str]:
        self.client.cookies.clear()
        self.client.cookies.load(self.session)
        with transaction.atomic():
            # A browser sends at least the token of the form.
            answer: Any = self.client.get(path) if method == "GET" else self.client.post(path, {"csrfmiddlewaretoken": "x"})
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            transaction.set_rollback(True)
        return answer, body.decode(errors="replace")


def test_no_address_is_missing_in_the_table() -> None:
    known = {name for name, _ in TABLE}
    found = {pattern.name for pattern in patterns(get_resolver().url_patterns)}
    assert None not in found, "an address without a name cannot be walked"
    assert found - known == set(), "say in tests/web/access/table.py what each person is answered there"
    assert known - found == set(), "these addresses are gone: take them out of the table"


#: One of each view (own, team, all); the rights of the others ask a database nothing else.
ASKING = {"olga", "marc", "alice"}


@pytest.mark.parametrize(
    "who", [pytest.param(who, marks=() if who in ASKING else pytest.mark.embedded) for who in sorted(EVERYBODY)]
)
def test_each_address_answers_each_person_as_it_should(scene: Scene, who: str) -> None:
    walker = Walker(scene.people[who])
    wrong = []
    for name, row in TABLE:
        path = address(name, row, scene)
        for method in ("GET", "POST"):
            answer, body = walker.ask(method, path)
            expected = row.answer(who, method)
            if answer.status_code != expected:
                wrong.append(f"{method} {path} ({name}): {answer.status_code}, not {expected}")
            elif who == "stranger" and who not in row.door and not asks_to_sign_in(answer):
                wrong.append(f"{method} {path} ({name}): leads to {answer.headers['Location']}")
            if who not in SEEING and SECRET in body:
                wrong.append(f"{method} {path} ({name}): tells what {who} must not see")
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def asks_to_sign_in(answer: HttpResponse) -> bool:
    """Whether an answer leads to sign-in, and from there back to this house."""
    goal = urlsplit(answer.headers["Location"])
    return (goal.netloc, goal.path) == ("", LOGIN) and parse_qs(goal.query)["next"][0].startswith("/")


def test_the_audit_log_has_words_for_all_that_happened(scene: Scene) -> None:
    assert set(Entry.objects.values_list("verb", flat=True)) - set(VERBS) == set()
