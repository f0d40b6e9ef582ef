"""Addresses of the dashboards; the key is a number, or `ready-` and that of a pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from piste.web.later import Later

if TYPE_CHECKING:
    from . import views
else:
    views = Later(f"{__package__}.views")

urlpatterns = [
    path("", views.home, name="dashboards"),
    path("<slug:key>/", views.dashboard, name="dashboard"),
    path("<slug:key>/tiles/<slug:part>/", views.tiles, name="dashboard_tiles"),
    path("<slug:key>/figures/", views.figures, name="dashboard_figures"),
    path("<slug:key>/figures/<slug:figure>/place/", views.place, name="dashboard_place"),
    path("<slug:key>/figures/<slug:figure>/off/", views.take_off, name="dashboard_off"),
    path("<slug:key>/files/<slug:figure>.csv", views.csv_file, name="dashboard_csv"),
    path("<slug:key>/new/", views.new, name="dashboard_new"),
    path("<slug:key>/settings/", views.settings, name="dashboard_settings"),
    path("<slug:key>/keep/", views.keep, name="dashboard_keep"),
    path("<slug:key>/remove/", views.remove, name="dashboard_remove"),
    path("<slug:key>/filter/", views.filtering, name="dashboard_filter"),
    path("<slug:key>/period/", views.period, name="dashboard_period"),
]
