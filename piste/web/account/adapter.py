"""What Piste decides for the sign-in library."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves: one is invited."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
