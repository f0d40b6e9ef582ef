"""Addresses of the forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from piste.web.later import Later

if TYPE_CHECKING:
    from . import targets
else:
    targets = Later(f"{__package__}.targets")

urlpatterns = [
    path("", targets.home, name="forecast"),
    path("<int:key>/targets/", targets.targets, name="forecast_targets"),
    path("<int:key>/targets/set/", targets.target, name="forecast_target"),
    path("<int:key>/targets/year/", targets.year, name="forecast_year"),
    path("<int:key>/targets/history/", targets.history, name="forecast_history"),
]
