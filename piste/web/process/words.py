"""What changed between two versions of a process, and what stood in the way of a change, in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy, ngettext

from piste.company.models import CustomField, FieldSubject
from piste.deals.queries import Standing
from piste.foundations import typography
from piste.pipelines.models import Draft, ProcessVersion, StageRole
from piste.pipelines.rules import measured
from piste.web.board.words import fact_name
from piste.web.templatetags.piste import tongue


def labels() -> dict[str, str]:
    """The names of the company's own fields of deals, by key; retired ones too, for past versions name them."""
    return dict(CustomField.objects.filter(subject=FieldSubject.DEAL).values_list("key", "label"))


def fact(code: str, names: Mapping[str, str]) -> str:
    """A required fact as the head of a line."""
    return capfirst(fact_name(code, dict(names)))


def differences(changes: Sequence[Mapping[str, str]], names: Mapping[str, str]) -> list[str]:
    """The changes of a version, each as a sentence without its full stop; the stages of a new pipeline are one."""
    if changes and changes[0]["code"] == "pipeline.created":
        added = [change["stage"] for change in changes if change["code"] == "stage.added"]
        said = ngettext(
            "Pipeline “%(name)s” created with %(count)s stage", "Pipeline “%(name)s” created with %(count)s stages", len(added)
        )
        return [_written(said % {"name": changes[0]["after"], "count": len(added)})]
    return [_written(difference(change, names)) for change in changes]


def difference(change: Mapping[str, str], names: Mapping[str, str]) -> str:
    """One change, in words."""
    code, before, after = change["code"], change["before"], change["after"]
    said = {"stage": change["stage"], "before": before, "after": after}
    match code:
        case "pipeline.renamed":
            return gettext("Pipeline “%(before)s” renamed “%(after)s”") % said
        case "pipeline.retired":
            if after:
                return gettext("Pipeline “%(before)s” retired, its deals go to %(after)s") % said
            return gettext("Pipeline “%(before)s” retired") % said
        case "stage.added":
            return gettext("Stage “%(stage)s” added") % said
        case "stage.retired":
            if after:
                return gettext("Stage “%(stage)s” retired, its deals go to %(after)s") % said
            return gettext("Stage “%(stage)s” retired") % said
        case "stage.merged":
            return gettext("Stage “%(stage)s” merged into %(after)s") % said
        case "stage.renamed":
            return gettext("Stage “%(before)s” renamed “%(after)s”") % said
        case "stages.reordered":
            return gettext("New order: %(after)s") % said
        case "stage.role":
            said |= {"before": role(before), "after": role(after)}
            return gettext("Role of %(stage)s: %(before)s, then %(after)s") % said
        case "stage.probability":
            return gettext("Probability of %(stage)s: %(before)s%%, then %(after)s%%") % said
        case "stage.norm":
            said |= {"before": norm(before), "after": norm(after)}
            return gettext("Norm of %(stage)s: %(before)s, then %(after)s") % said
    if code == "clock.changed":
        said |= {"before": clock(before), "after": clock(after)}
        return gettext("First contact: %(before)s, then %(after)s") % said
    if code.startswith("automation."):
        return automation(code, said)
    return playbook(change) if code.startswith("playbook.") else requirement(change, names)


def automation(code: str, said: Mapping[str, str]) -> str:
    """A change of an automation."""
    if code == "automation.changed" and said["before"] != said["after"]:
        return gettext("Automation “%(before)s” is now “%(after)s”, and changed") % said
    return {
        "automation.added": gettext("New automation “%(after)s”"),
        "automation.removed": gettext("No more automation “%(before)s”"),
        "automation.changed": gettext("Automation “%(after)s” changed"),
        "automation.paused": gettext("Automation “%(after)s” paused"),
        "automation.resumed": gettext("Automation “%(after)s” acts again"),
    }.get(code, code) % said


def clock(code: str) -> str:
    """The contact clock as versions tell it: the role that starts it, and working days."""
    kind, _colon, days = code.partition(":")
    if not days.isdecimal() or not int(days):
        return gettext("no clock")
    said = {"role": role(kind), "days": typography.number(int(days), tongue())}
    told = ngettext("within %(days)s working day of %(role)s", "within %(days)s working days of %(role)s", int(days))
    return told % said


def playbook(change: Mapping[str, str]) -> str:
    """A change of a stage's playbook."""
    said = {"stage": change["stage"], "before": change["before"], "after": change["after"]}
    code = change["code"].removeprefix("playbook.")
    if code.endswith("_changed") and change["before"] != change["after"]:
        return gettext("Playbook of %(stage)s: “%(before)s” is now “%(after)s”") % said
    return {
        "activity_added": gettext("Playbook of %(stage)s: new activity “%(after)s”"),
        "activity_removed": gettext("Playbook of %(stage)s: no more activity “%(before)s”"),
        "activity_changed": gettext("Playbook of %(stage)s: activity “%(after)s” changed"),
        "activities_reordered": gettext("Playbook of %(stage)s: activities in another order"),
        "criterion_added": gettext("Playbook of %(stage)s: new exit criterion “%(after)s”"),
        "criterion_removed": gettext("Playbook of %(stage)s: no more exit criterion “%(before)s”"),
        "criterion_changed": gettext("Playbook of %(stage)s: exit criterion “%(after)s” changed"),
        "criteria_reordered": gettext("Playbook of %(stage)s: exit criteria in another order"),
        "template_added": gettext("Playbook of %(stage)s: new template “%(after)s”"),
        "template_removed": gettext("Playbook of %(stage)s: no more template “%(before)s”"),
        "template_changed": gettext("Playbook of %(stage)s: template “%(after)s” changed"),
        "templates_reordered": gettext("Playbook of %(stage)s: templates in another order"),
        "script_changed": gettext("Playbook of %(stage)s: script changed"),
    }[code] % said


def requirement(change: Mapping[str, str], names: Mapping[str, str]) -> str:
    """A change of what a stage asks for."""
    said = {"stage": change["stage"]}
    match change["code"]:
        case "requirement.added":
            said["fact"] = fact(change["after"], names)
            return gettext("%(fact)s: now required in %(stage)s") % said
        case "requirement.removed":
            said["fact"] = fact(change["before"], names)
            return gettext("%(fact)s: no longer required in %(stage)s") % said
    said |= {"fact": fact(change["before"], names), "when": when(change["after"])}
    return gettext("%(fact)s in %(stage)s: now required %(when)s") % said


def when(code: str) -> str:
    """When a fact is required, from the code that versions keep."""
    return {
        "to_enter": gettext("to enter"),
        "to_leave": gettext("to leave"),
        "to_enter+to_leave": gettext("to enter and to leave"),
    }.get(code, code)


def role(code: str) -> str:
    return str(StageRole(code).label) if code in StageRole.values else code


def norm(value: str) -> str:
    """A norm as versions keep it: days, or nothing."""
    return typography.days(int(value), tongue()) if value else gettext("no norm")


def day_unit() -> str:
    """The short word for days behind a field."""
    return typography.days(0, tongue())[-1]


def open_deals(count: int) -> str:
    return ngettext("%(count)s open deal", "%(count)s open deals", count) % {"count": typography.number(count, tongue())}


def going(standing: Standing) -> str:
    """Which deals a stage or a pipeline holds that must go somewhere, as a list in words."""
    parts = []
    for count, words in (
        (standing.open, ngettext("%(count)s open", "%(count)s open", standing.open)),
        (standing.held, ngettext("%(count)s on hold", "%(count)s on hold", standing.held)),
        (standing.kept, ngettext("%(count)s customer", "%(count)s customers", standing.kept)),
        (standing.binned, ngettext("%(count)s in the bin", "%(count)s in the bin", standing.binned)),
    ):
        if count:
            parts.append(words % {"count": typography.number(count, tongue())})
    return ", ".join(parts)


def overtaken(last: ProcessVersion) -> str:
    """Who changed the process first, to someone who came second."""
    said = {"who": last.by.first_name if last.by else "Piste", "number": last.number, "why": last.why}
    return _written(
        gettext(
            "Nothing was saved: %(who)s has published v%(number)s meanwhile (“%(why)s”). "
            "What you wrote is still here: look at it again, then publish."
        )
        % said
    )


def overtaken_here(draft: Draft | None, last: ProcessVersion | None) -> str:
    """The same to someone whose saving would replace what the other wrote in a playbook."""
    if draft is not None:
        told = gettext(
            "Nothing was saved: %(who)s has changed this playbook in the draft meanwhile. "
            "What you wrote is still here: choose what becomes of both."
        )
        return _written(told % {"who": draft.by.first_name})
    who = last.by.first_name if last is not None and last.by is not None else "Piste"
    said = {"who": who, "number": last.number if last else 0, "why": last.why if last else ""}
    return _written(
        gettext(
            "Nothing was saved: %(who)s has published v%(number)s meanwhile (“%(why)s”), and it changed this playbook. "
            "What you wrote is still here: choose what becomes of both."
        )
        % said
    )


def overtaken_in_draft(draft: Draft | None) -> str:
    """Who wrote in the same part of the draft first, or published it, to someone who came second."""
    if draft is None:
        return gettext(
            "Nothing was saved: this has been published or changed meanwhile. What you wrote is still here: "
            "look at it again, then save."
        )
    told = gettext(
        "Nothing was saved: %(who)s has changed this in the draft meanwhile. What you wrote is still here: "
        "look at it again, then save."
    )
    return _written(told % {"who": draft.by.first_name})


def drafted(count: int) -> str:
    """What the draft holds, once something was written in it."""
    if not count:
        return gettext("Nothing differs from what is in force: there is no draft.")
    said = ngettext("Saved to the draft: %(count)s change.", "Saved to the draft: %(count)s changes.", count)
    return said % {"count": typography.number(count, tongue())}


def measure(code: str, stages: Mapping[int, str]) -> str:
    """What a version is expected to change; `stages` are the names of stages by id."""
    kind, stage = measured(code)
    said = {"stage": stages.get(stage or 0, "…")}
    match kind:
        case "conversion":
            return gettext("share that goes on from %(stage)s") % said
        case "days":
            return gettext("days spent in %(stage)s") % said
        case "wins":
            return gettext("share of deals won")
        case "amount":
            return gettext("amount won")
    return ""


def keys_in(text: str) -> list[int]:
    """Keys of stages as a form sends them, one after the other; none when they are something else."""
    parts = text.split(",") if text else []
    return [int(part) for part in parts] if all(re.fullmatch(r"-?\d{1,18}", part) for part in parts) else []


PARTS = {
    "name": gettext_lazy("name"),
    "role": gettext_lazy("role"),
    "probability": gettext_lazy("probability"),
    "norm_days": gettext_lazy("norm"),
    "requirements": gettext_lazy("required information"),
    "playbook": gettext_lazy("playbook"),
    "leaving": gettext_lazy("whether it stays"),
    "automations": gettext_lazy("automations"),
    "clock": gettext_lazy("contact clock"),
}


def contested_part(stage: str, part: str) -> str:
    """A part of a stage that the draft and a version published after it was begun both changed."""
    if not stage:
        return gettext("name of the pipeline") if part == "name" else str(PARTS.get(part, part))
    return gettext("%(stage)s: %(part)s") % {"stage": stage, "part": PARTS.get(part, part)}


def running(count: int) -> str:
    """How many open deals a new playbook concerns."""
    said = ngettext(
        "%(count)s open deal stands where the playbook changes.", "%(count)s open deals stand where the playbook changes.", count
    )
    return said % {"count": typography.number(count, tongue())}


def adopting(number: int, done: int, counted: int) -> str:
    """How far the running deals have adopted a version's playbooks."""
    said = {"number": number, "done": typography.number(done, tongue()), "count": typography.number(counted, tongue())}
    told = ngettext(
        "v%(number)s: %(done)s of %(count)s running deal has adopted the new playbook.",
        "v%(number)s: %(done)s of %(count)s running deals have adopted the new playbook.",
        counted,
    )
    return told % said


def will_need(stage: str, code: str, names: Mapping[str, str]) -> Callable[[int], str]:
    """How many deals of a stage lack a fact that is to be required of them."""

    def said(count: int) -> str:
        told = ngettext(
            "%(count)s deal in %(stage)s will have to say: %(fact)s",
            "%(count)s deals in %(stage)s will have to say: %(fact)s",
            count,
        )
        return _counted(told, count, stage=stage, fact=fact(code, names))

    return said


def will_answer(stage: str, question: str) -> Callable[[int], str]:
    """How many deals of a stage get a new exit criterion."""

    def said(count: int) -> str:
        told = ngettext(
            "%(count)s deal in %(stage)s gets a new question before going on: “%(question)s”",
            "%(count)s deals in %(stage)s get a new question before going on: “%(question)s”",
            count,
        )
        return _counted(told, count, stage=stage, question=question)

    return said


def will_stall(stage: str) -> Callable[[int], str]:
    """How many deals of a stage are past its norm only once that is changed."""

    def said(count: int) -> str:
        told = ngettext(
            "%(count)s deal in %(stage)s will be past its norm",
            "%(count)s deals in %(stage)s will be past the norm",
            count,
        )
        return _counted(told, count, stage=stage)

    return said


def will_go(stage: str, to: str) -> Callable[[int], str]:
    """How many deals go from a stage that leaves."""

    def said(count: int) -> str:
        told = ngettext("%(count)s deal goes from %(stage)s to %(to)s", "%(count)s deals go from %(stage)s to %(to)s", count)
        return _counted(told, count, stage=stage, to=to)

    return said


def _counted(told: str, count: int, **said: str) -> str:
    return _written(told % {"count": typography.number(count, tongue()), **said})


def contested(part: str) -> str:
    """A part of a playbook that two changed in two ways."""
    return gettext("the script") if part == "script" else _written(gettext("“%(name)s”") % {"name": part})


def together(parts: Sequence[str]) -> str:
    """What a form holds that was made of two."""
    if not parts:
        return gettext("This is what your colleague wrote and what you wrote, together. Look at it, then save.")
    told = gettext(
        "This is what your colleague wrote and what you wrote, together. Where you both changed the same, it holds yours: "
        "%(parts)s. Look at it, then save."
    )
    return _written(told % {"parts": ", ".join(parts)})


def takes_deals(name: str) -> str:
    """Why a stage that is only wanted cannot be taken out of the draft yet."""
    said = gettext("The deals of %(stage)s are to go here: say first where else they go, or that it stays.")
    return _written(said % {"stage": name})


def nowhere(name: str) -> str:
    """A stage whose deals would go to one that has gone meanwhile."""
    said = gettext("The deals of %(stage)s were to go to a stage that has gone meanwhile: say where else they go.")
    return _written(said % {"stage": name})


def name_taken(name: str) -> str:
    said = gettext("Nothing was published: something else is called “%(name)s” by now. Choose another name.")
    return _written(said % {"name": name})


def draft_overtaken(draft: Draft | None) -> str:
    """Who wrote in the draft after one had looked at it, to whoever was about to publish it."""
    told = gettext("Nothing was published: %(who)s has changed the draft since you looked. It is shown as it is now.")
    return _written(told % {"who": draft.by.first_name if draft is not None else "Piste"})


def gone() -> str:
    return gettext("This stage has left the process while you were looking. Nothing was saved.")


def _written(text: str) -> str:
    return typography.sentence(text, tongue())
