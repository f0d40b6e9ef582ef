"""Addresses of saved views."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("pipelines/<int:key>/views/<slug:screen>/", views.menu, name="views"),
    path("pipelines/<int:key>/views/<slug:screen>/new/", views.new, name="new_view"),
    path("views/<int:key>/", views.edit, name="view"),
    path("views/<int:key>/keep/<slug:screen>/", views.keep, name="view_keep"),
    path("views/<int:key>/remove/", views.remove, name="view_remove"),
]
