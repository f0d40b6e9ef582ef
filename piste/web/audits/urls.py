"""Addresses of audits; the key is that of the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from piste.web.later import Later

if TYPE_CHECKING:
    from . import acting, views
else:
    views, acting = Later(f"{__package__}.views"), Later(f"{__package__}.acting")

urlpatterns = [
    path("<int:key>/audits/", views.audits, name="audits"),
    path("<int:key>/audits/schedule/", acting.schedule, name="audit_schedule"),
    path("<int:key>/audits/schedule/end/", acting.end, name="audit_schedule_end"),
    path("<int:key>/audits/<int:audit>/", views.audit, name="audit"),
    path("<int:key>/audits/<int:audit>/pdf/", views.paper, name="audit_paper"),
    path("<int:key>/audits/<int:audit>/findings/<int:finding>/", views.finding, name="audit_finding"),
    path("<int:key>/audits/<int:audit>/findings/<int:finding>/task/", acting.task, name="audit_task"),
]
