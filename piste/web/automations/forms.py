"""The form of an automation: a sentence of rows. Its buttons (`do`) arrange rows without writing anything.

Each row has a key, which its fields carry as their prefix: `w` is the when, `c1` a condition, `a1` an action. The order of the
hidden keys is that of the rows, so that moving, adding and taking out needs no script.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from piste.automations.operations import Wanted
from piste.automations.rules import CLOCK, MOST, Action, Recipe, When
from piste.web.process.forms import DraftForm

from .naming import Names
from .rows import ActionRow, ConditionRow, WhenRow, action_row, condition_row, when_row, whole

KEY = re.compile(r"[ca]\d{1,3}")
type State = dict[str, dict[str, Any]]
#: What stands in a new row.
STARTS: State = {"c": {}, "a": {"kind": "task", "who": "owner", "days": 0, "activity": "task"}}
#: Every name that a row may send.
SENT: tuple[str, ...] = (
    "kind",
    "stage",
    "days",
    "side",
    "amount",
    "fact",
    "activity",
    "outcome",
    "percent",
    "falls",
    "how",
    "value",
    "text",
    "who",
)
SENT += ("template", "team", "url", "reason")


def rows_of(recipe: Recipe) -> State:
    """The rows of a recipe by their keys."""
    found: State = {"w": when_row(recipe.when)}
    found |= {f"c{place}": condition_row(one) for place, one in enumerate(recipe.conditions, start=1)}
    return found | {f"a{place}": action_row(one) for place, one in enumerate(recipe.actions, start=1)}


def new_state(stage: int | None = None) -> State:
    """The rows of an automation to be."""
    return rows_of(Recipe(When("stage_entered", stage=stage), (), (Action("task", who="owner", days=0, fact="task"),)))


def state_in(data: QueryDict) -> State:
    """The rows that were sent, as they were typed."""
    keys = [key for key in dict.fromkeys(data.getlist("row")) if KEY.fullmatch(key)]
    ordered = ["w", *([key for key in keys if key[0] == "c"][:MOST]), *([key for key in keys if key[0] == "a"][:MOST])]
    return {key: {name: data.get(f"{key}-{name}", "") for name in SENT} for key in ordered}


def arranged(state: State, asked: str) -> tuple[State, str]:
    """The rows after a button (`add:a`, `up:a2`, `down:a2`, `out:c1`), and the id of what should have the focus."""
    verb, _colon, key = asked.partition(":")
    if verb == "add" and key in STARTS and sum(one[0] == key for one in state) < MOST:
        number = 1 + max([int(one[1:]) for one in state if one[0] == key], default=0)
        return state | {f"{key}{number}": dict(STARTS[key])}, f"id_{key}{number}-{'fact' if key == 'c' else 'kind'}"
    if key not in state or key == "w":
        return state, ""
    same = [one for one in state if one[0] == key[0]]
    place = same.index(key)
    if verb == "out":
        return {one: row for one, row in state.items() if one != key}, f"add-{key[0]}"
    to = place + {"up": -1, "down": 1}.get(verb, 0)
    if not 0 <= to < len(same):
        return state, ""
    same.insert(to, same.pop(place))
    order = ["w", *(same if key[0] == "c" else [one for one in state if one[0] == "c"])]
    order += same if key[0] == "a" else [one for one in state if one[0] == "a"]
    return {one: state[one] for one in order}, f"{verb}-{key}"


class AutomationForm(DraftForm):
    """All that an automation says."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120, error_messages={"required": gettext_lazy("A name is needed.")}
    )
    past = forms.BooleanField(
        label=gettext_lazy("Also for the deals that have waited long enough already"),
        required=False,
        help_text=gettext_lazy("Otherwise it acts only on those for which the time comes from now on."),
    )
    field_order: Sequence[str] = ("name", "most_per_hour", "past", "seen")

    def __init__(self, data: Any = None, *, state: State, names: Names, address: str, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["most_per_hour"] = whole(_("At most, per hour"), least=1, most=10_000)
        if state["w"].get("kind") not in CLOCK:
            del self.fields["past"]
        self.order_fields(self.field_order)
        told: dict[str, Any] = {"names": names, "address": address}
        self.when = WhenRow(data, key="w", row=state["w"], place=0, **told)
        kept = {letter: [key for key in state if key[0] == letter] for letter in "ca"}
        self.conditions = [ConditionRow(data, key=key, row=state[key], place=n, **told) for n, key in enumerate(kept["c"])]
        self.actions = [ActionRow(data, key=key, row=state[key], place=n, **told) for n, key in enumerate(kept["a"])]

    @property
    def rows(self) -> list[WhenRow | ConditionRow | ActionRow]:
        return [self.when, *self.conditions, *self.actions]

    def is_valid(self) -> bool:
        each = [row.is_valid() for row in self.rows]
        fine = super().is_valid()
        if not self.actions:
            self.add_error(None, _("An automation does something: add an action."))
            return False
        return fine and all(each)

    def recipe(self) -> Recipe:
        """What its rows say, once they are valid."""
        return Recipe(self.when.made(), tuple(row.made() for row in self.conditions), tuple(row.made() for row in self.actions))

    def wanted(self) -> Wanted:
        """What was filled in."""
        found = self.cleaned_data
        return Wanted(found["name"].strip(), self.recipe(), found["most_per_hour"], bool(found.get("past")))

    def show_problem(self) -> None:
        """Puts the focus on the first field to be mended."""
        for row in self.rows:
            if wrong := next((name for name in row.fields if name in row.errors), None):
                row.fields[wrong].widget.attrs["autofocus"] = True
                return
        super().show_problem()

    def focus(self, where: str) -> None:
        """Puts the focus on a field, by its id."""
        for row in self.rows:
            for name in row.fields:
                if row[name].id_for_label == where:
                    row.fields[name].widget.attrs["autofocus"] = True
