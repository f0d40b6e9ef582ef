"""Addresses of the list."""

from __future__ import annotations

from django.urls import path

from . import export, views

urlpatterns = [
    path("pipelines/<int:key>/list/", views.deals, name="list"),
    path("pipelines/<int:key>/list/filter/", views.filtering, name="list_filter"),
    path("pipelines/<int:key>/list/columns/", views.columns, name="list_columns"),
    path("pipelines/<int:key>/list/export.<slug:kind>", export.export, name="list_export"),
    path("pipelines/<int:key>/list/deals/<int:deal>/<str:name>/", views.cell, name="list_cell"),
]
