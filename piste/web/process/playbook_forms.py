"""The form of a playbook: its rows in their order, and the script.

Each row has a key, which its fields carry as their prefix: `a12` is the standard activity 12, `an1` a new one. The order of the
hidden keys is that of the rows, so that moving, adding and taking out rows needs no script.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piste.activities.models import ActivityKind
from piste.company.models import Member
from piste.playbooks.models import Assigns
from piste.playbooks.rules import Criterion, Guide, Standard, Text, in_circle, unknown_fields

from .forms import DraftForm

#: How many rows of a kind a playbook may have: more than anybody follows.
MOST = 40
KEY = re.compile(r"[act](n?)(\d{1,9})")
ALWAYS = "member:"


class Row(forms.Form):
    """A row; one that was never filled in is left out."""

    #: The field that a row must have, and what is said without it.
    asked: ClassVar[dict[str, Any]] = {}
    said: ClassVar[tuple[str, ...]] = ()

    @property
    def key(self) -> str:
        return str(self.prefix)

    @property
    def id(self) -> int | None:
        return None if self.key[1] == "n" else int(self.key[1:])

    @property
    def is_blank(self) -> bool:
        return self.id is None and not any(str(self[name].value() or "").strip() for name in self.said)

    @property
    def label(self) -> str:
        """The row as buttons name it."""
        return str(self[self.said[0]].value() or "").strip() or gettext("new row")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for name, error in self.asked.items():
            if not self.is_blank and not str(found.get(name) or "").strip() and name not in self.errors:
                self.add_error(name, error)
        return found


class ActivityRow(Row):
    """A standard activity."""

    asked = {"title": _("Say what is to be done.")}
    said = ("title", "detail")
    title = forms.CharField(label=_("What is to be done"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=ActivityKind.choices)
    offset_days = forms.IntegerField(
        label=_("Working days"),
        required=False,
        min_value=0,
        max_value=365,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _("A whole number of days from 0 to 365.")),
    )
    after = forms.ChoiceField(
        label=_("Counted from"), required=False, error_messages={"invalid_choice": _("This activity is gone: choose another.")}
    )
    assigns = forms.ChoiceField(label=_("Given to"))
    detail = forms.CharField(label=_("Details"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, others: Sequence[tuple[str, str]], people: Sequence[Member], **options: Any) -> None:
        super().__init__(*args, **options)
        self.gone = {f"{ALWAYS}{person.pk}": person.name for person in people if not person.is_active}
        own = [(key, title) for key, title in others if key != self.key]
        self.fields["after"].choices = [("", _("entry into the stage")), *own]  # type: ignore[attr-defined]
        named = [
            (f"{ALWAYS}{person.pk}", gettext("Always %(name)s") % {"name": person.name})
            for person in people
            if person.is_active or self["assigns"].value() == f"{ALWAYS}{person.pk}"
        ]
        self.fields["assigns"].choices = [*Assigns.choices[:2], *named]  # type: ignore[attr-defined]

    def clean_assigns(self) -> str:
        chosen = str(self.cleaned_data["assigns"])
        if chosen in self.gone:
            raise forms.ValidationError(gettext("%(name)s has left: give it to somebody else.") % {"name": self.gone[chosen]})
        return chosen

    def standard(self, places: Mapping[str, int]) -> Standard:
        """What was filled in; `places` are those of the rows by their key."""
        found = self.cleaned_data
        member = found["assigns"].removeprefix(ALWAYS) if found["assigns"].startswith(ALWAYS) else ""
        return Standard(
            kind=found["kind"],
            title=found["title"],
            detail=found["detail"],
            offset_days=found["offset_days"] or 0,
            after=places.get(found["after"]),
            assigns="member" if member else found["assigns"],
            member_id=int(member) if member else None,
            id=self.id,
        )


class CriterionRow(Row):
    """An exit criterion."""

    asked = {"text": _("Write the question, or take the row out.")}
    said = ("text",)
    text = forms.CharField(label=_("Exit criterion"), max_length=200, required=False)


class TextRow(Row):
    """A template."""

    asked = {"title": _("Give the template a name."), "body": _("Write the text.")}
    said = ("title", "subject", "body")
    title = forms.CharField(label=_("Name"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=ActivityKind.choices, initial=ActivityKind.EMAIL)
    subject = forms.CharField(label=_("Subject"), max_length=200, required=False)
    body = forms.CharField(label=_("Text"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 6}))

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        check_merge_fields(self, found)
        return found


def check_merge_fields(form: forms.Form, found: Mapping[str, Any]) -> None:
    """Says beside the subject and the text of a template which field in braces no deal can fill."""
    for name in ("subject", "body"):
        if wrong := unknown_fields(str(found.get(name) or "")):
            said = {"field": "{" + wrong[0] + "}"}
            form.add_error(name, gettext("Piste does not know %(field)s: use the merge fields listed above.") % said)


ROWS: dict[str, type[Row]] = {"a": ActivityRow, "c": CriterionRow, "t": TextRow}
type State = dict[str, dict[str, Any]]
#: What stands in a new row.
STARTS: State = {"a": {"kind": "task", "assigns": "owner", "offset_days": 0}, "t": {"kind": "email"}}


def state_of(guide: Guide) -> State:
    """The rows of a playbook by their keys, in order, as the form shows them."""
    keys = [f"a{row.id}" for row in guide.activities]
    found: State = {}
    for key, row in zip(keys, guide.activities, strict=True):
        found[key] = {
            "kind": row.kind,
            "title": row.title,
            "detail": row.detail,
            "offset_days": row.offset_days,
            "after": "" if row.after is None else keys[row.after],
            "assigns": f"{ALWAYS}{row.member_id}" if row.assigns == Assigns.MEMBER else row.assigns,
        }
    found |= {f"c{row.id}": {"text": row.text} for row in guide.criteria}
    texts = guide.templates
    return found | {
        f"t{row.id}": {"kind": row.kind, "title": row.name, "subject": row.subject, "body": row.body} for row in texts
    }


def state_in(data: QueryDict) -> State:
    """The rows that were sent, as they were typed."""
    keys = [key for key in dict.fromkeys(data.getlist("row")) if KEY.fullmatch(key)]
    found: State = {}
    for letter, row in ROWS.items():
        for key in [key for key in keys if key[0] == letter][:MOST]:
            found[key] = {name: data.get(f"{key}-{name}", "") for name in row.base_fields}
    return found


def arranged(state: State, asked: str) -> tuple[State, str]:
    """The rows after a button (`add:a`, `up:a12`, `down:a12`, `out:a12`), and the id of what should have the focus."""
    verb, _colon, key = asked.partition(":")
    keys = list(state)
    if verb == "add" and key in ROWS and sum(one[0] == key for one in keys) < MOST:
        number = 1 + max([int(one[2:]) for one in keys if one[:2] == f"{key}n"], default=0)
        new = f"{key}n{number}"
        first = {"a": "title", "c": "text", "t": "title"}[key]
        start = STARTS.get(key, {})
        return state | {new: start}, f"id_{new}-{first}"
    if key not in state:
        return state, ""
    same = [one for one in keys if one[0] == key[0]]
    place = same.index(key)
    if verb == "out":
        beside = (same[place + 1 : place + 2] or same[max(place - 1, 0) : place] or [""])[0]
        return {one: state[one] for one in keys if one != key}, f"out-{beside}" if beside else f"add-{key[0]}"
    to = place + {"up": -1, "down": 1}.get(verb, 0)
    if to == place or not 0 <= to < len(same):
        return state, ""
    same.insert(to, same.pop(place))
    others = [one for one in keys if one[0] != key[0]]
    verb = "down" if to == 0 else "up" if to == len(same) - 1 else verb
    return {one: state[one] for one in [*same, *others]}, f"{verb}-{key}"


class PlaybookForm(DraftForm):
    """All that a playbook says."""

    script = forms.CharField(
        label=_("Script"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("What one says, in Markdown: **bold**, *italics*, - lists, # headings."),
    )
    field_order: Sequence[str] = ("script", "seen")

    def __init__(self, data: Any = None, *, state: State, people: Sequence[Member], **options: Any) -> None:
        super().__init__(data, **options)
        titles = [(key, row.get("title") or gettext("new row")) for key, row in state.items() if key[0] == "a"]
        self.activities = [
            ActivityRow(data, prefix=key, initial=row, others=titles, people=people)
            for key, row in state.items()
            if key[0] == "a"
        ]
        self.criteria = [CriterionRow(data, prefix=key, initial=row) for key, row in state.items() if key[0] == "c"]
        self.texts = [TextRow(data, prefix=key, initial=row) for key, row in state.items() if key[0] == "t"]

    @property
    def rows(self) -> list[Row]:
        return [*self.activities, *self.criteria, *self.texts]

    def is_valid(self) -> bool:
        each = [row.is_valid() for row in self.rows]
        fine = super().is_valid() and all(each)
        return fine and self._begins()

    def _begins(self) -> bool:
        """Whether no activity waits for itself; says so beside the fields."""
        circle = in_circle(dict(enumerate(row.after for row in self.guide().activities)))
        kept = [row for row in self.activities if not row.is_blank]
        for place in circle:
            kept[place].add_error(
                "after", gettext("These wait for each other, so that none would begin: let one be counted from entry.")
            )
        return not circle

    def guide(self) -> Guide:
        """What was filled in."""
        kept = [row for row in self.activities if not row.is_blank]
        places = {row.key: place for place, row in enumerate(kept)}
        texts = [(row.cleaned_data, row.id) for row in self.texts if not row.is_blank]
        return Guide(
            activities=tuple(row.standard(places) for row in kept),
            criteria=tuple(Criterion(row.cleaned_data["text"], row.id) for row in self.criteria if not row.is_blank),
            templates=tuple(Text(text["kind"], text["title"], text["body"], text["subject"], key) for text, key in texts),
            script=self.cleaned_data["script"],
        )

    def show_problem(self) -> None:
        """Puts the focus on the first field to be mended, else on the first row's."""
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
