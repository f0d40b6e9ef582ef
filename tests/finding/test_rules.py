"""What is sought, what a slip is, and what stands first."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.finding import rules
from piste.finding.rules import Piece

WORDS = st.text("abcde", max_size=9)


def osa(one: str, other: str) -> int:
    """Optimal string alignment by its definition, row by column, with nothing spared."""
    table = [
        [max(row, column) if not row or not column else 0 for column in range(len(other) + 1)] for row in range(len(one) + 1)
    ]
    for row in range(1, len(one) + 1):
        for column in range(1, len(other) + 1):
            same = one[row - 1] == other[column - 1]
            best = min(table[row - 1][column] + 1, table[row][column - 1] + 1, table[row - 1][column - 1] + (not same))
            if row > 1 and column > 1 and one[row - 1] == other[column - 2] and one[row - 2] == other[column - 1]:
                best = min(best, table[row - 2][column - 2] + 1)
            table[row][column] = best
    return table[-1][-1]


@given(WORDS, WORDS, st.integers(0, 4))
def test_slips_are_the_osa_distance_cut_off(one: str, other: str, most: int) -> None:
    assert rules.slips(one, other, most) == min(osa(one, other), most + 1)
    assert rules.slips(one, other, most) == rules.slips(other, one, most)


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("fonderie", "fonderei", 1), ("delmas", "delams", 1), ("quemener", "quemner", 1), ("ca", "abc", 3), ("", "ab", 2)],
)
def test_known_slips(one: str, other: str, slips: int) -> None:
    assert rules.slips(one, other, 5) == slips


@given(st.text("abcde", min_size=4, max_size=12), st.data())
def test_the_right_word_is_among_what_one_slip_makes_one_look_for(right: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(right) - 1))
    letter = data.draw(st.sampled_from("abcdexyz"))
    swapped = right[:place] + right[place : place + 2][::-1] + right[place + 2 :]
    wrong = data.draw(
        st.sampled_from(
            [
                right[:place] + letter + right[place + 1 :],
                right[:place] + letter + right[place:],
                right[:place] + right[place + 1 :],
                swapped,
            ]
        )
    )
    if len(wrong) < rules.GUESSED:
        return
    assert any(all(_holds(right, piece) for piece in sought) for sought in rules.mistyped([wrong]))


def test_no_letter_alone_at_an_end_is_looked_for() -> None:
    """It is in every other document, so that all with the rest of the word were read."""
    sought = rules.mistyped(["quemner"])
    assert (rules.Piece("quemenr", begins=True),) in sought
    assert not [piece for pieces in sought for piece in pieces if piece.ends and len(piece.text) < 2]
    # Where two letters are the same nothing is exchanged.
    assert not [pieces for pieces in rules.mistyped(["maille"]) if pieces == (rules.Piece("maille", begins=True),)]


def _holds(word: str, piece: Piece) -> bool:
    if piece.begins and piece.ends:
        return word == piece.text
    if piece.begins:
        return word.startswith(piece.text)
    return word.endswith(piece.text) if piece.ends else piece.text in word


def test_short_words_are_not_guessed_at() -> None:
    assert rules.mistyped(["sa", "abc"]) == []
    assert rules.mistyped([]) == []


def test_a_question_is_bounded() -> None:
    assert rules.asked("  Élodie  GUÉRIN-Petit ") == ["elodie", "guerin", "petit"]
    assert len(rules.asked("un deux trois quatre cinq six sept huit")) == rules.MOST_WORDS
    assert rules.asked("x" * 400) == ["x" * rules.MOST_LETTERS]
    assert rules.asked("— ;!") == []


def test_one_or_two_letters_are_sought_at_beginnings_alone() -> None:
    assert rules.anywhere(["sa", "rem"]) == (Piece("sa", begins=True), Piece("rem"))


@pytest.mark.parametrize(
    ("words", "held", "away"),
    [
        (["delmas"], ["fonderie", "delmas"], 0),
        (["fonderei"], ["fonderie", "delmas"], 1),
        (["fonderei", "delams"], ["fonderie", "delmas"], 2),
        (["menuisreie"], ["menuiserie"], 1),
        (["fodn"], ["fonderie"], 1),
        (["abc"], ["abd"], None),
        (["fonderie", "zzzz"], ["fonderie"], None),
    ],
)
def test_distance_of_a_question(words: list[str], held: list[str], away: int | None) -> None:
    assert rules.distance(words, held) == away


def test_the_nearest_stands_first() -> None:
    heads = ["grande laiterie martin", "la laiterie", "laiterie zed", "laiterie", "belaiterie", "autre"]
    ranked = sorted(heads, key=lambda head: rules.nearness(head, ["laiterie"]))
    assert ranked == ["laiterie", "laiterie zed", "la laiterie", "grande laiterie martin", "belaiterie", "autre"]


@given(st.text(max_size=30), st.lists(st.text("aeéœß x", min_size=1, max_size=4), max_size=3))
def test_marking_changes_no_letter(text: str, words: list[str]) -> None:
    pieces = rules.marked(text, [word for asked in words for word in rules.asked(asked)])
    assert "".join(piece for piece, _hit in pieces) == text
    assert all(one[1] != other[1] for one, other in pairwise(pieces))


def test_what_was_asked_for_is_marked_with_its_accents() -> None:
    assert rules.marked("Cœur d’Évry", ["coeur", "ev"]) == [("Cœur", True), (" d’", False), ("Év", True), ("ry", False)]
