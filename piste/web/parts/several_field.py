"""The field that chooses several of a few people or things, each by its box."""

from __future__ import annotations

from typing import Any

from django import forms

#: Digits that any number of a row fits into.
LONGEST = 18


class SeveralField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Rows chosen by their numbers. A number that no column holds is refused like one that nobody has: the database would
    refuse to be asked for it."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> Any:
        for one in value or ():
            if len(str(one)) > LONGEST:
                raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": one})
        return super().clean(value)
