"""The invariants, each as a check over the live database in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import batched
from typing import Any

from django.db import connection, transaction
from django.db.models import BigIntegerField, Case, Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from piste.activities.models import Activity
from piste.activities.models.activity import of_deal_in_play
from piste.automations.models import Cursor, Run
from piste.deals import rules
from piste.deals.models import Deal, DealContact, DealSet, Move, MoveKind, Status, Total
from piste.deals.operations.around import searchable as deal_words
from piste.deals.operations.ledger import move_hash, seal, state_of
from piste.deals.queries import MoveRow, ledgers, step_of
from piste.finding.models import Document
from piste.finding.operations import Document as Findable
from piste.foundations.names import search_words
from piste.journal.models import Entry
from piste.journal.queries import broken_links
from piste.journal.rules import GENESIS, digest_of
from piste.people.models import Company, Contact
from piste.people.operations import searchable as people_words
from piste.pipelines.models import Pipeline, ProcessVersion, StageRole
from piste.pipelines.queries import definition

from .assigned import assigned, marked
from .check import Check
from .erased import erased


def checks(*, pipeline_id: int | None = None) -> Iterator[Check]:
    """All invariants, one after the other; of one pipeline alone those that can be told of one."""
    with standing_still():
        for check in (_stages_sum_to_open, _totals, _columns, _ledgers, _versions):
            yield check(pipeline_id)
        if pipeline_id is None:
            for whole in (
                _created_is_accounted_for,
                _moves_are_told,
                _next_steps,
                _in_play,
                _journal,
                _documents,
                _people,
                _automations,
                erased,
                assigned,
                marked,
            ):
                yield whole()


@contextmanager
def standing_still() -> Iterator[None]:
    """Everything read inside is the database of one instant, while others go on writing."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        # Django would begin by taking the write lock.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def _deals(pipeline_id: int | None) -> DealSet:
    deals = Deal.objects.all()
    return deals if pipeline_id is None else deals.filter(pipeline_id=pipeline_id)


def _cells(pipeline_id: int | None) -> QuerySet[Total]:
    cells = Total.objects.all()
    return cells if pipeline_id is None else cells.filter(stage__pipeline_id=pipeline_id)


def _stages_sum_to_open(pipeline_id: int | None) -> Check:
    """What the board shows at the head of each stage is the number of open deals that stand in it."""
    kept = dict(
        _cells(pipeline_id)
        .filter(status=Status.OPEN)
        .values_list("stage_id")
        .annotate(sum=Coalesce(Sum("counted"), 0, output_field=BigIntegerField()))
        .filter(sum__gt=0)
        .order_by()
    )
    true = dict(_deals(pipeline_id).open().values_list("stage_id").annotate(Count("pk")).order_by())
    for key in sorted(kept.keys() | true.keys()):
        if kept.get(key, 0) != true.get(key, 0):
            fault = f"stage {key} shows {kept.get(key, 0)} open deals, {true.get(key, 0)} stand in it"
            return Check("sum over stages = open deals", sum(true.values()), fault)
    return Check("sum over stages = open deals", sum(true.values()))


def _totals(pipeline_id: int | None) -> Check:
    """Kept totals equal the sums over the deals, cell by cell."""
    rows = (
        _deals(pipeline_id)
        .present()
        .values_list("stage_id", "status", "owner_id", Coalesce("team_id", 0), "currency")
        .annotate(Count("pk"), Sum("amount_key"))
        .order_by()
    )
    true: dict[tuple[Any, ...], tuple[Any, ...]] = {tuple(row[:5]): tuple(row[5:]) for row in rows}
    cells = _cells(pipeline_id).values_list("stage_id", "status", "owner_id", "team_key", "currency", "counted", "amount_minor")
    kept = {tuple(row[:5]): tuple(row[5:]) for row in cells if row[5] or row[6]}
    for key in sorted(true.keys() | kept.keys()):
        if true.get(key) != kept.get(key):
            where = f"stage {key[0]}, {key[1]}, owner {key[2]}, team {key[3]}, {key[4]}"
            fault = f"{where}: {kept.get(key, (0, 0))} kept, {true.get(key, (0, 0))} summed (deals, minor units)"
            return Check("kept totals = sums", len(true), fault)
    return Check("kept totals = sums", len(true))


def _columns(pipeline_id: int | None) -> Check:
    """Every open deal stands in a stage in use of its own pipeline, and the board shows each deal where it stands."""
    shown = Q(status=Status.OPEN) | Q(status=Status.WON, stage__role=StageRole.RETENTION)
    misplaced = (shown & (Q(column=None) | ~Q(column=F("stage")))) | (~shown & Q(column__isnull=False))
    retired = (shown | Q(status=Status.HELD)) & Q(stage__retired_at__isnull=False)
    deals = _deals(pipeline_id).present()
    name = "every open deal in a column in use"
    for what, wrong in (
        ("stands in a stage of another pipeline", ~Q(pipeline=F("stage__pipeline"))),
        ("stands in a retired stage", retired),
        ("is not shown where it stands", misplaced),
    ):
        first = deals.filter(wrong).order_by("pk").values_list("pk", flat=True).first()
        if first is not None:
            return Check(name, deals.count(), f"deal {first} {what}")
    return Check(name, deals.count())


def _ledgers(pipeline_id: int | None) -> Check:
    """Each ledger is chained, replays to the deal's state, and ends where the deal says."""
    moves = 0
    for ledger in ledgers(pipeline_id=pipeline_id):
        moves += len(ledger.moves)
        if fault := ledger_fault(ledger.deal, ledger.moves) or _seal_fault(ledger.deal, ledger.moves):
            return Check("replay = state, ledgers chained", moves, f"deal {ledger.deal.pk}: {fault}")
    if pipeline_id is None and moves != Move.objects.count():
        stray = Move.objects.exclude(Exists(Deal.objects.filter(pk=OuterRef("deal_id")))).order_by("pk").first()
        fault = f"move {stray.pk} belongs to no deal" if stray else f"{Move.objects.count()} moves, {moves} in ledgers"
        return Check("replay = state, ledgers chained", moves, fault)
    return Check("replay = state, ledgers chained", moves)


def ledger_fault(deal: Deal, moves: Sequence[Move | MoveRow]) -> str:
    """What is wrong with one deal's ledger, naming the first move that is; empty when nothing is."""
    previous, stage_id, status = GENESIS, None, ""
    for move in moves:
        if bytes(move.previous_hash) != previous:
            return f"move {move.number} does not follow the one before it"
        if move.erased_at is None and move_hash(move) != bytes(move.hash):
            return f"move {move.number} was changed"
        if (move.from_stage_id, move.from_status) != (stage_id, status):
            return f"move {move.number} does not start where move {move.number - 1} ended"
        previous, stage_id, status = bytes(move.hash), move.to_stage_id, move.to_status
    if deal.ledger_number != len(moves) or bytes(deal.ledger_hash) != previous:
        return f"the ledger ends at move {len(moves)}, the deal knows {deal.ledger_number}"
    try:
        state = rules.replay(step_of(move) for move in moves)
    except rules.BrokenLedger as problem:
        return str(problem)
    if state != state_of(deal):
        return f"its ledger gives {state}, it says {state_of(deal)}"
    return ""


def _seal_fault(deal: Deal, moves: Sequence[Move | MoveRow]) -> str:
    """What is wrong with what an erasure left of a ledger; empty when nothing is."""
    if deal.erased_at is None:
        return "it lost words and was not erased" if any(move.erased_at for move in moves) else ""
    told = Entry.objects.of("deal", deal.pk).filter(verb="deal.erased").values_list("data", flat=True).first()
    return "" if (told or {}).get("ledger") == seal(moves) else "what is left of its ledger is not what its erasure sealed"


def _versions(pipeline_id: int | None) -> Check:
    """Process versions are numbered without a hole, are what the journal told of them, and end at what is in force."""
    pipelines = Pipeline.objects.all() if pipeline_id is None else Pipeline.objects.filter(pk=pipeline_id)
    counted = 0
    for pipeline in pipelines.order_by("pk"):
        told = _told_versions(pipeline)
        number, last = 0, None
        for version in ProcessVersion.objects.filter(pipeline=pipeline).order_by("number"):
            counted += 1
            fault = ""
            if version.number != number + 1:
                fault = f"expected version {number + 1}, found {version.number}"
            elif not _as_told(version, told.get(version.number)):
                fault = f"version {version.number} is not what the journal told of it"
            if fault:
                return Check("process versions without a hole", counted, f"pipeline {pipeline.pk}: {fault}")
            number, last = version.number, version
        if last is None or pipeline.version_id != last.pk or last.definition != definition(pipeline):
            fault = f"pipeline {pipeline.pk}: version {number} is not its present definition"
            return Check("process versions without a hole", counted, fault)
    return Check("process versions without a hole", counted)


def _told_versions(pipeline: Pipeline) -> dict[int, dict[str, Any]]:
    """What the journal keeps of each version."""
    entries = Entry.objects.of("pipeline", pipeline.pk).filter(verb="process.changed")
    return {data["version"]: data for data in entries.values_list("data", flat=True)}


def _as_told(version: ProcessVersion, told: dict[str, Any] | None) -> bool:
    """Whether a version is what the journal, which is chained, keeps of it."""
    if told is None or (version.why, version.changes) != (told["why"], told["changes"]):
        return False
    return "definition" not in told or told["definition"] == digest_of(version.definition).hex()


def _created_is_accounted_for() -> Check:
    """Every deal ever created is open, won, lost, on hold, or put in the bin, where what is erased stays as a figure."""
    name = "created = open + won + lost + held + erased"
    created = Entry.objects.filter(verb="deal.created").count()
    places: dict[str, int] = dict(Deal.objects.present().values_list("status").annotate(Count("pk")).order_by())
    erased = Deal.objects.exclude(deleted_at=None).count()
    found = sum(places.get(status, 0) for status in Status.values) + erased
    if created == found:
        return Check(name, created)
    lost = Entry.objects.filter(verb="deal.created").exclude(Exists(Deal.objects.filter(pk=OuterRef("subject_id"))))
    first = lost.order_by("subject_id").values_list("subject_id", flat=True).first()
    fault = f"deal {first} was created and is gone" if first else f"{created} deals created, {found} there"
    return Check(name, created, fault)


def _moves_are_told() -> Check:
    """The journal tells each move of each ledger once."""
    verbs = [f"deal.{kind}" for kind in MoveKind.values]
    told = (
        Entry.objects.filter(subject_kind="deal", subject_id=OuterRef("pk"), verb__in=verbs)
        .order_by()
        .values("subject_id")
        .annotate(told=Count("pk"))
        .values("told")
    )
    deals = Deal.objects.annotate(told=Coalesce(told, 0))
    first = deals.exclude(told=F("ledger_number")).order_by("pk").values_list("pk", "told", "ledger_number").first()
    counted = Deal.objects.aggregate(moves=Coalesce(Sum("ledger_number"), 0))["moves"]
    fault = f"deal {first[0]}: the journal tells {first[1]} moves of {first[2]}" if first else ""
    return Check("journal tells every move", counted, fault)


def _next_steps() -> Check:
    """Each deal knows the day of its earliest undone activity that counts, and when the last one was done: so that none that has
    a step is called without, none without falls off its owner's list, and no sale is late with what it made needless."""
    of_deal = Activity.objects.present().filter(deal_id=OuterRef("pk")).order_by().values("deal_id")
    ahead = Q(done_at=None) & (Q(in_play=True) | Q(deal__status=Status.HELD))
    first = of_deal.annotate(value=Min("due_on", filter=ahead)).values("value")[:1]
    last = of_deal.annotate(value=Max("done_at")).values("value")[:1]
    deals = Deal.objects.annotate(true_step=Subquery(first), true_last=Subquery(last))
    wrong = deals.exclude(
        (Q(next_step_on=F("true_step")) | Q(next_step_on=None, true_step=None))
        & (Q(last_activity_at=F("true_last")) | Q(last_activity_at=None, true_last=None))
    )
    counted = Deal.objects.count()
    found = wrong.order_by("pk").values_list("pk", "next_step_on", "true_step").first()
    fault = f"deal {found[0]} says its next step is on {found[1]}, it is on {found[2]}" if found else ""
    return Check("next step = earliest undone activity that counts", counted, fault)


def _in_play() -> Check:
    """What is undone knows whether its deal is in play: so that a day shows all that counts, and nothing of what is lost."""
    steps = Activity.objects.undone().annotate(true=Case(When(of_deal_in_play(), then=True), default=False))
    first = steps.exclude(in_play=F("true")).order_by("pk").values_list("pk", "true").first()
    fault = ""
    if first is not None:
        fault = f"activity {first[0]} {'counts' if first[1] else 'does not count'}, it says the contrary"
    return Check("what counts of a day = undone of deals in play", Activity.objects.undone().count(), fault)


def _journal() -> Check:
    """Every chain of the journal holds."""
    counted = Entry.objects.count()
    for broken in broken_links(limit=1):
        where = f"entry {broken.entry_id} ({broken.subject_kind} {broken.subject_id} #{broken.number})"
        return Check("journal chained", counted, f"{where}: {broken.what}")
    return Check("journal chained", counted)


def _documents() -> Check:
    """Everything present can be found by its present words, by those who may see it, and nothing else can be found."""
    name, counted = "everything can be found", 0
    present: dict[str, tuple[QuerySet[Any], Callable[[Any], Findable]]] = {
        "deal": (Deal.objects.present().select_related("company"), deal_words),
        "company": (Company.objects.current(), people_words),
        "contact": (Contact.objects.current().select_related("company"), people_words),
    }
    for kind, (subjects, words) in present.items():
        for batch in batched(subjects.order_by("pk").iterator(chunk_size=1000), 1000, strict=False):
            kept = {row.object_id: row for row in Document.objects.filter(kind=kind, object_id__in=[row.pk for row in batch])}
            for subject in batch:
                counted += 1
                if fault := _unlike(kept.get(subject.pk), words(subject)):
                    return Check(name, counted, f"{kind} {subject.pk} {fault}")
        documents = Document.objects.filter(kind=kind)
        stray = documents.exclude(Exists(subjects.filter(pk=OuterRef("object_id")))).order_by("object_id").first()
        if stray is not None:
            return Check(name, counted, f"{kind} {stray.object_id} is found and is not there")
    return Check(name, counted)


def _unlike(kept: Document | None, true: Findable) -> str:
    """What is wrong with the searchable text of a subject; empty when nothing is."""
    if kept is None:
        return "cannot be found"
    if (kept.owner_id, kept.team_id) != (true.owner_id, true.team_id):
        return f"is found by those who see owner {kept.owner_id}, team {kept.team_id}, not {true.owner_id}, {true.team_id}"
    if (kept.label, kept.words) != (true.label[:240], search_words(true.text)):
        return f"is found as {kept.label}, not by its present words"
    return ""


def _people() -> Check:
    """No deal and no contact points at a record that was folded into another."""
    counted = DealContact.objects.count() + Contact.objects.current().exclude(company=None).count()
    folded: tuple[tuple[str, QuerySet[Any], str], ...] = (
        ("deal", DealContact.objects.filter(contact__merged_into__isnull=False), "deal_id"),
        ("deal", Deal.objects.filter(company__merged_into__isnull=False), "pk"),
        ("contact", Contact.objects.current().filter(company__merged_into__isnull=False), "pk"),
    )
    for kind, rows, key in folded:
        first = rows.order_by("pk").values_list(key, flat=True).first()
        if first is not None:
            return Check("no orphan", counted, f"{kind} {first} points at a record folded into another")
    return Check("no orphan", counted)


def _automations() -> Check:
    """No automation has read further than the journal goes, and each run that answers an entry answers one of its own deal."""
    name = "automations answer what happened"
    newest = Entry.objects.aggregate(last=Max("pk"))["last"] or 0
    ahead = Cursor.objects.filter(last__gt=newest).first()
    if ahead is not None:
        return Check(name, 1, f"the journal was read up to {ahead.last}, and ends at {newest}")
    answered = Run.objects.filter(entry__isnull=False)
    entries = Entry.objects.filter(pk=OuterRef("entry"), subject_kind="deal", subject_id=OuterRef("deal_id"))
    astray = answered.exclude(Exists(entries)).order_by("pk").first()
    fault = "" if astray is None else f"run {astray.pk} answers entry {astray.entry}, which is none of deal {astray.deal_id}"
    return Check(name, answered.count(), fault)
