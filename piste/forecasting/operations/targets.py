"""Setting targets, one or a year of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from piste.company.models import Member, Sees, Team
from piste.company.queries import company
from piste.forecasting import rules
from piste.forecasting.models import Target, Whose
from piste.forecasting.queries.targets import in_force
from piste.forecasting.rules import Goal
from piste.journal.operations import record
from piste.pipelines.models import Pipeline


class NotAllowed(Exception):
    """Only managers and admins set targets, and only for whom they may see."""


class NotAPeriod(Exception):
    """No month, quarter or fiscal year begins on the day."""


class Overtaken(Exception):
    """Somebody set one of these targets since the caller saw them; `rows` are the later ones."""

    def __init__(self, rows: Sequence[Target]) -> None:
        super().__init__(", ".join(map(str, rows)))
        self.rows = rows


@transaction.atomic
def set_targets(
    *,
    pipeline: Pipeline,
    goals: Sequence[Goal],
    by: Member,
    at: datetime,
    why: str = "",
    seen: int | None = None,
    cause: str = "page",
) -> list[Target]:
    """Sets targets of a pipeline, all or none; what is as it was is left alone. `seen` is the number of the last row the caller
    knew: one set later is not overwritten. Amounts are in the company's currency. Returns the rows that were added.

    Raises `NotAllowed`, `NotAPeriod`, `Overtaken`.
    """
    Pipeline.objects.select_for_update().get(pk=pipeline.pk)
    told = company()
    starts, currency = (told.fiscal_year_month, told.currency) if told else (1, "EUR")
    for goal in goals:
        if not rules.is_period(goal.key.span, goal.key.first, year_starts=starts):
            raise NotAPeriod(f"{goal.key.span} {goal.key.first}")
    _hold_rights(goals, by)
    now = in_force(pipeline, [goal.key.first for goal in goals])
    changed = [goal for goal in goals if goal.value != (now[goal.key].value if goal.key in now else None)]
    later = [now[goal.key] for goal in changed if seen is not None and goal.key in now and now[goal.key].pk > seen]
    if later:
        raise Overtaken(later)
    rows = [
        Target(
            pipeline=pipeline,
            **goal.key._asdict(),
            value=goal.value,
            currency=currency if goal.key.measure == "amount" else "",
            why=why,
            by=by,
            at=at,
        )
        for goal in changed
    ]
    for row in rows:
        row.save(force_insert=True)
    if rows:
        _record(pipeline, changed, now, why=why, currency=currency, by=by, at=at, cause=cause)
    return rows


def _hold_rights(goals: Sequence[Goal], by: Member) -> None:
    if not by.may_manage or not by.is_active:
        raise NotAllowed
    if by.sees_all:
        return
    mates = set(Member.objects.active().filter(team_id=by.team_id).values_list("pk", flat=True)) if by.team_id else set()
    of_team = by.sight == Sees.TEAM
    for goal in goals:
        whose, subject = goal.key.whose, goal.key.subject_id
        own = whose == Whose.REP and (subject == by.pk or (of_team and subject in mates))
        if not own and not (of_team and whose == Whose.TEAM and subject == by.team_id):
            raise NotAllowed


def _record(
    pipeline: Pipeline,
    changed: Sequence[Goal],
    now: dict[rules.Key, Target],
    *,
    why: str,
    currency: str,
    by: Member,
    at: datetime,
    cause: str,
) -> None:
    names = {("team", key): name for key, name in Team.objects.values_list("pk", "name")}
    names |= {("rep", key): name for key, name in Member.objects.values_list("pk", "name")}
    told = [
        {
            **goal.key._asdict(),
            "first": goal.key.first.isoformat(),
            "name": names.get((goal.key.whose, goal.key.subject_id), ""),
            "before": now[goal.key].value if goal.key in now else None,
            "after": goal.value,
        }
        for goal in changed
    ]
    record(
        verb="target.set",
        subject_kind="target",
        subject_id=pipeline.pk,
        pipeline_id=pipeline.pk,
        actor_id=by.pk,
        at=at,
        cause=cause,
        data={"targets": told, "currency": currency, "why": why},
    )
