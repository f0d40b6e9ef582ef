"""Two definitions of a process side by side, and what it takes to bring a past one back."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from piste.company.models import CustomField, FieldSubject, Member
from piste.pipelines.models import Draft, Pipeline, ProcessVersion
from piste.pipelines.queries import changes_between, in_force
from piste.playbooks.models import Assigns
from piste.web.automations.naming import Names
from piste.web.automations.showing import past_lines
from piste.web.playbook import reading

from . import marking, showing, words


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a stage that differs: its name, and its lines on both sides."""

    name: str
    pairs: list[marking.Pair]


@dataclass(frozen=True, slots=True)
class Side:
    """A stage of which something differs; `mark` says whether it is on one side alone."""

    name: str
    rank: str
    mark: str
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class Sides:
    """All stages that differ, and the names of those that do not."""

    stages: list[Side]
    same: list[str]


def sides(before: Mapping[str, Any], after: Mapping[str, Any], names: dict[str, str], pipeline: Pipeline) -> Sides:
    """Two definitions of a pipeline side by side, stage by stage in the order of the later one, then its automations."""
    old, new = ({stage["id"]: stage for stage in side["stages"]} for side in (before, after))
    told = (dict(zip(side, showing.past_stages({"stages": list(side.values())}, names), strict=True)) for side in (old, new))
    past, then = told
    found: list[Side] = []
    same: list[str] = []
    for key in [*new, *(key for key in old if key not in new)]:
        was, now = past.get(key), then.get(key)
        lines = [(_lines(stage, said.get(key, {})) if stage is not None else {}) for stage, said in ((was, old), (now, new))]
        parts = [
            Part(name, marking.beside(lines[0].get(name, []), lines[1].get(name, [])))
            for name in dict.fromkeys([*lines[1], *lines[0]])
            if lines[0].get(name, []) != lines[1].get(name, [])
        ]
        shown = now or was
        if shown is None or not parts:
            same += [shown.name] if shown is not None else []
            continue
        mark = "added" if was is None else "removed" if now is None else ""
        found.append(Side(shown.name, shown.rank, mark, parts))
    parts = _automations(before, after, pipeline)
    return Sides([*found, *([Side(gettext("Automations"), "", "", parts)] if parts else [])], same)


def _automations(before: Mapping[str, Any], after: Mapping[str, Any], pipeline: Pipeline) -> list[Part]:
    """The automations that differ, each with what it says. Versions from before they were kept say nothing of them."""
    if "automations" not in after:
        return []
    names = Names(pipeline)
    old, new = (past_lines(side, names) for side in (before, after))
    parts = []
    for key in [*new, *(key for key in old if key not in new)]:
        (was, before_lines), (now, after_lines) = (side.get(key, ("", [])) for side in (old, new))
        if was and now and was != now:
            before_lines, after_lines = [was, *before_lines], [now, *after_lines]
        if before_lines != after_lines:
            parts.append(Part(now or was, marking.beside(before_lines, after_lines)))
    return parts


def _lines(stage: showing.PastStage, said: Mapping[str, Any]) -> dict[str, list[str]]:
    """All that is said of a stage, as lines under the name of their part."""
    guide = stage.guide
    found = {
        gettext("Name"): [stage.name],
        gettext("Role"): [stage.role],
        gettext("Norm"): [stage.norm],
        gettext("Probability"): [stage.percent],
        gettext("Required information"): [f"{fact} ({when})" for fact, when in stage.needs],
        gettext("Standard activities"): [_activity(row) for row in guide.activities],
        gettext("Exit criteria"): [text for _key, text in guide.criteria],
        gettext("Script"): str(said.get("playbook", {}).get("script", "")).splitlines(),
        gettext("Templates"): [line for text in guide.templates for line in _letter(text)],
    }
    return {name: lines for name, lines in found.items() if lines}


def _activity(row: reading.Activity) -> str:
    said = f"{row.title} ({row.kind}, {row.when}{f', {row.who}' if row.who else ''})"
    return f"{said} {row.detail}" if row.detail else said


def _letter(text: reading.Text) -> list[str]:
    return [f"{text.name} ({text.kind})", *([text.subject] if text.subject else []), *filter(str.strip, text.body.splitlines())]


@dataclass(frozen=True, slots=True)
class Restored:
    """A past version as it can come back today: what that changes, what of it cannot be as it was, which stages (id, name)
    would leave, and which may take their deals."""

    now: Mapping[str, Any]
    definition: dict[str, Any]
    changes: list[dict[str, str]]
    mended: list[str]
    leaving: list[tuple[int, str]]
    remaining: list[tuple[int, str]]
    has_draft: bool


def restored(pipeline: Pipeline, version: ProcessVersion) -> Restored:
    """What it takes to bring a version back: activities of those who have left go to the owner of the deal, and facts that
    the company no longer keeps are not asked for."""
    now = in_force(pipeline).now
    definition = deepcopy(version.definition)
    definition["name"] = now["name"]
    for name in ("merged", "retired"):
        definition.pop(name, None)
    fields = set(CustomField.objects.filter(subject=FieldSubject.DEAL, retired_at=None).values_list("key", flat=True))
    active = set(Member.objects.active().values_list("pk", flat=True))
    names, mended = words.labels(), []
    for stage in definition["stages"]:
        gone = [need for need in stage["requirements"] if need["fact"].partition("custom:")[2] not in {"", *fields}]
        stage["requirements"] = [need for need in stage["requirements"] if need not in gone]
        mended += [
            gettext("%(fact)s is no longer kept: %(stage)s does not ask for it.")
            % {"fact": words.fact(need["fact"], names), "stage": stage["name"]}
            for need in gone
        ]
        for row in stage.get("playbook", {}).get("activities", []):
            if row["assigns"] == Assigns.MEMBER and row["member"] not in active:
                row |= {"assigns": Assigns.OWNER.value, "member": None}
                mended.append(
                    gettext("Whoever had “%(activity)s” has left: it goes to the owner of the deal.") % {"activity": row["title"]}
                )
    wanted = {stage["id"] for stage in definition["stages"]}
    return Restored(
        now=now,
        definition=definition,
        changes=changes_between(now, definition),
        mended=mended,
        leaving=[(stage["id"], stage["name"]) for stage in now["stages"] if stage["id"] not in wanted],
        remaining=[(stage["id"], stage["name"]) for stage in definition["stages"] if stage["id"] > 0],
        has_draft=Draft.objects.filter(pk=pipeline.pk).exists(),
    )
