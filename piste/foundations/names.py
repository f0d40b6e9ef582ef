"""Names as one compares them: for search, and to tell that two records are the same."""

from __future__ import annotations

import re
import unicodedata

#: Letters that decomposition does not open.
OPENED = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l", "þ": "th", "ı": "i"})

LEGAL_FORMS = frozenset(
    "sarl sas sasu sa eurl sci snc scop scp gie selarl eirl ei gmbh ag ug kg ohg ltd limited llc llp inc corp "
    "corporation co plc bv nv spa srl sl ab as oy aps pty".split()
)

PUBLIC_MAIL = frozenset(
    "gmail.com googlemail.com outlook.com outlook.fr hotmail.com hotmail.fr live.com live.fr msn.com yahoo.com yahoo.fr "
    "icloud.com me.com orange.fr wanadoo.fr free.fr sfr.fr laposte.net bbox.fr neuf.fr aol.com gmx.com gmx.de gmx.fr "
    "proton.me protonmail.com web.de t-online.de".split()
)

NOT_WORD = re.compile(r"[\W_]+")
DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+(?:xn--[a-z0-9-]+|[^\W\d_]{2,63})")
SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def plain(text: str) -> str:
    """Lower case without accents; ligatures opened."""
    if text.isascii():
        return text.lower()
    # Opened before and after folding: some letters become others that open in turn (ŉ, ℡).
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(OPENED)
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def search_words(text: str) -> str:
    """The words of a text as one searches them: plain, punctuation and runs of space made one space."""
    return NOT_WORD.sub(" ", plain(text)).strip() if text else ""


def name_key(text: str) -> str:
    """A company's or a person's name as one compares it: plain words without the legal form."""
    words = search_words(text.replace(".", "")).split()
    kept = [word for word in words if word not in LEGAL_FORMS]
    return " ".join(kept or words)[:200]


def person_key(text: str) -> str:
    """A person's name as one compares it, whatever the order of first and last name."""
    return " ".join(sorted(search_words(text).split()))[:200]


def order_key(text: str) -> str:
    """A name as one sorts it: É with E, capitals with small letters, punctuation aside; empty when it is nothing else."""
    return search_words(text)[:200]


def email_key(text: str) -> str:
    """An e-mail address as one compares it; empty when it is none."""
    address = text.strip().casefold()
    return address if "@" in address.strip("@") else ""


def phone_key(text: str, region: str = "FR") -> str:
    """A phone number in E.164 (`+33465710001`); empty when it cannot be one. `region` reads national numbers."""
    if not text.strip():
        return ""
    # The plans of all countries are read when the first number comes, not at every start.
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def domain_of(text: str) -> str:
    """The domain of an e-mail or web address, without `www.`; empty when there is none (a number of the network is none)."""
    rest = SCHEME.sub("", text.strip()).split("/")[0].split("?")[0]
    domain = rest.rsplit("@", 1)[-1].split(":")[0].casefold().strip(".")
    domain = domain.removeprefix("www.")
    return domain if DOMAIN.fullmatch(domain) else ""


def company_domain(text: str) -> str:
    """The domain when it tells a company: that of a public mail provider does not."""
    domain = domain_of(text)
    return "" if domain in PUBLIC_MAIL else domain


def trigrams(text: str) -> frozenset[str]:
    """The three-letter pieces of a text's words, each word padded as PostgreSQL does."""
    pieces: set[str] = set()
    for word in search_words(text).split():
        padded = f"  {word} "
        pieces.update(padded[place : place + 3] for place in range(len(padded) - 2))
    return frozenset(pieces)


def likeness(one: str, other: str) -> float:
    """How alike two texts are, 0 to 1: shared trigrams over all of them (Jaccard)."""
    first, second = trigrams(one), trigrams(other)
    if not first or not second:
        return 0.0
    return len(first & second) / len(first | second)
