"""Addresses of the process."""

from __future__ import annotations

from django.urls import path

from . import changes, playbook, reshaping, views

urlpatterns = [
    path("", views.home, name="process"),
    path("new/", changes.new, name="process_new"),
    path("<int:key>/", views.pipeline, name="process_pipeline"),
    path("<int:key>/name/", changes.name, name="process_name"),
    path("<int:key>/place/", changes.place, name="process_place"),
    path("<int:key>/leaving/", reshaping.pipeline_leaving, name="process_leaving"),
    path("<int:key>/order/", changes.order, name="process_order"),
    path("<int:key>/stages/new/", changes.add, name="process_add"),
    path("<int:key>/stages/<int:stage>/", views.stage, name="process_stage"),
    path("<int:key>/stages/<int:stage>/leaving/", reshaping.stage_leaving, name="process_stage_leaving"),
    path("<int:key>/stages/<int:stage>/playbook/", playbook.playbook, name="process_playbook"),
    path("<int:key>/versions/", views.versions, name="process_versions"),
    path("<int:key>/versions/<int:number>/", views.version, name="process_version"),
]
