"""Stage histories: many rows a deal, each a moment at which it was in a stage. Deals that are not there yet come to be with
their whole past; a known one is moved on by what lies after its last move."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from piste.deals import operations as deals
from piste.deals import rules
from piste.deals.models import Deal, Move
from piste.deals.operations import Arrival, PastMove
from piste.exchange.reading.rows import Row, day_of
from piste.foundations.money import BadAmount, to_minor
from piste.foundations.names import search_words
from piste.pipelines.models import Stage

from .context import Context
from .deals import DealImport
from .lengths import check_reference
from .places import Place

BATCH = 1000


@dataclass(slots=True)
class History:
    """The rows of one deal, in the order of time once closed."""

    rows: list[tuple[datetime, Row, Place]] = field(default_factory=list)


class MoveImport(DealImport):
    """Gathers all rows of the file by deal, then writes deal by deal."""

    kind = "moves"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.histories: dict[str, History] = {}

    def take(self, rows: Sequence[Row]) -> None:
        """Gathers; nothing is written before the whole file was read."""
        report = self.context.report
        for row in rows:
            report.read += 1
            moment = row.values.get("at")
            if not row.text("external_id"):
                row.refuse("reference")
            check_reference(row, Deal)
            if moment is None and not row.problems:
                row.refuse("at")
            place = self._place(row) if not row.problems else None
            if row.problems or place is None or moment is None:
                report.refuse(row.problems)
                continue
            if place.ignored:
                self.context.skip(row, "unchanged")
                continue
            self.histories.setdefault(row.text("external_id"), History()).rows.append((moment, row, place))

    def finish(self) -> None:
        """Writes all histories in batches of deals."""
        names = sorted(self.histories)
        for start in range(0, len(names), BATCH):
            self._write({name: self.histories[name] for name in names[start : start + BATCH]})

    def _write(self, batch: dict[str, History]) -> None:
        context = self.context
        known = {deal.external_id: deal for deal in Deal.objects.present().filter(external_id__in=batch).select_related("stage")}
        for history in batch.values():
            history.rows.sort(key=lambda row: row[0])
        last = [history.rows[-1][1] for history in batch.values()]
        context.companies.look_up(row.text("company") for row in last)
        keys = {name: self._company(history) for name, history in batch.items()}
        context.report.also_made("companies", context.companies.make())
        fresh = {name: history for name, history in batch.items() if name not in known}
        arrivals = [self._arrival_of(name, history, keys[name]) for name, history in fresh.items()]
        for history, arrival in zip(fresh.values(), arrivals, strict=True):
            context.report.created += len(history.rows)
            context.report.also_made("deals")
            context.report.also_made("moves", len(arrival.past))
        if not context.dry:
            made = deals.bring_in(arrivals=arrivals, by=context.by, at=context.at, cause="import")
            for history, deal in zip(fresh.values(), made, strict=True):
                context.did(history.rows[0][1].line, "created", "deal", deal.pk)
        written: dict[int, set[datetime]] = {deal.pk: set() for deal in known.values()}
        for key, moment in Move.objects.filter(deal__in=written).values_list("deal_id", "at"):
            written[key].add(moment)
        for name, deal in known.items():
            self._go_on(deal, batch[name], written[deal.pk])

    def _company(self, history: History) -> str:
        name = next((row.text("company") for _at, row, _place in reversed(history.rows) if row.text("company")), "")
        return self.context.companies.want(name, {}) if name else ""

    def _arrival_of(self, name: str, history: History, company_key: str) -> Arrival:
        context = self.context
        company = context.companies.known.get(company_key)
        row = history.rows[-1][1]
        owner = context.members.of(row.text("by")) if row.text("by") else context.by
        custom, problems = self.own_fields.read(row)
        context.report.warn(problems)
        facts: dict[str, Any] = {
            "title": name,
            "external_id": name[:120],
            "currency": context.mapping.currency or context.currency,
            "company": company,
            "owner": owner,
            "team_id": owner.team_id,
            "custom": custom,
            "expected_close_on": day_of(row.values.get("expected_close_on"), context.zone),
        }
        try:
            if row.values.get("amount") is not None:
                facts["amount_minor"] = to_minor(row.values["amount"], facts["currency"])
        except BadAmount as problem:
            code = "amount_decimals" if problem.reason == "decimals" else "amount_large"
            context.report.warn([row.problem(code, value=str(row.values["amount"]), currency=facts["currency"])])
        return Arrival(facts=facts, past=self._past_of(history), data={"file": context.report.file_name, "line": row.line})

    def _past_of(self, history: History) -> list[PastMove]:
        """The moves of a history: rows that change neither stage nor outcome are changes of facts, not moves."""
        places, final = self.context.places, self.context.mapping.closed_stays_closed
        past: list[PastMove] = []
        said = ""
        for moment, row, place in history.rows:
            words = search_words(row.text("stage"))
            if words == said:
                continue
            said = words
            here = past[-1].to if past else places.first
            status = place.status or rules.OPEN
            if final and past:
                status = _kept(past[-1].status, status)
            stage = place.stage or self._stage_when_closed(here, place, status)
            past.append(self._move_of(row, stage, status, moment, past))
        return past

    def _stage_when_closed(self, here: Stage, place: Place, status: str) -> Stage:
        if status == rules.WON and place.status == rules.WON:
            return self.context.places.landing or here
        return here

    def _move_of(self, row: Row, stage: Stage, status: str, moment: datetime, past: list[PastMove]) -> PastMove:
        lost = status == rules.LOST
        kind = ""
        if past and status in rules.CLOSED and past[-1].status == status and stage.pk == past[-1].to.pk:
            kind = status
        return PastMove(
            to=stage,
            status=status,
            at=moment,
            by=self.context.members.of(row.text("by")) if row.text("by") else None,
            why=row.text("why"),
            loss_reason_id=self.context.places.reason("").pk if lost else None,
            kind=kind,
        )

    def _go_on(self, deal: Deal, history: History, written: Collection[datetime]) -> None:
        """What lies after a known deal's last move is done to it; what its ledger tells already is left alone; another past
        is refused, for the past is not rewritten."""
        context = self.context
        last = max(written, default=None)
        done: list[int] = []
        before = ""
        for moment, row, place in history.rows:
            words = search_words(row.text("stage"))
            same, before = words == before, words
            if same or moment in written:
                self.context.skip(row, "unchanged")
            elif last is not None and moment <= last:
                row.refuse("history", value=deal.title[:80])
                context.report.refuse(row.problems)
            elif context.dry:
                context.report.updated += 1
            else:
                self._count(row, self._do(deal, row, place, moment), done)
        if done:
            kept = {"facts": {}, "custom": {}, "moves": done}
            context.did(history.rows[0][1].line, "updated", "deal", deal.pk, kept)

    def _count(self, row: Row, number: int | None, done: list[int]) -> None:
        if number is None:
            self.context.skip(row, "unchanged")
            return
        self.context.report.updated += 1
        done.append(number)

    def _do(self, deal: Deal, row: Row, place: Place, moment: datetime) -> int | None:
        """The number of the move that a row became; None when the deal is there already, or closed for good."""
        why = self.context.report.file_name
        act: dict[str, Any] = {"deal": deal, "by": self.context.by, "at": moment, "cause": "import"}
        final = self.context.mapping.closed_stays_closed and deal.status in rules.CLOSED
        try:
            if place.status == rules.WON:
                return deals.win(**act, why=why, override=why).number
            if final:
                return None
            if place.status == rules.LOST:
                return deals.lose(**act, reason=self.context.places.reason(""), why=why).number
            if place.stage is not None:
                return deals.move(**act, to=place.stage, why=why, override=why).number
        except deals.AlreadyThere:
            pass
        return None


def _kept(before: str, now: str) -> str:
    """The status when an outcome is final: won stays won, lost stays lost unless it is won after all."""
    if before == rules.WON:
        return rules.WON
    if before == rules.LOST and now != rules.WON:
        return rules.LOST
    return now
