"""Questions about the company: its settings, its open links, its fields."""

from __future__ import annotations

from datetime import datetime

from .models import Invitation, Settings, SignInLink
from .rules import token_hash


def company() -> Settings | None:
    """The company's settings; None before the first start."""
    return Settings.objects.filter(pk=1).first()


def open_invitation(*, token: str, at: datetime) -> Invitation | None:
    """The invitation of a token, when it can still be accepted."""
    found = Invitation.objects.waiting().filter(token_hash=token_hash(token), expires_at__gt=at)
    return found.select_related("invited_by", "team").first()


def open_link(*, token: str, at: datetime) -> SignInLink | None:
    """The sign-in link of a token, when it can still be used."""
    found = SignInLink.objects.filter(token_hash=token_hash(token), used_at=None, expires_at__gt=at, member__is_active=True)
    return found.select_related("member").first()
