"""Several chosen by their numbers, some of which nobody has."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from piste.company.models import Member
from piste.web.parts.several_field import SeveralField
from tests.cast import Cast


def test_those_chosen_are_found(cast: Cast) -> None:
    field = SeveralField(Member.objects.all())
    assert set(field.clean([str(cast.rosa.pk), str(cast.alice.pk)])) == {cast.rosa, cast.alice}


@pytest.mark.parametrize("number", ["0", "-1", "9223372036854775807", "9223372036854775808", "9" * 40, "x", "\x00"])
def test_a_number_nobody_has_is_refused(cast: Cast, number: str) -> None:
    with pytest.raises(ValidationError):
        SeveralField(Member.objects.all()).clean([str(cast.rosa.pk), number])
