"""Mail that goes out, and never to an address that nobody can have."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

log = logging.getLogger(__name__)

#: Names kept for examples and tests (RFC 2606 and 6761): the demo company lives there, and no mailbox ever does.
RESERVED = frozenset({"example", "invalid", "test", "localhost", "example.com", "example.net", "example.org"})


def is_reserved(address: str) -> bool:
    """Whether an address lies under a name that is kept for examples and tests."""
    labels = address.rpartition("@")[2].strip().rstrip(".>").lower().split(".")
    return labels[-1] in RESERVED or ".".join(labels[-2:]) in RESERVED


class EmailBackend(smtp.EmailBackend):
    """A mail server that is not asked to carry anything to a reserved name; what was for
    there alone counts as not sent."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        kept = []
        for message in email_messages:
            for name in ("to", "cc", "bcc"):
                addresses = getattr(message, name)
                setattr(message, name, [address for address in addresses if not is_reserved(address)])
            if message.recipients():
                kept.append(message)
            else:
                log.info("A mail to an address kept for examples was not sent.")
        return super().send_messages(kept) or 0
