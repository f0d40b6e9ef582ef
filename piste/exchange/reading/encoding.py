"""Which encoding a text was written in, decided on the whole file; and text that was encoded twice, put right."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import BinaryIO

from .findings import Unreadable

PART = 1 << 20
#: As many bytes around foreign letters are enough to tell encodings apart.
ENOUGH = 200_000
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: So many bytes without a break of line are longer than any line that is read (a letter takes four at most).
LONGEST = 4_000_000 + PART
FOREIGN = re.compile(rb"[^\x80-\xff]{0,3}[\x80-\xff]+[^\x80-\xff]{0,3}")
FRENCH = frozenset("éèêëàâäçùûüîïôöœæÿñßÉÈÊÀÂÇÔÎŒáíóú«»’‘“”–—…€°\xa0№ºª×")
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class Encoding:
    """A name Python knows; how many bytes do not fit it; whether there is text at all."""

    name: str
    damaged: int = 0
    blank: bool = False


def detect(stream: BinaryIO) -> Encoding:
    """Reads the whole stream. By its mark, else UTF-8 wherever it holds, else whichever single-byte encoding reads like words.

    Raises `Unreadable` (`not_text`) for bytes that are no text.
    """
    first = stream.read(PART)
    for mark, name in BOMS:
        if first.startswith(mark):
            return Encoding(name, blank=len(first) == len(mark))
    wide = _without_mark(first)
    if wide:
        if sum(letter < " " and letter not in "\t\r\n" for letter in first.decode(wide, "replace")) > len(first) * 0.01:
            raise Unreadable("not_text")
        return Encoding(wide)
    if len(CONTROL.findall(first.replace(b"\0", b""))) > len(first) * 0.02 or first.count(b"\0") > len(first) * 0.05:
        raise Unreadable("not_text")
    return _narrow(first, stream)


def _without_mark(first: bytes) -> str:
    """UTF-16 shows itself by a zero in every other byte of Western text."""
    pairs = len(first) // 2
    if pairs < 2:
        return ""
    even, odd = first[0 : pairs * 2 : 2].count(0), first[1 : pairs * 2 : 2].count(0)
    if odd > pairs * 0.4 and even < pairs * 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > pairs * 0.4 and odd < pairs * 0.05 else ""


def _narrow(part: bytes, stream: BinaryIO) -> Encoding:
    sample = bytearray()
    held = b""
    good = bad = returns = feeds = 0
    blank = True
    unbroken = 0
    # Once it is certainly something else, counting on would take time without telling more.
    while part:
        broken = max(part.rfind(b"\n"), part.rfind(b"\r"))
        unbroken = unbroken + len(part) if broken < 0 else len(part) - broken
        if unbroken > LONGEST:
            raise Unreadable("hostile", line=feeds + 1)
        blank = blank and not part.strip(b" \t\r\n,;|\0")
        returns += part.count(b"\r")
        feeds += part.count(b"\n")
        if (held or not part.isascii()) and not (bad > 100 and bad > good):
            held, more_good, more_bad = _utf8(held + part)
            good, bad = good + more_good, bad + more_bad
        if len(sample) < ENOUGH:
            sample += b" ".join(FOREIGN.findall(part))[:ENOUGH]
        part = stream.read(PART)
    bad += len(held)
    if not bad or good > bad * 10:
        return Encoding("utf-8", bad, blank)
    name = _single_byte(bytes(sample), old_mac=bool(returns) and not feeds)
    return Encoding(name, sample.decode(name, errors="replace").count("\ufffd"), blank)


def _utf8(part: bytes) -> tuple[bytes, int, int]:
    """The unfinished last letter, how many foreign letters are good UTF-8, and how many bytes are not."""
    good = bad = place = 0
    text = b""
    while place < len(part):
        try:
            good += sum(letter > "\x7f" for letter in part[place:].decode("utf-8"))
            return text, good, bad
        except UnicodeDecodeError as problem:
            good += sum(byte >= 0xC0 for byte in part[place : place + problem.start])
            if problem.reason == "unexpected end of data":
                return part[place + problem.start :], good, bad
            bad += problem.end - problem.start
            place += problem.end
            if bad > 100 and bad > good:
                return b"", good, bad
    return text, good, bad


def _single_byte(sample: bytes, *, old_mac: bool) -> str:
    names = ["cp1252", "mac_roman"]
    if any(byte in sample for byte in b"\x81\x8d\x8f\x90\x9d"):
        names.insert(0, "latin-1")
    scores = {name: _likeness(sample.decode(name, errors="replace")) for name in names}
    if old_mac:
        scores["mac_roman"] += max(1.0, len(sample) * 0.05)
    return max(names, key=lambda name: scores[name])


def _likeness(text: str) -> float:
    """How much a text looks like words of Western Europe: their letters inside words, no signs within them."""
    score = 0.0
    for place, letter in enumerate(text):
        if letter < "\x80":
            continue
        before = text[place - 1] if place else " "
        after = text[place + 1] if place + 1 < len(text) else " "
        inside = before.isalpha() and after.isalpha()
        if letter == "\ufffd" or "\x80" <= letter < "\xa0":
            score -= 5
        elif letter in FRENCH:
            score += 2 if letter.isalpha() or not inside else -2
        elif letter.isalpha():
            score += 0.5
        else:
            score -= 2
        if letter.isupper() and before.islower():
            score -= 3
    return score


#: UTF-8 read as cp1252 and saved again leaves these pairs behind.
MOJIBAKE = re.compile("[ÃÂÅ][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ¡-¿ ]|â(?:€|‚¬)")


def looks_doubled(text: str) -> bool:
    """Whether a text shows enough pairs of letters that only come from encoding it twice."""
    return len(MOJIBAKE.findall(text)) >= 3


def mended(text: str) -> str:
    """A text that was read as cp1252 and saved again as UTF-8, put right as far as its bytes are still there."""
    if not MOJIBAKE.search(text):
        return text
    return b"".join(_byte_of(letter) for letter in text).decode("utf-8", errors="replace")


def _byte_of(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1") if ord(letter) < 256 else letter.encode("utf-8")
