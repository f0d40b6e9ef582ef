"""What a draft means for the deals that are already there, said before it is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import ngettext

from piste.deals.models import Deal, Status
from piste.deals.queries import knowing
from piste.foundations import typography
from piste.pipelines.models import Draft
from piste.pipelines.queries import Wanted
from piste.web.access import MemberRequest
from piste.web.templatetags.piste import today, tongue

from . import words
from .forms import PublishForm


@dataclass(frozen=True, slots=True)
class Announced:
    """The draft as its panel tells it; `running` says how many deals may adopt a new playbook."""

    draft: Draft
    number: int
    changes: list[str]
    contested: list[str]
    overtaken: bool
    warnings: list[str]
    running: str
    form: PublishForm

    @property
    def counted(self) -> str:
        said = ngettext("%(count)s change", "%(count)s changes", len(self.changes))
        return said % {"count": typography.number(len(self.changes), tongue())}


def announced(request: MemberRequest, state: Wanted, form: PublishForm | None) -> Announced | None:
    """What the panel of the draft says; nothing without one."""
    if state.draft is None or not request.user.may_manage:
        return None
    names = words.labels()
    if form is None:
        form = PublishForm(stages=state.definition["stages"], today=today(), initial={"seen": state.number})
    running = _running(state)
    if not running:
        del form.fields["adopt"]
    form.auto_id = "publish_%s"
    return Announced(
        draft=state.draft,
        number=state.number + 1,
        changes=[words.difference(change, names) for change in state.changes],
        contested=[words.contested_part(stage, part) for stage, part in state.contested],
        overtaken=state.draft.base_number != state.number,
        warnings=_warnings(state, names),
        running=words.running(running) if running else "",
        form=form,
    )


def _running(state: Wanted) -> int:
    """How many open deals stand in stages whose standard activities change."""
    before = {stage["id"]: _standards(stage) for stage in state.now["stages"]}
    changed = [stage["id"] for stage in state.definition["stages"] if before.get(stage["id"], set()) != _standards(stage)]
    return Deal.objects.open().filter(stage__in=changed).count() if changed else 0


def _standards(stage: Any) -> set[int]:
    return {row["id"] for row in stage.get("playbook", {}).get("activities", [])}


def _warnings(state: Wanted, names: dict[str, str]) -> list[str]:
    """Which deals will have to say something that they do not say yet before they may go on."""
    found = []
    for stage in state.definition["stages"]:
        before = state.stage_now(stage["id"])
        if before is None:
            continue
        asked = {need["fact"] for need in before["requirements"] if need["to_leave"]}
        new = [need["fact"] for need in stage["requirements"] if need["to_leave"] and need["fact"] not in asked]
        if not new:
            continue
        here = Deal.objects.present().filter(stage=stage["id"], status__in=(Status.OPEN, Status.HELD))
        counted, known = knowing(here, facts=new)
        found += [words.will_need(counted - known[fact], stage["name"], fact, names) for fact in new if known[fact] < counted]
    return found
