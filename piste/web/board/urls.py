"""Addresses of the board and of moves."""

from __future__ import annotations

from django.urls import path

from . import moves, views

urlpatterns = [
    path("", views.home, name="home"),
    path("pipelines/<int:key>/", views.board, name="board"),
    path("pipelines/<int:key>/columns/", views.columns, name="board_columns"),
    path("pipelines/<int:key>/columns/<int:stage>/", views.more, name="board_more"),
    path("pipelines/<int:key>/filter/", views.filtering, name="board_filter"),
    path("deals/<int:key>/move/", moves.move, name="deal_move"),
    path("deals/<int:key>/win/", moves.win, name="deal_win"),
    path("deals/<int:key>/lose/", moves.lose, name="deal_lose"),
    path("deals/<int:key>/hold/", moves.hold, name="deal_hold"),
    path("deals/<int:key>/resume/", moves.resume, name="deal_resume"),
    path("deals/<int:key>/undo/", moves.undo, name="deal_undo"),
    path("deals/<int:key>/needs/", moves.needs, name="deal_needs"),
]
