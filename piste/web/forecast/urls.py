"""Addresses of the forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from piste.web.later import Later

if TYPE_CHECKING:
    from . import ahead, calls, plan, targets
else:
    ahead = Later(f"{__package__}.ahead")
    calls = Later(f"{__package__}.calls")
    plan = Later(f"{__package__}.plan")
    targets = Later(f"{__package__}.targets")

urlpatterns = [
    path("", targets.home, name="forecast"),
    path("<int:key>/", ahead.ahead, name="forecast_ahead"),
    path("<int:key>/compute/", ahead.compute_now, name="forecast_compute"),
    path("<int:key>/<slug:figure>.csv", ahead.ahead_csv, name="forecast_csv"),
    path("<int:key>/plan/", plan.plan, name="forecast_plan"),
    path("<int:key>/plan/plan.json", plan.plan_json, name="forecast_plan_json"),
    path("<int:key>/calls/", calls.calls, name="forecast_calls"),
    path("<int:key>/calls/say/", calls.say, name="forecast_say"),
    path("<int:key>/calls/<int:deal>/", calls.sort, name="forecast_sort"),
    path("<int:key>/targets/", targets.targets, name="forecast_targets"),
    path("<int:key>/targets/set/", targets.target, name="forecast_target"),
    path("<int:key>/targets/year/", targets.year, name="forecast_year"),
    path("<int:key>/targets/history/", targets.history, name="forecast_history"),
]
