"""The rows of an automation's form: the when, each condition, each action. What a row asks for follows from its first choice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from piste.activities.models import ActivityKind
from piste.automations.rules import CHANGING, FACTS, Action, Condition, When
from piste.company.models import FieldKind
from piste.connectors.outgoing import may_be_called
from piste.web.board.forms import NumberField
from piste.web.parts.custom_fields import CustomValue

from .naming import Names, fact_labels, headed

NEEDED = gettext_lazy("This is needed here.")
NORM = "norm"
#: What conditions may say of facts of each sort.
CHOSEN, MEASURED, ANY = ("is", "is_not", "known", "unknown"), ("at_least", "at_most", "known", "unknown"), ("known", "unknown")


def whole(label: Any, *, least: int = 0, most: int = 3650) -> forms.IntegerField:
    said = _("A whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
    errors = dict.fromkeys(("invalid", "min_value", "max_value"), said) | {"required": str(NEEDED)}
    widget = forms.TextInput(attrs={"inputmode": "numeric", "size": "5"})
    return forms.IntegerField(label=label, min_value=least, max_value=most, widget=widget, error_messages=errors)


def choice(label: Any, choices: Iterable[tuple[Any, Any]], *, empty: Any = None) -> forms.ChoiceField:
    listed = [("", empty if empty is not None else _("Choose…")), *choices]
    errors = {"required": str(NEEDED), "invalid_choice": _("This is gone: choose another.")}
    return forms.ChoiceField(label=label, choices=listed, required=empty is None, error_messages=errors)


def words_field(label: Any, most: int) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, error_messages={"required": str(NEEDED)})


class Row(forms.Form):
    """A row; `first` is the field that decides which others there are."""

    first = "kind"
    #: Others whose choice decides.
    choosers: frozenset[str] = frozenset()
    #: What else there is to know, below the fields.
    note = ""

    def __init__(self, data: Any, *, key: str, row: dict[str, Any], names: Names, place: int, address: str) -> None:
        super().__init__(data, prefix=key, initial=row)
        self.names, self.place = names, place
        self.build(str(row.get(self.first, "")), row)
        # Whoever has no script presses the button beside.
        for name in {self.first, *self.choosers} & self.fields.keys():
            self.fields[name].widget.attrs |= {
                "hx-post": f"{address}?do=choose",
                "hx-trigger": "change",
                "hx-target": "#automation-form",
                "hx-swap": "outerHTML settle:0ms",
            }

    def build(self, kind: str, row: dict[str, Any]) -> None:
        raise NotImplementedError

    @property
    def key(self) -> str:
        return str(self.prefix)

    @property
    def label(self) -> str:
        """The row as buttons name it."""
        number = {"number": self.place + 1}
        return (_("condition %(number)s") if self.key[0] == "c" else _("action %(number)s")) % number

    @property
    def rest(self) -> list[Any]:
        """Its fields behind the first."""
        return [field for field in self.visible_fields() if field.name != self.first]

    def stages(self) -> list[tuple[int, str]]:
        return [(row.pk, row.name) for row in self.names.stage_rows if row.retired_at is None]

    def own_fields(self, kinds: set[str] | None = None) -> list[tuple[str, str]]:
        """The company's own fields of deals, of these kinds or of all."""
        rows = [row for row in self.names.fields if row.retired_at is None and (kinds is None or row.kind in kinds)]
        return [(f"custom:{row.key}", row.label) for row in rows]

    def people(self) -> list[tuple[int, str]]:
        return [(row.pk, row.name) for row in self.names.members if row.is_active]


class WhenRow(Row):
    """What is waited for."""

    @staticmethod
    def kinds() -> list[tuple[str, str]]:
        return [
            ("stage_entered", _("a deal enters a stage")),
            ("created", _("a deal is created")),
            ("won", _("a deal is won")),
            ("lost", _("a deal is lost")),
            ("held", _("a deal is put on hold")),
            ("resumed", _("a deal comes back from hold")),
            ("amount_reaches", _("the amount reaches…")),
            ("fact_changes", _("a field changes")),
            ("activity_done", _("an activity is done")),
            ("silence", _("nothing is done for some days")),
            ("in_stage", _("a deal stays in a stage too long")),
            ("date", _("a date comes")),
            ("chance", _("the chance of winning crosses…")),
        ]

    def build(self, kind: str, row: dict[str, Any]) -> None:
        self.fields["kind"] = choice(_("What happens"), self.kinds())
        match kind:
            case "stage_entered":
                self.fields["stage"] = choice(_("Stage"), self.stages())
            case "amount_reaches":
                self.fields["amount"] = NumberField(label=_("Amount"), error_messages={"required": str(NEEDED)})
            case "fact_changes":
                labels = [(one, headed(fact_labels()[one])) for one in CHANGING]
                self.fields["fact"] = choice(_("Field"), [*labels, *self.own_fields()])
            case "activity_done":
                self.fields["activity"] = choice(_("Kind"), ActivityKind.choices, empty=_("Any"))
                known = [
                    (one.pk, f"{one.get_kind_display()}: {one.name}") for one in self.names.outcomes if one.retired_at is None
                ]
                self.fields["outcome"] = choice(_("With outcome"), known, empty=_("Any"))
            case "silence":
                self.fields["days"] = whole(_("Working days"), least=1, most=365)
                self.fields["stage"] = choice(_("In"), self.stages(), empty=_("any stage"))
            case "in_stage":
                self.fields["stage"] = choice(_("Stage"), self.stages(), empty=_("any stage"))
                self.fields["days"] = whole(_("More than, in days (empty: its norm)"))
                self.fields["days"].required = False
            case "date":
                self._dates()
            case "chance":
                self.fields["falls"] = choice(_("It"), [("no", _("rises to")), ("yes", _("falls to"))])
                self.fields["percent"] = whole(_("Per cent"), least=1, most=99)

    def _dates(self) -> None:
        known = [("expected_close_on", headed(fact_labels()["expected_close_on"])), *self.own_fields({FieldKind.DATE})]
        self.fields["fact"] = choice(_("Date"), known)
        self.fields["days"] = whole(_("Days"), most=365)
        self.fields["side"] = choice(_("Before or after"), [("before", _("before")), ("after", _("after"))])

    def made(self) -> When:
        found = self.cleaned_data
        days = found.get("days")
        amount: Decimal | None = found.get("amount")
        return When(
            kind=found["kind"],
            stage=int(found["stage"]) if found.get("stage") else None,
            days=-days if days is not None and found.get("side") == "before" else days,
            amount=f"{amount:f}" if amount is not None else "",
            fact=found.get("fact") or "",
            activity=found.get("activity") or "",
            outcome=int(found["outcome"]) if found.get("outcome") else None,
            percent=found.get("percent"),
            falls=True if found.get("falls") == "yes" else None,
        )


def when_row(when: When) -> dict[str, Any]:
    """What is waited for, as its row shows it."""
    days = when.days
    return {
        "kind": when.kind,
        "stage": when.stage or "",
        "days": abs(days) if days is not None else "",
        "side": "after" if days is None or days > 0 else "before",
        "amount": when.amount,
        "fact": when.fact,
        "activity": when.activity,
        "outcome": when.outcome or "",
        "percent": when.percent or "",
        "falls": "yes" if when.falls else "no",
    }


class ConditionRow(Row):
    """What must be true of the deal."""

    first = "fact"

    def build(self, kind: str, row: dict[str, Any]) -> None:
        labels = [(one, headed(fact_labels()[one])) for one in FACTS]
        own = [(f"custom:{one.key}", one.label) for one in self.names.fields if one.retired_at is None]
        self.fields["fact"] = choice(_("Fact"), [*labels, *own])
        if not kind:
            return
        value, hows = self._value(kind)
        said = {
            "is": _("is"),
            "is_not": _("is not"),
            "at_least": _("is at least"),
            "at_most": _("is at most"),
            "known": _("is known"),
            "unknown": _("is not known"),
        }
        self.fields["how"] = choice(_("How"), [(how, said[how]) for how in hows])
        if value is not None:
            value.required = False
            self.fields["value"] = value

    def _value(self, fact: str) -> tuple[forms.Field | None, Sequence[str]]:
        """The field of the value, and what may be said of it."""
        names = self.names
        match fact:
            case "amount":
                return NumberField(label=_("Value")), MEASURED
            case "stage":
                return choice(_("Value"), self.stages()), CHOSEN
            case "owner":
                return choice(_("Value"), self.people()), CHOSEN
            case "team":
                return choice(_("Value"), [(row.pk, row.name) for row in names.teams]), CHOSEN
            case "source":
                return choice(_("Value"), [(row.pk, row.name) for row in names.sources if row.retired_at is None]), CHOSEN
            case "variant":
                running = [row for row in names.variants if row.test.decided_at is None]
                return choice(_("Value"), [(row.pk, names.variant(row.pk)) for row in running]), CHOSEN[:2]
            case "tag":
                return forms.CharField(label=_("Value"), max_length=60), CHOSEN
        field = names.field(fact)
        if field is None:
            return None, ANY
        if field.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
            return choice(_("Value"), [(one, one) for one in field.options]), CHOSEN
        if field.kind == FieldKind.YES_NO:
            return choice(_("Value"), [("yes", _("Yes")), ("no", _("No"))]), CHOSEN
        made = CustomValue(field, required=False)
        made.label = _("Value")
        return made, MEASURED if field.kind in (FieldKind.NUMBER, FieldKind.DATE) else CHOSEN

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if (
            found.get("how") not in ("known", "unknown", "", None)
            and found.get("value") in ("", None)
            and "value" not in self.errors
        ):
            self.add_error("value" if "value" in self.fields else "fact", str(NEEDED))
        return found

    def made(self) -> Condition:
        found = self.cleaned_data
        value = found.get("value")
        if found["how"] in ("known", "unknown") or value in (None, ""):
            return Condition(found["fact"], found["how"])
        return Condition(found["fact"], found["how"], (f"{value:f}" if isinstance(value, Decimal) else str(value),))


def condition_row(condition: Condition) -> dict[str, Any]:
    return {"fact": condition.fact, "how": condition.how, "value": condition.values[0] if condition.values else ""}


class ActionRow(Row):
    """What is done."""

    @staticmethod
    def kinds() -> list[tuple[str, str]]:
        return [
            ("task", _("plan an activity")),
            ("notify", _("notify somebody")),
            ("mail", _("write to the contact by a template")),
            ("move", _("move the deal")),
            ("win", _("win the deal")),
            ("lose", _("lose the deal")),
            ("hold", _("put the deal on hold")),
            ("resume", _("bring the deal back from hold")),
            ("assign", _("give the deal to somebody")),
            ("turn", _("give the deal to a team, each in their turn")),
            ("tag", _("add a tag")),
            ("untag", _("remove a tag")),
            ("set", _("set a field")),
            ("webhook", _("send a message to another system")),
        ]

    def build(self, kind: str, row: dict[str, Any]) -> None:
        self.fields["kind"] = choice(_("Action"), self.kinds())
        names = self.names
        match kind:
            case "task":
                self.fields["text"] = words_field(_("What is to be done"), 200)
                self.fields["activity"] = choice(_("Kind"), ActivityKind.choices)
                self.fields["who"] = choice(_("For"), self._persons())
                self.fields["days"] = whole(_("In working days"), most=365)
            case "notify":
                self.fields["who"] = choice(_("Whom"), self._persons())
                self.fields["text"] = words_field(_("What it says"), 300)
            case "mail":
                rows = [(row.pk, f"{row.stage.name}: {row.name}") for row in names.templates if row.retired_at is None]
                self.fields["template"] = choice(_("Template"), rows)
                self.note = _(
                    "Nobody who withdrew their consent is written to. Who has said nothing is, as long as the deal is open or "
                    "won: it is about their deal, and each e-mail says how to get no more."
                )
            case "move":
                self.fields["stage"] = choice(_("To"), self.stages())
            case "lose":
                reasons = [(row.pk, row.name) for row in names.reasons if row.retired_at is None]
                self.fields["reason"] = choice(_("Reason"), reasons)
                self._why()
            case "hold":
                self._holds(str(row.get("fact", "")))
                self._why()
            case "assign":
                self.fields["who"] = choice(_("To"), self._persons()[1:])
            case "turn":
                self.fields["team"] = choice(_("Team"), [(row.pk, row.name) for row in names.teams])
            case "tag" | "untag":
                self.fields["text"] = words_field(_("Tag"), 60)
            case "set":
                self._sets(str(row.get("fact", "")))
            case "webhook":
                self.fields["url"] = words_field(_("Address"), 500)
                self.fields["url"].widget.attrs |= {"inputmode": "url", "placeholder": "https://"}

    def _persons(self) -> list[tuple[str, str]]:
        roles = [("owner", headed(_("the owner"))), ("manager", headed(_("the manager")))]
        return [*roles, *((f"member:{key}", name) for key, name in self.people())]

    def _why(self) -> None:
        self.fields["text"] = forms.CharField(label=_("In words"), max_length=300, required=False)

    def _holds(self, fact: str) -> None:
        dates = [("expected_close_on", headed(fact_labels()["expected_close_on"])), *self.own_fields({FieldKind.DATE})]
        self.fields["fact"] = choice(_("Counted from"), dates, empty=_("that day"))
        self.choosers = frozenset({"fact"})
        if fact:
            self.fields["days"] = whole(_("Back so many days"), most=730)
            self.fields["side"] = choice(_("Before or after"), [("before", _("before")), ("after", _("after"))])
        else:
            self.fields["days"] = whole(_("Back after so many days"), least=1, most=730)

    def _sets(self, fact: str) -> None:
        own = [(f"custom:{one.key}", one.label) for one in self.names.fields if one.retired_at is None]
        labels = [(one, headed(fact_labels()[one])) for one in ("source", "expected_close_on")]
        self.fields["fact"] = choice(_("Field"), [*labels, *own])
        self.choosers = frozenset({"fact"})
        field = self.names.field(fact)
        if field is not None:
            self.fields["value"] = CustomValue(field, required=False)
            self.fields["value"].label = _("Value")
        elif fact == "source":
            rows = [(row.pk, row.name) for row in self.names.sources if row.retired_at is None]
            self.fields["value"] = choice(_("Value"), rows)
        elif fact == "expected_close_on":
            self.fields["days"] = whole(_("Days from then"))

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        if not may_be_called(url):
            raise forms.ValidationError(_("This is no address Piste can call: it begins with https:// and has no space."))
        return url

    def made(self) -> Action:
        found = self.cleaned_data
        person = str(found.get("who") or "")
        value, days = found.get("value"), found.get("days")
        if found.get("fact") == "source" and value:
            value = int(value)
        numbers = {name: int(found[name]) if found.get(name) else None for name in ("stage", "team", "template", "reason")}
        return Action(
            kind=found["kind"],
            text=(found.get("text") or "").strip(),
            who="member" if person.startswith("member:") else person,
            member=int(person.removeprefix("member:")) if person.startswith("member:") else None,
            days=-days if days is not None and found.get("side") == "before" else days,
            fact=found.get("fact") or found.get("activity") or "",
            value=value,
            url=found.get("url") or "",
            **numbers,
        )


def action_row(action: Action) -> dict[str, Any]:
    """An action, as its row shows it."""
    return {
        "kind": action.kind,
        "text": action.text,
        "who": f"member:{action.member}" if action.who == "member" else action.who,
        "days": "" if action.days is None else abs(action.days),
        "side": "before" if (action.days or 0) < 0 else "after",
        "stage": action.stage or "",
        "team": action.team or "",
        "template": action.template or "",
        "reason": action.reason or "",
        "fact": action.fact,
        "activity": action.fact or "task",
        "value": {True: "yes", False: "no"}.get(action.value, action.value) if isinstance(action.value, bool) else action.value,
        "url": action.url,
    }
