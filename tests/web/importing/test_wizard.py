"""The first steps of an import in the browser: what a file is told, and what a bad one is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from piste.deals.models import Deal
from piste.exchange.models import PendingImport
from tests import make
from tests.cast import Cast

TABLE = "Affaire;Raison sociale;Montant HT;Obs. diverses\nRefonte;Café de la Gare;12 500,50 €;rappeler\nAudit;Étoile;12O0;\n"


@pytest.fixture
def client(cast: Cast, settings: Any, tmp_path: Path) -> Client:
    settings.DATA_DIR = tmp_path
    make.pipeline()
    client = Client()
    client.force_login(cast.alice)
    return client


def give(client: Client, content: bytes, kind: str = "deals", name: str = "affaires.csv") -> Any:
    return client.post("/import/", {"kind": kind, "file": SimpleUploadedFile(name, content)})


def test_columns_are_shown_with_what_they_hold(client: Client) -> None:
    answer = give(client, TABLE.encode("cp1252"))
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "Raison sociale" in page
    assert "Café de la Gare" in page
    assert "Obs. diverses" in page


def test_a_rehearsal_tells_the_letter_among_the_figures(client: Client) -> None:
    mapping = give(client, TABLE.encode())["Location"]
    told = {"column:Affaire": "title", "column:Raison sociale": "company", "column:Montant HT": "amount", "update": "1"}
    answer = client.post(mapping, told)
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "12O0" in page
    assert "1200" in page
    assert not Deal.objects.exists()


def test_a_mapping_that_does_not_fit_comes_back_with_its_sentence(client: Client) -> None:
    mapping = give(client, TABLE.encode())["Location"]
    answer = client.post(mapping, {"column:Affaire": "title", "column:Raison sociale": "title"})
    assert answer.status_code == 422
    assert "title" in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "deals"),
        (b"Titre;Montant\n", "deals"),
        (b"PK\x03\x04rest", "deals"),
        (b"a;b\n1;2\n", "members"),
        (b"a;b\n1;2\n", "x"),
    ],
)
def test_files_that_cannot_be_read_are_told_so(client: Client, content: bytes, kind: str) -> None:
    answer = give(client, content, kind)
    assert answer.status_code == 422


def test_a_name_leads_nowhere(client: Client, tmp_path: Path) -> None:
    give(client, TABLE.encode(), name="../../../etc/passwd")
    pending = PendingImport.objects.get()
    assert "/" not in pending.token
    assert [path.parent for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "imports"]
