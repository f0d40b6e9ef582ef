"""Every sentence of the interface is said in French, with its typography."""

from __future__ import annotations

import re

from .words import french, sentences

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
BAD_SPACE = re.compile(r"(?<=\w) ?[;!?](?=\s|$)|« | »|(?<=\w)'(?=\w)")


def test_nothing_is_left_unsaid() -> None:
    said = french()
    missing = []
    for sentence in sentences():
        first = sentence.id[0] if isinstance(sentence.id, tuple) else sentence.id
        plural = isinstance(sentence.id, tuple) and len(sentence.id) > 1
        found = said.get((first, sentence.context))
        if not found or not all(found) or (plural and len(found) < 2):
            missing.append(f"{sentence.place}: {first!r}")
    assert not missing, f"{len(missing)} sentences have no French:\n" + "\n".join(missing)


def test_placeholders_are_kept() -> None:
    wrong = []
    for (message, _context), found in french().items():
        first = message if isinstance(message, str) else message[0]
        wanted = {name for pair in PLACEHOLDER.findall(first) for name in pair if name}
        for text in found:
            names = {name for pair in PLACEHOLDER.findall(text) for name in pair if name}
            if not names <= wanted and not wanted <= names:
                wrong.append(f"{first!r}: {text!r}")
    assert not wrong, "\n".join(wrong)


def test_typography() -> None:
    """A fine space before ; ! ?, inside « », typographic apostrophes."""
    wrong = [text for found in french().values() for text in found if BAD_SPACE.search(text)]
    assert not wrong, "\n".join(wrong)
