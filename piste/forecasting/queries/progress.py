"""How far one is on the way to each target: one definition for every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from piste.catalogue.models import Product
from piste.company.models import Member, Sees, Team
from piste.forecasting.models import Measure, Whose
from piste.forecasting.rules import Key, Standing, standing
from piste.foundations.calendar import Period, Span, WorkingTime, period
from piste.insights.queries import Reading
from piste.insights.queries.facts import NO_AMOUNT, NONE
from piste.insights.queries.figures import Within, once_each
from piste.insights.queries.pipeline import first_day, won_by
from piste.stats import pace as paces
from piste.stats.history import Ints, Status
from piste.stats.outcomes import coverage
from piste.stats.places import parted, told_apart

DAY = timedelta(days=1)
#: Whole months of the past that a season is learned from, at most.
MONTHS_BACK = 36
NOBODYS: Ints = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one is on the way to a target. `won` and `open_value` are in minor units of the company's currency, or numbers of
    deals, as `measure` says; `deals` are the won ones, `standing` the open ones. What is in another currency is in neither:
    `elsewhere` counts those deals."""

    whose: str
    subject_id: int
    name: str
    measure: str
    target: Standing | None
    deals: Ints
    standing: Ints
    won: int
    open_value: int
    elsewhere: int
    coverage: float | None
    pace: paces.Pace | None

    @property
    def left(self) -> int | None:
        """What is still to be won; None without a target."""
        return max(0, self.target.value - self.won) if self.target is not None else None


@dataclass(frozen=True, slots=True)
class Course:
    """Everything that progress is told from: the period, how much of it is behind, the season that says so, and the working
    days gone and in all."""

    period: Period
    share: float
    season: paces.Season
    gone: int
    days: int
    zone: ZoneInfo


def course(read: Reading, whole: Period, *, today: date, zone: ZoneInfo, hours: WorkingTime) -> Course:
    """How much of a period is behind at the end of a day, by its working days and the season of past wins."""
    season = season_of(read, today=today, zone=zone, hours=hours)
    last = min(today, whole.last)
    gone = _working_days(whole.first, last, hours)
    every = _working_days(whole.first, whole.last, hours)
    share = 0.0 if today < whole.first else paces.elapsed(season, gone, every)
    return Course(whole, share, season, sum(count for _, count in gone), sum(count for _, count in every), zone)


def season_of(read: Reading, *, today: date, zone: ZoneInfo, hours: WorkingTime) -> paces.Season:
    """The season of the wins of the last whole months, at most three years."""
    began = first_day(read, zone)
    current = period(Span.MONTH, today).previous
    months: list[Period] = []
    while began is not None and current.first > began and len(months) < MONTHS_BACK:
        months.insert(0, current)
        current = current.previous
    won = won_by(read, months, zone)
    return paces.season([(*_working_days(one.period.first, one.period.last, hours)[0], len(one.deals)) for one in won])


def _working_days(first: date, last: date, hours: WorkingTime) -> list[tuple[int, int]]:
    """The working days between two days, both counted, by month."""
    found: dict[int, int] = {}
    day = first
    while day <= last:
        found[day.month] = found.get(day.month, 0) + hours.is_working_day(day)
        day += DAY
    return list(found.items())


def progress(
    read: Reading, now: Course, targets: dict[Key, int], *, measure: str, currency: str, member: Member
) -> list[Progress]:
    """The company, the teams, the reps and the products that a member may see, each with its target and how far it is; who has
    neither a target nor a deal of the period is left out, except the company. Teams, reps and products by name."""
    since, until = Within(*now.period.moments(now.zone)).days
    deals = read.history.deals
    won = deals.id[(deals.won >= since) & (deals.won < until)]
    still = deals.id[deals.status == Status.OPEN]
    of_won, of_open = by_subject(read, won), by_subject(read, still)
    subjects = set(of_won) | set(of_open) | {(key.whose, key.subject_id) for key in targets}
    rows = []
    for whose, subject, name in _named(subjects, member):
        target = standing(targets, Key(whose, subject, int(now.period.span), now.period.first, measure))
        if target is None and whose == Whose.PRODUCT:
            continue
        mine, there = (of_it.get((whose, subject), NOBODYS) for of_it in (of_won, of_open))
        got, foreign = _worth(read, mine, measure, currency)
        value, other = _worth(read, there, measure, currency)
        rows.append(
            Progress(
                whose=whose,
                subject_id=subject,
                name=name,
                measure=measure,
                target=target,
                deals=mine,
                standing=there,
                won=got,
                open_value=value,
                elsewhere=foreign + other,
                coverage=coverage(open_value=value, target=target.value, won=got) if target else None,
                pace=paces.pace(won=got, target=target.value, share=now.share) if target else None,
            )
        )
    return rows


def by_subject(read: Reading, deals: Ints) -> dict[tuple[str, int], Ints]:
    """The deals of the company, of each team, owner and product. A deal counts whole for each of its products."""
    facts = read.facts
    rows = facts.rows(deals)
    goods, products = read.products
    asked = np.zeros(len(facts), dtype=np.bool_)
    asked[rows] = True
    sold = asked[goods]
    found: dict[tuple[str, int], Ints] = {(Whose.COMPANY.value, 0): deals}
    for whose, of_rows, keys in (
        (Whose.REP, rows, facts.owner[rows]),
        (Whose.TEAM, rows, facts.team[rows]),
        (Whose.PRODUCT, goods[sold], products[sold]),
    ):
        known, place = told_apart(keys)
        for key, here in zip(known.tolist(), parted(place, len(known)), strict=True):
            if key != NONE:
                found[whose.value, key] = once_each(facts.id[of_rows[here]])
    return found


def _worth(read: Reading, deals: Ints, measure: str, currency: str) -> tuple[int, int]:
    """What deals count for, and how many do not because they are in another currency."""
    if measure == Measure.WINS:
        return len(deals), 0
    facts = read.facts
    rows = facts.rows(deals)
    rows = rows[facts.amount[rows] != NO_AMOUNT]
    own = facts.currency[rows] == facts.texts.number(currency)
    return int(facts.amount[rows[own]].sum()), int(np.sum(~own))


def _named(subjects: set[tuple[str, int]], member: Member) -> list[tuple[str, int, str]]:
    """The subjects a member may see with their names: the company first; three statements."""
    found: list[tuple[str, int, str]] = []
    every, team = member.sees_all, member.sight == Sees.TEAM
    people = {one.pk: one for one in Member.objects.all()}
    if every:
        found.append((Whose.COMPANY.value, 0, ""))
    for key, name in Team.objects.values_list("pk", "name"):
        if (every or (team and key == member.team_id)) and (Whose.TEAM.value, key) in subjects:
            found.append((Whose.TEAM.value, key, name))
    for one in sorted(people.values(), key=lambda one: one.name):
        mine = one.pk == member.pk and not member.may_manage
        seen = every or one.pk == member.pk or (team and one.team_id == member.team_id)
        if seen and (mine or (Whose.REP.value, one.pk) in subjects):
            found.append((Whose.REP.value, one.pk, one.name))
    if every:
        known = {key for whose, key in subjects if whose == Whose.PRODUCT}
        found += [(Whose.PRODUCT.value, key, name) for key, name in Product.objects.values_list("pk", "name") if key in known]
    return found
