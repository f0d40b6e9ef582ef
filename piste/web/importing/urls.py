"""Addresses of the import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from piste.web.later import Later

if TYPE_CHECKING:
    from . import views
else:
    views = Later(f"{__package__}.views")

urlpatterns = [
    path("import/", views.start, name="import"),
    path("import/<int:key>/mapping/", views.mapping, name="import_mapping"),
    path("import/<int:key>/check/", views.check, name="import_check"),
    path("import/<int:key>/go/", views.go, name="import_go"),
    path("import/<int:key>/done/", views.done, name="import_done"),
    path("import/<int:key>/refused/", views.refused, name="import_refused"),
    path("import/runs/<int:key>/refused/", views.run_refused, name="import_run_refused"),
    path("import/runs/<int:key>/undo/", views.undo, name="import_undo"),
]
