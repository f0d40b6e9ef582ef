"""The figures of the forecast: where it comes from, how right it was, of whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext

from piste.company.models import Member
from piste.forecasting.models import Whose
from piste.forecasting.queries.calls import said_of
from piste.forecasting.queries.record import PARTS, together, track_records
from piste.forecasting.rules import chance_of_reaching
from piste.foundations import typography
from piste.foundations.money import decimals
from piste.stats.calling import Record
from piste.web.insights import words
from piste.web.insights.advancing import Rows
from piste.web.parts.charts import proof, reliability, tally
from piste.web.parts.charts.figure import Cell, Definition, Figure, Table
from piste.web.templatetags.piste import day, stage_rank, tongue

from .ahead_course import course_figure, days_figure
from .ahead_seen import Forecast
from .behind import OPEN, WON
from .progress import narrowed_to

METHODS = {
    "ours": gettext_lazy("Piste’s forecast"),
    "weighted_pipeline": gettext_lazy("Weighted pipeline"),
    "run_rate": gettext_lazy("Run-rate"),
    "same_season": gettext_lazy("Same season last year"),
}
RULES = {
    "weighted_pipeline": gettext_lazy("Weighted pipeline: each open deal’s value × the share won of past deals of its stage."),
    "run_rate": gettext_lazy("Run-rate: what the last three periods of that length brought, on average."),
    "same_season": gettext_lazy("Same season: what the same days brought a year before."),
}


def parts_figure(found: Forecast) -> Figure:
    """Where it comes from."""
    said, read = found.said, found.look.reading
    by_id = {stage.id: stage for stage in read.stages}
    won = found.base
    part = tally.Part("won", won, found.exact(won))
    behind = found.deals(WON) if said["won_deals"] else ""
    rows = [tally.Row(pgettext("deals", "Won"), won, found.exact(won), "", (part,), behind)]
    table = [[Cell(pgettext("deals", "Won")), _count(said["won_deals"], behind), Cell("–"), found.fact(won)]]
    known = [(by_id[key], count, value, expected) for key, count, value, expected in said.get("stages", []) if key in by_id]
    for stage, count, value, expected in sorted(known, key=lambda row: -row[0].place):
        rank = stage_rank(stage.place, read.history.selling, stage.role)
        note = gettext("of %(value)s") % {"value": found.worth(value)}
        behind = found.deals(stage.id)
        rows.append(tally.Row(stage.name, value, found.worth(expected), note, (tally.Part(rank, expected, stage.name),), behind))
        table.append([Cell(stage.name), _count(count, behind), found.cell(value), found.cell(expected)])
    coming = said.get("coming_value", 0.0)
    name = gettext("Yet to come")
    rows.append(tally.Row(name, coming, found.worth(coming), "", (tally.Part("none", coming, name),)))
    table.append([Cell(name), _count(round(said.get("coming_deals", 0))), Cell("–"), found.cell(coming)])
    shares = [words.rate(share, 0) for share in said.get("shares", [0, 0, 0])]
    return Figure(
        key="parts",
        title=gettext("Where it comes from"),
        note=gettext("expected by %(day)s") % {"day": day(found.look.period.last)},
        drawing=tally.draw(rows),
        table=Table([gettext("From"), gettext("Deals"), gettext("Value"), gettext("Expected")], table),
        definition=Definition(
            basis=gettext(
                "What is won, each open deal’s value × its chance of being won in the period, and the deals yet to come."
            ),
            period=found.look.said,
            sample=ngettext("%(count)s open deal", "%(count)s open deals", said.get("open_deals", 0))
            % {"count": words.count(said.get("open_deals", 0))},
            rules=[
                gettext(
                    "The forecast weighs these deals (%(deals)s), the run-rate (%(rate)s) and the same season (%(season)s) "
                    "by how right each was."
                )
                % {"deals": shares[0], "rate": shares[1], "season": shares[2]},
                gettext("A deal without a value counts for what won deals like it brought; one on hold counts as open."),
            ],
        ),
        csv=found.csv("parts"),
    )


def _count(count: int, href: str = "") -> Cell:
    return Cell(words.count(count), href, raw=count)


def proof_figure(found: Forecast) -> Figure:
    """What would have been said at past moments, and what came."""
    rows, table = [], []
    for at, until, came, methods in found.said.get("origins", []):
        if "ours" not in methods:
            continue
        median, low, high = methods["ours"][:3]
        one = proof.Said(day(date.fromisoformat(until)), median, low, high, came)
        rows.append(one)
        table.append(
            [
                Cell(day(date.fromisoformat(at))),
                Cell(day(date.fromisoformat(until))),
                found.cell(median),
                Cell(f"{found.worth(low)} – {found.worth(high)}"),
                found.fact(came),
                Cell(gettext("yes") if one.holds else gettext("no")),
            ]
        )
    holds = sum(one.holds for one in rows)
    lead, days = found.said.get("lead_days", 0), words.days(round(found.said.get("horizon_days", 0)))
    return Figure(
        key="proof",
        title=gettext("What we said, what happened"),
        note=gettext("a period begun %(lead)s later, over after %(days)s") % {"lead": words.days(round(lead)), "days": days}
        if lead
        else gettext("the %(days)s that followed") % {"days": days},
        drawing=proof.draw(rows, say=found.short),
        table=Table(
            [
                gettext("Said on"),
                gettext("Until"),
                gettext("Median"),
                gettext("80% interval"),
                gettext("Happened"),
                gettext("Inside"),
            ],
            table,
        ),
        definition=Definition(
            basis=gettext(
                "At each past day, what this forecast would have said from what was known that day, of a period as far ahead and "
                "as long as this one, against what it brought."
            )
            if lead
            else gettext(
                "At each past day, what this forecast would have said from what was known that day, of as many days as are "
                "left now, against what they brought."
            ),
            sample=ngettext("%(count)s past forecast", "%(count)s past forecasts", len(rows)) % {"count": words.count(len(rows))},
            interval="80%",
            rules=[gettext("Fields are read as they were that day; nothing later is used.")],
        ),
        csv=found.csv("proof"),
        foot=gettext("%(holds)s of %(n)s inside the interval; an 80%% interval should hold 8 in 10.")
        % {"holds": words.count(holds), "n": words.count(len(rows))}
        if rows
        else gettext("The history is too short to look back."),
    )


def method_figure(found: Forecast) -> Figure:
    """This forecast beside the classic ones: what each says now, and how right each was."""
    rows = []
    for name, label in METHODS.items():
        band = found.said.get("bands", {}).get(name)
        if band is None:
            continue
        n, wape, bias, coverage, width = found.said.get("errors", {}).get(name, [0, None, None, None, None])
        rows.append(
            [
                Cell(str(label)),
                found.cell(band[0], found.deals(OPEN) if name == "weighted_pipeline" else ""),
                Cell(f"{found.worth(max(band[1], 0))} – {found.worth(band[2])}"),
                Cell(words.rate(wape, 0), raw=wape),
                Cell(words.points(bias), raw=bias),
                Cell(words.rate(coverage, 0), raw=coverage),
                Cell(words.rate(width, 0), raw=width),
                Cell(words.count(n), raw=n),
            ]
        )
    members = list(Member.objects.active().values_list("pk", flat=True))
    call = _called(found, members)
    if call is not None:
        past = _calls_of_the_past(found, members)
        rows.append(
            [
                Cell(gettext("The reps’ own calls")),
                found.fact(call, found.look.href("forecast_calls")),
                Cell("–"),
                Cell(words.rate(past.wape, 0), raw=past.wape),
                Cell(words.points(past.bias), raw=past.bias),
                Cell("–"),
                Cell("–"),
                Cell(words.count(past.n), raw=past.n),
            ]
        )
    head = [
        gettext("Method"),
        gettext("Says now"),
        gettext("80% interval"),
        gettext("Error"),
        gettext("Bias"),
        gettext("Held"),
        gettext("Width"),
        "n",
    ]
    return Figure(
        key="methods",
        title=gettext("Side by side"),
        note=gettext("on the past"),
        drawing=Rows(Table(head, rows)),
        definition=Definition(
            basis=gettext(
                "Each method’s total for the period; its error (WAPE: all misses ÷ all that came), bias, how often its own 80% "
                "interval held, and how wide that was as a share of what came, at past moments."
            ),
            period=found.look.said,
            sample=gettext("n past forecasts each"),
            interval="80%",
            rules=[
                *(str(rule) for rule in RULES.values()),
                gettext(
                    "The reps’ own calls: the sum of what each says to bring, held against past periods as it stood %(share)s "
                    "into each; how right each was stands under Calls."
                )
                % {"share": words.rate(_part_of(found), 0)},
            ],
        ),
        csv=found.csv("methods"),
    )


def _called(found: Forecast, members: list[int]) -> float | None:
    """What the reps together say to bring in the period; None when nobody said anything."""
    look = found.look
    said = said_of(look.pipeline, [look.period], members)
    latest = [calls[-1] for calls in said.values() if calls]
    own = [call.amount_minor for call in latest if call.currency == look.currency]
    return sum(own) / 10 ** decimals(look.currency) if own and not found.counts_deals else None


def _part_of(found: Forecast) -> float:
    """How far into a past period its calls are looked at: about as far as the present one is."""
    look = found.look
    gone = (look.today - look.period.first).days / look.period.days
    return min(PARTS, key=lambda part: abs(part - gone))


def _calls_of_the_past(found: Forecast, members: list[int]) -> Record:
    """How right the calls of all together were."""
    look = found.look
    records = track_records(look.reading, look.pipeline, look.period, members, zone=look.zone, currency=look.currency)
    return together(list(records.values())).at[PARTS.index(_part_of(found))]


def group_figure(found: Forecast) -> Figure | None:
    """The same for each team, rep and product that one may see; None before anything is said."""
    if found.band is None:
        return None
    groups, rows = found.said.get("groups", {}), []
    unit = 10 ** decimals(found.look.currency)
    for one in found.look.progress:
        group = groups.get(f"{one.whose}:{one.subject_id}")
        if group is None or one.whose == Whose.COMPANY:
            continue
        won, median, low, high = group[:4]
        target = one.target.value / unit if one.target is not None and not found.counts_deals else None
        reach = chance_of_reaching([median, low, high], won, target) if target else None
        rows.append(
            [
                Cell(one.name),
                found.fact(won, found.deals(WON, **narrowed_to(one)) if won else ""),
                found.cell(median),
                Cell(f"{found.worth(low)} – {found.worth(high)}"),
                found.fact(target) if target else Cell("–"),
                Cell(words.rate(reach, 0), raw=reach) if reach is not None else Cell("–"),
            ]
        )
    head = [
        gettext("Of whom"),
        pgettext("deals", "Won"),
        gettext("Forecast"),
        gettext("80% interval"),
        gettext("Target"),
        gettext("Chance to reach it"),
    ]
    return Figure(
        key="groups",
        title=gettext("By team, rep and product"),
        drawing=Rows(Table(head, rows)),
        definition=Definition(
            basis=gettext(
                "Their own open deals by their chances, and of the deals yet to come the share that they had of the "
                "wins of the last year."
            ),
            period=found.look.said,
            interval=gettext("80%: their own spread, times what the whole has missed by"),
            rules=[
                gettext("Deals belong to whoever owns them now; one with several products counts whole for each."),
                gettext("Medians do not add up to that of the whole."),
            ],
        ),
        csv=found.csv("groups"),
    )


def chance_figure(found: Forecast) -> Figure | None:
    """Whether what is said of single deals comes true: of those told about 30 %, are about 30 % won? None until told."""
    if not found.said.get("ever", {}).get("ours"):
        return None
    told = found.said["ever"]
    tellers = [
        reliability.Teller(name, [reliability.Group(*group) for group in told[key]["bins"] if group[-1]])
        for key, name in (("ours", gettext("ours")), ("stage_table", gettext("by stage alone")))
        if told.get(key)
    ]
    rows = [
        [
            Cell(teller.name),
            Cell(words.rate(group.said, 0), raw=group.said),
            Cell(words.rate(group.came, 0), raw=group.came),
            Cell(words.count(group.n), raw=group.n),
        ]
        for teller in tellers
        for group in teller.groups
    ]
    brier = " · ".join(
        f"{label} {typography.number(told[name]['brier'], tongue(), places=3)}"
        for name, label in (
            ("ours", gettext("ours")),
            ("stage_table", gettext("by stage alone")),
            ("prior", gettext("base rate")),
        )
        if told.get(name)
    )
    return Figure(
        key="chances",
        title=gettext("Do the chances come true?"),
        note=gettext("won, by what was said"),
        drawing=reliability.draw(tellers, say=lambda value: words.rate(value, 0)),
        table=Table([gettext("Probability"), gettext("Said"), gettext("Won"), gettext("Predictions")], rows),
        definition=Definition(
            basis=gettext(
                "Past predictions of open deals, in ten groups by the chance that was said, and the share of each "
                "that was won. Whoever is right stands on the dotted line."
            ),
            sample=gettext("%(n)s predictions of %(deals)s deals; %(open)s of deals still open are left out")
            % {"n": words.count(told["n"]), "deals": words.count(told["deals"]), "open": words.count(told["left_out"])},
            rules=[gettext("Brier’s score is the mean squared error of a chance; lower is better."), *_superseded(found)],
        ),
        csv=found.csv("chances"),
        foot=gettext("Brier’s score: %(scores)s. Lower is better.") % {"scores": brier},
    )


def _of_whole(draw: Callable[[Forecast], Figure | None]) -> Callable[[Forecast], Figure | None]:
    """A figure of the whole pipeline: for who sees it, once something is said."""
    return lambda found: draw(found) if found.band is not None and found.sees_all else None


def _superseded(found: Forecast) -> list[str]:
    """What the figure shows where no deal is told its own chance any more."""
    if found.is_reliable:
        return []
    return [gettext("Model: what the model said before. Since it proved no better than plain rates, open deals are given those.")]


#: Every figure of the page by its name in addresses, in its order; None where there is nothing to show to who asks.
FIGURES: dict[str, Callable[[Forecast], Figure | None]] = {
    "course": course_figure,
    "parts": _of_whole(parts_figure),
    "proof": _of_whole(proof_figure),
    "methods": _of_whole(method_figure),
    "groups": group_figure,
    "chances": _of_whole(chance_figure),
    "days": days_figure,
}
