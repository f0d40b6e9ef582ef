"""Django's sessions in the database, asked for by a statement written once and opened once for each content: every page asks for
its own."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.core import signing
from django.utils import timezone

from piste.asking import KeptRecords


class SessionStore(DatabaseSessions):
    """As Django's own; only the way to read one differs."""

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        try:
            return deepcopy(_opened(str(session_data), self.key_salt, settings.SECRET_KEY))
        except (signing.BadSignature, ValueError):
            # Whatever is wrong with it, the framework says.
            found: dict[str, Any] = super().decode(session_data)
            return found

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


@lru_cache(maxsize=256)
def _opened(session_data: str, salt: str, secret: str) -> dict[str, Any]:
    """What a session holds, when it was signed with this secret: the same words always say the same."""
    found: dict[str, Any] = signing.loads(session_data, key=secret, salt=salt)
    return found
