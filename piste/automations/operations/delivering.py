"""Sending messages to other systems until they are taken."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from piste.automations.models import Delivery
from piste.automations.rules import HELD, MOST_TRIES, signature, wait
from piste.connectors import outgoing

log = logging.getLogger(__name__)

#: What another attempt does not mend.
FOR_GOOD = ("address", "private")


def deliver(*, at: datetime, gate: Callable[[str], bool] = outgoing.is_public) -> bool:
    """Sends the message that has waited longest; False when there was none.

    It is taken for oneself in one transaction, sent, and marked in another: whoever dies in between leaves it to be sent again,
    under the same number. `gate` says which machines may be called.
    """
    delivery = _take(at)
    if delivery is None:
        return False
    body = delivery.body.encode()
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Piste",
        "X-Piste-Delivery": str(delivery.number),
    }
    # A signature by a secret that nobody has proves nothing.
    if secret := delivery.run.automation.secret:
        headers["X-Piste-Signature"] = signature(secret, int(at.timestamp()), body)
    try:
        answer = outgoing.post(delivery.url, body, headers, gate=gate)
    except outgoing.Failed as problem:
        over = problem.reason in FOR_GOOD or delivery.tries >= MOST_TRIES
        facts = {"dropped_at": at} if over else {"held_until": at + wait(delivery.tries)}
        log.warning("Message %s of automation %s was not taken: %s", delivery.number, delivery.run.automation_id, problem)
        _end(delivery, status=problem.status, problem=problem.reason, **facts)
    else:
        _end(delivery, status=answer.status, problem="", sent_at=at)
    return True


@transaction.atomic
def _take(at: datetime) -> Delivery | None:
    found = Delivery.objects.filter(sent_at=None, dropped_at=None, held_until__lte=at).order_by("held_until", "pk")
    taken = found.select_for_update(skip_locked=True, of=("self",)).select_related("run__automation").first()
    if taken is not None:
        taken.held_until, taken.tries = at + HELD, taken.tries + 1
        taken.save(update_fields=["held_until", "tries"])
    return taken


def _end(delivery: Delivery, **facts: object) -> None:
    # One that was dropped meanwhile, with its deal, stays so.
    Delivery.objects.filter(pk=delivery.pk, sent_at=None, dropped_at=None).update(**facts)
