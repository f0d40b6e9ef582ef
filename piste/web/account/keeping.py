"""Django's sessions in the database, asked for by a statement written once: every page asks for its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.utils import timezone

from piste.asking import KeptRecords


class SessionStore(DatabaseSessions):
    """As Django's own; only the way to read one differs."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        found = _session.records(key=self.session_key, now=timezone.now()) if self.session_key else []
        if found:
            session: Session = found[0]
            return session
        self._session_key = None
        return None


@KeptRecords
def _session(*, key: str, now: datetime) -> Any:
    return Session.objects.filter(session_key=key, expire_date__gt=now)
