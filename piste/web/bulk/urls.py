"""Addresses of edits of many deals."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("pipelines/<int:key>/bulk/", views.ask, name="bulk"),
    path("deals/bulk/<int:key>/", views.edit, name="bulk_edit"),
    path("deals/bulk/<int:key>/undo/", views.undo, name="bulk_undo"),
]
