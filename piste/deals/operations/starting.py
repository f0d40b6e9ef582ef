"""The first start of an installation: company, first admin, first pipeline, first lists, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from piste.company import operations as company
from piste.company.models import Member, Role, Sees
from piste.pipelines.operations import create_pipeline

from .listing import add_loss_reason, add_source

REASONS = (
    gettext_lazy("Price"),
    gettext_lazy("A competitor was chosen"),
    gettext_lazy("No answer"),
    gettext_lazy("Project dropped"),
    gettext_lazy("Missing feature"),
    gettext_lazy("Other"),
)
SOURCES = (
    gettext_lazy("Web site"),
    gettext_lazy("Referral"),
    gettext_lazy("Trade fair"),
    gettext_lazy("Cold call"),
    gettext_lazy("Partner"),
)


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
        for reason in REASONS:
            add_loss_reason(name=str(reason), by=admin, at=at)
        for source in SOURCES:
            add_source(name=str(source), by=admin, at=at)
    return admin
