"""What the demo company lets Piste do by itself: three automations, with what they did about the last days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from piste.automations.operations import Wanted, create, make_up
from piste.automations.rules import Action, Condition, Recipe, When
from piste.company.models import Member
from piste.pipelines.models import Pipeline, Stage
from piste.pipelines.operations import changing

#: How long they would have been at work, and how many runs each has at most.
DAYS, MOST = 6, 12


def automate(pipeline: Pipeline, stages: Sequence[Stage], *, by: Member, at: datetime) -> None:
    """Writes the automations as one version of the process, and lets them make up for the last days."""
    proposal = stages[3]
    large = (Condition("amount", "at_least", ("20000",)),)
    wanted = (
        Wanted(
            _("Large proposals are known to all"),
            Recipe(When("stage_entered", stage=proposal.pk), large, (Action("tag", text=_("large deal")),)),
        ),
        Wanted(
            _("A proposal nobody answers"),
            Recipe(When("in_stage", stage=proposal.pk), (), (Action("tag", text=_("to be woken")),)),
        ),
        Wanted(
            _("A week before signing"),
            Recipe(
                When("date", fact="expected_close_on", days=-7),
                (),
                (Action("task", text=_("Confirm who signs"), who="owner", days=1, fact="call"),),
            ),
        ),
    )
    began = at - timedelta(days=2)
    with changing(pipeline=pipeline, by=by, at=began, why=_("What everybody forgets is no longer left to memory")):
        made = [create(pipeline=pipeline, wanted=one, by=by, at=began, why=_("Demo company")) for one in wanted]
    for automation in made:
        make_up(automation=automation, since=at - timedelta(days=DAYS), at=at, most=MOST)
