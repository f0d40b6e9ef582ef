"""The field that chooses several of a few people or things, each by its box."""

from __future__ import annotations

from typing import Any

from django import forms

from piste.foundations.numbers import row_number


class SeveralField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Rows chosen by their numbers. A number that no column holds is refused like one that nobody has: the database would
    refuse to be asked for it."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> Any:
        for one in value or ():
            if row_number(str(one)) is None:
                raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": one})
        return super().clean(value)
