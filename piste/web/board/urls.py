"""Addresses of the board."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("pipelines/<int:key>/", views.board, name="board"),
    path("pipelines/<int:key>/columns/", views.columns, name="board_columns"),
    path("pipelines/<int:key>/columns/<int:stage>/", views.more, name="board_more"),
    path("pipelines/<int:key>/filter/", views.filtering, name="board_filter"),
]
