"""What a person is answered at one address."""

from __future__ import annotations

from dataclasses import dataclass, field

EVERYBODY = frozenset({"stranger", "olga", "ines", "rosa", "milo", "marc", "alice"})
MEMBERS = EVERYBODY - {"stranger"}
MANAGERS = frozenset({"milo", "marc", "alice"})
ADMINS = frozenset({"alice"})
#: Who sees what Rosa owns: Olga sees her own alone, Milo the team South.
SEEING = MEMBERS - {"olga", "milo"}
#: Who sees an import that Marc ran: he, and managers who see everything.
SEEING_RUN = frozenset({"marc", "alice"})
#: Who reads an audit made with Marc's eyes.
SEEING_AUDIT = frozenset({"marc", "alice"})
SIGN_IN = 302


@dataclass(frozen=True)
class Row:
    """An address: `at` names the pieces of the scene in it. Answers are those of one who may.

    Who is not in `door` is led to sign-in (strangers) or refused (403); who is not in `seen` is told that it does not exist
    (404); who is not in `writers` reads but may not post. `stranger` says what strangers are answered at an open door when it
    differs.
    """

    door: frozenset[str]
    get: int
    post: int
    at: dict[str, str] = field(default_factory=dict)
    seen: frozenset[str] = EVERYBODY
    stranger: tuple[int, int] | None = None
    query: str = ""
    writers: frozenset[str] = EVERYBODY

    def answer(self, who: str, method: str) -> int:
        given = self.get if method == "GET" else self.post
        if who not in self.door:
            return SIGN_IN if who == "stranger" else 403
        if who == "stranger" and self.stranger is not None:
            return self.stranger[0 if method == "GET" else 1]
        if method == "POST" and who not in self.writers:
            return 403
        return given if given == 405 or who in self.seen else 404


def on(subject: str, get: int, post: int, /, *, seen: frozenset[str] = SEEING, query: str = "", **at: str) -> Row:
    """An address of something Rosa owns."""
    return Row(MEMBERS, get, post, {"key": subject, **at}, seen, query=query)


def paper(subject: str, kind: str, get: int, post: int, *, seen: frozenset[str] = SEEING) -> Row:
    """An address of a note or a file of something Rosa owns."""
    at = {"about": f"={subject}", "key": subject} | ({kind: f"{subject}_{kind}"} if kind else {})
    return Row(MEMBERS, get, post, at, seen)


def papers(subject: str) -> list[tuple[str, Row]]:
    mine = frozenset({"rosa"})
    return [
        ("notes", paper(subject, "", 405, 302)),
        ("note", paper(subject, "note", 405, 302, seen=mine)),
        ("note_back", paper(subject, "note", 405, 302, seen=mine)),
        ("note_pin", paper(subject, "note", 405, 302)),
        ("files", paper(subject, "", 405, 302)),
        ("file", paper(subject, "file", 200, 405)),
        ("file_away", paper(subject, "file", 405, 302)),
        ("file_back", paper(subject, "file", 405, 302)),
    ]


def of_stage(name: str, get: int, post: int, door: frozenset[str], writers: frozenset[str] = EVERYBODY) -> tuple[str, Row]:
    return name, Row(door, get, post, {"key": "pipeline", "stage": "stage"}, writers=writers)
