"""What the columns of a file mean: by their names, and where names do not tell, by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from piste.foundations.names import email_key, search_words

from .amounts import BadValue, is_nothing, read_amount
from .dates import read_moment
from .vocabulary import KINDS, NEEDED, PREFIXES, STAGE_ROLES, TELLING, WEIGHTS, status_of

__all__ = ["IGNORE", "KINDS", "NEEDED", "STAGE_ROLES", "Column", "guess_kinds", "is_known", "recognise", "status_of"]

IGNORE = ""
CUSTOM = "custom:"
DATES = frozenset({"created_at", "expected_close_on", "close_date", "closed_at", "won_at", "lost_at", "at"})
AMOUNTS = frozenset({"amount", "price"})
EXAMPLES = 3
#: From this confidence on a column is taken without being looked at again.
CERTAIN = 0.75
CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])")
UNITS = re.compile(r"[(\[].*?[)\]]")
FLAGS = frozenset("true false vrai faux yes no oui non 1 0 x".split())


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file: its header, and the field it is taken for (empty: not imported).

    `confidence` is 0 to 1; `reason` is why: `name`, `prefix`, `similar`, `values`, `differs` (the name fits, what stands in the
    column does not), `taken` (another column fits the field better), or empty for an unknown column.
    """

    place: int
    header: str
    field: str
    confidence: float = 0.0
    reason: str = ""
    examples: tuple[str, ...] = ()

    @property
    def recognised(self) -> bool:
        return bool(self.field)

    @property
    def certain(self) -> bool:
        return bool(self.field) and self.confidence >= CERTAIN


@dataclass(frozen=True, slots=True)
class _Bid:
    """A field a column could be, and how well it fits; the lower the rank, the more a name is that field's own."""

    field: str
    confidence: float
    rank: int
    reason: str


def recognise(header: Iterable[str], kind: str, sample: Sequence[Sequence[str]] = ()) -> list[Column]:
    """What each column means; a field is given once, to the column that fits best. `sample` are some rows of the file."""
    titles = list(header)
    texts = [[row[place] for row in sample if place < len(row) and not is_nothing(row[place])] for place in range(len(titles))]
    bids = [_bid(title, kind, texts[place]) for place, title in enumerate(titles)]
    order = sorted((place for place, bid in enumerate(bids) if bid), key=lambda place: _merit(bids[place], place))
    holders: dict[str, int] = {}
    for place in order:
        bid = bids[place]
        if bid is not None and bid.reason != "differs":
            holders.setdefault(bid.field, place)
    if "email" in KINDS[kind] and "email" not in holders:
        found = next((place for place, bid in enumerate(bids) if _is_mail(texts[place]) and _free(bid)), None)
        if found is not None:
            bids[found] = _Bid("email", 0.7, 99, "values")
            holders["email"] = found
    return [_column(place, title, bids[place], holders, texts[place]) for place, title in enumerate(titles)]


def _merit(bid: _Bid | None, place: int) -> tuple[float, int, int]:
    return (-bid.confidence, bid.rank, place) if bid else (0.0, 0, place)


def _free(bid: _Bid | None) -> bool:
    return bid is None or bid.reason == "differs"


def _is_mail(texts: Sequence[str]) -> bool:
    return len(texts) > 1 and sum(bool(email_key(text)) and " " not in text.strip() for text in texts) >= len(texts) * 0.8


def _column(place: int, title: str, bid: _Bid | None, holders: dict[str, int], texts: Sequence[str]) -> Column:
    examples = tuple(dict.fromkeys(" ".join(text.split())[:80] for text in texts))[:EXAMPLES]
    if bid is None:
        return Column(place, title, IGNORE, examples=examples)
    if bid.reason == "differs":
        return Column(place, title, IGNORE, bid.confidence, "differs", examples)
    if holders[bid.field] != place:
        return Column(place, title, IGNORE, bid.confidence, "taken", examples)
    return Column(place, title, bid.field, bid.confidence, bid.reason, examples)


def _bid(title: str, kind: str, texts: Sequence[str]) -> _Bid | None:
    meaning = _meanings(kind)
    words = _words(title)
    found = meaning.get(words) or meaning.get(words.replace(" ", ""))
    if found:
        return _checked(_Bid(found[0], 1.0, found[1], "name"), texts)
    bare = _words(UNITS.sub(" ", title))
    found = meaning.get(bare)
    if found:
        return _checked(_Bid(found[0], 0.95, found[1], "name"), texts)
    first, _, rest = bare.partition(" ")
    if first in PREFIXES[kind] and rest in meaning:
        return _checked(_Bid(meaning[rest][0], 0.8, meaning[rest][1], "prefix"), texts)
    return _similar(bare, meaning, texts)


def _similar(words: str, meaning: dict[str, tuple[str, int]], texts: Sequence[str]) -> _Bid | None:
    """A longer name that holds a known one, where what stands in the column agrees: “Montant prévisionnel” with amounts."""
    if not texts:
        return None
    for phrase, (name, rank) in sorted(meaning.items(), key=lambda pair: -len(pair[0])):
        if name in DATES | AMOUNTS and len(phrase) > 4 and f" {phrase} " in f" {words} " and _share(name, texts) >= 0.9:
            return _Bid(name, 0.6, rank, "similar")
    return None


def _checked(bid: _Bid, texts: Sequence[str]) -> _Bid:
    """The same bid, unless hardly anything in the column can be read as its field."""
    if len(texts) >= 2 and _share(bid.field, texts) < 0.2:
        return _Bid(bid.field, 0.3, bid.rank, "differs")
    return bid


def _share(name: str, texts: Sequence[str]) -> float:
    """How much of a column can be read as a field; 1 for fields that take any text."""
    fits: Callable[[str], bool]
    if name in DATES:
        fits = _is_date
    elif name in AMOUNTS:
        fits = _is_amount
    elif name == "is_won":
        fits = lambda text: search_words(text) in FLAGS  # noqa: E731
    elif name == "email":
        fits = lambda text: "@" in text  # noqa: E731
    else:
        return 1.0
    looked = texts[:50]
    return sum(fits(text) for text in looked) / len(looked)


def _is_date(text: str) -> bool:
    for day_first in (True, False):
        try:
            return read_moment(text, day_first=day_first) is not None
        except BadValue:
            continue
    return False


def _is_amount(text: str) -> bool:
    try:
        return read_amount(text, ",") is not None
    except BadValue:
        return False


@cache
def _meanings(kind: str) -> dict[str, tuple[str, int]]:
    """Each known header of a kind with its field, and its rank among that field's headers."""
    found: dict[str, tuple[str, int]] = {}
    for name, phrases in KINDS[kind].items():
        for rank, phrase in enumerate(phrases.split("|")):
            # Programs write names in one word too: StageName, ACCOUNTID.
            found.setdefault(phrase, (name, rank))
            found.setdefault(phrase.replace(" ", ""), (name, rank))
    return found


@cache
def _all_known() -> frozenset[str]:
    return frozenset(phrase for kind in KINDS for phrase in _meanings(kind))


def _words(title: str) -> str:
    return search_words(CAMEL.sub(" ", title[:200]))


def is_known(title: str) -> bool:
    """Whether a text is a header that some kind of file knows."""
    words = _words(title) if title.strip() else ""
    first, _, rest = words.partition(" ")
    return bool(words) and (
        words in _all_known() or (rest in _all_known() and any(first in names for names in PREFIXES.values()))
    )


def guess_kinds(header: Sequence[str], sample: Sequence[Sequence[str]] = ()) -> list[tuple[str, float]]:
    """What a file may hold, the likeliest first, each with its points; kinds that lack what they need are left out."""
    points = {kind: _points(header, kind, sample) for kind in KINDS}
    return sorted(((kind, score) for kind, score in points.items() if score > 0), key=lambda pair: -pair[1])


def _points(header: Sequence[str], kind: str, sample: Sequence[Sequence[str]]) -> float:
    columns = recognise(header, kind, sample)
    found = {column.field: column for column in columns if column.field}
    if not all(found.keys() & set(group) for group in NEEDED[kind]):
        return 0.0
    score = sum(WEIGHTS[kind].get(name, 0.2) * column.confidence for name, column in found.items())
    first = _words(header[0]) if header else ""
    if any(first == word or first.startswith(f"{word} ") or first == f"{word}id" for word in TELLING.get(kind, ())):
        score += 2
    if kind == "moves":
        place = found["external_id"].place
        names = [row[place] for row in sample if place < len(row)]
        repeated = len(names) > 3 and len(set(names)) < len(names) * 0.8
        # Many rows for one deal are its history; one row a deal is not.
        score = score * 1.5 if repeated or "from_stage" in found else score * 0.3
    return round(score, 2)
