"""A run that acts: its deal, whom an action concerns, what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from piste.automations.models import Automation, Run
from piste.automations.rules import Action
from piste.company.models import Member, Role
from piste.deals.models import Deal
from piste.journal.operations import record


class Refused(Exception):
    """An action that may not be done; `why` is its reason, `told` what else there is to say of it."""

    def __init__(self, why: str, **told: Any) -> None:
        super().__init__(why)
        self.why, self.told = why, told


@dataclass(frozen=True)
class Scene:
    """A run that acts: its automation, the deal, the moment. The deal is read anew for each action, which may have changed it."""

    automation: Automation
    run: Run
    deal_id: int
    at: datetime

    @property
    def deal(self) -> Deal:
        related = ("owner", "team", "company", "stage", "pipeline")
        found = Deal.objects.present().select_related(*related).filter(pk=self.deal_id).first()
        if found is None:
            raise Refused("gone")
        return found

    @cached_property
    def besides(self) -> dict[str, Any]:
        """What the entries of its effects say more: who did it, and how many effects have led here."""
        return {"automation": self.automation.pk, "name": self.automation.name, "depth": self.run.depth + 1}

    @property
    def act(self) -> dict[str, Any]:
        return {"by": None, "at": self.at, "cause": "automation", "besides": self.besides}


def who(scene: Scene, action: Action) -> Member:
    """Whom an action concerns: the owner, the manager of the owner's team (else an admin), or who is named."""
    owner = scene.deal.owner
    if action.who == "member":
        found = Member.objects.active().filter(pk=action.member or 0).first()
    elif action.who == "manager":
        managers = Member.objects.active().filter(role=Role.MANAGER).order_by("pk")
        found = managers.filter(team_id=owner.team_id).first() if owner.team_id else None
        found = found or managers.first() or Member.objects.admins().order_by("pk").first()
    else:
        found = owner if owner.is_active else None
    if found is None:
        raise Refused("left")
    return found


def tell(scene: Scene, deal: Deal, did: str, **told: Any) -> None:
    """What leaves no other trace on the deal is told in its history."""
    record(
        verb="automation.acted",
        subject_kind="deal",
        subject_id=deal.pk,
        pipeline_id=deal.pipeline_id,
        actor_id=None,
        at=scene.at,
        cause="automation",
        data=scene.besides | {"did": did} | told,
    )
