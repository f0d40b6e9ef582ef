"""Every sentence the interface can say, gathered from code and templates."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
PISTE = ROOT / "piste"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One message: its id (a pair when it has a plural), and where it is said."""

    id: str | tuple[str, ...]
    context: str | None
    place: str


def sentences() -> Iterator[Sentence]:
    """All of them, with the file and line of each."""
    for path in sorted(PISTE.rglob("*")):
        if "static" in path.parts or "migrations" in path.parts:
            continue
        if path.suffix == ".py":
            source = path.read_bytes()
        elif path.suffix in (".html", ".txt"):
            # The indentation of a template means nothing in the Python it is read as.
            lines = templatize(path.read_text("utf-8"), origin=str(path)).splitlines()
            source = "\n".join(line.lstrip() for line in lines).encode()
        else:
            continue
        for line, message, _comments, context in extract("python", io.BytesIO(source), keywords=KEYWORDS):
            found = tuple(message) if isinstance(message, list | tuple) else message
            if found and found != ("",):
                yield Sentence(found, context, f"{path.relative_to(ROOT)}:{line}")


def french() -> dict[tuple[str | tuple[str, ...], str | None], tuple[str, ...]]:
    """What is said in French, by message and context."""
    found = {}
    for source in sorted((PISTE / "locale" / "fr").glob("*.po")):
        with source.open("rb") as file:
            for message in read_po(file, locale="fr"):
                if not message.id or message.fuzzy:
                    continue
                key = message.id[0] if isinstance(message.id, tuple | list) else message.id
                said = message.string if isinstance(message.string, tuple | list) else (message.string,)
                found[key, message.context] = tuple(said)
    return found
