"""Addresses of the process."""

from __future__ import annotations

from django.urls import path, register_converter

from . import changelog, changes, drafting, playbook, publishing, reshaping, views
from .keys import StageKey

register_converter(StageKey, "stage")

urlpatterns = [
    path("", views.home, name="process"),
    path("new/", changes.new, name="process_new"),
    path("<int:key>/", views.pipeline, name="process_pipeline"),
    path("<int:key>/name/", changes.name, name="process_name"),
    path("<int:key>/place/", changes.place, name="process_place"),
    path("<int:key>/leaving/", reshaping.pipeline_leaving, name="process_leaving"),
    path("<int:key>/keep/", reshaping.pipeline_keep, name="process_keep"),
    path("<int:key>/order/", drafting.order, name="process_order"),
    path("<int:key>/clock/", drafting.clock, name="process_clock"),
    path("<int:key>/publish/", publishing.publish, name="process_publish"),
    path("<int:key>/abandon/", publishing.abandon, name="process_abandon"),
    path("<int:key>/stages/new/", drafting.add, name="process_add"),
    path("<int:key>/stages/<stage:stage>/", views.stage, name="process_stage"),
    path("<int:key>/stages/<stage:stage>/drop/", drafting.drop, name="process_stage_drop"),
    path("<int:key>/stages/<int:stage>/leaving/", reshaping.stage_leaving, name="process_stage_leaving"),
    path("<int:key>/stages/<int:stage>/keep/", reshaping.stage_keep, name="process_stage_keep"),
    path("<int:key>/stages/<stage:stage>/playbook/", playbook.playbook, name="process_playbook"),
    path("<int:key>/versions/", changelog.versions, name="process_versions"),
    path("<int:key>/versions/compare/", changelog.compare, name="process_compare"),
    path("<int:key>/versions/<int:number>/restore/", changelog.restore, name="process_restore"),
    path("<int:key>/versions/<int:number>/", changelog.version, name="process_version"),
]
