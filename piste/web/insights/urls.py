"""Addresses of the insights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from piste.web.later import Later

if TYPE_CHECKING:
    from . import views
else:
    views = Later(f"{__package__}.views")

urlpatterns = [
    path("", views.home, name="insights_home"),
    path("<int:key>/", views.pipeline, name="insights"),
    path("<int:key>/filter/", views.filtering, {"screen": "insights"}, name="insights_filter"),
    path("<int:key>/team/", views.team, name="insights_team"),
    path("<int:key>/team/filter/", views.filtering, {"screen": "insights_team"}, name="insights_team_filter"),
    path("<int:key>/sources/", views.sources, name="insights_sources"),
    path("<int:key>/sources/filter/", views.filtering, {"screen": "insights_sources"}, name="insights_sources_filter"),
    path("<int:key>/losses/", views.losses, name="insights_losses"),
    path("<int:key>/losses/filter/", views.filtering, {"screen": "insights_losses"}, name="insights_losses_filter"),
    path("<int:key>/period/<slug:screen>/", views.period, name="insight_period"),
    path("<int:key>/stages/<int:stage>/", views.stage, name="insights_stage"),
    path("<int:key>/stages/<int:stage>/files/<slug:figure>.csv", views.stage_csv, name="insight_stage_csv"),
    path("<int:key>/deals/", views.deals, name="insight_deals"),
    path("<int:key>/activities/", views.activities, name="insight_activities"),
    path("<int:key>/files/<slug:screen>/<slug:figure>.csv", views.csv_file, name="insight_csv"),
]
