"""The facts that the journal tells of: their names in a sentence, and the tables behind those that are rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from piste.company.models import Member, Team
from piste.deals.models import Source
from piste.people.models import Agreement, Company, Purpose

#: What tells of a merge, made or taken back.
MERGES = ("company.merged", "contact.merged", "company.unmerged", "contact.unmerged")
FACTS = {
    "title": gettext_lazy("title"),
    "company": gettext_lazy("company"),
    "owner": gettext_lazy("owner"),
    "team": gettext_lazy("team"),
    "amount_minor": gettext_lazy("amount"),
    "currency": gettext_lazy("currency"),
    "expected_close_on": gettext_lazy("expected close date"),
    "source": gettext_lazy("source"),
    "campaign": gettext_lazy("campaign"),
    "external_id": gettext_lazy("reference"),
    "name": gettext_lazy("name"),
    "first_name": gettext_lazy("first name"),
    "last_name": gettext_lazy("last name"),
    "email": gettext_lazy("e-mail"),
    "phone": gettext_lazy("phone"),
    "job_title": gettext_lazy("job title"),
    "language": gettext_lazy("language"),
    "website": gettext_lazy("web site"),
    "domain": gettext_lazy("domain"),
    "sector": gettext_lazy("sector"),
    "employees": gettext_lazy("employees"),
    "address": gettext_lazy("address"),
    "postcode": gettext_lazy("postcode"),
    "city": gettext_lazy("city"),
    "country": gettext_lazy("country"),
    "registration_number": gettext_lazy("registration number"),
    "parent": gettext_lazy("parent company"),
}
#: The facts whose values are rows of a table, by the name the journal gives them.
ROWS: dict[str, Any] = {
    "owner": Member,
    "owner_id": Member,
    "team": Team,
    "team_id": Team,
    "company": Company,
    "company_id": Company,
    "parent": Company,
    "parent_id": Company,
    "source": Source,
}


def consented(data: Mapping[str, Any]) -> tuple[str, str]:
    """A consent in words: what was said, and how one knows."""
    purpose = {"purpose": dict(Purpose.choices).get(data.get("purpose", ""), "…")}
    given = data.get("agreement") == Agreement.GIVEN
    said = gettext("noted a consent (%(purpose)s)") if given else gettext("noted that a consent was withdrawn (%(purpose)s)")
    return said % purpose, data.get("how", "")


def by_itself(cause: str, data: Mapping[str, Any]) -> str:
    """Who did what nobody did: the automation that says so, else Piste."""
    return gettext("Automation “%(name)s”") % {"name": data["name"]} if cause == "automation" and "name" in data else "Piste"


def acted(data: Mapping[str, Any]) -> tuple[str, str]:
    """What an automation did that leaves no other trace, and by what."""
    if data.get("did") == "mail":
        return gettext("wrote to the contact"), data.get("template", "")
    return gettext("sent a message to another system"), ""


def merged(verb: str, name: Mapping[str, str]) -> str:
    """That another one was merged into this one, or no longer is."""
    return (
        gettext("took back the merge with %(name)s") if verb.endswith(".unmerged") else gettext("merged %(name)s into this one")
    ) % name
