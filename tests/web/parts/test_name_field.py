"""A name is asked for in the same words everywhere."""

from __future__ import annotations

import pytest
from django import forms
from django.utils.translation import override

from piste.web.dashboards.views import DashboardForm
from piste.web.parts.name_field import name_field
from piste.web.saved.views import ViewForm
from piste.web.settings.forms import LongNameForm, NameForm


@pytest.mark.parametrize("asked", [DashboardForm, ViewForm, NameForm, LongNameForm])
def test_a_missing_name_is_asked_for_in_the_readers_language(asked: type[forms.Form]) -> None:
    for language, said in (("en", "A name is needed."), ("fr", "Il faut un nom.")):
        with override(language):
            assert asked({"name": " "}).errors["name"] == [said]


def test_a_name_is_no_longer_than_it_may_be() -> None:
    assert name_field("Name", 3).clean("abc") == "abc"
    with pytest.raises(forms.ValidationError):
        name_field("Name", 3).clean("abcd")
