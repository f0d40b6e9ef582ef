"""What is sought, how near an answer is, and what a mistyped word may have been; no database, no clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from piste.foundations.names import plain, search_words

#: Words of a question beyond these are not looked for, nor letters of a word beyond those.
MOST_WORDS, MOST_LETTERS = 6, 40
#: A word shorter than this is too short to be guessed at.
GUESSED = 4
#: A word at least this long may hold two slips.
TWO_SLIPS = 8


@dataclass(frozen=True, slots=True)
class Piece:
    """A fragment of a word, perhaps tied to its beginning or its end."""

    text: str
    begins: bool = False
    ends: bool = False


#: Pieces that all must be there.
type Sought = tuple[Piece, ...]


def asked(text: str) -> list[str]:
    """The words of a question."""
    return [word[:MOST_LETTERS] for word in search_words(text).split()[:MOST_WORDS]]


def anywhere(words: Iterable[str]) -> Sought:
    """Each word somewhere in a word; one or two letters only at its beginning."""
    return tuple(Piece(word, begins=len(word) < 3) for word in words)


def at_beginnings(words: Iterable[str]) -> Sought:
    """Each word at the beginning of one."""
    return tuple(Piece(word, begins=True) for word in words)


def mistyped(words: Sequence[str]) -> list[Sought]:
    """What to look for when one of the words holds a slip: a wrong, missing or surplus letter, or two exchanged.

    Whatever the place of the slip, what stands before it begins the right word and what stands after it ends it.
    """
    return _each(words, GUESSED, _around_a_slip)


def mistyped_twice(words: Sequence[str]) -> list[Sought]:
    """What to look for when a long word holds two slips in one of its halves: the other half."""
    return _each(words, TWO_SLIPS, _halves)


def _each(words: Sequence[str], least: int, pieces_of: Callable[[str], Iterable[Sought]]) -> list[Sought]:
    """What each word of at least so many letters may have been, beside the others as they are."""
    found = []
    for place, word in enumerate(words):
        if len(word) >= least:
            others = anywhere([*words[:place], *words[place + 1 :]])
            found += [(*others, *pieces) for pieces in pieces_of(word)]
    return found


def _around_a_slip(word: str) -> Iterator[Sought]:
    for place in range(len(word) - 1):
        before, after = word[:place], word[place + 2 :]
        if len(after) == 1:
            # One letter at the end is in every other document and narrows nothing. Of the slips around this place only that which
            # exchanges its two letters is not found from the places beside it.
            exchanged = before + word[place + 1] + word[place] + after
            if exchanged != word:
                yield (Piece(exchanged, begins=True),)
            continue
        pieces = [Piece(before, begins=True)] if before else []
        yield (*pieces, Piece(after, ends=True)) if after else tuple(pieces)


def _halves(word: str) -> Iterator[Sought]:
    yield (Piece(word[: len(word) // 2], begins=True),)
    yield (Piece(word[-(len(word) // 2) :], ends=True),)


def slips(one: str, other: str, most: int) -> int:
    """How many slips lie between two words (changed, missing, surplus or exchanged with the next); `most` + 1 for more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, against in enumerate(other, 1):
            cost = min(last[column] + 1, line[column - 1] + 1, last[column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return most + 1
        before, last = last, line
    return min(last[-1], most + 1)


def distance(words: Sequence[str], held: Sequence[str]) -> int | None:
    """The slips between a question and the words of a document: each word is there, begins one, or is a slip or two away.

    None when one of them is not. The beginning of a longer word counts, for one types names from their beginning.
    """
    total = 0
    for word in words:
        most = 0 if len(word) < GUESSED else 2 if len(word) >= TWO_SLIPS else 1
        best = min((_away(word, one, most) for one in held), default=most + 1)
        if best > most:
            return None
        total += best
    return total


@lru_cache(maxsize=20_000)
def _away(word: str, one: str, most: int) -> int:
    """The slips between an asked word and one of a document; the same few words stand in very many documents."""
    if word in one:
        return 0
    if not most:
        return 1
    best = slips(word, one, most)
    if len(one) > len(word) + most:
        best = min(best, slips(word, one[: len(word)], most))
    return best


def nearness(head: str, words: Sequence[str]) -> tuple[int, int, str]:
    """Where an answer stands among others: its label begins so, a word of it does, the label holds it, something else does."""
    whole = " ".join(words)
    parts = head.split()
    if head.startswith(whole):
        place = 0
    elif all(any(part.startswith(word) for part in parts) for word in words):
        place = 1
    elif all(word in head for word in words):
        place = 2
    else:
        place = 3
    return (place, len(head), head)


def marked(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """A text cut where the words of a question are in it: (piece, whether it was asked for), in order.

    A piece begins where a word does when the word was found so; the text keeps its accents and its case.
    """
    letters: list[str] = []
    origin: list[int] = []
    for place, sign in enumerate(text):
        for letter in plain(sign) or " ":
            letters.append(letter if letter.isalnum() else " ")
            origin.append(place)
    folded = "".join(letters)
    hit = bytearray(len(text))
    for word in words:
        place = f" {folded}".find(f" {word}")
        if place < 0 and len(word) > 2:
            place = folded.find(word)
        if place >= 0:
            for at in range(origin[place], origin[place + len(word) - 1] + 1):
                hit[at] = 1
    cut: list[tuple[str, bool]] = []
    for sign, is_hit in zip(text, hit, strict=True):
        if cut and cut[-1][1] == bool(is_hit):
            cut[-1] = (cut[-1][0] + sign, bool(is_hit))
        else:
            cut.append((sign, bool(is_hit)))
    return cut
