from __future__ import annotations

import pytest
from django.utils import timezone

from piste.company.models import Settings
from piste.foundations.calendar import public_holidays
from piste.web.later import know_holidays
from tests.cast import Cast


@pytest.mark.django_db
def test_the_calendar_is_known_before_somebody_waits_for_it(cast: Cast) -> None:
    Settings.objects.update(country="FR", region="")
    public_holidays.cache_clear()
    know_holidays()
    year = timezone.now().year
    for each in (year - 1, year, year + 1):
        public_holidays("FR", "", each)
    assert public_holidays.cache_info().misses == 3


@pytest.mark.django_db
def test_a_company_without_a_country_has_no_calendar(cast: Cast) -> None:
    Settings.objects.update(country="", region="")
    public_holidays.cache_clear()
    know_holidays()
    assert public_holidays.cache_info().misses == 0
