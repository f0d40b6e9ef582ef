"""What the demo company tries: three ideas, two split tests that run, one whose winner was adopted, one without effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Min
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from piste.company.models import Member
from piste.deals.models import Deal, Move
from piste.experiments import operations, rules
from piste.experiments.models import Idea, SplitTest
from piste.experiments.rules import Arm, Gain, Hypothesis, Plan, Wording
from piste.foundations import typography
from piste.pipelines.models import Pipeline, Stage
from piste.pipelines.queries import stages_in_use
from piste.playbooks.models import Template
from piste.playbooks.queries import guide
from piste.playbooks.rules import Guide, Standard

DAY = timedelta(days=1)
#: However large the company: a test of more deals would show nothing more.
MOST = 300
#: Among so many draws the one is taken whose arms differ as the story tells.
DRAWS = 200
type Entry = tuple[Deal, datetime]


def try_things(pipeline: Pipeline, sellers: Sequence[Member], *, at: datetime) -> None:
    """Writes ideas and tests as they would stand at a moment."""
    stages = stages_in_use(pipeline.pk)
    for stage in stages:
        stage.pipeline = pipeline
    lead = sellers[-2]
    _adopted(stages, sellers, lead, at)
    _without_effect(stages, sellers, lead, at)
    _running(stages, sellers, lead, at)
    _asking(stages, lead, at)
    _idea(
        stages[3], sellers[3], at - 12 * DAY, _("Two prices instead of three"), _("a proposal shows two prices"),
        _("more clients choose within two weeks"), _("those with three kept asking which one is meant for them"),
        votes=sellers[:4], gain=1_840_000,
    )  # fmt: skip
    _idea(
        stages[2], sellers[4], at - 6 * DAY,
        _("Send the agenda a day before the demo"),
        _("the client gets the agenda the day before"),
        _("fewer meetings are put off"), _("half of those put off say that the right person was missing"),
        votes=sellers[3:5], gain=960_000,
    )  # fmt: skip
    _idea(
        stages[4], sellers[1], at - 2 * DAY, _("Read the contract together"), _("we go through the contract on the phone"),
        _("it is signed a week earlier"),
        _("questions come one by one, each with its own delay"),
        votes=sellers[1:2], gain=430_000,
    )  # fmt: skip


def _idea(
    stage: Stage, by: Member, at: datetime, title: str, if_text: str, then_text: str, because: str, *,
    votes: Sequence[Member] = (), gain: int = 0,
) -> Idea:  # fmt: skip
    said = Hypothesis(title, if_text, then_text, because, "small")
    held = Gain(gain, "EUR") if gain else None
    idea = operations.write_idea(pipeline=stage.pipeline, stage=stage, said=said, by=by, at=at, gain=held, cause="demo")
    for place, member in enumerate(votes):
        operations.vote(idea=idea, by=member, at=at + place * DAY, cause="demo")
    return idea


def _entries(stage: Stage, since: datetime, until: datetime) -> list[Entry]:
    """The deals that entered a stage for the first time in between, in order."""
    found = Move.objects.filter(to_stage=stage).values("deal_id").annotate(came=Min("at"))
    rows = dict(found.filter(came__gte=since, came__lt=until).order_by("came").values_list("deal_id", "came")[:MOST])
    deals = Deal.objects.in_bulk(list(rows))
    return [(deals[key], came) for key, came in rows.items()]


def _design(
    idea: Idea, stage: Stage, goal: Stage, changed: Guide, entries: int, by: Member, at: datetime, salt: str
) -> SplitTest:
    plan = Plan(
        title=idea.title, measure="reaches", within_days=30, smallest=Decimal(12), bar=Decimal(5), planned_count=max(20, entries),
        goal_id=goal.pk, expected={"per_week": f"{max(entries, 20) / 22:.1f}"},
    )  # fmt: skip
    arms = [Arm(_("As today"), 50), Arm(idea.title[:80], 50, guide=changed)]
    test = operations.design(stage=stage, plan=plan, arms=arms, by=by, at=at, idea=idea, cause="demo", salt=salt)
    operations.start(test=test, by=by, at=at + 5 * DAY, cause="demo")
    return SplitTest.objects.get(pk=test.pk)


def _salt(stage: Stage, goal: Stage, entries: Sequence[Entry], *, at: datetime, differs: bool) -> str:
    """The draw of which the variant does much better, or neither does."""
    from piste.experiments.queries.outcomes import Asked, Entered, histories, measured

    rows = [Entered(deal.pk, f"deal:{deal.pk}", 0, came, deal.amount_minor, deal.currency) for deal, came in entries]
    asked = Asked("reaches", stage.pk, stage.pipeline_id, 30, at, goal.pk)
    values = measured(rows, histories([row.deal_id for row in rows]), asked).value.tolist()

    def gap(salt: str) -> float:
        sides: tuple[list[float], list[float]] = ([], [])
        for row, value in zip(rows, values, strict=True):
            sides[rules.drawn(salt, row.unit, ((0, 50), (1, 50)))].append(value)
        means = [sum(side) / len(side) if side else 0.0 for side in sides]
        return means[1] - means[0]

    salts = [f"demo-{place}" for place in range(DRAWS)]
    return max(salts, key=gap) if differs else min(salts, key=lambda salt: abs(gap(salt)))


def _with(now: Guide, *steps: Standard, script: str = "") -> Guide:
    return replace(now, activities=(*now.activities, *steps), script=script or now.script)


def _conclude(
    test: SplitTest, entries: Sequence[Entry], *, by: Member, stopped: datetime, decision: str, words: str
) -> dict[str, str]:
    from piste.experiments.queries.results import result

    operations.bring_in(test=test, entered=entries, by=by, cause="demo")
    operations.stop(test=test, by=by, at=stopped, cause="demo")
    variants = list(test.variants.order_by("position"))
    found = result(test, variants, as_of=stopped)
    verdict = {"units": str(found.units)}
    for one in found.analysis.comparisons:
        read = one.plain
        known = {"gap": read.difference, "low": read.low, "high": read.high}
        verdict |= {f"{name}_B": f"{value:.6g}" for name, value in known.items() if value is not None}
    winner = variants[1] if decision == "adopt" else None
    operations.decide(
        test=test, decision=decision, words=words, by=by, at=stopped + DAY, verdict=verdict, winner=winner, cause="demo"
    )
    return verdict


def _points(share: float) -> str:
    """A difference of shares as one writes it in the language of the demo: « +28.0 », « −3,5 »."""
    return ("+" if share > 0 else "") + typography.number(share * 100, get_language() or "en", places=1)


def _adopted(stages: Sequence[Stage], sellers: Sequence[Member], by: Member, at: datetime) -> None:
    stage, goal, start = stages[1], stages[2], at - 210 * DAY
    idea = _idea(
        stage, sellers[2], start - 10 * DAY, _("A call within the hour"), _("we call a lead within the hour"),
        _("more of them meet us"), _("they still sit before our page"), votes=sellers[:5],
    )  # fmt: skip
    entries = _entries(stage, start + 5 * DAY, at - 50 * DAY)
    call = Standard("call", _("Call within the hour"), _("Two questions: what made them write, and until when they need it."))
    salt = _salt(stage, goal, entries, at=at, differs=True)
    test = _design(idea, stage, goal, _with(guide(stage.pk), call), len(entries), by, start, salt)
    words = _("Above our bar, zero outside the interval, and no rep found it too much.")
    verdict = _conclude(test, entries, by=by, stopped=at - 17 * DAY, decision="adopt", words=words)
    gap, low, high = (_points(float(verdict.get(f"{name}_B", 0))) for name in ("gap", "low", "high"))
    change, most = (_("%(count)s points") % {"count": size} for size in (gap, high))
    interval = _("%(low)s to %(high)s") % {"low": low, "high": most}
    measure = _("reaches %(stage)s within %(days)s days") % {"stage": goal.name, "days": test.within_days}
    why = _("Test %(number)s, “%(title)s”: %(measure)s, %(gap)s (%(interval)s).") % {
        "number": test.number, "title": test.title, "measure": measure, "gap": change, "interval": interval,
    }  # fmt: skip
    # After the other versions: their numbers follow their days.
    rolled = at - 11 * DAY
    operations.roll_out(test=test, by=by, at=rolled, why=why, retest_on=(rolled + 91 * DAY).date(), change=change, cause="demo")


def _without_effect(stages: Sequence[Stage], sellers: Sequence[Member], by: Member, at: datetime) -> None:
    stage, goal, start = stages[3], stages[4], at - 270 * DAY
    idea = _idea(
        stage, sellers[0], start - 7 * DAY, _("A video with the proposal"), _("a two-minute video goes with the proposal"),
        _("more clients sign"), _("those who decide were not in the meeting"), votes=sellers[:2],
    )  # fmt: skip
    entries = _entries(stage, start + 5 * DAY, at - 100 * DAY)
    film = Standard("task", _("Record a two-minute video"))
    salt = _salt(stage, goal, entries, at=at, differs=False)
    test = _design(idea, stage, goal, _with(guide(stage.pk), film), len(entries), by, start, salt)
    words = _("The sample is full, the difference is about zero, and each video costs half an hour.")
    _conclude(test, entries, by=by, stopped=at - 65 * DAY, decision="none", words=words)


def _running(stages: Sequence[Stage], sellers: Sequence[Member], by: Member, at: datetime) -> None:
    stage, goal, start = stages[2], stages[3], at - 85 * DAY
    idea = _idea(
        stage, sellers[4], start - 9 * DAY,
        _("Ask for the budget at the end"),
        _("we ask for the budget only once they saw it work"),
        _("more meetings end with a proposal"),
        _("asked first, people name a figure to be rid of the question"),
        votes=sellers[2:5],
    )  # fmt: skip
    entries = _entries(stage, start + 5 * DAY, at)
    script = _("**Show it first.** Then: what would this be worth to you in a year?")
    changed = _with(guide(stage.pk), Standard("task", _("Write down what they liked")), script=script)
    test = _design(idea, stage, goal, changed, len(entries) * 2, by, start, "demo-running")
    operations.bring_in(test=test, entered=entries, by=by, cause="demo")


def _asking(stages: Sequence[Stage], by: Member, at: datetime) -> None:
    """The text of the e-mail that goes with a proposal: as it is, or with a question."""
    stage, goal, start = stages[3], stages[4], at - 40 * DAY
    template = Template.objects.filter(stage=stage, kind="email", arm=None, retired_at=None).first()
    entries = _entries(stage, start, at)
    if template is None or not entries:
        return
    plan = Plan(
        title=_("A question with the proposal"), measure="reaches", within_days=30, smallest=Decimal(12), bar=Decimal(5),
        planned_count=max(20, len(entries) * 3), goal_id=goal.pk, expected={"per_week": f"{len(entries) / 6:.1f}"},
    )  # fmt: skip
    words = Wording(
        _("Our proposal for {company}, and a question"),
        _("Dear {contact},\n\nHere is our proposal for {title}. Which part of it would you begin with?\n\n{owner}"),
    )
    arms = [Arm(_("As today"), 50), Arm(_("With a question"), 50, wordings={template.pk: words})]
    test = operations.design(stage=stage, plan=plan, arms=arms, by=by, at=start - DAY, cause="demo", salt="demo-asking")
    operations.start(test=test, by=by, at=start, cause="demo")
    operations.bring_in(test=SplitTest.objects.get(pk=test.pk), entered=entries, by=by, cause="demo")
