"""The geometry of charts knows no Django: letters, documents and other doors may draw with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from piste.web.parts import charts

FOLDER = Path(charts.__file__).parent


def test_no_module_brings_django_in() -> None:
    names = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
    assert "glass" in names
    asked = "".join(f"import piste.web.parts.charts.{name}\n" for name in names)
    answer = subprocess.run(
        [sys.executable, "-c", f"import sys\n{asked}print('django' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=FOLDER.parents[3],
    )
    assert answer.stdout.strip() == "False"
