"""The first start of an installation: company, first admin, first pipeline, first lists, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from piste.company import operations as company
from piste.company.models import Member, Role, Sees
from piste.deals.models import LossReason, Source
from piste.pipelines.operations import create_pipeline


@dataclass(frozen=True, slots=True)
class FirstChoices:
    """What the first person says."""

    company: str
    language: str
    currency: str
    country: str
    time_zone: str
    name: str
    email: str
    password: str


@transaction.atomic
def first_start(*, choices: FirstChoices, at: datetime) -> Member:
    """Sets the installation up and returns its first admin. Raises `company.operations.AlreadySetUp`."""
    company.set_up(
        name=choices.company,
        language=choices.language,
        currency=choices.currency,
        country=choices.country,
        time_zone=choices.time_zone,
        at=at,
    )
    admin = company.join(
        email=choices.email,
        name=choices.name,
        password=choices.password,
        role=Role.ADMIN,
        sees=Sees.ALL,
        team=None,
        language=choices.language,
        time_zone=choices.time_zone,
        at=at,
    )
    with override(choices.language):
        create_pipeline(name=_("Sales"), by=admin, at=at, why=_("First start"))
        reasons = (_("Price"), _("A competitor was chosen"), _("No answer"), _("Project dropped"), _("Missing feature"), _("Other"))
        LossReason.objects.bulk_create([LossReason(name=name, position=place) for place, name in enumerate(reasons)])
        sources = (_("Web site"), _("Referral"), _("Trade fair"), _("Cold call"), _("Partner"))
        Source.objects.bulk_create([Source(name=name) for name in sources])
    return admin
