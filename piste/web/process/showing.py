"""What the process pages show, prepared from the rooms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from piste.activities.queries import Adherence, adherence_of_members, adherence_of_stages
from piste.company.models import CustomField, FieldSubject, Member
from piste.deals.models import Deal, DealSet, Status
from piste.deals.queries import knowing
from piste.foundations import typography
from piste.pipelines.models import Pipeline, ProcessVersion, Stage, StageRole
from piste.pipelines.queries import needs_of, stages_in_use
from piste.pipelines.rules import FACTS
from piste.playbooks.queries import told
from piste.web.access import MemberRequest
from piste.web.playbook import reading
from piste.web.templatetags.piste import stage_rank, today, tongue, zone

from . import words


@dataclass(frozen=True, slots=True)
class StageRow:
    """A line of the list of stages."""

    stage: Stage
    rank: str
    place: int
    counted: int
    up: str
    down: str
    adherence: Adherence | None = None

    @property
    def followed(self) -> str:
        return reading.followed(self.adherence)

    @property
    def percent(self) -> str:
        return typography.percent(self.stage.probability / 100, tongue())

    @property
    def opened(self) -> str:
        return words.open_deals(self.counted)


@dataclass(frozen=True, slots=True)
class FactRow:
    """A line of the table of facts: whether it is asked for, and how many of the deals standing here know it."""

    code: str
    name: str
    to_enter: bool
    to_leave: bool
    known: int
    lack: int

    @property
    def is_asked(self) -> bool:
        return self.to_enter or self.to_leave


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A line of the list of versions: what, and the version itself with who, when and why."""

    version: ProcessVersion
    first: str
    others: list[str]
    is_in_force: bool

    @property
    def day(self) -> str:
        day = self.version.at.astimezone(zone()).date()
        return typography.day(day, tongue(), today=today(), weekday=False)


def counted_deals(request: MemberRequest) -> DealSet:
    """The deals that counts here speak of: all for those who change the process, for it touches all; else those seen."""
    if request.user.may_manage:
        return Deal.objects.present()
    return Deal.objects.visible_to(request.user).present()


def stage_rows(request: MemberRequest, pipeline: Pipeline) -> list[StageRow]:
    """The stages in use with their drawings, their open deals, and the orders in which each is one place up or down."""
    stages = stages_in_use(pipeline.pk)
    open_deals = counted_deals(request).filter(status=Status.OPEN, stage__pipeline=pipeline)
    counts: dict[int, int] = dict(open_deals.values_list("stage_id").annotate(Count("pk")).order_by())
    keys = [stage.pk for stage in stages]
    ranks = ranked(stages)
    day = today()
    kept = adherence_of_stages(keys, among=counted_deals(request), first=reading.since(day), today=day)
    return [
        StageRow(
            stage=stage,
            rank=ranks[stage.pk],
            place=place + 1,
            counted=counts.get(stage.pk, 0),
            up=_swapped(keys, place - 1),
            down=_swapped(keys, place),
            adherence=kept.get(stage.pk),
        )
        for place, stage in enumerate(stages)
    ]


@dataclass(frozen=True, slots=True)
class FollowerRow:
    """How far somebody follows the playbooks of a pipeline."""

    member: Member
    adherence: Adherence

    @property
    def followed(self) -> str:
        return reading.followed(self.adherence)


def follower_rows(pipeline: Pipeline) -> list[FollowerRow]:
    """Those who were given standard activities on the deals now in a pipeline, by name."""
    day, members = today(), {member.pk: member for member in Member.objects.active()}
    among = Deal.objects.present().filter(pipeline=pipeline)
    kept = adherence_of_members(members, among=among, first=reading.since(day), today=day)
    rows = [FollowerRow(members[key], found) for key, found in kept.items() if found.asked]
    return sorted(rows, key=lambda row: row.member.name)


def playbook_of(stage: Stage) -> reading.Playbook:
    """The playbook of a stage as it is now."""
    said = told([stage.pk]).get(stage.pk, {})
    return reading.read(said, reading.names_in([said]))


def rank_of(stage: Stage) -> str:
    """The drawing of one stage."""
    return ranked(stages_in_use(stage.pipeline_id))[stage.pk]


def ranked(stages: Sequence[Stage]) -> dict[int, str]:
    """The drawing of each stage."""
    selling = [stage.pk for stage in stages if stage.role != StageRole.RETENTION]
    return {
        stage.pk: stage_rank(selling.index(stage.pk) if stage.pk in selling else 0, len(selling), stage.role) for stage in stages
    }


def _swapped(keys: Sequence[int], place: int) -> str:
    """The order with the stages at a place and behind it exchanged; empty when there are none."""
    if place < 0 or place + 1 >= len(keys):
        return ""
    order = list(keys)
    order[place], order[place + 1] = order[place + 1], order[place]
    return ",".join(str(key) for key in order)


def facts_of(stage: Stage) -> list[str]:
    """The facts a stage may ask for, those it asks for first."""
    asked = [need.fact for need in needs_of(stage)]
    own = CustomField.objects.filter(subject=FieldSubject.DEAL, retired_at=None).values_list("key", flat=True)
    return list(dict.fromkeys([*asked, *FACTS, *(f"custom:{key}" for key in own)]))


def fact_rows(request: MemberRequest, stage: Stage, names: dict[str, str], ticked: Any = None) -> tuple[int, list[FactRow]]:
    """How many deals stand in a stage, and what each fact is to them; `ticked` are form data that take precedence."""
    asked = {need.fact: need for need in needs_of(stage)}
    facts = facts_of(stage)
    here = counted_deals(request).filter(stage=stage, status__in=(Status.OPEN, Status.HELD))
    counted, known = knowing(here, facts=facts)
    rows = []
    for code in facts:
        need = asked.get(code)
        if ticked is None:
            enter, leave = (need.to_enter, need.to_leave) if need else (False, False)
        else:
            enter, leave = code in ticked.getlist("enter"), code in ticked.getlist("leave")
        rows.append(FactRow(code, words.fact(code, names), enter, leave, known[code], counted - known[code]))
    return counted, rows


def version_rows(pipeline: Pipeline, found: Sequence[ProcessVersion], names: dict[str, str]) -> list[VersionRow]:
    """Versions with their differences in words."""
    rows = []
    for version in found:
        said = words.differences(version.changes, names)
        rows.append(VersionRow(version, said[0], said[1:], version.pk == pipeline.version_id))
    return rows


@dataclass(frozen=True, slots=True)
class PastStage:
    """A stage as a version keeps it; `needs` are its facts with when they were asked for."""

    name: str
    rank: str
    role: str
    norm: str
    percent: str
    needs: list[tuple[str, str]]
    guide: reading.Playbook


def past_stages(definition: dict[str, Any], names: dict[str, str]) -> list[PastStage]:
    """The stages of a version, in their order."""
    stages = definition["stages"]
    members = reading.names_in([stage.get("playbook", {}) for stage in stages])
    selling = [stage["id"] for stage in stages if stage["role"] != StageRole.RETENTION]
    return [
        PastStage(
            name=stage["name"],
            rank=stage_rank(selling.index(stage["id"]) if stage["id"] in selling else 0, len(selling), stage["role"]),
            role=words.role(stage["role"]),
            norm=words.norm(str(stage["norm_days"] or "")),
            percent=typography.percent(stage["probability"] / 100, tongue()),
            needs=[
                (words.fact(need["fact"], names), words.when("+".join(k for k in ("to_enter", "to_leave") if need[k])))
                for need in stage["requirements"]
            ],
            guide=reading.read(stage.get("playbook", {}), members),
        )
        for stage in stages
    ]
