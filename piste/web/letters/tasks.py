"""What the worker does with dashboards that leave by e-mail."""

from __future__ import annotations

import logging

from django.tasks import task
from django.utils import timezone

from piste.dashboards.operations import delivering
from piste.post.tasks import carry

from .making import copy

log = logging.getLogger(__name__)


@task()
def send() -> int:
    """Makes the copies whose hour has come and those asked for; they leave at once. Returns how many."""
    delivering.fall_due(at=timezone.now())
    made = 0
    while (delivery := delivering.take(at=timezone.now())) is not None:
        try:
            found = copy(delivery, at=timezone.now())
        except Exception:
            log.exception("The copy %s of a dashboard could not be made and is tried again", delivery.pk)
            delivering.put_off(delivery=delivery, at=timezone.now())
            continue
        made += delivering.hand_over(delivery=delivery, copy=found, at=timezone.now())
    if made:
        carry.enqueue()
    delivering.clear_away(at=timezone.now())
    return made
