"""The style guide: for admins, in both languages and themes, with every icon and no statement of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from piste.company.models import Member
from piste.web.styleguide import samples
from tests.cast import Cast

ROOT = Path(__file__).resolve().parents[3]


def page(member: Member, address: str = "/styleguide/") -> tuple[int, str]:
    client = Client()
    client.force_login(member)
    answer = client.get(address)
    return answer.status_code, answer.content.decode()


def test_it_is_for_admins(cast: Cast) -> None:
    assert page(cast.alice)[0] == 200
    for other in (cast.marc, cast.rosa):
        assert page(other)[0] in (403, 404)
    answer = Client().get("/styleguide/")
    assert answer.status_code == 302
    assert "/account/login/" in answer["Location"]


@pytest.mark.parametrize(("language", "title"), [("en", "Parts and states"), ("fr", "Éléments et états")])
def test_it_speaks_both_languages(cast: Cast, language: str, title: str) -> None:
    Member.objects.filter(pk=cast.alice.pk).update(language=language)
    code, html = page(Member.objects.get(pk=cast.alice.pk))
    assert code == 200
    assert f"<h1>{title}</h1>" in html
    assert f'<html lang="{language}"' in html


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_shows_the_other_theme(cast: Cast, theme: str) -> None:
    assert f'data-theme="{theme}"' in page(cast.alice, f"/styleguide/?theme={theme}")[1]


def test_an_unknown_theme_is_nothing(cast: Cast) -> None:
    html = page(cast.alice, "/styleguide/?theme=%22%3E%3Cscript%3E")[1]
    assert "<script>" not in html


def test_every_icon_is_shown(cast: Cast) -> None:
    sheets = [path for path in (ROOT / "piste" / "web").rglob("icons.svg") if "static" not in path.parts]
    names = {name for path in sheets for name in re.findall(r'<symbol[^>]* id="i-([^"]+)"', path.read_text("utf-8"))}
    assert names
    assert names <= set(samples.icons())
    html = page(cast.alice)[1]
    assert all(f'#i-{name}"' in html for name in names)


def test_every_tint_named_is_a_token(cast: Cast) -> None:
    sheet = next(path for path in (ROOT / "piste" / "web").rglob("tokens.css") if "static" not in path.parts)
    tokens = set(re.findall(r"--([\w-]+):", sheet.read_text("utf-8")))
    assert set(samples.COLOURS) <= tokens
    assert {f"{name}-{kind}" for name in samples.MEANINGS for kind in ("fill", "tint")} <= tokens


def test_no_identity_stands_twice(cast: Cast) -> None:
    found = re.findall(r'\sid="([^"]+)"', page(cast.alice)[1])
    assert sorted({name for name in found if found.count(name) > 1}) == []


def test_a_stranger_reads_it_while_developing(cast: Cast, settings: LazySettings) -> None:
    settings.DEBUG = True
    answer = Client().get("/styleguide/")
    assert answer.status_code == 200
    assert answer.context["frame"].member is None
    assert "avatar-link" not in answer.content.decode()
