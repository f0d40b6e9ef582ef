"""The addresses of what improves the process."""

from __future__ import annotations

from .rows import MANAGERS, SEEING_AUDIT, Row


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
