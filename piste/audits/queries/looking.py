"""Looking through a pipeline: each look says what it found, `Found` of nothing when all is well, None without anything to look
at. None of them fetches more of a deal than its number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Count, QuerySet

from piste.activities.queries import adherence_of_deals, adherence_of_stages
from piste.audits.rules import CODES, FEW_MOVES, Found, Looked, fights
from piste.company.models import CustomField, FieldSubject, Member
from piste.company.queries import company, working_time
from piste.deals.models import DealSet
from piste.deals.queries import knowing, lacking_one
from piste.deals.queries.filtering import ROTTING, STALLING, Filter, narrow
from piste.insights.queries.pipeline import stakes
from piste.people.models import Company, Contact
from piste.pipelines.models import Pipeline, Requirement
from piste.qualification.queries import kept_of, missed_of
from piste.stats.ordering import ordering

from .ground import HALF, QUARTER, YEAR, Ground

#: A field that so small a part of the open deals fills is not used.
UNUSED = 0.02


def look(pipeline: Pipeline, *, eyes: Member | None, at: datetime) -> Looked:
    """Everything that stands in the way of a pipeline at a moment, as `eyes` see it (None: all of it)."""
    settings = company()
    today = at.astimezone(working_time(eyes, settings=settings).zone).date()
    ground = Ground(pipeline, eyes, at, today, settings.currency if settings else "EUR")
    found: list[Found] = []
    fine, mute = [], []
    for code in CODES:
        one = LOOKS[code](ground)
        if one is None:
            mute.append(code)
        elif one.count:
            found.append(one)
        else:
            fine.append(code)
    worth = ground.worth(ground.ids(ground.open).tolist())
    return Looked(found, fine, mute, {"open": ground.open_count, "worth": worth, "today": today.isoformat()})


def _bottleneck(ground: Ground) -> Found | None:
    """The stage that holds most back, with the deals standing there."""
    if not len(ground.read.history.deals):
        return None
    ranked = stakes(ground.read, ground.figures, ground.rates_before, ground.year, ground.currency)
    if not ranked.reason:
        return None
    first = ranked.stakes[0]
    figures = next(one for one in ground.figures if one.stage.place == first.place)
    rate = figures.conversion.estimate
    facts = {
        "stage": figures.stage.id,
        "name": figures.stage.name,
        "worsened": ranked.reason == "worsened",
        "rate": rate.rate,
        "low": rate.low,
        "high": rate.high,
        "n": len(figures.conversion.entered),
        "gap": first.change.gap if first.change is not None and first.change.is_sure else None,
        "gain": None if first.gain is None else round(first.gain),
        "currency": ground.currency,
        "median": figures.durations.median.days,
        "norm": figures.stage.norm_days,
    }
    standing = np.intersect1d(figures.standing, ground.ids(ground.open)).tolist()
    return Found(
        "bottleneck",
        len(standing),
        ground.open_count,
        standing,
        key=str(figures.stage.id),
        amounts=ground.worth(standing),
        facts=facts,
        severity=3 if facts["worsened"] else 2,
    )


def _pace(ground: Ground, code: str) -> Found | None:
    """Deals past the norm of their stage: at twice the norm or more, or not yet."""
    if not any(stage.norm_days for stage in ground.selling) or not ground.open_count:
        return None
    rotting = narrow(ground.open, Filter(pace=ROTTING), stages=ground.selling, at=ground.at, today=ground.today)
    if code == "rotting":
        return _of_deals(ground, code, rotting, by_stage=True)
    slow = narrow(ground.open, Filter(pace=STALLING), stages=ground.selling, at=ground.at, today=ground.today)
    return _of_deals(ground, code, slow.exclude(pk__in=rotting.values("pk")), by_stage=True)


def _rotting(ground: Ground) -> Found | None:
    return _pace(ground, "rotting")


def _stalling(ground: Ground) -> Found | None:
    return _pace(ground, "stalling")


def _no_step(ground: Ground) -> Found | None:
    return _of_deals(ground, "no_step", ground.open.without_next_step()) if ground.open_count else None


def _past_close(ground: Ground) -> Found | None:
    return _of_deals(ground, "past_close", ground.open.filter(expected_close_on__lt=ground.today)) if ground.open_count else None


def _no_amount(ground: Ground) -> Found | None:
    return _of_deals(ground, "no_amount", ground.open.filter(amount_minor=None)) if ground.open_count else None


def _missing_facts(ground: Ground) -> Found | None:
    """Deals that lack what their own stage asks for, to enter it or to leave it."""
    asked: dict[int, list[str]] = {}
    needs = Requirement.objects.filter(stage__in=[stage.pk for stage in ground.selling]).order_by("position", "pk")
    for stage, fact in needs.values_list("stage_id", "fact"):
        asked.setdefault(stage, []).append(fact)
    if not asked:
        return None
    found: list[int] = []
    counts: Counter[str] = Counter()
    looked = 0
    for stage, facts in asked.items():
        here = ground.open.filter(stage=stage)
        there, known = knowing(here, facts=facts)
        looked += there
        counts.update({fact: there - known[fact] for fact in facts})
        found += ground.ids(here.filter(lacking_one(facts))).tolist()
    lacking = {fact: count for fact, count in counts.most_common() if count}
    return Found("missing_facts", len(found), looked, found, amounts=ground.worth(found), facts={"facts": lacking})


def _contact_late(ground: Ground) -> Found | None:
    """First contacts that came too late, of the clocks of a quarter that have ended."""
    since = ground.at - QUARTER
    rows = kept_of(ground.seen, since=since, until=ground.at, now=ground.at)
    counted = sum(row.counted for row in rows)
    if not counted:
        return None
    late = missed_of(ground.seen, since=since, now=ground.at)
    facts = {"in_time": sum(row.in_time for row in rows), "days": QUARTER.days}
    return Found("contact_late", len(late), counted, late, amounts=ground.worth(late), facts=facts)


def _playbook(ground: Ground) -> Found | None:
    """Deals on which a standard activity of the last quarter was not done."""
    first = ground.today - QUARTER
    stages = {stage.pk: stage.name for stage in ground.stages}
    kept = adherence_of_stages(stages, among=ground.seen, first=first, today=ground.today)
    asked = sum(one.asked for one in kept.values())
    if not asked:
        return None
    of_deals = adherence_of_deals(ground.seen.order_by().values_list("pk", flat=True), today=ground.today, first=first)
    left = sorted(deal for deal, one in of_deals.items() if one.undone)
    facts = {
        "asked": asked,
        "done": asked - sum(one.undone for one in kept.values()),
        "in_time": sum(one.in_time for one in kept.values()),
        "days": QUARTER.days,
        "stages": [
            {"stage": key, "name": name, "count": kept[key].undone}
            for key, name in stages.items()
            if key in kept and kept[key].undone
        ],
    }
    return Found("playbook", len(left), len(of_deals), left, amounts=ground.worth(left), facts=facts)


def _stage_order(ground: Ground) -> Found | None:
    """Another order of the selling stages in which far fewer moves of the year would go back."""
    places = [stage for stage in ground.read.stages if stage.is_selling and stage.in_use]
    flows = ground.read.history.flows
    recent = flows.at >= ground.since(YEAR)
    place_of = np.full(len(ground.read.stages), -1)
    for row, stage in enumerate(places):
        place_of[stage.place] = row
    between = recent & (flows.origin >= 0) & (flows.target >= 0)
    origin, target = place_of[flows.origin[between]], place_of[flows.target[between]]
    both = (origin >= 0) & (target >= 0)
    counts = np.zeros((len(places), len(places)), dtype=np.int64)
    np.add.at(counts, (origin[both], target[both]), 1)
    if counts.sum() < FEW_MOVES:
        return None
    best = ordering(counts)
    if not fights(best.declared, best.implied):
        return Found("stage_order", 0, int(counts.sum()))
    back = np.unique(flows.deal[between][both][target[both] < origin[both]]).tolist()
    facts = {
        "declared": best.declared,
        "implied": best.implied,
        "moves": int(counts.sum()),
        "order": [places[place].name for place in best.order],
        "keys": [places[place].id for place in best.order],
        "was": [stage.name for stage in places],
        "is_exact": best.is_exact,
    }
    return Found("stage_order", len(back), len(ground.read.history.deals), back, facts=facts, severity=2)


def _unused_stage(ground: Ground) -> Found | None:
    """Stages that no deal has entered for half a year, older than that."""
    old = [stage for stage in ground.stages if stage.created_at < ground.at - HALF]
    if not old or not len(ground.read.history.deals):
        return None
    visits = ground.read.history.visits
    entered = set(visits.stage[visits.entered >= ground.since(HALF)].tolist())
    left = [stage for stage in old if ground.read.places.get(stage.pk) not in entered]
    named = [{"stage": stage.pk, "name": stage.name} for stage in left]
    return Found("unused_stage", len(left), len(ground.stages), kind="", facts={"stages": named, "days": HALF.days})


def _unused_field(ground: Ground) -> Found | None:
    """Fields of deals that next to no open deal fills."""
    own = list(CustomField.objects.filter(subject=FieldSubject.DEAL, retired_at=None).order_by("position", "pk"))
    if not own or not ground.open_count:
        return None
    counted, known = knowing(ground.open, facts=[f"custom:{field.key}" for field in own])
    filled = {field.key: known[f"custom:{field.key}"] for field in own}
    left = [field for field in own if filled[field.key] < UNUSED * counted or not filled[field.key]]
    named = [{"key": field.key, "name": field.label, "count": filled[field.key]} for field in left]
    return Found("unused_field", len(left), len(own), kind="", facts={"fields": named, "deals": counted})


def _double_company(ground: Ground) -> Found | None:
    """Companies that share a domain or a name."""
    seen = Company.objects.all() if ground.eyes is None else Company.objects.visible_to(ground.eyes)
    return _doubles("double_company", "company", seen.current(), (("domain",), ("name_key",)))


def _double_contact(ground: Ground) -> Found | None:
    """Contacts that share an address, or a name within a company."""
    seen = Contact.objects.all() if ground.eyes is None else Contact.objects.visible_to(ground.eyes)
    return _doubles("double_contact", "contact", seen.current(), (("email_key",), ("name_key", "company_id")))


def _doubles(code: str, kind: str, seen: QuerySet[Any, Any], shared: Sequence[tuple[str, ...]]) -> Found | None:
    counted = seen.count()
    if not counted:
        return None
    alike: set[int] = set()
    groups = 0
    for names in shared:
        told = seen.exclude(**{names[0]: ""}).exclude(**dict.fromkeys(names[1:]) or {"pk": None})
        several = told.order_by().values_list(*names).annotate(counted=Count("pk")).filter(counted__gt=1)
        values = list(several.values_list(*names))
        groups += len(values)
        wanted = set(values)
        for start in range(0, len(values), 500):
            part = {row[0] for row in values[start : start + 500]}
            rows = told.filter(**{f"{names[0]}__in": part}).values_list("pk", *names)
            alike.update(key for key, *own in rows if tuple(own) in wanted)
    return Found(code, len(alike), counted, sorted(alike), kind, facts={"groups": groups})


def _of_deals(ground: Ground, code: str, deals: DealSet, *, by_stage: bool = False) -> Found:
    ids = ground.ids(deals)
    facts: dict[str, Any] = {}
    if by_stage and len(ids):
        counts = dict(deals.order_by().values_list("stage_id").annotate(Count("pk")))
        facts["stages"] = [
            {"stage": stage.pk, "name": stage.name, "count": counts[stage.pk], "norm": stage.norm_days}
            for stage in ground.selling
            if counts.get(stage.pk)
        ]
    found = ids.tolist()
    return Found(code, len(found), ground.open_count, found, amounts=ground.worth(found), facts=facts)


LOOKS: dict[str, Callable[[Ground], Found | None]] = {
    "bottleneck": _bottleneck,
    "rotting": _rotting,
    "stalling": _stalling,
    "no_step": _no_step,
    "past_close": _past_close,
    "no_amount": _no_amount,
    "missing_facts": _missing_facts,
    "contact_late": _contact_late,
    "playbook": _playbook,
    "stage_order": _stage_order,
    "unused_stage": _unused_stage,
    "unused_field": _unused_field,
    "double_company": _double_company,
    "double_contact": _double_contact,
}
