"""What the board's templates show: columns and cards with their strings ready, so that a card costs a few lookups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from html import escape
from typing import NamedTuple, TypedDict

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from piste.activities.queries import Step, beside_a_deal, read_step
from piste.activities.rules import Due, due_state
from piste.company.models import Settings
from piste.company.queries import company
from piste.deals import rules
from piste.deals.queries.board import BoardTotals, HeldRow, Row, Sums
from piste.foundations import typography
from piste.foundations.money import whole
from piste.pipelines.models import Stage
from piste.qualification.queries import Ticking, clock_beside_a_deal, face_of, read_clock
from piste.web.parts.mould import cast, mould
from piste.web.templatetags.piste import hue_step, stage_rank, tongue, zone

from .links import Links, place_of

#: Beyond as many days past, a card says the date instead of the days.
MANY_DAYS = 1000
#: Cards kept in HTML, for each language and day: a few megabytes.
KEPT = 4000

#: How the foot of a card is drawn for each state of a clock.
CLOCKS = {"running": "hot", "pressing": "pressing", "missed": "missed"}

initials = lru_cache(maxsize=2000)(typography.initials)


class Card(TypedDict):
    """One card, every string as it stands in HTML. `pace` is the class of the age, `tenths` the attribute of the age over the
    norm in tenths, at most 15, if there is a norm; `due` holds the attributes that go with the state of the foot."""

    id: int
    seen: int
    head: str
    sub: str
    amount: str
    pace: str
    tenths: str
    age: str
    hue: int
    owner: str
    initials: str
    due: str
    what: str
    when: str


CARD = ("board/column.html#card", "card", tuple(Card.__annotations__))


class Foot(NamedTuple):
    """The foot of a card: the state and the kind of sign it has, the step in words, and when it is due; of a contact clock also
    the tenths of its time that are left."""

    state: str
    kind: str
    what: str
    when: str
    tenths: str = ""


@lru_cache(maxsize=4)
def kept(_tongue: str, _zone: str, _today: date) -> dict[tuple[Row, int, int | None, Step | None, str, Foot | None], str]:
    """Cards already written in a language and zone on a day: a card follows from its row, its days in the stage, the norm,
    its next step and how that stands, its clock, and most of a board has not changed since somebody's last look at it."""
    return {}


#: What a statement over deals fetches along for their cards.
BESIDE = (beside_a_deal, clock_beside_a_deal)


@dataclass(frozen=True, slots=True)
class More:
    """What stands under the fold of a column, and the two ways to it."""

    text: str
    href: str
    fragment: str


@dataclass(frozen=True, slots=True)
class Column:
    """One stage in HTML, and its cards alone with what stands under them."""

    id: int
    html: SafeString
    cards: SafeString


@dataclass(frozen=True, slots=True)
class Shelf:
    """The deals on hold."""

    counted: str
    sums: str
    cards: SafeString
    more: More | None


class Writer:
    """Writes cards in the language of the request; asks for each translated word once."""

    def __init__(self, *, at: datetime, today: date, company: Callable[[], Settings | None] = company) -> None:
        self.company = company
        self.at, self.today, self.tongue, self.zone = at, today, tongue(), zone()
        self.no_amount = f"<i>{escape(gettext('No amount'))}</i>"
        self.undated = gettext("No next step")
        self.client = gettext("Won")
        self.weighted = gettext("weighted %(amount)s")
        self.back = gettext("back %(day)s")
        self.first_contact = gettext("First contact")

    def amount(self, minor: int, currency: str) -> str:
        return typography.amount(minor, currency, self.tongue)

    def card(self, row: Row, days: int, norm: int | None, step: Step | None, state: str, clock: Foot | None) -> Card:
        """One card; `days` are those spent in its stage, `norm` those it may, `state` how its next step stands,
        `clock` the foot of one whose contact clock runs."""
        if row.status == rules.WON:
            norm = None  # a customer stays as long as they like
        rotting = norm is not None and days > 2 * norm
        foot = clock or self.foot(row, step, state)
        due = f" data-due={foot.state}" if foot.state else ""
        if foot.tenths:
            due += f" data-tenths={foot.tenths}"
        return {
            "id": row.id,
            "seen": row.seen,
            "head": escape(row.company or row.title),
            "sub": escape(row.title) if row.company else "",
            "amount": self.no_amount if row.amount_minor is None else self.amount(row.amount_minor, row.currency),
            "pace": '"age is-rotting"' if rotting else '"age is-late"' if rules.stalls(days, norm) else "age",
            "tenths": "" if norm is None else f" data-tenths={min(15, round(days * 10 / norm)) if norm else 15}",
            "age": typography.days(days, self.tongue),
            "hue": hue_step(row.hue),
            "owner": escape(row.owner),
            "initials": escape(initials(row.owner)),
            "due": f"{due} data-kind={foot.kind}" if foot.kind else due,
            "what": escape(foot.what),
            "when": foot.when,
        }

    def cards(self, rows: Sequence[Row], norm: int | None) -> SafeString:
        """The cards of one column in HTML; whatever people wrote is escaped by `card`."""
        known = kept(self.tongue, str(self.zone), self.today)
        if len(known) > KEPT:
            known.clear()
        written = []
        for row in rows:
            step, clock = read_step(row.beside[0]), read_clock(row.beside[1])
            state = due_state(step.due_on, step.due_at, today=self.today, now=self.at) if step else Due.NONE
            key = (row, rules.days_in_stage(row.entered_stage_at, self.at), norm, step, str(state), clock and self.clock(clock))
            html = known.get(key)
            if html is None:
                html = known[key] = mould(*CARD) % self.card(*key)
            written.append(html)
        return mark_safe("".join(written))  # noqa: S308

    def foot(self, row: Row, step: Step | None, state: str) -> Foot:
        """The next step of an open deal, or that it has none; of a customer, since when."""
        if step is not None:
            return Foot("" if state == Due.LATER else state, step.kind, step.title, self.due(step, state))
        if row.status == rules.WON:
            day = row.closed_at.date() if row.closed_at else self.today
            return Foot("won", "", self.client, typography.day(day, self.tongue, today=self.today, weekday=False))
        return Foot("none", "", self.undated, "")

    def clock(self, clock: Ticking) -> Foot:
        """How long the prospect may still wait for the first contact, or has waited too long."""
        face = face_of(clock, settings=self.settings, now=self.at)
        left = typography.span(face.left, self.tongue)
        when = f"{typography.MINUS}{left}" if face.state == "missed" else left
        return Foot(CLOCKS[face.state], "call", self.first_contact, when, str(-(-face.share // 10)))

    @cached_property
    def settings(self) -> Settings | None:
        return self.company()

    def due(self, step: Step, state: str) -> str:
        """« −3 j », « 14:30 » today, « jeu. 26 nov. » later."""
        if step.due_at is not None and step.due_on == self.today:
            return typography.hour(step.due_at, self.zone)
        if state == Due.OVERDUE and (step.due_on - self.today).days > -MANY_DAYS:
            return typography.days_late((self.today - step.due_on).days, self.tongue)
        return self.near(step.due_on)

    def near(self, day: date) -> str:
        """A day short enough for a card: words and weekdays only when near."""
        if -MANY_DAYS < (day - self.today).days < 7:
            return typography.day_near(day, self.tongue, today=self.today)
        return typography.day(day, self.tongue, today=self.today, weekday=False)

    def held(self, rows: Sequence[HeldRow]) -> SafeString:
        """The deals of the shelf in HTML."""
        written = []
        for row in rows:
            until = typography.day(row.hold_until, self.tongue, today=self.today, weekday=False)
            card = {
                "id": row.id,
                "seen": row.seen,
                "head": escape(row.company or row.title),
                "amount": "" if row.amount_minor is None else self.amount(row.amount_minor, row.currency),
                "why": escape(row.why or (row.title if row.company else "")),
                "until": escape(self.back % {"day": until}),
            }
            written.append(cast("board/column.html#held", "card", card, ""))
        return mark_safe("".join(written))  # noqa: S308

    def heads(self, sums: Sums) -> str:
        """`sums` as they stand at the head of a column."""
        names = ("total", "weighted")
        pairs = (dict(zip(names, map(escape, pair), strict=True)) for pair in self.sums(sums))
        return "".join(cast("board/column.html#sum", "sum", pair, self.tongue) for pair in pairs)

    def under(self, stage_id: int, more: More | None, *, has_cards: bool) -> str:
        """What stands under the cards of a column: the way to more, or that there is none."""
        if more is not None:
            values = {"href": escape(more.href), "fragment": escape(more.fragment), "text": escape(more.text)}
            return cast("board/column.html#more", "more", {"id": stage_id, **values}, self.tongue)
        return "" if has_cards else cast("board/column.html#empty", "column", {}, self.tongue)

    def sums(self, sums: Sums) -> list[tuple[str, str]]:
        """Total and weighted total of each currency; « 0 » of nothing is not written."""
        return [
            (self.amount(total, currency), self.weighted % {"amount": self.amount(whole(weighted, currency), currency)})
            for currency, (total, weighted) in sums.totals.items()
        ]

    def together(self, totals: Mapping[str, int]) -> str:
        """Totals of several currencies on one line."""
        return " + ".join(self.amount(total, currency) for currency, total in totals.items())

    def rest(self, whole: Sums, shown: Sums) -> str:
        """« 29 others, €338,600 »: what a column holds besides what is shown; empty when nothing."""
        left = whole.counted - shown.counted
        if left <= 0:
            return ""
        amounts = {currency: total - shown.totals.get(currency, (0, 0))[0] for currency, (total, _) in whole.totals.items()}
        text = ngettext("%(count)s other", "%(count)s others", left) % {"count": typography.number(left, self.tongue)}
        money = self.together({currency: total for currency, total in amounts.items() if total})
        return f"{text}, {money}" if money else text


def sums_of(rows: Sequence[Row | HeldRow]) -> Sums:
    """Number and totals of rows already read."""
    totals: dict[str, tuple[int, int]] = {}
    for row in rows:
        totals[row.currency] = (totals.get(row.currency, (0, 0))[0] + (row.amount_minor or 0), 0)
    return Sums(len(rows), totals)


def ranks(stages: Sequence[Stage]) -> dict[int, str]:
    """The drawing of each stage: 1 to 5 among the selling stages, `kept` for retention."""
    selling = [stage.pk for stage in stages if stage.role != "retention"]
    return {
        stage.pk: stage_rank(selling.index(stage.pk) if stage.pk in selling else 0, len(selling), stage.role) for stage in stages
    }


def column(
    writer: Writer,
    links: Links,
    stage: Stage,
    rank: str,
    rows: Sequence[Row],
    whole: Sums,
    shown: Sums | None = None,
) -> Column:
    """One column; `shown` says what stands above the fold when `rows` are only a part of it."""
    rest = writer.rest(whole, shown or sums_of(rows))
    more = None
    if rest and rows:
        page, fragment = links.more(stage.pk, (shown or sums_of(rows)).counted, place_of(rows[-1]))
        more = More(rest, page, fragment)
    counted = typography.number(whole.counted, writer.tongue)
    label = ngettext("%(stage)s, %(count)s deal", "%(stage)s, %(count)s deals", whole.counted)
    cards = writer.cards(rows, stage.norm_days) + writer.under(stage.pk, more, has_cards=bool(rows))
    values = {
        "id": stage.pk,
        "name": escape(stage.name),
        "rank": rank,
        "counted": counted,
        "label": escape(label % {"stage": stage.name, "count": counted}),
        "sums": writer.heads(whole),
        "cards": cards,
        "norm": "" if stage.norm_days is None else typography.days(stage.norm_days, writer.tongue),
    }
    html = cast("board/column.html#column", "column", values, writer.tongue, optional=("sums", "norm"))
    return Column(stage.pk, mark_safe(html), mark_safe(cards))  # noqa: S308


def shelf(writer: Writer, links: Links, rows: Sequence[HeldRow], totals: BoardTotals) -> Shelf:
    """The on-hold shelf."""
    rest = writer.rest(totals.held, sums_of(rows))
    page = links.shelf(len(rows))
    return Shelf(
        counted=typography.number(totals.held.counted, writer.tongue),
        sums=writer.together({currency: total for currency, (total, _) in totals.held.totals.items()}),
        cards=writer.held(rows),
        more=More(rest, page, page) if rest else None,
    )
