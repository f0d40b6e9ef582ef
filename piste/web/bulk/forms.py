"""What one asks of many deals: every field left alone leaves the deals as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piste.company.models import CustomField, Member
from piste.deals.models import Source
from piste.deals.operations.bulk import Change
from piste.pipelines.models import Stage
from piste.web.board.missing import day_field
from piste.web.deal.facts import LABELS, TAG_LENGTH
from piste.web.parts import custom_fields

LEAVE = _("As it is")
#: Facts of the deal that can be emptied, with what they then hold.
EMPTY = {"source": None, "expected_close_on": None, "campaign": ""}


class BulkForm(forms.Form):
    """The change; `counted` is how many deals the page said it would touch."""

    counted = forms.IntegerField(widget=forms.HiddenInput, required=False)
    owner = forms.ModelChoiceField(
        Member.objects.active().order_by("name"), label=LABELS["owner"], required=False, empty_label=LEAVE
    )
    stage = forms.ModelChoiceField(Stage.objects.none(), label=_("Stage"), required=False, empty_label=LEAVE)
    source = forms.ModelChoiceField(
        Source.objects.filter(retired_at=None), label=LABELS["source"], required=False, empty_label=LEAVE
    )
    campaign = forms.CharField(label=LABELS["campaign"], max_length=120, required=False)
    add_tags = forms.CharField(label=_("Add tags"), max_length=2000, required=False, help_text=_("Separated by commas."))
    remove_tags = forms.CharField(label=_("Remove tags"), max_length=2000, required=False, help_text=_("Separated by commas."))

    def __init__(self, stages: Sequence[Stage], fields: Sequence[CustomField], data: Any = None) -> None:
        super().__init__(data, auto_id="bulk_%s")
        self.own = {f"custom:{field.key}": field for field in fields}
        stage: Any = self.fields["stage"]
        stage.queryset = Stage.objects.filter(pk__in=[row.pk for row in stages]).order_by("position")
        closing = day_field(str(LABELS["expected_close_on"]))
        closing.required = False
        self.fields["expected_close_on"] = closing
        custom_fields.add_to(self, fields, {})
        labels = [(name, LABELS[name]) for name in EMPTY] + [(name, field.label) for name, field in self.own.items()]
        self.fields["empty"] = forms.MultipleChoiceField(
            label=_("Empty these"), choices=labels, required=False, widget=forms.CheckboxSelectMultiple
        )

    @property
    def own_fields(self) -> list[Any]:
        """The company's own fields, as the template shows them."""
        return [field for field in self.visible_fields() if field.name.startswith(custom_fields.PREFIX)]

    def clean_add_tags(self) -> tuple[str, ...]:
        return self._tags("add_tags")

    def clean_remove_tags(self) -> tuple[str, ...]:
        return self._tags("remove_tags")

    def _tags(self, name: str) -> tuple[str, ...]:
        tags = tuple(tag.strip() for tag in self.cleaned_data[name].split(",") if tag.strip())
        if any(len(tag) > TAG_LENGTH for tag in tags):
            said = gettext("A tag has at most %(count)s characters: shorten it, or put commas between tags.")
            raise forms.ValidationError(said % {"count": TAG_LENGTH})
        return tags

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors and self.change().is_empty:
            raise forms.ValidationError(gettext("Nothing would change: choose what the deals should have."))
        return found

    def change(self) -> Change:
        """What is asked."""
        found = self.cleaned_data
        emptied = found.get("empty") or []
        facts = {name: value for name, value in EMPTY.items() if name in emptied}
        facts |= {name: found[name].pk for name in ("owner", "source") if found.get(name)}
        if found.get("campaign"):
            facts["campaign"] = found["campaign"]
        if found.get("expected_close_on"):
            facts["expected_close_on"] = found["expected_close_on"].isoformat()
        custom = {name.removeprefix("custom:"): None for name in self.own if name in emptied}
        custom |= {key: value for key, value in custom_fields.values_of(self).items() if value not in (None, "", [])}
        stage = found["stage"].pk if found.get("stage") else None
        return Change(facts, custom, tuple(found.get("add_tags", ())), tuple(found.get("remove_tags", ())), stage)
