"""Commands speak the language of `--language`, else that of the environment; what programs read stays as it is."""

from __future__ import annotations

import gettext
import json
from pathlib import Path

import pytest

from piste.commands import main
from piste.company.models import Settings
from tests import make
from tests.cast import Cast

FRENCH = "fr_FR.UTF-8"


@pytest.fixture
def deals(tmp_path: Path) -> Path:
    path = tmp_path / "deals.csv"
    path.write_text("id,created_at,closed_at,status,amount\n1,2026-01-01,2026-02-01,won,1200\n2,2026-01-05,,open,3\n")
    return path


def test_the_option_is_heard_above_the_environment(
    deals: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backtest", str(deals), "--horizon", "7", "--language", "fr"]) == 0
    french = capsys.readouterr().out
    for said in ("2 affaires (1 gagnées, 0 perdues, 1 ouvertes)", "Pas assez d’historique", "pipeline pondéré"):
        assert said in french, said
    monkeypatch.setenv("LC_ALL", FRENCH)
    assert main(["backtest", str(deals), "--horizon", "7", "--language", "en"]) == 0
    assert "2 deals (1 won, 0 lost, 1 open)" in capsys.readouterr().out


def test_the_environment_is_heard_even_where_the_line_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = gettext.textdomain()
    monkeypatch.setenv("LC_ALL", FRENCH)
    with pytest.raises(SystemExit):
        main(["plan", "1", "--target", "rien", "--by", "2026-12-31"])
    assert "erreur\u00a0: argument --target\u00a0: 'rien' n’est pas un montant comme 320000" in capsys.readouterr().err
    assert main([]) == 0
    assert "sauvegarder la base et les fichiers dans un seul fichier" in capsys.readouterr().out
    assert gettext.textdomain() == before, "a command leaves no language behind"


def test_what_programs_read_stays_as_it_is(
    deals: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", FRENCH)
    assert main(["backtest", str(deals), "--horizon", "7", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"]["message"] == "Not enough history: base rate. Closed deals so far: 1."


def test_a_plan_is_told_in_french(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    Settings.objects.update(time_zone="UTC")
    make.pipeline()
    assert main(["plan", "Sales", "--target", "1000", "--by", "2026-12-31", "--language", "fr"]) == 0
    out = capsys.readouterr().out
    assert "Sales\u00a0: 1000" in out
    assert "Trop peu de ventes passées" in out
