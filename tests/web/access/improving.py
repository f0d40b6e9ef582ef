"""The addresses of what improves the process."""

from __future__ import annotations

from .rows import MANAGERS, MEMBERS, SEEING_AUDIT, Row


def of_audit(name: str, get: int, post: int, /, **at: str) -> tuple[str, Row]:
    return name, Row(MANAGERS, get, post, {"key": "pipeline", "audit": "audit", **at}, SEEING_AUDIT)


RETESTS: list[tuple[str, Row]] = [
    ("process_retest", Row(MANAGERS, 200, 302, {"key": "pipeline", "number": "=2"})),
    ("process_retest", Row(MANAGERS, 404, 404, {"key": "pipeline", "number": "=1"})),
    ("process_retest_now", Row(MANAGERS, 405, 302, {"key": "pipeline", "number": "=2"})),
]
AUDITS: list[tuple[str, Row]] = [
    ("audits", Row(MANAGERS, 200, 302, {"key": "pipeline"})),
    ("audits", Row(MANAGERS, 404, 404, {"key": "unknown"})),
    ("audit_schedule", Row(MANAGERS, 200, 422, {"key": "pipeline"})),
    ("audit_schedule_end", Row(MANAGERS, 405, 302, {"key": "pipeline"})),
    of_audit("audit", 200, 405),
    of_audit("audit_paper", 200, 405),
    of_audit("audit_finding", 200, 405, finding="finding"),
    of_audit("audit_task", 200, 422, finding="finding"),
]


def of_lesson(name: str, get: int, post: int, /, *, door: frozenset[str] = MEMBERS, **at: str) -> tuple[str, Row]:
    return name, Row(door, get, post, {"key": "pipeline", "lesson": "lesson", **at})


TRAINING: list[tuple[str, Row]] = [
    ("training", Row(MEMBERS, 200, 405, {"key": "pipeline"})),
    ("training", Row(MEMBERS, 404, 405, {"key": "unknown"})),
    ("training_works", Row(MEMBERS, 200, 405, {"key": "pipeline"})),
    ("process_read", Row(MEMBERS, 405, 302, {"key": "pipeline", "number": "=1"})),
    ("process_read", Row(MEMBERS, 405, 404, {"key": "pipeline", "number": "=99"})),
    ("lesson_new", Row(MANAGERS, 200, 422, {"key": "pipeline"})),
    of_lesson("lesson", 200, 405),
    of_lesson("lesson_read", 405, 302),
    of_lesson("lesson_edit", 200, 422, door=MANAGERS),
    of_lesson("lesson_act", 405, 302, door=MANAGERS, act="=retire"),
    of_lesson("lesson_act", 405, 404, door=MANAGERS, act="=nothing"),
]


def of_test(
    name: str, get: int, post: int, door: frozenset[str] = MANAGERS, /, number: str = "design", **at: str
) -> tuple[str, Row]:
    return name, Row(door, get, post, {"key": "pipeline", "number": number, **at})


def of_idea(name: str, get: int, post: int, door: frozenset[str] = MEMBERS) -> tuple[str, Row]:
    return name, Row(door, get, post, {"key": "pipeline", "idea": "idea"})


#: Everybody reads tests and ideas, and writes ideas; managers design and decide.
TRIALS: list[tuple[str, Row]] = [
    ("tests", Row(MEMBERS, 200, 200, {"key": "pipeline"})),
    ("tests", Row(MEMBERS, 404, 404, {"key": "unknown"})),
    ("test_new", Row(MANAGERS, 200, 422, {"key": "pipeline"})),
    ("test_new", Row(MANAGERS, 404, 404, {"key": "pipeline"}, query="idea=987654")),
    ("test_size", Row(MANAGERS, 200, 200, {"key": "pipeline"})),
    of_test("test", 200, 200, MEMBERS, number="running"),
    of_test("test", 404, 404, MEMBERS, number="unknown"),
    of_test("test_design", 200, 422),
    of_test("test_design", 302, 302, number="running"),
    of_test("test_variant", 200, 302, place="=1"),
    of_test("test_variant", 200, 302, number="running", place="=1"),
    of_test("test_variant", 404, 404, place="=0"),
    of_test("test_act", 405, 302),
    of_test("test_decide", 200, 422, number="stopped"),
    of_test("test_decide", 302, 302, number="running"),
    of_test("test_rollout", 302, 302, number="stopped"),
    ("idea_new", Row(MEMBERS, 200, 422, {"key": "pipeline"})),
    of_idea("idea", 200, 200),
    of_idea("idea_vote", 405, 302),
    of_idea("idea_drop", 405, 422, MANAGERS),
]
