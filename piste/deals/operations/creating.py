"""A new deal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from piste.company.models import Member, Team
from piste.deals import rules
from piste.deals.models import Deal, Move, Source
from piste.finding.operations import index
from piste.journal.operations import record
from piste.journal.rows import add_row, change_row
from piste.people.models import Company
from piste.pipelines.models import Stage

from .around import put_contacts, put_products, put_tags, searchable
from .errors import NotAllowed
from .ledger import Act, keep_in_use, told, write_move
from .moving import check
from .totals import entered

#: Where a deal's ledger stands.
LEDGER = ("ledger_number", "ledger_hash")


@transaction.atomic
def create(
    *,
    title: str,
    stage: Stage,
    owner: Member,
    by: Member | None,
    at: datetime,
    currency: str,
    amount_minor: int | None = None,
    company: Company | None = None,
    team: Team | None = None,
    expected_close_on: date | None = None,
    source: Source | None = None,
    campaign: str = "",
    custom: Mapping[str, Any] | None = None,
    contacts: Sequence[tuple[int, str]] = (),
    products: Sequence[tuple[int, int, int | None]] = (),
    tags: Sequence[str] = (),
    external_id: str = "",
    override: str = "",
    why: str = "",
    cause: str = "page",
) -> Deal:
    """A deal that enters a stage. `team` is the owner's unless given; `contacts` are (contact id, role) with the main one
    first; `products` (product id, quantity in thousandths, price in minor units).

    Raises `StageRetired`, `DataMissing` for what the stage requires to enter, `NotAllowed`.
    """
    keep_in_use(stage)
    if not owner.is_active:
        raise NotAllowed
    deal = Deal(
        title=title.strip(),
        company=company,
        owner=owner,
        team_id=team.pk if team else owner.team_id,
        amount_minor=amount_minor,
        currency=currency,
        expected_close_on=expected_close_on,
        source=source,
        campaign=campaign,
        custom=dict(custom or {}),
        external_id=external_id,
        created_at=at,
        updated_at=at,
        pipeline=stage.pipeline,
        stage=stage,
        status=rules.OPEN,
        entered_stage_at=at,
        column=stage,
    )
    add_row(deal)
    _surround(deal, contacts, products, tags)
    act = Act(by=by, at=at, why=why, cause=cause, override=override.strip())
    check(deal, stage, kind="created", act=act)
    step = rules.Step(1, "created", stage.pk, rules.OPEN, at, why)
    written: Move = write_move(deal, step, from_stage_id=None, from_status="", act=act)
    change_row(deal, LEDGER)
    entered([deal])
    index([searchable(deal)])
    record(
        verb="deal.created",
        subject_kind="deal",
        subject_id=deal.pk,
        pipeline_id=deal.pipeline_id,
        actor_id=by.pk if by else None,
        at=at,
        cause=cause,
        data=told(written, None, stage) | {"title": deal.title},
    )
    return deal


def _surround(
    deal: Deal, contacts: Sequence[tuple[int, str]], products: Sequence[tuple[int, int, int | None]], tags: Sequence[str]
) -> None:
    """Puts around a new deal what it comes with; there is nothing yet that would have to give way."""
    if contacts:
        put_contacts(deal, contacts)
    if products:
        put_products(deal, products)
    if tags:
        put_tags(deal, tags)
