"""What the process pages show, prepared from the rooms."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from piste.activities.models import Adoption
from piste.activities.queries import Adherence, adherence_of_members, adherence_of_stages
from piste.company.models import CustomField, FieldSubject, Member
from piste.deals.models import Deal, DealSet, Status
from piste.deals.queries import Standing, knowing, standings
from piste.experiments.models import Variant
from piste.foundations import typography
from piste.pipelines.models import Pipeline, ProcessVersion, Stage, StageRole
from piste.pipelines.queries import Wanted, in_force, wanted
from piste.pipelines.rules import FACTS, shape_in, told_shape
from piste.web.access import MemberRequest
from piste.web.playbook import reading
from piste.web.templatetags.piste import stage_rank, today, tongue, zone

from . import words
from .promised import Promised, promised


@dataclass(frozen=True, slots=True)
class StageRow:
    """A line of the list of stages."""

    stage: Stage
    rank: str
    place: int
    counted: int
    up: str
    down: str
    was: Stage | None
    adherence: Adherence | None = None
    is_leaving: bool = False
    merged: bool = False
    to: int = 0

    @property
    def is_new(self) -> bool:
        """Whether it is only in the draft."""
        return self.stage.pk < 0

    @property
    def differs(self) -> bool:
        """Whether the draft changes what the list shows of it."""
        return self.name_was != "" or self.norm_was is not None or self.percent_was != ""

    @property
    def name_was(self) -> str:
        return self.was.name if self.was is not None and self.was.name != self.stage.name else ""

    @property
    def norm_was(self) -> str | None:
        if self.was is None or self.was.norm_days == self.stage.norm_days:
            return None
        return words.norm(str(self.was.norm_days or ""))

    @property
    def percent_was(self) -> str:
        if self.was is None or self.was.probability == self.stage.probability:
            return ""
        return typography.percent(self.was.probability / 100, tongue())

    @property
    def role_was(self) -> str:
        return words.role(self.was.role) if self.was is not None and self.was.role != self.stage.role else ""

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
    mark: str = ""

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
    promised: Promised

    @property
    def day(self) -> str:
        day = self.version.at.astimezone(zone()).date()
        return typography.day(day, tongue(), today=today(), weekday=False)


def counted_deals(request: MemberRequest) -> DealSet:
    """The deals that counts here speak of: all for those who change the process, for it touches all; else those seen."""
    if request.user.may_manage:
        return Deal.objects.present()
    return Deal.objects.visible_to(request.user).present()


def state_of(request: MemberRequest, pipeline: Pipeline) -> Wanted:
    """What a page shows of the process: with its draft to those who change it, else what is in force."""
    return wanted(pipeline) if request.user.may_manage else in_force(pipeline)


def as_stage(pipeline: Pipeline, said: Mapping[str, Any]) -> Stage:
    """A stage as a definition says it, to be shown."""
    return Stage(
        pk=said["id"],
        pipeline=pipeline,
        name=said["name"],
        role=said["role"],
        probability=said["probability"],
        norm_days=said["norm_days"],
    )


def stage_rows(request: MemberRequest, pipeline: Pipeline, state: Wanted) -> list[StageRow]:
    """The stages with their drawings, their open deals, and the orders in which each is one place up or down."""
    stages = [as_stage(pipeline, said) for said in state.definition["stages"]]
    before = {said["id"]: as_stage(pipeline, said) for said in state.now["stages"]}
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
            was=before.get(stage.pk),
            adherence=kept.get(stage.pk),
            is_leaving=bool(said.get("leaving")),
            merged=said.get("leaving", {}).get("merged", False),
            to=said.get("leaving", {}).get("to", 0),
        )
        for place, (stage, said) in enumerate(zip(stages, state.definition["stages"], strict=True))
    ]


@dataclass(frozen=True, slots=True)
class Leaving:
    """A stage that the draft takes out of use: which deals go, and to which stage (None: to one that is not there any more)."""

    merged: bool
    to: Stage | None
    going: str


def leaving(row: StageRow, rows: Sequence[StageRow]) -> Leaving | None:
    """What the draft says of a stage that leaves; nothing of one that stays."""
    if not row.is_leaving:
        return None
    to = next((other.stage for other in rows if other.stage.pk == row.to and not other.is_leaving), None)
    standing = standings([row.stage]).get(row.stage.pk, Standing())
    return Leaving(row.merged, to, words.going(standing))


def adopting(pipeline: Pipeline) -> str:
    """How far the running deals have adopted the playbooks of a version; empty when all have."""
    found = Adoption.objects.filter(pipeline=pipeline, finished_at=None).select_related("version").order_by("version").first()
    return words.adopting(found.version.number, found.done, found.counted) if found is not None else ""


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


def filled_in(said: Mapping[str, Any]) -> dict[str, Any]:
    """The form of a stage as a definition says the stage."""
    told = told_shape(shape_in(said))
    return {**said, "seen": json.dumps(told)}


def playbook_of(said: Mapping[str, Any]) -> reading.Playbook:
    """The playbook of a stage as a definition says it."""
    found = said.get("playbook", {})
    return reading.read(found, reading.names_in([found]))


def tested(request: MemberRequest, key: int) -> list[Variant]:
    """The variants of split tests, not decided yet, whose deals follow another playbook of a stage; designs are the managers'."""
    found = Variant.objects.filter(test__stage=key, test__decided_at=None, test__dropped_at=None, guide__isnull=False)
    if not request.user.may_manage:
        found = found.filter(test__started_at__isnull=False)
    return list(found.select_related("test").order_by("test__number", "position"))


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


def facts_of(*said: Mapping[str, Any] | None) -> list[str]:
    """The facts a stage may ask for, those it asks for first; given the stage as definitions say it."""
    asked = [need["fact"] for stage in said if stage is not None for need in stage["requirements"]]
    own = CustomField.objects.filter(subject=FieldSubject.DEAL, retired_at=None).values_list("key", flat=True)
    return list(dict.fromkeys([*asked, *FACTS, *(f"custom:{key}" for key in own)]))


def fact_rows(request: MemberRequest, key: int, state: Wanted, ticked: Any = None) -> tuple[int, list[FactRow]]:
    """How many deals stand in a stage, and what each fact is to them; `ticked` are form data that take precedence."""
    names = words.labels()
    said, before = state.stage(key), state.stage_now(key)
    facts = facts_of(said, before)
    asked, were = _asked(said), _asked(before)
    here = counted_deals(request).filter(stage=key, status__in=(Status.OPEN, Status.HELD))
    counted, known = knowing(here, facts=facts)
    rows = []
    for code in facts:
        now = asked.get(code, (False, False))
        enter, leave = now if ticked is None else (code in ticked.getlist("enter"), code in ticked.getlist("leave"))
        was = were.get(code, (False, False))
        mark = "" if (enter, leave) == was or before is None else "removed" if not (enter or leave) else "added"
        mark = "changed" if mark == "added" and any(was) else mark
        rows.append(FactRow(code, words.fact(code, names), enter, leave, known[code], counted - known[code], mark))
    return counted, rows


def _asked(said: Mapping[str, Any] | None) -> dict[str, tuple[bool, bool]]:
    needs = said["requirements"] if said is not None else []
    return {need["fact"]: (need["to_enter"], need["to_leave"]) for need in needs}


def version_rows(
    request: MemberRequest, pipeline: Pipeline, found: Sequence[ProcessVersion], names: dict[str, str]
) -> list[VersionRow]:
    """Versions with their differences in words, and what is said of each."""
    told = promised(found, retested=request.user.may_manage)
    rows = []
    for version in found:
        said = words.differences(version.changes, names)
        rows.append(VersionRow(version, said[0], said[1:], version.pk == pipeline.version_id, told[version.pk]))
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
