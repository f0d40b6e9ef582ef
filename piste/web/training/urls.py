"""Addresses of training; the key is that of the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from piste.web.later import Later

if TYPE_CHECKING:
    from . import acting, views
else:
    views, acting = Later(f"{__package__}.views"), Later(f"{__package__}.acting")

urlpatterns = [
    path("<int:key>/training/", views.training, name="training"),
    path("<int:key>/training/works/", views.works, name="training_works"),
    path("<int:key>/training/read/<int:number>/", acting.process_read, name="process_read"),
    path("<int:key>/training/lessons/new/", acting.new, name="lesson_new"),
    path("<int:key>/training/lessons/<int:lesson>/", views.lesson, name="lesson"),
    path("<int:key>/training/lessons/<int:lesson>/edit/", acting.edit, name="lesson_edit"),
    path("<int:key>/training/lessons/<int:lesson>/read/", acting.read, name="lesson_read"),
    path("<int:key>/training/lessons/<int:lesson>/<slug:act>/", acting.act, name="lesson_act"),
]
