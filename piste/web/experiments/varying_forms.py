"""What people fill in of a variant: its text of a template, its way with an automation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piste.automations.models import Automation
from piste.experiments.rules import Way, Wording
from piste.playbooks.models import Template
from piste.web.automations.forms import State
from piste.web.automations.naming import Names
from piste.web.automations.rows import ActionRow, action_row
from piste.web.process.playbook_forms import check_merge_fields

SAME, OFF, ON, OTHER = "same", "off", "on", "other"


class WordingForm(forms.Form):
    """The text that a variant writes by a template."""

    subject = forms.CharField(label=_("Subject"), max_length=200, required=False)
    body = forms.CharField(
        label=_("Text"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={"required": _("Write the text.")},
    )

    def __init__(self, data: Any = None, *, template: Template, **options: Any) -> None:
        super().__init__(data, **options)
        self.template = template

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        check_merge_fields(self, found)
        if (found.get("subject"), _lines(found.get("body"))) == (self.template.subject, _lines(self.template.body)):
            self.add_error("body", gettext("Everybody writes this already: change it, or let the variant write as everybody."))
        return found

    def wording(self) -> Wording:
        return Wording(self.cleaned_data["subject"].strip(), self.cleaned_data["body"])


def _lines(text: str | None) -> str:
    """A text whatever its ends of lines."""
    return (text or "").replace("\r\n", "\n").strip()


class WayForm(forms.Form):
    """What a variant does with an automation; its actions count when it runs it with others."""

    how = forms.ChoiceField(label=_("What this variant does"), widget=forms.RadioSelect)

    def __init__(
        self, data: Any = None, *, state: State, names: Names, address: str, automation: Automation, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.automation = automation
        self.is_on = automation.paused_at is None
        if self.is_on:
            first = [(SAME, gettext("runs it, as everybody")), (OFF, gettext("does not run it"))]
        else:
            first = [(SAME, gettext("does not run it, as everybody: it is paused")), (ON, gettext("runs it as it is written"))]
        choices = [*first, (OTHER, gettext("runs it with other actions:"))]
        self.fields["how"].choices = choices  # type: ignore[attr-defined]
        keys = [key for key in state if key[0] == "a"]
        self.actions = [
            ActionRow(data, key=key, row=state[key], place=place, names=names, address=address) for place, key in enumerate(keys)
        ]

    def is_valid(self) -> bool:
        if not super().is_valid():
            return False
        if self.cleaned_data["how"] != OTHER:
            return True
        # Each says what is wrong with it, not the first alone.
        if not min([row.is_valid() for row in self.actions], default=True):
            return False
        if not self.actions:
            self.add_error("how", gettext("Add an action, or choose another answer."))
        elif self.is_on and self._do() == list(self.automation.recipe.get("do", [])):
            self.add_error("how", gettext("These are everybody’s actions: change one, or choose another answer."))
        return not self.errors

    def _do(self) -> list[dict[str, Any]]:
        return [row.made().as_json() for row in self.actions]

    def way(self) -> Way | None:
        """What was filled in; None when that is what everybody does."""
        how = self.cleaned_data["how"]
        if how == OTHER:
            return Way(on=True, do=tuple(self._do()))
        return None if how == SAME else Way(on=how == ON)

    def focus(self, where: str) -> None:
        """Puts the focus on a field, by its id."""
        for row in self.actions:
            for name in row.fields:
                if row[name].id_for_label == where:
                    row.fields[name].widget.attrs["autofocus"] = True


def how_of(way: Way | None, *, is_on: bool) -> str:
    """What the form begins with."""
    if way is None:
        return SAME
    if way.do is not None:
        return OTHER
    return SAME if way.on == is_on else ON if way.on else OFF


def rows_of(actions: Sequence[Any]) -> State:
    """Actions as the form knows them; `w`, which an automation's own form has besides, is there for its buttons."""
    return {"w": {}} | {f"a{place}": action_row(one) for place, one in enumerate(actions, start=1)}
