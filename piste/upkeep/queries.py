"""The invariants, each as a check over the live database in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Count, F, Max, Q, Sum
from django.db.models.functions import Coalesce

from piste.deals import rules
from piste.deals.models import Deal, DealContact, Move, Status, Total
from piste.deals.operations.ledger import move_hash, state_of
from piste.deals.queries import ledgers, step_of
from piste.finding.models import Document
from piste.journal.models import Entry
from piste.journal.queries import broken_links
from piste.journal.rules import GENESIS
from piste.people.models import Company, Contact
from piste.pipelines.models import ProcessVersion


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant: its name, how many rows were looked at, and the first row that breaks it (empty when none does)."""

    name: str
    counted: int
    first_broken: str = ""

    @property
    def ok(self) -> bool:
        return not self.first_broken


def checks() -> Iterator[Check]:
    """All invariants, one after the other."""
    for check in (
        _stages_sum_to_open,
        _created_is_accounted_for,
        _ledgers,
        _totals,
        _columns,
        _journal,
        _documents,
        _people,
        _versions,
    ):
        yield check()


def _stages_sum_to_open() -> Check:
    """The sum over the stages of all pipelines is the number of open deals."""
    kept = Total.objects.filter(status=Status.OPEN).aggregate(sum=Coalesce(Sum("counted"), 0))["sum"]
    counted = Deal.objects.open().count()
    fault = "" if kept == counted else f"the stages sum to {kept}, open deals are {counted}"
    return Check("sum over stages = open deals", counted, fault)


def _created_is_accounted_for() -> Check:
    """Every deal ever created is open, won, lost, on hold or erased."""
    created = Move.objects.filter(kind="created").count()
    places = Counter(dict(Deal.objects.present().values_list("status").annotate(Count("pk")).order_by()))
    erased = Deal.objects.exclude(deleted_at=None).count()
    found = sum(places[status] for status in Status.values) + erased
    fault = "" if created == found else f"{created} created, {found} accounted for"
    return Check("created = open + won + lost + held + erased", created, fault)


def _ledgers() -> Check:
    """Each ledger is chained, replays to the deal's state, and ends where the deal says."""
    counted = 0
    for ledger in ledgers():
        counted += 1
        fault = ledger_fault(ledger.deal, ledger.moves)
        if fault:
            return Check("replay = state, ledgers chained", counted, f"deal {ledger.deal.pk}: {fault}")
    return Check("replay = state, ledgers chained", counted)


def ledger_fault(deal: Deal, moves: list[Move]) -> str:
    """What is wrong with one deal's ledger; empty when nothing is."""
    previous = GENESIS
    for move in moves:
        if bytes(move.previous_hash) != previous:
            return f"move {move.number} does not follow the one before it"
        if move_hash(move) != bytes(move.hash):
            return f"move {move.number} was changed"
        previous = bytes(move.hash)
    if deal.ledger_number != len(moves) or bytes(deal.ledger_hash) != previous:
        return f"the ledger ends at move {len(moves)}, the deal knows {deal.ledger_number}"
    try:
        state = rules.replay(step_of(move) for move in moves)
    except rules.BrokenLedger as problem:
        return str(problem)
    if state != state_of(deal):
        return f"replay gives {state}, the deal says {state_of(deal)}"
    if deal.pipeline_id != deal.stage.pipeline_id:
        return "its stage belongs to another pipeline"
    return ""


def _totals() -> Check:
    """Kept totals equal the sums over the deals, cell by cell."""
    rows = (
        Deal.objects.present()
        .values_list("stage_id", "status", "owner_id", Coalesce("team_id", 0), "currency")
        .annotate(Count("pk"), Sum("amount_key"))
        .order_by()
    )
    true = {tuple(row[:5]): (row[5], row[6]) for row in rows}
    kept = {
        tuple(row[:5]): (row[5], row[6])
        for row in Total.objects.values_list(
            "stage_id", "status", "owner_id", "team_key", "currency", "counted", "amount_minor"
        )
        if row[5] or row[6]
    }
    for key in sorted(true.keys() | kept.keys(), key=str):
        if true.get(key) != kept.get(key):
            fault = f"stage {key[0]}, {key[1]}, owner {key[2]}, {key[4]}: kept {kept.get(key)}, true {true.get(key)}"
            return Check("kept totals = sums", len(true), fault)
    return Check("kept totals = sums", len(true))


def _columns() -> Check:
    """Every open deal stands in a stage in use, and the board shows each deal where it stands."""
    shown = Q(status=Status.OPEN) | Q(status=Status.WON, stage__role="retention")
    wrong = Deal.objects.filter(
        Q(deleted_at=None) & ((shown & (Q(column=None) | ~Q(column=F("stage")))) | (~shown & Q(column__isnull=False)))
        | Q(deleted_at=None, status__in=(Status.OPEN, Status.HELD)) & ~Q(stage__retired_at=None)
    )
    first = wrong.order_by("pk").values_list("pk", flat=True).first()
    counted = Deal.objects.present().filter(shown).count()
    return Check("every open deal in a column in use", counted, f"deal {first}" if first else "")


def _journal() -> Check:
    """Every chain of the journal holds."""
    counted = Entry.objects.count()
    for broken in broken_links(limit=1):
        where = f"entry {broken.entry_id} ({broken.subject_kind} {broken.subject_id} #{broken.number})"
        return Check("journal chained", counted, f"{where} {broken.what}")
    return Check("journal chained", counted)


def _documents() -> Check:
    """Everything present can be found, and nothing else."""
    present: dict[str, Callable[[], int]] = {
        "deal": lambda: Deal.objects.present().count(),
        "company": lambda: Company.objects.current().count(),
        "contact": lambda: Contact.objects.current().count(),
    }
    counted = 0
    for kind, count in present.items():
        true, kept = count(), Document.objects.filter(kind=kind).count()
        counted += true
        if true != kept:
            return Check("everything can be found", counted, f"{kind}: {true} present, {kept} findable")
    return Check("everything can be found", counted)


def _people() -> Check:
    """No deal points at a company or a contact that was folded into another."""
    counted = DealContact.objects.count()
    first = (
        DealContact.objects.exclude(contact__merged_into=None).order_by("pk").values_list("deal_id", flat=True).first()
        or Deal.objects.exclude(company=None)
        .exclude(company__merged_into=None)
        .order_by("pk")
        .values_list("pk", flat=True)
        .first()
    )
    return Check("no orphan", counted, f"deal {first} points at a folded record" if first else "")


def _versions() -> Check:
    """Process versions are numbered without a hole."""
    rows = ProcessVersion.objects.values("pipeline_id").annotate(top=Max("number"), counted=Count("pk")).order_by()
    total = 0
    for row in rows:
        total += row["counted"]
        if row["top"] != row["counted"]:
            return Check("process versions without a hole", total, f"pipeline {row['pipeline_id']}")
    return Check("process versions without a hole", total)
