"""Addresses of dashboards as PDF and by e-mail; the key is that of the dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from piste.web.later import Later

if TYPE_CHECKING:
    from . import views
else:
    views = Later(f"{__package__}.views")

urlpatterns = [
    path("<slug:key>/pdf/", views.paper, name="dashboard_paper"),
    path("<slug:key>/letters/", views.letters, name="dashboard_letters"),
    path("<slug:key>/letters/new/", views.new, name="dashboard_letter_new"),
    path("<slug:key>/letters/<int:schedule>/", views.change, name="dashboard_letter"),
    path("<slug:key>/letters/<int:schedule>/<slug:act>/", views.act, name="dashboard_letter_act"),
]
