"""A recipe as one sentence: when, if, do."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from piste.automations.rules import Action, Condition, Recipe, When, decimal
from piste.foundations import typography
from piste.web.templatetags.piste import tongue

from .naming import Names, kind_name


def sentence(recipe: Recipe, names: Names) -> str:
    """The whole recipe, without its full stop."""
    said = {"when": when(recipe.when, names), "do": doing(recipe, names)}
    if not recipe.conditions:
        return _("%(when)s: %(do)s") % said
    said["conditions"] = _(" and ").join(condition(one, names) for one in recipe.conditions)
    return _("%(when)s, if %(conditions)s: %(do)s") % said


def doing(recipe: Recipe, names: Names) -> str:
    """What is done, one after the other."""
    return _(", then ").join(action(one, names) for one in recipe.actions)


def when(asked: When, names: Names) -> str:
    """What is waited for."""
    said = {
        "stage": names.stage(asked.stage) if asked.stage else "",
        "amount": figure(asked.amount),
        "fact": names.fact(asked.fact),
        "count": typography.number(abs(asked.days or 0), tongue()),
        "percent": typography.percent((asked.percent or 0) / 100, tongue()),
        "kind": kind_name(asked.activity),
    }
    match asked.kind:
        case "stage_entered":
            return _("When a deal enters %(stage)s") % said
        case "amount_reaches":
            return _("When the amount of a deal reaches %(amount)s") % said
        case "fact_changes":
            return _("When %(fact)s of a deal changes") % said
        case "activity_done":
            return _done(asked, names, said)
        case "silence":
            return _silence(asked, said)
        case "in_stage":
            return _in_stage(asked, said)
        case "date":
            return _dated(asked, said)
        case "chance":
            falls = _("When the chance of winning falls to %(percent)s") if asked.falls else None
            return (falls or _("When the chance of winning rises to %(percent)s")) % said
    return {
        "created": _("When a deal is created"),
        "won": _("When a deal is won"),
        "lost": _("When a deal is lost"),
        "held": _("When a deal is put on hold"),
        "resumed": _("When a deal comes back from hold"),
    }.get(asked.kind, asked.kind)


def _done(asked: When, names: Names, said: dict[str, str]) -> str:
    if asked.outcome is not None:
        said["outcome"] = names.outcome(asked.outcome)
        return _("When an activity is done (%(kind)s: %(outcome)s)") % said
    return (_("When an activity is done (%(kind)s)") if asked.activity else _("When any activity is done")) % said


def _silence(asked: When, said: dict[str, str]) -> str:
    days = asked.days or 1
    if asked.stage:
        told = ngettext(
            "When nothing was done for %(count)s working day in %(stage)s",
            "When nothing was done for %(count)s working days in %(stage)s",
            days,
        )
        return told % said
    return (
        ngettext("When nothing was done for %(count)s working day", "When nothing was done for %(count)s working days", days)
        % said
    )


def _in_stage(asked: When, said: dict[str, str]) -> str:
    if asked.days is None:
        told = _("When a deal stays in %(stage)s longer than its norm") if asked.stage else ""
        return (told or _("When a deal stays in its stage longer than its norm")) % said
    if asked.stage:
        return ngettext(
            "When a deal stays in %(stage)s more than %(count)s day", "When a deal stays in %(stage)s more than %(count)s days",
            asked.days,
        ) % said  # fmt: skip
    return ngettext(
        "When a deal stays in its stage more than %(count)s day", "When a deal stays in its stage more than %(count)s days",
        asked.days,
    ) % said  # fmt: skip


def _dated(asked: When, said: dict[str, str]) -> str:
    days = asked.days or 0
    if days == 0:
        return _("On %(fact)s of a deal") % said
    if days < 0:
        return ngettext("%(count)s day before %(fact)s of a deal", "%(count)s days before %(fact)s of a deal", -days) % said
    return ngettext("%(count)s day after %(fact)s of a deal", "%(count)s days after %(fact)s of a deal", days) % said


def condition(asked: Condition, names: Names) -> str:
    """One condition."""
    values = [names.value(asked.fact, one) for one in asked.values]
    said = {"fact": names.fact(asked.fact), "value": figure(values[0]) if values else "", "values": ", ".join(values)}
    match asked.how:
        case "is":
            return _("%(fact)s is %(values)s") % said
        case "is_not":
            return _("%(fact)s is not %(values)s") % said
        case "at_least":
            return _("%(fact)s is at least %(value)s") % said
        case "at_most":
            return _("%(fact)s is at most %(value)s") % said
        case "known":
            return _("%(fact)s is known") % said
    return _("%(fact)s is not known") % said


def action(asked: Action, names: Names) -> str:
    """One thing to do."""
    said = {
        "text": asked.text,
        "kind": kind_name(asked.fact or "task"),
        "who": who(asked, names),
        "when": _day(asked.days or 0),
        "stage": names.stage(asked.stage) if asked.stage else "",
        "template": names.template(asked.template) if asked.template else "",
        "team": names.team(asked.team) if asked.team else "",
        "reason": names.reason(asked.reason) if asked.reason else "",
        "days": typography.number(asked.days or 0, tongue()),
        "fact": names.fact(asked.fact),
        "value": _value(asked, names),
        "host": asked.url.split("/")[2] if asked.url.count("/") > 1 else asked.url,
    }
    match asked.kind:
        case "task":
            return _("plan “%(text)s” (%(kind)s) for %(who)s %(when)s") % said
        case "notify":
            return _("notify %(who)s: “%(text)s”") % said
        case "mail":
            return _("write to the contact by the template “%(template)s”") % said
        case "move":
            return _("move the deal to %(stage)s") % said
        case "win":
            return _("win the deal")
        case "lose":
            return _("lose the deal (%(reason)s)") % said
        case "hold" if asked.fact:
            return _("set the deal aside until %(day)s") % {"day": _from_date(asked, names)}
        case "hold":
            told = ngettext("put the deal on hold for %(days)s day", "put the deal on hold for %(days)s days", asked.days or 0)
            return told % said
        case "resume":
            return _("bring the deal back from hold")
        case "assign":
            return _("give the deal to %(who)s") % said
        case "turn":
            return _("give the deal to the next rep of %(team)s") % said
        case "tag":
            return _("add the tag “%(text)s”") % said
        case "untag":
            return _("remove the tag “%(text)s”") % said
        case "set":
            return _("set %(fact)s: %(value)s") % said
    return _("send a message to %(host)s") % said


def _from_date(asked: Action, names: Names) -> str:
    """« 3 days before the expected close date »."""
    days = asked.days or 0
    said = {"count": typography.number(abs(days), tongue()), "fact": names.fact(asked.fact)}
    if days < 0:
        return ngettext("%(count)s day before %(fact)s", "%(count)s days before %(fact)s", -days) % said
    return ngettext("%(count)s day after %(fact)s", "%(count)s days after %(fact)s", days) % said if days else said["fact"]


def who(asked: Action, names: Names) -> str:
    """Whom an action concerns."""
    if asked.who == "member":
        return names.member(asked.member)
    return _("the manager") if asked.who == "manager" else _("the owner")


def _value(asked: Action, names: Names) -> str:
    if asked.fact == "expected_close_on":
        days = asked.days or 0
        said = {"count": typography.number(days, tongue())}
        return ngettext("in %(count)s day", "in %(count)s days", days) % said if days else _("today")
    if asked.value is None:
        return _("nothing")
    field = names.field(asked.fact)
    if field is not None:
        from piste.web.parts import custom_fields

        return custom_fields.show(field, asked.value)
    return names.value(asked.fact, str(asked.value))


def _day(days: int) -> str:
    said = {"count": typography.number(days, tongue())}
    return ngettext("in %(count)s working day", "in %(count)s working days", days) % said if days else _("the same day")


def figure(text: str) -> str:
    """A number as one's language writes it; other words as they are."""
    value = decimal(text)
    if value is None:
        return text
    places = 0 if value == value.to_integral_value() else 2
    return typography.number(value, tongue(), places=places)
