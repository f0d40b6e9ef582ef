"""The first steps of an import in the browser: what a file is told, and what a bad one is told."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from piste.company.models import Member
from piste.company.operations import add_field
from piste.deals.models import Deal
from piste.exchange.models import ImportRun, PendingImport, SavedMapping
from piste.exchange.tasks import carry_out_import, try_out_import
from piste.pipelines.models import Stage
from piste.web.importing import views
from tests import make
from tests.cast import NOW, Cast

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
        (b"a;b\n1;2\n", ""),
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


TROUBLED = (
    "Affaire;Raison sociale;Montant HT;Étape;Commercial\n"
    "Refonte;Café;12 500,50;Relance 3;Inès\n"
    "Audit;Étoile;12O0;Prospecting;Inès\n"
    "Pilote;Moulin;5;Relance 3;Inès\n"
    "=1+1;Ferme;much;Prospecting;\n"
)


def rehearsed(client: Client, **told: str) -> str:
    """The address of the check page of the troubled file, its columns as they were recognised."""
    mapping = give(client, TROUBLED.encode())["Location"]
    return str(client.post(mapping, {"update": "1", **told})["Location"])


def test_values_and_owners_are_asked_about_before_the_rehearsal(client: Client) -> None:
    page = client.get(give(client, TROUBLED.encode())["Location"]).content.decode()
    assert 'name="value:Relance 3"' in page
    assert 'name="member:Inès"' in page
    assert 'name="value:Prospecting"' not in page, "what is known is shown, not asked"


def test_cells_are_put_right_in_place(client: Client, cast: Cast) -> None:
    check = rehearsed(client, **{"member:Inès": cast.rosa.email})
    page = client.get(check).content.decode()
    assert 'name="fix:3:Montant HT" value="1200"' in page
    assert 'name="value:Relance 3"' in page
    told = {
        "was:3:Montant HT": "12O0",
        "fix:3:Montant HT": "1200",
        "was:5:Montant HT": "much",
        "fix:5:Montant HT": "much",
        "value:Relance 3": "new",
    }
    assert client.post(check, told)["Location"] == check
    report = PendingImport.objects.get().report
    assert (report["created"], report["refused"]) == (3, 1)
    assert not Deal.objects.exists()
    client.post(check.replace("check", "go"))
    assert Deal.objects.get(title="Audit").amount_minor == 120_000
    assert Deal.objects.get(title="Refonte").stage.name == "Relance 3"
    assert set(Deal.objects.values_list("owner", flat=True)) == {cast.rosa.pk}
    run = ImportRun.objects.get()
    client.post(f"/import/runs/{run.pk}/undo/")
    assert not Deal.objects.present().exists()
    assert not Stage.objects.in_use().filter(name="Relance 3").exists()


def test_refused_rows_are_a_file_without_formulas(client: Client) -> None:
    check = rehearsed(client)
    answer = client.get(check.replace("check", "refused"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["line", "reason", "Affaire"]
    assert [row[0] for row in rows[1:]] == ["2", "3", "4", "5"]
    assert rows[4][2] == "'=1+1"
    client.post(check.replace("check", "go"))
    assert ImportRun.objects.get().report["refused"] == 4


def test_a_saved_correspondence_serves_the_next_file(client: Client) -> None:
    rehearsed(client, **{"column:Commercial": "", "column:Affaire": "title", "value:Relance 3": "won", "save_as": "Suivi"})
    again = give(client, TROUBLED.encode())["Location"]
    saved = SavedMapping.objects.get(name="Suivi")
    page = client.get(f"{again}?saved={saved.pk}").content.decode()
    assert 'name="member:Inès"' not in page, "the column of owners is left out"
    assert '<option value="won" selected>' in page
    assert client.get(f"{again}?saved={saved.pk + 1}").status_code == 404
    assert client.get(f"{again}?saved={'9' * 5000}").status_code == 200, "what names no correspondence asks for none"


def test_a_long_file_is_rehearsed_and_imported_behind_the_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("piste.exchange.importing.pending.LONG", 10)
    monkeypatch.setattr("piste.web.importing.views.BACKGROUND", 0)
    done = rehearsed(client, **{"value:Relance 3": "won"})
    assert done.endswith("/done/")
    pending = PendingImport.objects.get()
    if pending.state == "trying":
        assert "hx-get" in client.get(done).content.decode()
        try_out_import.func(pending.pk)
    assert client.get(done)["Location"] == done.replace("done", "check")
    assert client.get(done, headers={"HX-Request": "true"})["HX-Redirect"] == done.replace("done", "check")
    client.post(done.replace("done", "go"))
    pending.refresh_from_db()
    if pending.state == "waiting":
        assert "<progress" in client.get(done).content.decode()
        carry_out_import.func(pending.pk)
    assert Deal.objects.count() == 2


def test_members_are_made_by_administrators_alone(client: Client, cast: Cast) -> None:
    agents = b"Sales agent,Manager,Regional office\nAnn Ash,Max Lead,Central\n"
    client.force_login(cast.marc)
    assert give(client, agents, "members").status_code == 422
    assert give(client, agents, "").status_code == 422
    check = rehearsed(client, make_members="1")
    assert "members" not in PendingImport.objects.get().report["also_created"], check
    client.force_login(cast.alice)
    mapping = give(client, agents, "")["Location"]
    client.post(mapping, {"update": "1"})
    client.post(mapping.replace("mapping", "go"))
    ann = Member.objects.get(name="Ann Ash")
    assert (ann.role, ann.team and ann.team.name, ann.has_usable_password()) == ("rep", "Central", False)


def test_a_file_that_is_no_longer_there_is_asked_for_again(client: Client, settings: Any) -> None:
    """As after a back-up was put back, which holds no file that waits."""
    for step in ("mapping", "check", "go"):
        mapping = give(client, TABLE.encode())["Location"]
        client.post(mapping, {"column:Affaire": "title", "column:Raison sociale": "company", "update": "1"})
        pending = PendingImport.objects.get()
        (Path(settings.DATA_DIR) / "imports" / pending.token).unlink()
        address = mapping.replace("mapping", step)
        answer = client.post(address, follow=True) if step == "go" else client.get(address, follow=True)
        assert answer.redirect_chain[-1][0] == "/import/"
        assert "no longer here" in answer.content.decode()
        assert not PendingImport.objects.exists()


def test_a_file_that_goes_while_it_waits_for_the_worker_is_told(client: Client, settings: Any) -> None:
    mapping = give(client, TABLE.encode())["Location"]
    client.post(mapping, {"column:Affaire": "title", "column:Raison sociale": "company", "update": "1"})
    pending = PendingImport.objects.get()
    PendingImport.objects.update(state="waiting")
    (Path(settings.DATA_DIR) / "imports" / pending.token).unlink()
    carry_out_import.func(pending.pk)
    assert "no longer here" in client.get(mapping.replace("mapping", "done")).content.decode()


@pytest.mark.parametrize(("kind", "subject"), [("contacts", "contact"), ("companies", "company"), ("deals", "deal")])
def test_the_companys_own_fields_are_offered_and_recognised(client: Client, cast: Cast, kind: str, subject: str) -> None:
    first = {"contacts": "Nom", "companies": "Société", "deals": "Affaire"}[kind]
    for of, label in ((subject, "Taille"), (subject, "Zone"), ("company" if subject == "contact" else "contact", "Autre")):
        add_field(subject=of, label=label, kind="text", by=cast.alice, at=NOW)
    page = give(client, f"{first};Taille;Région\nZénith;12;Sud\n".encode(), kind)["Location"]
    shown = client.get(page).content.decode()
    size, region = shown.split('name="column:Taille"')[1].split("</select>")[0], shown.split('name="column:Région"')[1]
    assert '<option value="custom:Taille" selected>Taille</option>' in size
    assert '<option value="custom:Zone">Zone</option>' in region.split("</select>")[0]
    assert "custom:Autre" not in shown
    told = {f"column:{first}": "title" if kind == "deals" else "name", "update": "1"}
    told |= {"column:Taille": "custom:Taille", "column:Région": "custom:Zone"}
    assert client.post(page, told).status_code == 302
    assert PendingImport.objects.get().mapping["columns"]["Région"] == "custom:Zone"


@pytest.mark.parametrize(("language", "said"), [("fr", "1 ligne lue."), ("en", "1 row read.")])
def test_one_row_is_one_row(client: Client, cast: Cast, language: str, said: str) -> None:
    Member.objects.filter(pk=cast.alice.pk).update(language=language)
    mapping = give(client, "Affaire;Société\nRefonte;Étoile\n".encode())["Location"]
    checked = client.post(mapping, {"column:Affaire": "title", "column:Société": "company", "update": "1"})["Location"]
    assert said in client.get(checked).content.decode()


def test_earlier_imports_beyond_a_page_are_counted_and_reached(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "RUNS", 2)
    report = dict.fromkeys(("read", "created", "updated", "skipped", "refused"), 0)
    for number in range(3):
        ImportRun.objects.create(kind="deals", file_name=f"file-{number}.csv", mapping={}, report=report, by=cast.alice, at=NOW)
    first = client.get("/import/").content.decode()
    assert "file-0.csv" not in first
    assert "1 to 2 of 3" in first
    assert "file-0.csv" in client.get("/import/?page=2").content.decode()
