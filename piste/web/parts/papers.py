"""Notes and files of a subject, for any page that shows them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from piste.activities.queries import attachments, readers
from piste.deals.models import Deal
from piste.people.models import Company, Contact


def papers(kind: str, subject: Deal | Company | Contact) -> dict[str, Any]:
    """What `parts/composer.html`, `parts/files.html` and the notes of a timeline need: two statements."""
    return {
        "about": (kind, subject.pk),
        "call": reverse("deal_call", args=[subject.pk]) if kind == "deal" else f"{reverse('call_new')}?{kind}={subject.pk}",
        "files": list(attachments(kind, subject.pk)),
        "readers": readers(owner_id=subject.owner_id, team_id=subject.team_id),
    }
