"""What ends with a whole pipeline that a draft takes out of use, said before it is published."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from piste.audits.models import Schedule
from piste.automations.models import Automation
from piste.company.models import Member
from piste.dashboards.models import Schedule as Letter
from piste.deals.models import Deal
from piste.deals.queries import standings, stands
from piste.experiments.models import SplitTest
from piste.foundations import typography
from piste.pipelines.models import Pipeline, Stage
from piste.pipelines.queries import Wanted, changes_between, stages_in_use
from piste.web.access import MemberRequest
from piste.web.templatetags.piste import tongue

from . import words
from .interfering import Foreseen

#: Deals named under a warning.
NAMED = 5


def retiring(request: MemberRequest, pipeline: Pipeline, state: Wanted) -> list[Foreseen]:
    """Where its deals go, with the first that the reader may see; by name the automations, tests and schedules that end; and
    whether the draft holds anything else."""
    found = [*_going(request, pipeline, state), *ending(pipeline, request.user)]
    rest = {name: said for name, said in state.definition.items() if name != "leaving"}
    if changes_between(state.now, rest):
        found.append(Foreseen(gettext("What else the draft changes is not published: it is lost with the pipeline.")))
    return found


def ending(pipeline: Pipeline, member: Member) -> list[Foreseen]:
    """What acts, draws, is made or leaves by itself in a pipeline, which none does once it is out of use; of the letters those of
    dashboards that `member` may see."""
    automations = Automation.objects.running().filter(pipeline=pipeline).order_by("pk")
    acting = [(reverse("automation", args=[pipeline.pk, row.pk]), row.name) for row in automations]
    tests = SplitTest.objects.in_force().filter(pipeline=pipeline).order_by("number")
    drawing = [(reverse("test", args=[pipeline.pk, test.number]), test.title) for test in tests]
    setters = Schedule.objects.filter(pipeline=pipeline, by__is_active=True).select_related("by")
    audits = [(reverse("audits", args=[pipeline.pk]), one.by.name) for one in setters]
    acts = ngettext("%(count)s automation acts no more.", "%(count)s automations act no more.", len(acting))
    draws = ngettext("%(count)s split test draws no deal any more.", "%(count)s split tests draw no deal any more.", len(drawing))
    made = ngettext(
        "%(count)s audit is no longer made by itself, that of:",
        "%(count)s audits are no longer made by themselves, those of:",
        len(audits),
    )
    letters = Letter.objects.running().visible_to(member).filter(dashboard__pipeline=pipeline).select_related("dashboard")
    sent = [(reverse("dashboard_letters", args=[one.dashboard.key]), one.dashboard.name) for one in letters]
    leaves = ngettext(
        "%(count)s dashboard is sent by e-mail no more.", "%(count)s dashboards are sent by e-mail no more.", len(sent)
    )
    told = ((acts, acting), (draws, drawing), (made, audits), (leaves, sent))
    return [Foreseen(_counted(said, links), links=links) for said, links in told if links]


def _going(request: MemberRequest, pipeline: Pipeline, state: Wanted) -> list[Foreseen]:
    """The deals that stand there now, and to which stage they go, as it is called by now."""
    key = (state.leaving or {}).get("to")
    to = Stage.objects.taking_deals().filter(pk=key or 0).select_related("pipeline").first()
    count = sum(one.all for one in standings(stages_in_use(pipeline.pk)).values())
    if to is None:
        lost = gettext("The stage that its deals were to go to has gone: say where else they go.")
        none = gettext("Deals stand there by now: say where they go.")
        return [Foreseen(lost if key else none)] if key or count else []
    if not count:
        return []
    seen = Deal.objects.visible_to(request.user).present().filter(stands(), pipeline=pipeline)
    deals = list(seen.select_related("company").order_by("entered_stage_at", "pk")[:NAMED])
    said = words.will_go(pipeline.name, f"{to.pipeline.name}, {to.name}")(count)
    return [Foreseen(said, 0, deals, count - len(deals))]


def _counted(said: str, links: Sequence[object]) -> str:
    return typography.sentence(said % {"count": typography.number(len(links), tongue())}, tongue())
