"""What findings say, from their codes and figures, in the language of who reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from piste.audits.models import Became, Finding
from piste.foundations import typography
from piste.web.insights.finding import rounded
from piste.web.insights.words import count, days, money, rate
from piste.web.process.words import fact
from piste.web.templatetags.piste import tongue

PARTS = {
    "flow": gettext_lazy("Where deals get stuck"),
    "hygiene": gettext_lazy("What is missing on deals"),
    "work": gettext_lazy("How the work is followed"),
    "shape": gettext_lazy("The shape of the process"),
    "doubles": gettext_lazy("Doubles"),
}
#: What was looked at, for the lists of what was found well and of what there was nothing of.
LOOKED = {
    "bottleneck": gettext_lazy("bottleneck"),
    "rotting": gettext_lazy("deals at twice the norm"),
    "stalling": gettext_lazy("deals past the norm"),
    "no_step": gettext_lazy("deals without a next step"),
    "past_close": gettext_lazy("close dates gone by"),
    "no_amount": gettext_lazy("deals without an amount"),
    "missing_facts": gettext_lazy("required information that is missing"),
    "contact_late": gettext_lazy("first contacts that came late"),
    "playbook": gettext_lazy("playbook activities not done"),
    "stage_order": gettext_lazy("order of the stages"),
    "unused_stage": gettext_lazy("stages nobody uses"),
    "unused_field": gettext_lazy("fields nobody fills"),
    "double_company": gettext_lazy("double companies"),
    "double_contact": gettext_lazy("double contacts"),
}
SEVERITIES = {3: gettext_lazy("act now"), 2: gettext_lazy("serious"), 1: gettext_lazy("good to know")}


@dataclass(frozen=True, slots=True)
class Said:
    """A finding in words: its head, the sentence with its figures, the parts it is made of, what to do, and the task that would
    be given."""

    head: str
    text: str
    details: Sequence[str]
    advice: str
    task: str


def said(finding: Finding, names: Mapping[str, str]) -> Said:
    """One finding; `names` are the labels of the company's own fields by code."""
    head, text, details, advice, task = SAYERS[finding.code](finding, names)
    return Said(_written(head), _written(text), [_written(one) for one in details], _written(advice), _written(task))


def became(finding: Finding) -> str:
    """What has become of it since the audit before: “grown: 18 after 11”; nothing the first time."""
    if finding.became == Became.FIRST:
        return ""
    label = str(Became(finding.became).label)
    if finding.before is None or finding.became == Became.SAME:
        return label
    return _("%(label)s: %(now)s after %(before)s") % {
        "label": label, "now": count(finding.count), "before": count(finding.before.count),
    }  # fmt: skip


def worth(finding: Finding) -> str:
    """The money the finding is about."""
    return money(finding.amounts) if any(finding.amounts.values()) else ""


def looked(codes: Sequence[str]) -> str:
    """Looks as a list in words."""
    return ", ".join(str(LOOKED[code]) for code in codes if code in LOOKED)


def _of(finding: Finding, **more: Any) -> dict[str, Any]:
    share = rate(finding.count / finding.out_of if finding.out_of else None, 0)
    return {"count": count(finding.count), "all": count(finding.out_of), "share": share, **more}


def _bottleneck(finding: Finding, _names: Mapping[str, str]) -> tuple[Any, ...]:
    facts = finding.facts
    stage = {"stage": facts["name"]}
    text = _("%(rate)s of the deals that entered within a year go on from it (%(low)s to %(high)s, from %(n)s deals).") % {
        "rate": rate(facts["rate"], 0), "low": rate(facts["low"], 0), "high": rate(facts["high"], 0), "n": count(facts["n"]),
    }  # fmt: skip
    details = []
    if facts["gap"] is not None:
        gap = {"points": count(round(abs(facts["gap"]) * 100))}
        details.append(
            (
                _("%(points)s points fewer than the year before")
                if facts["gap"] < 0
                else _("%(points)s points more than the year before")
            )
            % gap
        )
    if facts["median"] is not None and facts["norm"] is not None and facts["median"] > facts["norm"]:
        details.append(
            _("half wait %(days)s or more for a norm of %(norm)s")
            % {"days": days(round(facts["median"])), "norm": days(facts["norm"])}
        )
    if facts["gain"]:
        amount = typography.amount(rounded(facts["gain"]), facts["currency"], tongue())
        details.append(
            _("if one in ten of those lost there went on, a year would bring about %(amount)s more") % {"amount": amount}
        )
    details.append(
        ngettext("%(count)s open deal stands there now", "%(count)s open deals stand there now", finding.count) % _of(finding)
    )
    return (
        _("%(stage)s holds most back") % stage,
        text,
        details,
        _("Look at the stage, write down what should change, and test it on half of the deals."),
        _("Find out what holds deals back in %(stage)s") % stage,
    )


def _stages(finding: Finding) -> list[str]:
    found = []
    for one in finding.facts.get("stages", ()):
        told = {"stage": one["name"], "count": count(one["count"]), "norm": days(one.get("norm"))}
        found.append((_("%(stage)s: %(count)s, for a norm of %(norm)s") if one.get("norm") else _("%(stage)s: %(count)s")) % told)
    return found


def _rotting(finding: Finding, _names: Mapping[str, str]) -> tuple[Any, ...]:
    text = ngettext(
        "%(count)s open deal of %(all)s has been in its stage for twice the norm or longer.",
        "%(count)s open deals of %(all)s have been in their stage for twice the norm or longer.",
        finding.count,
    )
    return (
        _("Deals at twice the norm"),
        text % _of(finding),
        _stages(finding),
        _("Decide for each: a next step with a day, on hold until a day, or lost with its reason."),
        _("Decide about the deals at twice the norm"),
    )


def _stalling(finding: Finding, _names: Mapping[str, str]) -> tuple[Any, ...]:
    text = ngettext(
        "%(count)s open deal of %(all)s is past the norm of its stage, not yet at twice.",
        "%(count)s open deals of %(all)s are past the norm of their stage, not yet at twice.",
        finding.count,
    )
    return (
        _("Deals past the norm"),
        text % _of(finding),
        _stages(finding),
        _("Ask the owners what keeps each; a norm that most deals pass is to be changed in the process."),
        _("Go through the deals past the norm with their owners"),
    )


def _no_step(finding: Finding, _names: Mapping[str, str]) -> tuple[Any, ...]:
    text = ngettext(
        "%(count)s open deal of %(all)s has nothing planned.",
        "%(count)s open deals of %(all)s have nothing planned.",
        finding.count,
    )
    return (
        _("Deals without a next step"),
        text % _of(finding),
        (),
        _("Plan one for each: My day lists them for their owners."),
        _("See that each deal has a next step"),
    )


def _past_close(finding: Finding, _names: Mapping[str, str]) -> tuple[Any, ...]:
    text = ngettext(
        "%(count)s open deal of %(all)s should have been closed by now.",
        "%(count)s open deals of %(all)s should have been closed by now.",
        finding.count,
    )
    return (
        _("Close dates gone by"),
        text % _of(finding),
        (),
        _("Give each a day that can still be true: the forecast counts with it."),
        _("Have the close dates gone by put right"),
    )


def _no_amount(finding: Finding, _names: Mapping[str, str]) -> tuple[Any, ...]:
    text = ngettext(
        "%(count)s open deal of %(all)s has no amount.", "%(count)s open deals of %(all)s have no amount.", finding.count
    )
    return (
        _("Deals without an amount"),
        text % _of(finding),
        (),
        _("Write down even a rough one: totals and forecast leave these deals out."),
        _("Have the missing amounts written down"),
    )


def _missing_facts(finding: Finding, names: Mapping[str, str]) -> tuple[Any, ...]:
    text = ngettext(
        "%(count)s open deal of %(all)s lacks what its own stage asks for.",
        "%(count)s open deals of %(all)s lack what their own stage asks for.",
        finding.count,
    )
    details = [
        _("%(fact)s: missing on %(count)s") % {"fact": fact(code, names), "count": count(number)}
        for code, number in finding.facts["facts"].items()
    ]
    return (
        _("Required information is missing"),
        text % _of(finding),
        details,
        _("Have it filled in, or ask for less: what nobody can know yet belongs to a later stage."),
        _("Have the missing information filled in"),
    )


def _contact_late(finding: Finding, _names: Mapping[str, str]) -> tuple[Any, ...]:
    told = _of(finding, days=days(finding.facts["days"]))
    text = ngettext(
        "%(count)s first contact of %(all)s came late in the last %(days)s, or not at all.",
        "%(count)s first contacts of %(all)s came late in the last %(days)s, or not at all.",
        finding.count,
    )
    return (
        _("First contacts that came late"),
        text % told,
        (),
        _("Look whose clock runs when: somebody who is away needs a colleague who takes over."),
        _("Find out why first contacts come late"),
    )


def _playbook(finding: Finding, _names: Mapping[str, str]) -> tuple[Any, ...]:
    facts = finding.facts
    told = _of(finding, done=count(facts["done"]), asked=count(facts["asked"]), days=days(facts["days"]))
    text = ngettext(
        "On %(count)s deal of %(all)s something the playbook asked for was left undone in the last %(days)s.",
        "On %(count)s deals of %(all)s something the playbook asked for was left undone in the last %(days)s.",
        finding.count,
    )
    done = _("%(done)s of %(asked)s activities were done") % told
    return (
        _("The playbook is not followed everywhere"),
        text % told,
        [done, *_stages(finding)],
        _("Ask what makes it hard: an activity that is never done is to be changed or taken out."),
        _("Find out why playbook activities are left undone"),
    )


def _stage_order(finding: Finding, _names: Mapping[str, str]) -> tuple[Any, ...]:
    facts = finding.facts
    told = {name: count(facts[name]) for name in ("declared", "implied", "moves")}
    return (
        _("The order of the stages fights the history"),
        _("%(declared)s of %(moves)s moves between stages within a year went back; in another order %(implied)s would.") % told,
        [
            _("now: %(order)s") % {"order": ", ".join(facts["was"])},
            _("as deals go: %(order)s") % {"order": ", ".join(facts["order"])},
        ],
        _("Look at whether the stages say what is really done, and in which order; then put them so."),
        _("Look at the order of the stages"),
    )


def _unused_stage(finding: Finding, _names: Mapping[str, str]) -> tuple[Any, ...]:
    told = _of(finding, days=days(finding.facts["days"]))
    text = ngettext(
        "No deal has entered %(count)s stage of %(all)s in the last %(days)s.",
        "No deal has entered %(count)s stages of %(all)s in the last %(days)s.",
        finding.count,
    )
    return (
        _("Stages nobody uses"),
        text % told,
        [one["name"] for one in finding.facts["stages"]],
        _("Take them out of the process: what they were stays readable."),
        _("Decide about the stages nobody uses"),
    )


def _unused_field(finding: Finding, _names: Mapping[str, str]) -> tuple[Any, ...]:
    text = ngettext(
        "%(count)s field of deals of %(all)s is next to never filled in.",
        "%(count)s fields of deals of %(all)s are next to never filled in.",
        finding.count,
    )
    total = count(finding.facts["deals"])
    details = [
        _("%(field)s: on %(count)s of %(all)s open deals") % {"field": one["name"], "count": count(one["count"]), "all": total}
        for one in finding.facts["fields"]
    ]
    return (
        _("Fields nobody fills"),
        text % _of(finding),
        details,
        _("Take them out, or say in a playbook when they are asked for."),
        _("Decide about the fields nobody fills"),
    )


def _double_company(finding: Finding, _names: Mapping[str, str]) -> tuple[Any, ...]:
    text = ngettext(
        "%(count)s company of %(all)s shares its domain or its name with another.",
        "%(count)s companies of %(all)s share their domain or their name with another.",
        finding.count,
    )
    return (
        _("Companies that may be the same"),
        text % _of(finding),
        (),
        _("Merge them: everything of both is kept, and a merge can be undone."),
        _("Merge the double companies"),
    )


def _double_contact(finding: Finding, _names: Mapping[str, str]) -> tuple[Any, ...]:
    text = ngettext(
        "%(count)s contact of %(all)s shares an address, or a name within a company, with another.",
        "%(count)s contacts of %(all)s share an address, or a name within a company, with another.",
        finding.count,
    )
    return (
        _("Contacts that may be the same"),
        text % _of(finding),
        (),
        _("Merge them: everything of both is kept, and a merge can be undone."),
        _("Merge the double contacts"),
    )


SAYERS = {
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


def in_short(severities: Mapping[int, int]) -> str:
    """How much there is of each seriousness: “2 to act on now, 3 serious”."""
    told = (
        (3, ngettext("%(count)s to act on now", "%(count)s to act on now", severities.get(3, 0))),
        (2, ngettext("%(count)s serious", "%(count)s serious", severities.get(2, 0))),
        (1, ngettext("%(count)s good to know", "%(count)s good to know", severities.get(1, 0))),
    )
    parts = [text % {"count": count(severities[level])} for level, text in told if severities.get(level)]
    return ", ".join(parts) or pgettext("audit", "nothing found")


def _written(text: str) -> str:
    return typography.sentence(text, tongue())
