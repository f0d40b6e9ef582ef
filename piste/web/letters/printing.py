"""Setting a document: a plan in the typesetter's language, and all that it says as data."""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).resolve().parent.parent / "static" / "piste" / "print"


def printed(plan: Path, paper: dict[str, Any], *, at: datetime) -> bytes:
    """An accessible PDF made at a moment."""
    # Asked for only where a document is made, for it is large.
    import typst

    # What is said goes in as data: no name of a deal or a stage is ever read as an instruction.
    made = typst.compile(
        plan.read_bytes(),
        root=str(plan.parent),
        font_paths=_faces(),
        format="pdf",
        pdf_standards=["ua-1"],
        timestamp=at.replace(microsecond=0),
        sys_inputs={"paper": json.dumps(paper)},
    )
    assert isinstance(made, bytes)
    return made


def file_name(title: str, day: date) -> str:
    """What the file is called: of what, and the day."""
    plain = "".join(letter if letter.isalnum() else "-" for letter in title.lower())
    kept = "-".join(part for part in plain.split("-") if part) or "piste"
    return f"{kept}-{day.isoformat()}.pdf"


@cache
def _faces() -> Any:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(FONTS)])
