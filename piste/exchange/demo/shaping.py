"""How the demo company's process came to be what it is, and what its managers want of it next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from piste.company.models import Member
from piste.pipelines.models import Stage
from piste.pipelines.operations import draft_addition, draft_stage
from piste.pipelines.queries import shape_of
from piste.pipelines.rules import Promise
from piste.playbooks.operations import set_guide
from piste.playbooks.queries import guide
from piste.playbooks.rules import Criterion, told_guide


def write_versions(stages: Sequence[Stage], *, by: Member, at: datetime) -> None:
    """A change with what was expected of it: the price is shown to who signs before one goes on from the proposal."""
    proposal = stages[3]
    changed = at - timedelta(days=200)
    set_guide(
        stage=proposal,
        guide=replace(guide(proposal.pk), criteria=(Criterion(_("The signatory has seen the price")),)),
        by=by,
        at=changed,
        why=_("Three lost deals in a row: the signatory saw the price on the last day."),
        promise=Promise(f"conversion:{proposal.pk}", _("+8 points"), (at - timedelta(days=20)).date()),
    )


def write_draft(stages: Sequence[Stage], *, by: Member, at: datetime) -> None:
    """What is to change next, not published yet."""
    proposal = stages[3]
    shape = replace(shape_of(proposal), norm_days=14)
    draft_stage(pipeline=proposal.pipeline, key=proposal.pk, shape=shape, by=by, at=at)
    now = guide(proposal.pk)
    call = next(row for row in now.activities if row.kind == "call")
    sooner = replace(call, title=_("Call the day after its reading"), offset_days=1)
    wanted = replace(
        now,
        activities=tuple(sooner if row == call else row for row in now.activities),
        criteria=(*now.criteria, Criterion(_("The signatory is known"))),
    )
    said = told_guide(wanted)
    draft_addition(pipeline=proposal.pipeline, key=proposal.pk, name="playbook", said=said, by=by, at=at)
