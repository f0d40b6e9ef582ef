"""The figures of now: what today, this week and this month have brought so far, each from little."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import ClassVar

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from piste.activities.models import ActivityKind
from piste.company.models import Member
from piste.deals.models import MoveKind
from piste.foundations import typography
from piste.insights.queries import Reading
from piste.insights.queries import live as queries
from piste.insights.queries.figures import Within, value
from piste.insights.queries.reading import lately
from piste.stats.history import WON, Ints
from piste.stats.outcomes import closed, cohort
from piste.web.insights import words
from piste.web.insights.advancing import Words
from piste.web.insights.asking import Question
from piste.web.insights.cells import cell, money_cell
from piste.web.insights.done import ALL, PRESENT, key
from piste.web.insights.flowing import place_name
from piste.web.parts.charts import numbers, tally
from piste.web.parts.charts.figure import Cell, Definition, Figure, Table
from piste.web.templatetags.piste import day, stage_rank, tongue

DAY = timedelta(days=1)
#: Moves of the feed, and the days it looks back.
FEED, FEED_DAYS = 10, 7


@dataclass
class Now:
    """What a dashboard asks of the present: the deals of its filter; its period is another matter."""

    question: Question

    @cached_property
    def today(self) -> date:
        return self.question.when.today

    @cached_property
    def spans(self) -> tuple[tuple[str, date], ...]:
        """Name and first day of what is counted; all last until now."""
        return (
            (gettext("Today"), self.today),
            (gettext("This week"), self.today - self.today.weekday() * DAY),
            (gettext("This month"), self.today.replace(day=1)),
        )

    @cached_property
    def reading(self) -> Reading:
        """The deals that moved since the earliest of these days."""
        return lately(self.question.scope, self.moment(min(first for _, first in self.spans)))

    def rank(self, place: int) -> str:
        """The mark of a place that deals come to."""
        if place < 0:
            return "won" if place == WON else "none"
        read = self.reading
        return stage_rank(place, read.history.selling, read.stages[place].role)

    def moment(self, first: date) -> datetime:
        return datetime.combine(first, time(), self.question.zone)

    def within(self, first: date) -> Within:
        return Within(self.moment(first), self.moment(self.today + DAY))

    def deals(self, key: str, first: date) -> str:
        """Where the deals behind a number of these days are named."""
        return self.question.links.on("insight_deals", figure=key, **self.days(first))

    def done(self, count: int, who: int, kind: str = ALL) -> Cell:
        """How many activities somebody did today, and where they are named; a dash for none."""
        if not count:
            return Cell("–", raw=0)
        href = self.question.links.on("insight_activities", figure=key(PRESENT, who, kind), **self.days(self.today))
        return Cell(words.count(count), href, raw=count)

    def days(self, first: date) -> dict[str, str]:
        """These days as an address asks for them."""
        return {"period": "free", "first": first.isoformat(), "last": self.today.isoformat()}


@dataclass(frozen=True, slots=True)
class Entry:
    """A figure of now: what it is called, and how it is drawn."""

    key: str
    title: Promise
    draw: Callable[[Now], Figure]


def won_figure(now: Now) -> Figure:
    """Sales of today, this week, this month."""

    def ids(first: date) -> Ints:
        since, until = now.within(first).days
        return closed(now.reading.history.deals, since=since, until=until).won

    shown, rows = [], []
    for label, first in now.spans:
        found = ids(first)
        worth = value(now.reading, found)
        href = now.deals("closing.won", first) if len(found) else ""
        shown.append(numbers.Number(label, words.count(len(found)), words.money(worth, short=True) if worth else "", href))
        rows.append([Cell(label), Cell(words.count(len(found)), href, raw=len(found)), money_cell(worth)])
    return Figure(
        key="now-won",
        title=gettext("Sales"),
        note=day(now.today),
        drawing=numbers.draw(shown),
        table=Table([gettext("Period"), gettext("Deals"), gettext("Value")], rows),
        definition=Definition(
            basis=gettext("Deals by the moment of their sale, in the company’s time zone, with the amounts they have now."),
            rules=[gettext("A week begins on Monday."), gettext("A sale that was undone never was.")],
        ),
    )


def new_figure(now: Now) -> Figure:
    """Deals that came today, this week, this month."""
    shown, rows = [], []
    for label, first in now.spans:
        since, until = now.within(first).days
        born = cohort(now.reading.history.deals, since=since, until=until)
        count = sum(len(part) for part in (born.won, born.lost, born.open, born.held, born.left))
        href = now.deals("glass.created", first) if count else ""
        shown.append(numbers.Number(label, words.count(count), "", href))
        rows.append([Cell(label), Cell(words.count(count), href, raw=count)])
    return Figure(
        key="now-new",
        title=gettext("New deals"),
        note=day(now.today),
        drawing=numbers.draw(shown),
        table=Table([gettext("Period"), gettext("Deals")], rows),
        definition=Definition(
            basis=gettext("Deals by the moment they came, in the company’s time zone, whatever became of them since."),
            rules=[gettext("A week begins on Monday.")],
        ),
    )


def moves_figure(now: Now) -> Figure:
    """Where deals came to today."""
    rows, table = [], []
    for one in queries.arrivals(now.reading, now.within(now.today)):
        name, rank = place_name(now.reading, one.place), now.rank(one.place)
        href = now.deals(f"into.{one.place}", now.today)
        part = (tally.Part(rank, len(one.deals), name),)
        rows.append(tally.Row(name, len(one.deals), words.count(len(one.deals)), "", part, href))
        table.append(
            [
                Cell(name),
                Cell(words.count(len(one.deals)), href, raw=len(one.deals)),
                Cell(words.count(one.moves), raw=one.moves),
            ]
        )
    return Figure(
        key="now-moves",
        title=gettext("Moves today"),
        note=day(now.today),
        drawing=tally.draw(rows) if rows else Words(gettext("Nothing has moved today yet.")),
        table=Table([gettext("Came to"), gettext("Deals"), gettext("Moves")], table),
        definition=Definition(
            basis=gettext("The deals that came to each stage today, were won or were lost, each counted once a place."),
            rules=[gettext("A move that was undone never was."), gettext("New deals count where they came in.")],
        ),
    )


def open_figure(now: Now) -> Figure:
    """Open deals by stage, and what they are worth."""
    question = now.question
    found = queries.standing(question.scope)
    none = queries.Standing(0, 0, {})
    rows, table, total = [], [], 0
    worth: dict[str, int] = {}
    for stage in question.look.stages:
        one = found.get(stage.pk, none)
        if stage.role == "retention" and not one.count:
            continue
        rank = question.look.ranks[stage.pk]
        key = f"stage.{stage.pk}.standing"
        said = words.money(one.value, short=True) if one.value else ""
        part = (tally.Part(rank, one.count, stage.name),)
        href = question.deals(key) if one.count else ""
        rows.append(tally.Row(stage.name, one.count, words.count(one.count), said, part, href))
        table.append([Cell(stage.name), cell(question, one.count, key), money_cell(one.value)])
        total += one.count
        for code, minor in one.value.items():
            worth[code] = worth.get(code, 0) + minor
    return Figure(
        key="now-open",
        title=gettext("Open by stage"),
        note=words.money(worth, short=True) if worth else "",
        drawing=tally.draw(rows),
        table=Table(
            [gettext("Stage"), gettext("Open"), gettext("Value")],
            table,
            total=[Cell(gettext("All")), Cell(words.count(total), question.deals("closing.open"), raw=total), money_cell(worth)],
        ),
        definition=Definition(
            basis=gettext("Open deals by the stage they stand in now, with the amounts they have now."),
            rules=[gettext("Deals on hold are not counted."), gettext("Currencies are not added up.")],
        ),
    )


def done_figure(now: Now) -> Figure:
    """What each did today."""
    found = queries.done_by_member(now.question.scope, now.within(now.today))
    names = dict(Member.objects.filter(pk__in=found).values_list("pk", "name"))
    kinds = [(kind.value, str(kind.label)) for kind in ActivityKind]
    rows, table = [], []
    for who, done in sorted(found.items(), key=lambda pair: (-sum(pair[1].values()), names.get(pair[0], ""))):
        name, total = names.get(who, ""), sum(done.values())
        said = ", ".join(f"{label} {words.count(done[kind])}" for kind, label in kinds if done.get(kind))
        rows.append(tally.Row(name, total, words.count(total), said, href=now.done(total, who).href))
        counts = [now.done(done.get(kind, 0), who, kind) for kind, _ in kinds]
        table.append([Cell(name), now.done(total, who), *counts])
    return Figure(
        key="now-done",
        title=gettext("Activities done today"),
        note=day(now.today),
        drawing=tally.draw(rows) if rows else Words(gettext("Nothing is done yet today.")),
        table=Table([gettext("Member"), gettext("Activities"), *(label for _, label in kinds)], table),
        definition=Definition(basis=gettext("Activities on deals of this pipeline, by who did them.")),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A move of the feed: the deal, what happened to it, who did it, when."""

    name: str
    href: str
    said: str
    by: str
    at: str
    rank: str


@dataclass(frozen=True, slots=True)
class Feed:
    template: ClassVar[str] = "dashboards/feed.html"
    lines: list[Line]


def feed_figure(now: Now) -> Figure:
    """The latest moves, the last first."""
    question = now.question
    ranks = question.look.ranks
    lines = [
        Line(
            name=one.name,
            href=reverse("deal", args=[one.deal_id]),
            said=_happened(one),
            by=one.by,
            at=typography.moment(one.at, tongue(), zone=question.zone, today=now.today),
            rank={"won": "won", "lost": "lost", "held": "held"}.get(one.kind, ranks.get(one.target_id, "1")),
        )
        for one in queries.feed(question.scope, since=question.as_of - FEED_DAYS * DAY, most=FEED)
    ]
    head = [gettext("Deal"), gettext("Move"), gettext("Member"), gettext("When")]
    return Figure(
        key="now-feed",
        title=gettext("Latest moves"),
        drawing=Feed(lines) if lines else Words(gettext("Nothing has moved in the last seven days.")),
        table=Table(
            head,
            [[Cell(line.name, line.href), Cell(line.said), Cell(line.by), Cell(line.at)] for line in lines],
            words=frozenset(range(4)),
        ),
        definition=Definition(basis=gettext("The last moves of the past seven days, those that were undone included.")),
    )


def _happened(one: queries.Told) -> str:
    label = str(MoveKind(one.kind).label)
    if one.kind in (MoveKind.ADVANCED, MoveKind.SKIPPED, MoveKind.RETURNED) and one.origin:
        return f"{one.origin} → {one.target}"
    if one.kind in (MoveKind.WON, MoveKind.HELD):
        return label
    if one.kind == MoveKind.LOST:
        return f"{label} · {one.origin or one.target}"
    return f"{label} · {one.target}"


ENTRIES = (
    Entry("now-won", gettext_lazy("Sales"), won_figure),
    Entry("now-new", gettext_lazy("New deals"), new_figure),
    Entry("now-moves", gettext_lazy("Moves today"), moves_figure),
    Entry("now-open", gettext_lazy("Open by stage"), open_figure),
    Entry("now-done", gettext_lazy("Activities done today"), done_figure),
    Entry("now-feed", gettext_lazy("Latest moves"), feed_figure),
)
NOW = {entry.key: entry for entry in ENTRIES}
