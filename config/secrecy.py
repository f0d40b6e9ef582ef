"""What logs may not hold: the tokens of links that let somebody in."""

from __future__ import annotations

import logging
import re

#: A one-time link, an invitation, the mailed link for a new password.
TOKENS = re.compile(r"(/(?:enter|join)/|/account/password/reset/key/)[^/\s?\"']+")


class WithoutTokens(logging.Filter):
    """Takes the tokens out of the addresses that are logged: Django writes those of refused requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        plain = TOKENS.sub(r"\1…", said)
        if plain != said:
            record.msg, record.args = plain, ()
        return True
